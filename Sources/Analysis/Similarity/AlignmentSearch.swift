import Foundation
import LinearAlgebra

/// How the orthogonal matrix is sought that brings one operator nearest to another.
///
/// Starts are: the frames of the symmetric part and of two mixtures, eigenvectors with their phases put in step, and random
/// matrices of a seed. Descents from them take half of what a search may spend; the rest goes to the lowest minimum's mirror image, and to
/// leaps from the lowest: a few axes are turned at random, and a descent from there is kept where it leads lower. The search ends at once
/// where the lower bound is met, and early where several descents meet the same lowest value.
///
/// Complexity: thoroughness times 3000 values of the objective up to 18×18 matrices, 55 000/n up to 29×29 and 1 600 000/n² beyond, so that
/// no size takes much longer; but one descent at least, and 100×100 matrices get hardly more below a thoroughness of about 6.
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
  /// How much is spent: multiplies the number of values computed. All pairs of many operators are searched at 1, single pairs at 3.
  public var thoroughness: Int
  /// The number of random starts at hand; unless told, as many as could be descended from, up to 64.
  public var randomStartCount: Int?
  /// The number of starts that are descended from; unless told, as many as half of what may be spent lasts for.
  public var descentCount: Int?
  /// The seed of the random starts and leaps.
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

  /// The number of values of the objective that a search for operators of one size may take.
  func valueCount(size: Int) -> Int { thoroughness * min(3000, 55_000 / size, 1_600_000 / (size * size)) }

  /// The random starts for operators of one size: the same for every pair.
  func randomStarts(size: Int) throws(LinearAlgebraError) -> [Matrix<Double>] {
    var random = SeededGenerator(seed: seed).split("starts")
    var starts: [Matrix<Double>] = []
    let count = randomStartCount ?? min(64, max(1, valueCount(size: size) / 200))
    for _ in 0..<count { starts.append(try .randomOrthogonal(size, using: &random)) }
    return starts
  }
}
