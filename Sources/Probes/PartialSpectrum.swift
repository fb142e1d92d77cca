import Foundation
import LinearAlgebra
import Probing
import Synchronization

/// The largest singular values of an operator, found from products alone, with how well they are known.
public struct PartialSpectrum: Codable, Hashable, Sendable {
  /// The values, descending.
  public var values: [Double]
  /// For each value, how far a true one is at most.
  public var errorBounds: [Double]
  /// How many of the values are known to the tolerance.
  public var convergedCount: Int
  /// How many directions were passed forward through the network, and back.
  public var products: Int

  /// What is relative to the largest value and counts as known.
  static func tolerance(isSingle: Bool) -> Double { isSingle ? 1e-5 : 1e-8 }

  init<Map: LinearOperator>(
    lanczos map: Map, count: Int, isSingle: Bool, using random: inout SeededGenerator,
    progress: ((Int) -> Void)? = nil
  ) throws {
    let found = try GolubKahanLanczos(
      of: map, count: count, tolerance: Self.tolerance(isSingle: isSingle), using: &random, progress: progress)
    (values, errorBounds, products) = (found.values, found.errorBounds, found.productCount)
    convergedCount = found.isConverged.count { $0 }
  }

  init<Map: LinearOperator>(
    randomized map: Map, count: Int, isSingle: Bool, using random: inout SeededGenerator,
    progress: ((Int) -> Void)? = nil
  ) throws {
    let found = try RandomizedSVD(of: map, count: count, using: &random, progress: progress)
    (values, errorBounds, products) = (found.values, found.errorBounds, found.productCount)
    let bound = Self.tolerance(isSingle: isSingle) * (found.values.first ?? 0)
    convergedCount = found.errorBounds.count { $0 <= bound }
  }
}

/// The results of the same work at each of several points, done on all cores, in the order of the points; the first error, if
/// there is one. The work tells its own number of products so far.
func atEachPoint<Product: Sendable>(
  _ count: Int, progress: @escaping MeasurementProgress,
  _ work: @Sendable (_ point: Int, _ advanced: @escaping @Sendable (Int) -> Void) throws -> Product
) throws -> [Product] {
  let state = Mutex(
    (results: [Result<Product, any Error>?](repeating: nil, count: count), products: [Int](repeating: 0, count: count)))
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let result = Result {
      try work(index) { products in
        let (done, all) = state.withLock { state in
          state.products[index] = products
          return (state.results.count { $0 != nil }, state.products.reduce(0, +))
        }
        progress("\(done) of \(counted(count, "point")), \(counted(all, "product"))")
      }
    }
    state.withLock { $0.results[index] = result }
  }
  return try state.withLock { $0.results }.compactMap { try $0?.get() }
}
