import LinearAlgebra

/// Whether one signal can be told from the delay vectors of another: what drives a signal leaves its trace in it.
///
/// The value of the *target* at a time is estimated from its values at the E + 1 times at which the *witness* was most like then. Skill that
/// rises with the library and levels off says that the target acts on the witness.
///
/// References: sugihara2012.
public struct CrossMapping: Sendable {
  private let vectors: DelayVectors
  private let targets: [Double]
  private let window: Int

  /// Prepares to tell a target from a witness.
  ///
  /// Throws: `SignalError.unequalTrials`, `.tooShort`; `AnalysisError.tooFew`.
  public init(of target: Signal, from witness: Signal, dimension: Int, lag: Int = 1, window: Int = 0) throws {
    guard target.trials == witness.trials else {
      throw SignalError.unequalTrials(first: target.trials.map(\.count), second: witness.trials.map(\.count))
    }
    guard window >= 0 else { throw AnalysisError.tooFew("samples of Theiler window", count: window, minimum: 0) }
    vectors = try DelayVectors(of: witness, dimension: dimension, lag: lag)
    targets = vectors.presents.map { target.values[$0] }
    self.window = window
  }

  private init(_ vectors: DelayVectors, _ targets: [Double], _ window: Int) {
    (self.vectors, self.targets, self.window) = (vectors, targets, window)
  }

  /// The number of delay vectors: the largest library there is.
  public var largestLibrary: Int { vectors.count }

  /// The skill with the vectors at given rows as library, at all vectors.
  ///
  /// Throws: `AnalysisError.tooFew` where a library has no E + 1 points beyond the window.
  public func skill(library rows: [Int]) throws -> ForecastSkill {
    guard let least = rows.min(), let most = rows.max(), least >= 0, most < vectors.count else {
      throw AnalysisError.outOfRange(
        "row of the library", Double(rows.max() ?? -1), rule: "from 0 to \(vectors.count - 1)")
    }
    let search = try NeighbourSearch(of: vectors.points.selectingRows(rows), times: rows.map { vectors.times[$0] })
    let predicted = try SimplexProjection.predict(
      rows.map { targets[$0] }, search: search, queries: vectors.points, times: vectors.times, window: window)
    return ForecastSkill(predicted: predicted, actual: targets)
  }

  /// The skill with the first vectors as library.
  ///
  /// Throws: as `skill(library:)`.
  public func skill(first count: Int) throws -> ForecastSkill { try skill(library: Array(0..<count)) }

  /// Skill over the size of libraries drawn at random.
  public struct Curve: Sendable, Hashable {
    /// Sizes of libraries.
    public let sizes: [Int]
    /// The mean skill at each.
    public let means: [Double]
    /// The 2.5th percentile over draws.
    public let lower: [Double]
    /// The 97.5th percentile.
    public let upper: [Double]

    /// Whether skill rises from the smallest library to the largest by more than draws of the smallest differ by chance.
    public var converges: Bool {
      guard let first = upper.first, let last = means.last, sizes.count > 1 else { return false }
      return last > first
    }
  }

  /// Draws libraries of each size and measures the skill of each.
  ///
  /// Throws: `AnalysisError.tooFew` for no draws, `.outOfRange` for a library larger than there are vectors.
  public func curve(sizes: [Int], draws: Int, using random: inout SeededGenerator) throws -> Curve {
    guard draws >= 1 else { throw AnalysisError.tooFew("draws", count: draws, minimum: 1) }
    for size in sizes where size > vectors.count || size < vectors.dimension + 2 {
      throw AnalysisError.outOfRange(
        "size of the library", Double(size), rule: "from \(vectors.dimension + 2) to \(vectors.count)")
    }
    let source = random.split("libraries \(random.next())")
    let near = try sizes.filter { nearbyCount(for: $0) <= Self.mostNearby }.min().map(nearby)
    let tasks = sizes.flatMap { size in (0..<draws).map { (size, $0) } }
    let skills = try concurrently(tasks) { task in
      var random = source.split("\(task.0)").split(task.1)
      let library = Self.library(of: task.0, among: vectors.count, using: &random)
      return try skill(library: library, near: nearbyCount(for: task.0) <= Self.mostNearby ? near : nil)
    }
    let bySize = sizes.indices.map { Array(skills[($0 * draws)..<(($0 + 1) * draws)]).sorted() }
    return Curve(
      sizes: sizes, means: bySize.map { $0.reduce(0, +) / Double(draws) },
      lower: bySize.map { quantile(of: $0, 0.025) },
      upper: bySize.map { quantile(of: $0, 0.975) })
  }

