import LinearAlgebra

/// The states of a signal that have exactly the same neighbours.
///
/// References: thiel2006.
struct TwinStates {
  private let values: [Double]
  private let reach: Int
  /// The other states that each could be taken for.
  private let twins: [[Int32]]

  /// An eighth of all pairs of states counts as near, as far as a sample of them tells.
  private static let nearShare = 0.125

  init(of values: [Double], dimension: Int, lag: Int) throws {
    let vectors = try DelayVectors(of: try Signal(values), dimension: dimension, lag: lag)
    let count = vectors.count
    guard count <= Surrogates.mostTwins else {
      throw AnalysisError.outOfRange(
        "number of states with twins", Double(count), rule: "at most \(Surrogates.mostTwins)")
    }
    self.values = values
    reach = (dimension - 1) * lag
    let points = vectors.points
    @Sendable func distance(_ first: Int, _ second: Int) -> Double {
      points.entries.withUnsafeBufferPointer { entries in
        guard let base = entries.baseAddress else { return 0 }
        return NeighbourSearch.size(
          base + first * dimension, base + second * dimension, dimension, isEuclidean: false, bound: .infinity)
      }
    }
    let step = max(1, count / 150)
    let sampled = stride(from: 0, to: count, by: step).flatMap { first in
      stride(from: 0, to: first, by: step).map { distance(first, $0) }
    }.sorted()
    let radius = quantile(of: sampled, Self.nearShare)
    let words = (count + 63) / 64
    let rows = concurrently(Array(0..<count)) { first in
      var bits = [UInt64](repeating: 0, count: words)
      for second in 0..<count where distance(first, second) <= radius { bits[second >> 6] |= 1 << UInt64(second & 63) }
      return bits
    }
    let groups = Dictionary(grouping: 0..<count) { rows[$0] }
    var twins = [[Int32]](repeating: [], count: count)
    for group in groups.values where group.count > 1 {
      let members = group.sorted().map { Int32($0) }
      for member in members { twins[Int(member)] = members }
    }
    self.twins = twins
  }

  func walk(using random: inout SeededGenerator) -> [Double] {
    let count = twins.count
    var state = random.index(below: count)
    // The newest coordinates of the states walked through, after the older ones of the first.
    var walked = Array(values[state..<(state + reach + 1)])
    while walked.count < values.count {
      if !twins[state].isEmpty { state = Int(twins[state][random.index(below: twins[state].count)]) }
      // After the last state the walk goes on anywhere.
      state = state + 1 < count ? state + 1 : random.index(below: count)
      walked.append(values[state + reach])
    }
    return walked
  }
}
