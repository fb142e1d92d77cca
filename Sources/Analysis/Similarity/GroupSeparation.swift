import LinearAlgebra

/// How well distances tell groups apart that are known from elsewhere.
///
/// Conventions: every point's neighbours are the others. Silhouettes are taken from the distances themselves; a point that is alone
/// in its group has 0. The test draws labels again and asks how often between less within is as large: (1 + hits)/(1 + draws).
///
/// Range: silhouettes −1 … 1; accuracy 0 … 1; p above 0.
///
/// References: rousseeuw1987, efron1993.
public struct GroupSeparation: Sendable, Hashable, Codable {
  /// The mean distance of two points of one group.
  public let within: Double
  /// The mean distance of two points of different groups.
  public let between: Double
  /// Between less within.
  public let difference: Double
  /// The ends of its 95 % interval over points drawn again within their groups; `nil` where none were drawn.
  public let differenceInterval: [Double]?
  /// How likely random labels are to differ as much.
  public let pValue: Double
  /// How often labels were drawn.
  public let permutationCount: Int
  /// Each point's silhouette.
  public let silhouettes: [Double]
  /// Their mean.
  public let silhouette: Double
  /// The share of points whose nearest neighbours have their label for the most part.
  public let accuracy: Double
  /// How many neighbours vote.
  public let neighbourCount: Int
  /// The accuracy to expect of one neighbour at random.
  public let chance: Double

  /// Compares labels with distances.
  ///
  /// Throws: as `ClassicalScaling` for the distances; `AnalysisError.sizeMismatch` unless there is one label for each point; `.tooFew`
  /// for fewer than two groups, for groups of one point each, or for no neighbours or labels drawn.
  public init(
    of distances: Matrix<Double>, groups: [String], neighbourCount: Int = 1, permutationCount: Int = 1000,
    drawCount: Int = 1000, using random: inout SeededGenerator
  ) throws {
    try distances.requireDistances()
    let count = distances.rowCount
    guard groups.count == count else {
      throw AnalysisError.sizeMismatch(
        "list of groups", size: "\(groups.count) long", expected: "\(count) long, one for each point")
    }
    var names: [String] = []
    let labels = groups.map { group -> Int in
      if let known = names.firstIndex(of: group) { return known }
      names.append(group)
      return names.count - 1
    }
    guard names.count >= 2 else { throw AnalysisError.tooFew("groups", count: names.count, minimum: 2) }
    let sizes = names.indices.map { name in labels.count { $0 == name } }
    guard let largest = sizes.max(), largest >= 2 else {
      throw AnalysisError.tooFew("members of the largest group", count: sizes.max() ?? 0, minimum: 2)
    }
    guard neighbourCount >= 1 else { throw AnalysisError.tooFew("neighbours", count: neighbourCount, minimum: 1) }
    guard permutationCount >= 1 else {
      throw AnalysisError.tooFew("permutations", count: permutationCount, minimum: 1)
    }
    (within, between) = Self.means(distances, labels)
    difference = between - within
    let slack = 1e-12 * max(abs(between), abs(within))
    var hits = 0
    for _ in 0..<permutationCount {
      let drawn = Self.means(distances, random.shuffled(labels))
      if drawn.between - drawn.within >= difference - slack { hits += 1 }
    }
    pValue = Double(1 + hits) / Double(1 + permutationCount)
    self.permutationCount = permutationCount
    silhouettes = (0..<count).map { Self.silhouette(of: $0, distances, labels, groupCount: names.count) }
    silhouette = silhouettes.reduce(0, +) / Double(count)
    let voters = min(neighbourCount, count - 1)
    let right = (0..<count).count { Self.vote(of: $0, distances, labels, voters) == labels[$0] }
    accuracy = Double(right) / Double(count)
    self.neighbourCount = voters
    chance = sizes.reduce(0) { $0 + Double($1) * Double($1 - 1) } / Double(count * (count - 1))
    differenceInterval =
      drawCount >= 2 ? Self.interval(distances, labels, names.count, drawCount, using: &random) : nil
  }

  private static func means(_ distances: Matrix<Double>, _ labels: [Int]) -> (within: Double, between: Double) {
    means(distances, labels, of: Array(labels.indices))
  }

  /// Over the pairs of different points among those drawn.
  private static func means(
    _ distances: Matrix<Double>, _ labels: [Int], of drawn: [Int]
  ) -> (within: Double, between: Double) {
    var (same, other) = ((sum: 0.0, count: 0), (sum: 0.0, count: 0))
    distances.entries.withUnsafeBufferPointer { entries in
      for place in drawn.indices {
        let i = drawn[place]
        for j in drawn[..<place] where i != j {
          let distance = entries[i * labels.count + j]
          if labels[i] == labels[j] {
            same = (same.sum + distance, same.count + 1)
          } else {
            other = (other.sum + distance, other.count + 1)
          }
        }
      }
    }
    return (same.sum / Double(same.count), other.sum / Double(other.count))
  }

  private static func interval(
    _ distances: Matrix<Double>, _ labels: [Int], _ groupCount: Int, _ drawCount: Int,
    using random: inout SeededGenerator
  ) -> [Double]? {
    let groups = (0..<groupCount).map { group in labels.indices.filter { labels[$0] == group } }
    var differences: [Double] = []
    for _ in 0..<drawCount {
      let drawn = groups.flatMap { members in members.map { _ in members[random.index(below: members.count)] } }
      let found = means(distances, labels, of: drawn)
      // A draw may hold one point of each group only, and so no pair within.
      if (found.between - found.within).isFinite { differences.append(found.between - found.within) }
    }
    guard differences.count >= 2 else { return nil }
    differences.sort()
    return [quantile(of: differences, 0.025), quantile(of: differences, 0.975)]
  }

  private static func silhouette(
    of point: Int, _ distances: Matrix<Double>, _ labels: [Int], groupCount: Int
  ) -> Double {
    var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: groupCount)
    for other in labels.indices where other != point {
      sums[labels[other]].sum += distances[point, other]
      sums[labels[other]].count += 1
    }
    guard sums[labels[point]].count > 0 else { return 0 }
    let own = sums[labels[point]].sum / Double(sums[labels[point]].count)
    let nearest =
      sums.indices.filter { $0 != labels[point] && sums[$0].count > 0 }
      .map { sums[$0].sum / Double(sums[$0].count) }.min() ?? own
    let larger = max(own, nearest)
    return larger > 0 ? (nearest - own) / larger : 0
  }

  /// The label of most neighbours; of equally many, that of the nearest.
  private static func vote(of point: Int, _ distances: Matrix<Double>, _ labels: [Int], _ voters: Int) -> Int {
    let nearest = labels.indices.filter { $0 != point }.sorted {
      (distances[point, $0], $0) < (distances[point, $1], $1)
    }.prefix(voters)
    var votes: [Int: Int] = [:]
    for neighbour in nearest { votes[labels[neighbour], default: 0] += 1 }
    let most = votes.values.max() ?? 0
    return nearest.map { labels[$0] }.first { votes[$0] == most } ?? -1
  }
}
