import Foundation

/// What variables tell of classes, in nats.
///
/// References: ross2014, gao2017.
public enum ClassInformation {
  /// The entropy of classes among some samples.
  public static func entropy(of classes: ClassLabels, among samples: [Int]? = nil) -> Double {
    let samples = samples ?? Array(classes.labels.indices)
    let total = Double(max(1, samples.count))
    return classes.sizes(among: samples).reduce(0) { $1 == 0 ? $0 : $0 - Double($1) / total * log(Double($1) / total) }
  }

  /// What classes tell of classes, by counting.
  ///
  /// Range: from 0 to the smaller entropy. Of independent classes (r − 1)(c − 1)/2n by chance.
  public static func counted(_ first: ClassLabels, _ second: ClassLabels, among samples: [Int]? = nil) -> Double {
    let samples = samples ?? Array(first.labels.indices)
    var counts = [Int](repeating: 0, count: first.count * second.count)
    for sample in samples { counts[first.labels[sample] * second.count + second.labels[sample]] += 1 }
    let (rows, columns) = (first.sizes(among: samples), second.sizes(among: samples))
    let total = Double(max(1, samples.count))
    var sum = 0.0
    for row in rows.indices {
      for column in columns.indices where counts[row * second.count + column] > 0 {
        let count = Double(counts[row * second.count + column])
        sum += count / total * log(count * total / (Double(rows[row]) * Double(columns[column])))
      }
    }
    return max(0, sum)
  }

  /// What a number tells of classes, from the distances to the k-th neighbours within a sample's class.
  ///
  /// A sample alone in its class is left out. Values that many samples share count as one place, so that a discrete variable is welcome too.
  ///
  /// Range: from 0; what falls below by chance is 0.
  ///
  /// Throws: `AnalysisError.sizeMismatch` for other samples; `.tooFew` for no neighbours.
  public static func nearest(
    _ values: [Double], _ classes: ClassLabels, among samples: [Int]? = nil, neighbours: Int = 10
  ) throws(AnalysisError) -> Double {
    guard values.count == classes.labels.count else {
      throw .sizeMismatch("number of values", size: "\(values.count)", expected: "\(classes.labels.count)")
    }
    guard neighbours >= 1 else { throw .tooFew("neighbours", count: neighbours, minimum: 1) }
    let sizes = classes.sizes(among: samples ?? Array(values.indices))
    let used = (samples ?? Array(values.indices)).filter { sizes[classes.labels[$0]] > 1 }
    let all = used.map { values[$0] }.sorted()
    var groups = [[Double]](repeating: [], count: classes.count)
    for sample in used { groups[classes.labels[sample]].append(values[sample]) }
    var sum = 0.0
    for group in groups where !group.isEmpty {
      let sorted = group.sorted()
      let count = min(neighbours, sorted.count - 1)
      for place in sorted.indices {
        let radius = distance(toNeighbour: count, of: place, in: sorted)
        let value = sorted[place]
        let (near, others): (Int, Int)
        if radius > 0 {
          near = count
          // The sample itself stands for the neighbour on the rim.
          others = span(of: all) {
            $0 > value - radius
          } until: {
            $0 >= value + radius
          }
        } else {
          near =
            span(of: sorted) {
              $0 >= value
            } until: {
              $0 > value
            } - 1
          others =
            span(of: all) {
              $0 >= value
            } until: {
              $0 > value
            } - 1
        }
        sum += digamma(Double(near)) - digamma(Double(sorted.count)) - digamma(Double(max(1, others)))
      }
    }
    return used.isEmpty ? 0 : max(0, digamma(Double(used.count)) + sum / Double(used.count))
  }

  /// How far the k-th nearest of ascending values is from one of them.
  private static func distance(toNeighbour count: Int, of place: Int, in sorted: [Double]) -> Double {
    var (low, high, distance) = (place, place, 0.0)
    for _ in 0..<count {
      let below = low > 0 ? sorted[place] - sorted[low - 1] : .infinity
      let above = high + 1 < sorted.count ? sorted[high + 1] - sorted[place] : .infinity
      if below <= above {
        low -= 1
        distance = below
      } else {
        high += 1
        distance = above
      }
    }
    return distance
  }

  /// How many of ascending values are from where one thing begins to where another does.
  private static func span(of sorted: [Double], from: (Double) -> Bool, until: (Double) -> Bool) -> Int {
    func first(_ isReached: (Double) -> Bool) -> Int {
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if isReached(sorted[middle]) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    return max(0, first(until) - first(from))
  }
}
