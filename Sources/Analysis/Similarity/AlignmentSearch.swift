import Foundation
import LinearAlgebra

/// How the orthogonal matrix is sought that brings one operator nearest to another.
///
/// Starts are: the frames of the symmetric part and of two mixtures, eigenvectors with their phases put in step, and random
/// matrices of a seed. All descend a little, the lowest most of the way, and the lowest of those to the end; of the lowest the mirror
/// image is tried too. The search ends at once where the lower bound is met.
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
  /// How much is spent: multiplies the numbers of starts and descents that are not set. All pairs of many operators are searched at 1,
  /// single pairs at 2.
  public var thoroughness: Int
  /// The number of random starts; unless told 60 000/n³ up to 64, but 4 times the thoroughness at least.
  public var randomStartCount: Int?
  /// The number of starts that descend to the end; unless told 60 000/n³ up to 64, but twice the thoroughness at least. In
  /// thorough searches several times as many descend most of the way.
  public var descentCount: Int?
  /// The seed of the random starts.
  public var seed: UInt64

  /// Makes a search.
  public init(
    group: Group = .orthogonal, thoroughness: Int = 1, randomStartCount: Int? = nil, descentCount: Int? = nil,
    seed: UInt64 = 1
  ) {
    self.group = group
    self.thoroughness = thoroughness
    self.randomStartCount = randomStartCount
    self.descentCount = descentCount
    self.seed = seed
  }

  /// Refuses counts out of range.
  ///
  /// Throws: `AnalysisError.outOfRange`.
  public func validate() throws(AnalysisError) {
    guard (1...100).contains(thoroughness) else {
      throw .outOfRange("thoroughness", Double(thoroughness), rule: "from 1 to 100")
    }
    if let count = randomStartCount, !(0...1000).contains(count) {
      throw .outOfRange("number of random starts", Double(count), rule: "from 0 to 1000")
    }
    if let count = descentCount, !(1...1000).contains(count) {
      throw .outOfRange("number of descents", Double(count), rule: "from 1 to 1000")
    }
  }

  /// How many values of the objective a search for operators of one size may take: about as long at any size, and one descent at least.
  func valueCount(size: Int) -> Int { thoroughness * min(1600, 2_400_000 / (size * size)) }

  /// The random starts for operators of one size: the same for every pair.
  func randomStarts(size: Int) throws(LinearAlgebraError) -> [Matrix<Double>] {
    var random = SeededGenerator(seed: seed).split("starts")
    var starts: [Matrix<Double>] = []
    // No more than could be descended from.
    let count = randomStartCount ?? min(64, max(1, valueCount(size: size) / 200))
    for _ in 0..<count { starts.append(try .randomOrthogonal(size, using: &random)) }
    return starts
  }
}
