import LinearAlgebra

/// How well distances tell groups apart that are known from elsewhere.
///
/// Conventions: every point's neighbours are the others. Silhouettes are taken from the distances themselves; a point that is alone
/// in its group has 0. The test draws labels again and asks how often between less within is as large: (1 + hits)/(1 + draws). Where
/// there are no more ways to label than draws it goes through them all, the given one among them: hits/ways. Intervals are of 95 %,
/// of points drawn again within their groups.
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
  /// The ends of its interval; `nil` where no points were drawn.
  public let differenceInterval: [Double]?
  /// The ends of the interval of the distance within.
  public let withinInterval: [Double]?
  /// The ends of the interval of the distance between.
  public let betweenInterval: [Double]?
  /// How likely random labels are to differ as much.
  public let pValue: Double
  /// How often labels were drawn, or how many ways to label there are.
  public let permutationCount: Int
  /// Whether p is of all ways to label.
  public let isExact: Bool
  /// Each point's silhouette.
  public let silhouettes: [Double]
  /// Their mean.
  public let silhouette: Double
  /// The ends of its interval.
  public let silhouetteInterval: [Double]?
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
    let ways = Self.labellingCount(sizes, atMost: permutationCount)
    isExact = ways != nil
    var hits = 0
    if let ways {
      var drawn = labels.sorted()
      repeat {
        let found = Self.means(distances, drawn)
        if found.between - found.within >= difference - slack { hits += 1 }
      } while Self.advance(&drawn)
      self.permutationCount = ways
      pValue = Double(hits) / Double(ways)
    } else {
      for _ in 0..<permutationCount {
        let drawn = Self.means(distances, random.shuffled(labels))
        if drawn.between - drawn.within >= difference - slack { hits += 1 }
      }
      self.permutationCount = permutationCount
      pValue = Double(1 + hits) / Double(1 + permutationCount)
    }
    silhouettes = (0..<count).map { Self.silhouette(of: $0, distances, labels, groupCount: names.count) }
    silhouette = silhouettes.reduce(0, +) / Double(count)
    let voters = min(neighbourCount, count - 1)
    let right = (0..<count).count { Self.vote(of: $0, distances, labels, voters) == labels[$0] }
    accuracy = Double(right) / Double(count)
    self.neighbourCount = voters
    chance = sizes.reduce(0) { $0 + Double($1) * Double($1 - 1) } / Double(count * (count - 1))
    let drawn = drawCount >= 2 ? Self.draws(distances, labels, sizes, drawCount, using: &random) : []
    func interval(_ value: (Draw) -> Double) -> [Double]? {
      // A draw may hold one point of each group only, and so no pair within.
      let values = drawn.map(value).filter(\.isFinite).sorted()
      return values.count >= 2 ? [quantile(of: values, 0.025), quantile(of: values, 0.975)] : nil
    }
    withinInterval = interval(\.within)
    betweenInterval = interval(\.between)
    differenceInterval = interval { $0.between - $0.within }
    silhouetteInterval = interval(\.silhouette)
  }

  // MARK: Labels

  /// How many ways there are to give groups of these sizes to points; `nil` above a limit.
  private static func labellingCount(_ sizes: [Int], atMost limit: Int) -> Int? {
    var (ways, placed) = (1, 0)
    for size in sizes {
      for member in 1...max(1, size) {
        placed += 1
        let (product, overflow) = ways.multipliedReportingOverflow(by: placed)
        // Every step is a binomial coefficient times what came before, and so whole.
        guard !overflow else { return nil }
        ways = product / member
      }
      if ways > limit { return nil }
    }
    return ways <= limit ? ways : nil
  }

  /// The next arrangement in the order of a dictionary; false after the last.
  private static func advance(_ labels: inout [Int]) -> Bool {
    guard let pivot = (0..<(labels.count - 1)).last(where: { labels[$0] < labels[$0 + 1] }),
      let other = labels.indices.last(where: { labels[$0] > labels[pivot] })
    else { return false }
    labels.swapAt(pivot, other)
    labels[(pivot + 1)...].reverse()
    return true
  }

  // MARK: Means

  private static func means(_ distances: Matrix<Double>, _ labels: [Int]) -> (within: Double, between: Double) {
    var (same, other) = ((sum: 0.0, count: 0), (sum: 0.0, count: 0))
    distances.entries.withUnsafeBufferPointer { entries in
      for i in labels.indices {
        for j in 0..<i {
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

  /// What points drawn again give.
  private struct Draw {
    var within: Double
    var between: Double
    var silhouette: Double
  }

  private static func draws(
    _ distances: Matrix<Double>, _ labels: [Int], _ sizes: [Int], _ drawCount: Int, using random: inout SeededGenerator
  ) -> [Draw] {
    let groups = sizes.indices.map { group in labels.indices.filter { labels[$0] == group } }
    return (0..<drawCount).map { _ in
      var times = [Int](repeating: 0, count: labels.count)
      for members in groups {
        for _ in members { times[members[random.index(below: members.count)]] += 1 }
      }
      return draw(distances, labels, sizes, times: times)
    }
  }

  /// Of points that were drawn so many times each; a point and its copy are no pair.
  private static func draw(_ distances: Matrix<Double>, _ labels: [Int], _ sizes: [Int], times: [Int]) -> Draw {
    let drawn = times.indices.filter { times[$0] > 0 }
    var (same, other) = ((sum: 0.0, count: 0), (sum: 0.0, count: 0))
    var silhouettes = (sum: 0.0, count: 0)
    var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: sizes.count)
    distances.entries.withUnsafeBufferPointer { entries in
      for point in drawn {
        for group in sums.indices { sums[group] = (0, 0) }
        for partner in drawn where partner != point {
          sums[labels[partner]].sum += Double(times[partner]) * entries[point * labels.count + partner]
          sums[labels[partner]].count += times[partner]
        }
        let (own, weight) = (labels[point], times[point])
        for group in sums.indices {
          let (sum, count) = (Double(weight) * sums[group].sum, weight * sums[group].count)
          if group == own { same = (same.sum + sum, same.count + count) }
          if group != own { other = (other.sum + sum, other.count + count) }
        }
        // Where chance left a point no companion its silhouette is open.
        guard sums[own].count > 0 || sizes[own] == 1 else { continue }
        silhouettes.sum += Double(weight) * silhouette(of: own, sums)
        silhouettes.count += weight
      }
    }
    return Draw(
      within: same.sum / Double(same.count), between: other.sum / Double(other.count),
      silhouette: silhouettes.sum / Double(silhouettes.count))
  }

  private static func silhouette(
    of point: Int, _ distances: Matrix<Double>, _ labels: [Int], groupCount: Int
  ) -> Double {
    var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: groupCount)
    for other in labels.indices where other != point {
      sums[labels[other]].sum += distances[point, other]
      sums[labels[other]].count += 1
    }
    return silhouette(of: labels[point], sums)
  }

  /// From the distances to the points of every group.
  private static func silhouette(of own: Int, _ sums: [(sum: Double, count: Int)]) -> Double {
    guard sums[own].count > 0 else { return 0 }
    let inside = sums[own].sum / Double(sums[own].count)
    let nearest =
      sums.indices.filter { $0 != own && sums[$0].count > 0 }.map { sums[$0].sum / Double(sums[$0].count) }.min()
      ?? inside
    let larger = max(inside, nearest)
    return larger > 0 ? (nearest - inside) / larger : 0
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
