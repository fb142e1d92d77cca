import Foundation
import LinearAlgebra
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
    lanczos map: Map, count: Int, isSingle: Bool, using random: inout SeededGenerator
  ) throws {
    let found = try GolubKahanLanczos(
      of: map, count: count, tolerance: Self.tolerance(isSingle: isSingle), using: &random)
    (values, errorBounds, products) = (found.values, found.errorBounds, found.productCount)
    convergedCount = found.isConverged.count { $0 }
  }

  init<Map: LinearOperator>(
    randomized map: Map, count: Int, isSingle: Bool, using random: inout SeededGenerator
  ) throws {
    let found = try RandomizedSVD(of: map, count: count, using: &random)
    (values, errorBounds, products) = (found.values, found.errorBounds, found.productCount)
    let bound = Self.tolerance(isSingle: isSingle) * (found.values.first ?? 0)
    convergedCount = found.errorBounds.count { $0 <= bound }
  }
}

/// The results of the same work at each of several points, done on all cores, in the order of the points; the first error, if
/// there is one.
func atEachPoint<Product: Sendable>(_ count: Int, _ work: @Sendable (Int) throws -> Product) throws -> [Product] {
  let results = Mutex([Result<Product, any Error>?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: count) { index in
    let result = Result { try work(index) }
    results.withLock { $0[index] = result }
  }
  return try results.withLock { $0 }.compactMap { try $0?.get() }
}
