import LinearAlgebra

/// One trial: what several units did, sample by sample.
public struct Trajectory: Sendable, Hashable {
  /// The trial's name, such as `3` or the array's name in its file.
  public var name: String
  /// What the trial was a trial of; `nil` where nobody says.
  public var condition: String?
  /// The values: time × units.
  public var samples: Matrix<Double>

  /// Makes a trajectory from its values, time × units.
  public init(name: String, condition: String? = nil, samples: Matrix<Double>) {
    self.name = name
    self.condition = condition
    self.samples = samples
  }

  /// The number of samples.
  public var sampleCount: Int { samples.rowCount }
}
