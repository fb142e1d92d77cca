extension Recording {
  /// Refuses inputs that do not accompany this recording trial by trial and sample by sample.
  ///
  /// Conditions and sample intervals are compared where both recordings tell theirs.
  ///
  /// Throws: `AnalysisError.sizeMismatch` for another number of trials or another sample interval; `DynamicsError.inputs` for a trial
  /// of another length, `.inputCondition` for one of another condition.
  public func requireInputs(_ inputs: Recording) throws {
    guard inputs.trajectories.count == trajectories.count else {
      throw AnalysisError.sizeMismatch(
        "number of trials of the inputs", size: "\(inputs.trajectories.count)",
        expected: "\(trajectories.count), as the recording has")
    }
    for (input, output) in zip(inputs.trajectories, trajectories) {
      guard input.sampleCount == output.sampleCount else {
        throw DynamicsError.inputs(trial: output.name, samples: input.sampleCount, expected: output.sampleCount)
      }
      if let found = input.condition, let expected = output.condition, found != expected {
        throw DynamicsError.inputCondition(trial: output.name, found: found, expected: expected)
      }
    }
    guard !inputs.timeUnit.isEmpty, !timeUnit.isEmpty else { return }
    let differs = abs(inputs.sampleInterval - sampleInterval) > 1e-6 * sampleInterval
    guard inputs.timeUnit == timeUnit, !differs else {
      throw AnalysisError.sizeMismatch(
        "sample interval of the inputs", size: "\(inputs.sampleInterval) \(inputs.timeUnit)",
        expected: "\(sampleInterval) \(timeUnit), as the recording has")
    }
  }

  /// Refuses inputs that stand still throughout.
  ///
  /// Throws: `DynamicsError.constantInput`.
  public func requireVarying() throws(DynamicsError) {
    if let still = constantUnits.first { throw .constantInput(unitNames[still]) }
  }
}
