import Foundation
import LinearAlgebra

extension ScoreNetwork {
  /// How many samples go through the network at once. A matter of round-off in the result, so it depends on nothing but
  /// the size of a sample.
  private static func samplingBatch(of dimension: Int) -> Int { max(16, 16_384 / max(1, dimension)) }

  /// Samples drawn from the network: `count × d`, where d is the size of one of its inputs' samples.
  ///
  /// Every sample has random numbers of its own, drawn from the generator's split of its number: a sample does not depend
  /// on how many others are drawn, but for round-off, nor on the number of threads.
  ///
  /// - Parameters:
  ///   - levels: from much noise to little, as ``NoiseProcess/samplingLevels(count:spacing:lowest:highest:)`` gives them;
  ///     at least one. The clean data follow the last.
  ///   - bound: if given, the clean data seen on the way are held within ± this.
  ///   - type: the precision in which the network runs; the samples themselves are carried in double precision.
  ///
  /// Throws: ``SamplingError``, ``ScoreInputError``, ``NetworkError``.
  public func samples<Scalar: NetworkScalar>(
    _ count: Int, by sampler: Sampler, over levels: [DiffusionLevel], clippedTo bound: Double? = nil,
    in type: Scalar.Type = Double.self, using random: SeededGenerator
  ) throws -> NDArray<Double> {
    guard let dimension else { throw SamplingError.openSize(pointInput.shape) }
    let batch = Self.samplingBatch(of: dimension)
    let parts = stride(from: 0, to: count, by: batch).map { $0..<min(count, $0 + batch) }
    var results = [Result<[Double], any Error>?](repeating: nil, count: parts.count)
    results.withUnsafeMutableBufferPointer { buffer in
      // Each iteration writes its own slot only.
      nonisolated(unsafe) let slots = buffer
      DispatchQueue.concurrentPerform(iterations: parts.count) { index in
        slots[index] = Result {
          var generators = parts[index].map { random.split($0) }
          let run = SamplingRun(
            score: conditioned(onRows: parts[index]), sampler: sampler, levels: levels, bound: bound)
          return try run.points(rowCount: parts[index].count, in: type) {
            generators.indices.flatMap { generators[$0].gaussians(dimension) }
          }
        }
      }
    }
    return NDArray(shape: [count, dimension], values: try results.flatMap { try $0?.get() ?? [] })
  }
}
