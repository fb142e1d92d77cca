import Foundation
import LinearAlgebra

/// How the orthogonal matrix is sought that brings one operator nearest to another.
///
/// Starts are: the frames of the symmetric part and of two mixtures, eigenvectors with their phases put in step, and random
/// matrices of a seed. All descend a little; the lowest descend to the end; of the lowest the mirror image is tried
/// too. The search ends at once where the lower bound is met.
public struct AlignmentSearch: Sendable, Hashable, Codable {
  /// The matrices among which is sought.
  public enum Group: String, Sendable, Hashable, Codable, CaseIterable {
    /// All orthogonal matrices, with both determinants.
    case orthogonal
    /// The rotations: determinant 1.
    case rotations
  }

  /// The matrices among which is sought.
  public var group: Group
  /// The number of random starts; unless told 60 000/n³, at least 100/n and at most 64, so that small operators are
  /// searched through and large ones take no longer than they must.
  public var randomStartCount: Int?
  /// The number of starts that descend to the end; unless told 60 000/n³, at least 80/n, at least 1, and at most 64.
  public var descentCount: Int?
  /// The seed of the random starts.
  public var seed: UInt64

  /// Makes a search.
  public init(
    group: Group = .orthogonal, randomStartCount: Int? = nil, descentCount: Int? = nil, seed: UInt64 = 1
  ) {
    self.group = group
    self.randomStartCount = randomStartCount
    self.descentCount = descentCount
    self.seed = seed
  }

  /// Refuses counts out of range.
  ///
  /// Throws: `AnalysisError.outOfRange`.
  public func validate() throws(AnalysisError) {
    if let count = randomStartCount, !(0...1000).contains(count) {
      throw .outOfRange("number of random starts", Double(count), rule: "from 0 to 1000")
    }
    if let count = descentCount, !(1...1000).contains(count) {
      throw .outOfRange("number of descents", Double(count), rule: "from 1 to 1000")
    }
  }

  /// The number of complete descents for operators of one size.
  func descentCount(size: Int) -> Int { descentCount ?? Self.affordableCount(size: size, atLeast: max(1, 80 / size)) }

  /// The random starts for operators of one size: the same for every pair.
  func randomStarts(size: Int) throws(LinearAlgebraError) -> [Matrix<Double>] {
    var random = SeededGenerator(seed: seed).split("starts")
    var starts: [Matrix<Double>] = []
    let count = randomStartCount ?? Self.affordableCount(size: size, atLeast: 100 / size)
    for _ in 0..<count { starts.append(try .randomOrthogonal(size, using: &random)) }
    return starts
  }

  private static func affordableCount(size: Int, atLeast least: Int) -> Int {
    min(64, max(least, 60_000 / (size * size * size)))
  }
}
