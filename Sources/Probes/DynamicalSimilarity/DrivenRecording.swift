import Analysis

/// What a system did, and what drove it, sample by sample, where anything did.
struct DrivenRecording: Sendable {
  var states: Recording
  var inputs: Recording?

  /// Some of the trials, by position.
  func keepingTrials(_ positions: [Int]) throws -> DrivenRecording {
    try mapped { recording in
      try Recording(
        positions.map { recording.trajectories[$0] }, unitNames: recording.unitNames,
        sampleInterval: recording.sampleInterval, timeUnit: recording.timeUnit)
    }
  }

  /// Both parts, changed alike.
  func mapped(_ change: (Recording) throws -> Recording) rethrows -> DrivenRecording {
    DrivenRecording(states: try change(states), inputs: try inputs.map(change))
  }

  /// Both parts, split alike: trials are as long in both, and are cut at the same samples.
  func split(
    _ cut: (Recording) throws -> RecordingSplit
  ) rethrows -> (training: DrivenRecording, test: DrivenRecording) {
    let (states, inputs) = (try cut(states), try inputs.map(cut))
    return (
      DrivenRecording(states: states.training, inputs: inputs?.training),
      DrivenRecording(states: states.test, inputs: inputs?.test)
    )
  }
}
