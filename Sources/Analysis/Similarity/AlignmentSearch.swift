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
  /// The number of random starts.
  public var randomStartCount: Int
  /// The number of starts that descend to the end.
  public var descentCount: Int
  /// The seed of the random starts.
  public var seed: UInt64

  /// Makes a search.
  public init(
    group: Group = .orthogonal, randomStartCount: Int = 4, descentCount: Int = 2, seed: UInt64 = 1
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
    guard (0...1000).contains(randomStartCount) else {
      throw .outOfRange("number of random starts", Double(randomStartCount), rule: "from 0 to 1000")
    }
    guard (1...1000).contains(descentCount) else {
      throw .outOfRange("number of descents", Double(descentCount), rule: "from 1 to 1000")
    }
  }

  /// The random starts for operators of one size: the same for every pair.
  func randomStarts(size: Int) throws(LinearAlgebraError) -> [Matrix<Double>] {
    var random = SeededGenerator(seed: seed).split("starts")
    var starts: [Matrix<Double>] = []
    for _ in 0..<randomStartCount { starts.append(try .randomOrthogonal(size, using: &random)) }
    return starts
  }
}
