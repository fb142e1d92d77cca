import LinearAlgebra

/// How far forecasts stray, horizon by horizon, beside the forecast that nothing changes.
///
/// Conventions: errors are root mean squares over trials, times and units, over the root mean square deviation of the
/// judged samples from their mean.
public struct ForecastError: Sendable, Hashable, Codable {
  /// The horizons, in steps of the operator.
  public let horizons: [Int]
  /// The error of the model at each.
  public let model: [Double]
  /// The error of repeating the last sample.
  public let persistence: [Double]

  /// Mean absolute error of one step over that of persistence; `nil` where persistence makes none.
  public let scaledAbsoluteError: Double?

  /// Judges a model on a recording in the units (not embedded), from every time at which a window of delays ends.
  ///
  /// - Parameters:
  ///   - horizon: the farthest horizon, in steps; the recording may allow less.
  ///   - drive: what inputs do to coordinates (r×p), and the inputs, sample by sample as the recording.
  /// - Throws: `RecordingError.tooShort` where no trial is long enough for one step; `DynamicsError.inputs`.
  public init(
    of decomposition: DynamicModeDecomposition, on recording: Recording, embedding: DelayEmbedding, horizon: Int,
    drive: (weights: Matrix<Double>, inputs: Recording)? = nil
  ) throws {
    let pushes = try drive.map { drive in
      try embedding.aligned(drive.inputs, with: recording).map { $0 * drive.weights.transposed }
    }
    let width = recording.unitCount
    let embedded = try embedding.embedded(recording, successors: 1)
    let longest = embedded.longestSampleCount - 1
    let horizons = Array(1...max(1, min(horizon, longest)))
    var tally = Tally(horizons)
    let turned = decomposition.stateOperator.transposed
    let decoder = decomposition.decoder.columns(0..<width)
    for (position, trajectory) in embedded.trajectories.enumerated() {
      let newest = trajectory.samples.columns(0..<width)
      var coordinates = trajectory.samples * decomposition.encoder
      for (index, steps) in horizons.enumerated() {
        let count = newest.rowCount - steps
        guard count > 0 else { break }
        coordinates = coordinates.rows(0..<count) * turned
        if let push = pushes?[position] { coordinates += push.rows((steps - 1)..<(steps - 1 + count)) }
        let truth = newest.rows(steps..<newest.rowCount)
        let predicted = coordinates * decoder
        let unchanged = newest.rows(0..<count)
        tally.add(at: index, truth: truth, predicted: predicted, unchanged: unchanged)
      }
    }
    self.init(tally, of: recording)
  }

  /// Judges hidden dynamics on outputs and the inputs that drive them, from every time before which there is a window of past.
  ///
  /// The inputs of the time that is forecast are known to the forecast.
  ///
  /// - Parameter horizon: the farthest horizon, in steps; the recording may allow less.
  /// - Throws: `RecordingError.tooShort` where no trial is long enough for one step; as `Recording.requireInputs(_:)`;
  ///   `AnalysisError.sizeMismatch` for other numbers of outputs and inputs than were identified.
  public init(of system: SubspaceIdentification, outputs: Recording, inputs: Recording, horizon: Int) throws {
    try outputs.requireInputs(inputs)
    let past = system.blockRows
    let longest = outputs.longestSampleCount - past
    guard longest >= 1 else {
      throw RecordingError.tooShort(
        longest: outputs.longestSampleCount, needed: past + 1, for: "a past of \(past) samples and a step take")
    }
    let horizons = Array(1...max(1, min(horizon, longest)))
    var tally = Tally(horizons)
    for (output, input) in zip(outputs.trajectories, inputs.trajectories) where output.sampleCount > past {
      let (truth, drive) = (output.samples, input.samples)
      let length = output.sampleCount
      var states = try system.hiddenStates(outputs: truth, inputs: drive)
      for (index, steps) in horizons.enumerated() {
        let count = length - past - steps + 1
        guard count > 0 else { break }
        let now = drive.rows((length - count)..<length)
        states = states.rows(0..<count)
        tally.add(
          at: index, truth: truth.rows((length - count)..<length),
          predicted: states * system.outputOperator.transposed + now * system.feedthrough.transposed,
          unchanged: truth.rows((past - 1)..<(past - 1 + count)))
        states = states * system.stateOperator.transposed + now * system.inputOperator.transposed
      }
    }
    self.init(tally, of: outputs)
  }

  /// Squares and absolute values summed over all that was forecast.
  private struct Tally {
    let horizons: [Int]
    var squares: [(model: Double, persistence: Double, count: Int)]
    var (absolute, still) = (0.0, 0.0)

    init(_ horizons: [Int]) {
      self.horizons = horizons
      squares = horizons.map { _ in (0, 0, 0) }
    }

    mutating func add(at index: Int, truth: Matrix<Double>, predicted: Matrix<Double>, unchanged: Matrix<Double>) {
      let (wrong, moved) = (truth - predicted, truth - unchanged)
      squares[index].model += wrong.entries.reduce(0) { $0 + $1 * $1 }
      squares[index].persistence += moved.entries.reduce(0) { $0 + $1 * $1 }
      squares[index].count += truth.entries.count
      if horizons[index] == 1 {
        absolute += wrong.entries.reduce(0) { $0 + abs($1) }
        still += moved.entries.reduce(0) { $0 + abs($1) }
      }
    }
  }

  private init(_ tally: Tally, of recording: Recording) {
    let deviations = recording.unitDeviations
    let variance = deviations.reduce(0) { $0 + $1 * $1 } / Double(max(1, deviations.count))
    let scale = variance > 0 ? variance.squareRoot() : 1
    let squares = tally.squares
    let judged = squares.indices.filter { squares[$0].count > 0 && squares[$0].model.isFinite }
    horizons = judged.map { tally.horizons[$0] }
    model = judged.map { (squares[$0].model / Double(squares[$0].count)).squareRoot() / scale }
    persistence = judged.map { (squares[$0].persistence / Double(squares[$0].count)).squareRoot() / scale }
    scaledAbsoluteError = tally.still > 0 ? tally.absolute / tally.still : nil
  }
}
