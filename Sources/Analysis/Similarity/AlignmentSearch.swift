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
    group: Group = .orthogonal, randomStartCount: Int = 6, descentCount: Int = 3, seed: UInt64 = 1
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

/// One search, for two operators of norm 1.
struct AlignmentDescent {
  let search: AlignmentSearch
  let objective: ConjugationObjective
  /// Half the square of the smallest distance that the invariants allow.
  let leastValue: Double
  /// The determinant's sign that rotations have between the bases of the two operators; `nil` where any will do.
  let sign: Double?

  /// The lowest minimum, and the values at the ends of all complete descents.
  func run(
    _ first: PreparedOperator, _ second: PreparedOperator, randomStarts: [Matrix<Double>]
  ) throws(LinearAlgebraError) -> (best: OrthogonalMinimum, values: [Double]) {
    let enough = leastValue * (1 + 1e-10) + 1e-26
    let full = OrthogonalTrustRegion(sufficientValue: enough)
    func stage(_ steps: Int, _ products: Int) -> OrthogonalTrustRegion {
      OrthogonalTrustRegion(maximumStepCount: steps, maximumProductCount: products, gradientTolerance: 1e-4, sufficientValue: enough)
    }
    var starts: [Matrix<Double>] = []
    for (own, other) in zip(first.frames, second.frames) { starts.append(try own.alignment(with: other)) }
    if let start = try first.eigenframe.alignment(with: second.eigenframe) { starts.append(start) }
    starts += randomStarts
    if let sign {
      for i in starts.indices where try starts[i].determinantSign() != sign {
        starts[i] = objective.reversed(starts[i])
      }
    }
    // The most promising first, so that planted pairs end with the first descent.
    let values = starts.map { objective.value(at: objective.place($0)) }
    let order = starts.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ends: [OrthogonalMinimum] = []
    func isEnough(_ minimum: OrthogonalMinimum) -> Bool { minimum.value <= enough }
    for index in order {
      let end = try stage(8, 10).minimum(of: objective, from: starts[index])
      if isEnough(end) { return (end, [end.value]) }
      ends.append(end)
    }
    ends.sort { $0.value < $1.value }
    if sign == nil, objective.size.isMultiple(of: 2) {
      ends.append(try stage(8, 10).minimum(of: objective, from: objective.reversed(ends[0].point)))
      ends.sort { $0.value < $1.value }
    }
    var minima: [OrthogonalMinimum] = []
    for end in ends where minima.count < search.descentCount {
      let minimum = try stage(100, 50).minimum(of: objective, from: end.point)
      minima.append(minimum)
      if isEnough(minimum) { return (minimum, minima.map(\.value)) }
    }
    let best = minima.min { $0.value < $1.value } ?? ends[0]
    return (try full.minimum(of: objective, from: best.point), minima.map(\.value))
  }
}
