/// A variable as classes: its values where these are few, else bins of equal width.
///
/// Laws: shift, scale and the order of samples change nothing.
public struct ClassLabels: Sendable, Hashable {
  /// The class of each sample, from 0.
  public let labels: [Int]
  /// How many classes have samples.
  public let count: Int
  /// Whether its values were too many and were binned.
  public let isBinned: Bool

  /// Sorts values into classes.
  ///
  /// - Parameter most: values that are no more than this are classes of their own; else there are so many bins.
  public init(of values: [Double], most: Int) {
    let distinct = Set(values)
    isBinned = distinct.count > max(1, most)
    let raw: [Int]
    if isBinned, let low = distinct.min(), let high = distinct.max() {
      let bins = max(1, most)
      // Halves first: ends may be farther apart than the largest number.
      let reach = max(high / 2 - low / 2, .leastNonzeroMagnitude)
      raw = values.map { min(bins - 1, Int(($0 / 2 - low / 2) / reach * Double(bins))) }
    } else {
      let order = Dictionary(uniqueKeysWithValues: distinct.sorted().enumerated().map { ($1, $0) })
      raw = values.map { order[$0] ?? 0 }
    }
    // Bins without samples are no classes.
    let used = Dictionary(uniqueKeysWithValues: Set(raw).sorted().enumerated().map { ($1, $0) })
    labels = raw.map { used[$0] ?? 0 }
    count = used.count
  }

  /// How many samples each class has, among some.
  func sizes(among samples: [Int]) -> [Int] {
    samples.reduce(into: [Int](repeating: 0, count: count)) { $0[labels[$1]] += 1 }
  }
}