  /// Which of several rows are in a library of a size, each library equally likely.
  static func library(of size: Int, among count: Int, using random: inout SeededGenerator) -> [Bool] {
    var rows = Array(0..<count)
    var isIn = [Bool](repeating: false, count: count)
    for place in 0..<min(size, count) {
      rows.swapAt(place, place + random.index(below: count - place))
      isIn[rows[place]] = true
    }
    return isIn
  }

  /// How many neighbours of every vector are to be known for a library of a size to have enough of them, nearly always.
  private func nearbyCount(for size: Int) -> Int {
    (2 * (vectors.dimension + 1) * vectors.count + size - 1) / size
  }

  /// More are slower to know than to search for anew in each library.
  private static let mostNearby = 64

  /// The neighbours of every vector that serve libraries of a size and larger ones.
  private func nearby(for size: Int) throws -> Neighbours {
    let beyond = vectors.count - 2 * window - 1
    return try NeighbourSearch(of: vectors.points, times: vectors.times)
      .nearest(max(vectors.dimension + 1, min(nearbyCount(for: size), beyond)), window: window)
  }

  /// As `skill(library:)`, by neighbours known already where they are enough.
  private func skill(library isIn: [Bool], near: Neighbours?) throws -> Double {
    let rows = isIn.indices.filter { isIn[$0] }
    let library = vectors.points.selectingRows(rows)
    func predicted(_ queries: Matrix<Double>, _ times: [Int]) throws -> [Double] {
      let search = try NeighbourSearch(of: library, times: rows.map { vectors.times[$0] })
      return try SimplexProjection.predict(
        rows.map { targets[$0] }, search: search, queries: queries, times: times, window: window)
    }
    guard let near else { return pearson(try predicted(vectors.points, vectors.times), targets) }
    var (values, rest) = told(by: near, in: isIn)
    if !rest.isEmpty {
      let others = try predicted(vectors.points.selectingRows(rest), rest.map { vectors.times[$0] })
      for (query, value) in zip(rest, others) { values[query] = value }
    }
    return pearson(values, targets)
  }

  /// What the neighbours known already tell of every vector, and the vectors of which too few are in the library.
  private func told(by near: Neighbours, in isIn: [Bool]) -> (values: [Double], rest: [Int]) {
    let count = vectors.dimension + 1
    var values = [Double](repeating: 0, count: vectors.count)
    var rest: [Int] = []
    var (found, distances) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    near.indices.withUnsafeBufferPointer { indices in
      near.distances.withUnsafeBufferPointer { sizes in
        isIn.withUnsafeBufferPointer { isIn in
          for query in 0..<vectors.count {
            var have = 0
            var place = query * near.count
            let end = place + near.count
            while place < end, have < count {
              let other = Int(indices[place])
              if isIn[other] {
                (found[have], distances[have]) = (targets[other], sizes[place])
                have += 1
              }
              place += 1
            }
            if have == count {
              values[query] = SimplexProjection.mean(of: found, at: distances)
            } else {
              rest.append(query)
            }
          }
        }
      }
    }
    return (values, rest)
  }

  /// The skill with all vectors as library, beside that for surrogates of the target. The signals must be of one trial.
  ///
  /// Throws: `SignalError`, `AnalysisError`.
  public func significance(
    of target: Signal, surrogates kind: Surrogates, count: Int, using random: inout SeededGenerator
  ) throws -> SurrogateTest {
    let rows = Array(0..<vectors.count)
    let value = try skill(library: rows).correlation
    let source = random.split("surrogates \(random.next())")
    let skills = try concurrently(Array(0..<max(0, count))) { number in
      var random = source.split(number)
      let drawn = try kind.drawn(
        from: target.values, dimension: vectors.dimension, lag: vectors.lag, using: &random)
      return try CrossMapping(vectors, vectors.presents.map { drawn[$0] }, window).skill(library: rows).correlation
    }
    return try SurrogateTest(value: value, surrogates: skills)
  }
}
