import LinearAlgebra

extension SeededGenerator {
  /// The generator of the seed that a probe was given of its own; this one where it was given none.
  public func reseeded(by seed: Int?) -> SeededGenerator {
    seed.map { SeededGenerator(seed: UInt64(bitPattern: Int64($0))) } ?? self
  }
}
