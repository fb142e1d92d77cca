import Analysis
import LinearAlgebra
import Testing

@Suite struct NeighbourTests {
  /// Every distance measured, one after the other.
  private static func plain(
    _ count: Int, among points: Matrix<Double>, of queries: Matrix<Double>, times: [Int]?, queryTimes: [Int]?,
    window: Int,
    metric: NeighbourSearch.Metric, skippingCoincident: Bool = false
  ) -> [[(Int, Double)]] {
    (0..<queries.rowCount).map { query in
      var all: [(Int, Double)] = []
      for point in 0..<points.rowCount {
        if let queryTimes, let times, abs(queryTimes[query] - times[point]) <= window { continue }
        let differences = zip(queries.row(query), points.row(point)).map { abs($0 - $1) }
        let distance =
          metric == .euclidean
          ? differences.reduce(0) { $0 + $1 * $1 }.squareRoot() : differences.max() ?? 0
        if skippingCoincident, distance == 0 { continue }
        all.append((point, distance))
      }
      return Array(all.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(count))
    }
  }

  private static func check(_ found: Neighbours, _ expected: [[(Int, Double)]]) {
    #expect(found.queryCount == expected.count)
    for (query, nearest) in expected.enumerated() {
      #expect(found.indices(of: query).map { Int($0) } == nearest.map(\.0), "query \(query)")
      for (distance, known) in zip(found.distances(of: query), nearest) {
        #expect(abs(distance - known.1) <= 1e-14 * (1 + known.1))
      }
    }
  }

  @Test(arguments: [1, 2, 3, 7, 20], NeighbourSearch.Metric.allCases)
  func findsWhatMeasuringEveryDistanceFinds(width: Int, metric: NeighbourSearch.Metric) throws {
    var random = SeededGenerator(seed: UInt64(width))
    let points = Matrix<Double>.gaussian(160, width, using: &random)
    let queries = 1.5 * Matrix<Double>.gaussian(20, width, using: &random)
    let times = (0..<160).map { 3 * $0 }
    for method in NeighbourSearch.Method.allCases {
      let search = try NeighbourSearch(of: points, times: times, metric: metric, method: method)
      for (count, window) in [(1, 0), (5, 30)] {
        Self.check(
          try search.nearest(count, window: window),
          Self.plain(count, among: points, of: points, times: times, queryTimes: times, window: window, metric: metric))
      }
      Self.check(
        try search.nearest(4, to: queries),
        Self.plain(4, among: points, of: queries, times: nil, queryTimes: nil, window: 0, metric: metric))
      let asked = (0..<20).map { 20 * $0 }
      Self.check(
        try search.nearest(2, to: queries, times: asked, window: 50),
        Self.plain(2, among: points, of: queries, times: times, queryTimes: asked, window: 50, metric: metric))
    }
  }

  /// Products look for near points in single precision, which holds neither such numbers nor such differences.
  @Test(arguments: [1e-100, 1, 1e130], [1.0, 1e5, 1e12])
  func productsAreExactWhateverTheScaleAndThePlace(scale: Double, distance: Double) throws {
    var random = SeededGenerator(seed: 8)
    // Two clusters, far apart for their size.
    let points = Matrix<Double>(
      rowCount: 120, columnCount: 6,
      entries: (0..<720).map { scale * (random.gaussian() + ($0 < 360 ? distance : 0)) })
    let queries = Matrix<Double>(
      rowCount: 10, columnCount: 6,
      entries: (0..<60).map { scale * (random.gaussian() + ($0 < 30 ? 10 * distance : 0)) })
    let search = try NeighbourSearch(of: points, method: .products)
    for (asked, times) in [(points, Array(0..<120)), (queries, nil)] {
      let found = try times.map { try search.nearest(5, to: asked, times: $0) } ?? search.nearest(5, to: asked)
      let known = Self.plain(
        5, among: points, of: asked, times: times, queryTimes: times, window: 0, metric: .euclidean)
      for (query, nearest) in known.enumerated() {
        #expect(found.indices(of: query).map { Int($0) } == nearest.map(\.0))
        #expect(Array(found.distances(of: query)) == nearest.map(\.1))
      }
    }
  }

  @Test func pointsEquallyFarComeInTheirOrder() throws {
    // A grid has many ties, and every point of it twice.
    let grid = (0..<8).flatMap { x in (0..<8).flatMap { y in [[Double(x), Double(y)], [Double(x), Double(y)]] } }
    let points = try Matrix(rows: grid)
    let rows = Array(0..<points.rowCount)
    for metric in NeighbourSearch.Metric.allCases {
      for method in NeighbourSearch.Method.allCases {
        let search = try NeighbourSearch(of: points, metric: metric, method: method)
        for skipping in [false, true] {
          Self.check(
            try search.nearest(6, skippingCoincident: skipping),
            Self.plain(
              6, among: points, of: points, times: rows, queryTimes: rows, window: 0, metric: metric,
              skippingCoincident: skipping))
        }
      }
    }
  }

  @Test func countsWhatLiesWithinRadii() throws {
    var random = SeededGenerator(seed: 9)
    let points = Matrix<Double>.gaussian(100, 3, using: &random)
    for metric in NeighbourSearch.Metric.allCases {
      let counts = try NeighbourSearch(of: points, metric: metric).counts(within: [0.3, 1, 2], window: 4)
      let all = Self.plain(
        100, among: points, of: points, times: Array(0..<100), queryTimes: Array(0..<100), window: 4, metric: metric)
      for (found, known) in zip(counts, all) {
        #expect(found == [0.3, 1, 2].map { radius in known.count { $0.1 <= radius } })
      }
    }
    let line = Matrix(column: [0.0, 1, 2, 3])
    #expect(try NeighbourSearch(of: line).counts(within: [1]) == [[1], [2], [2], [1]])
    #expect(try NeighbourSearch(of: line).counts(within: [1], isStrict: true) == [[0], [0], [0], [0]])
  }

  @Test func neighboursStayUnderMotionsAndScale() throws {
    var random = SeededGenerator(seed: 4)
    let points = Matrix<Double>.gaussian(150, 4, using: &random)
    let turn = try SingularValueDecomposition(of: Matrix<Double>.gaussian(4, 4, using: &random)).leftVectors
    let before = try NeighbourSearch(of: points).nearest(3)
    let after = try NeighbourSearch(of: 7 * (points * turn)).nearest(3)
    #expect(before.indices == after.indices)
    for (first, second) in zip(before.distances, after.distances) {
      let difference = abs(7 * first - second)
      #expect(difference < 1e-11)
    }
  }

  @Test func refusesWhatHasNoNeighbours() throws {
    let few = try NeighbourSearch(of: Matrix(column: [0.0, 1, 1]))
    #expect(throws: AnalysisError.tooFew("points for 4 neighbours", count: 3, minimum: 4)) { try few.nearest(4) }
    #expect(throws: AnalysisError.tooFew("points beyond the Theiler window of 1", count: 0, minimum: 1)) {
      try few.nearest(1, window: 1)
    }
    #expect(throws: AnalysisError.tooFew("points apart in place and time", count: 1, minimum: 2)) {
      try few.nearest(2, skippingCoincident: true)
    }
    #expect(throws: AnalysisError.tooFew("neighbours", count: 0, minimum: 1)) { try few.nearest(0) }
    #expect(throws: AnalysisError.tooFew("samples of Theiler window", count: -1, minimum: 0)) {
      try few.nearest(1, window: -1)
    }
    #expect(throws: AnalysisError.tooFew("points", count: 0, minimum: 1)) { try NeighbourSearch(of: .zeros(0, 2)) }
    #expect(throws: AnalysisError.tooFew("coordinates", count: 0, minimum: 1)) { try NeighbourSearch(of: .zeros(2, 0)) }
    #expect(throws: AnalysisError.sizeMismatch("number of times", size: "1", expected: "2")) {
      try NeighbourSearch(of: .zeros(2, 1), times: [0])
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 0, value: "nan")) {
      try NeighbourSearch(of: Matrix(column: [0, .nan]))
    }
    #expect(throws: AnalysisError.outOfRange("largest coordinate", 1e200, rule: "at most 1e+150")) {
      try NeighbourSearch(of: Matrix(column: [0, 1e200]))
    }
    #expect(throws: AnalysisError.outOfRange("radius", 1, rule: "above the one before, 2.0")) {
      try few.counts(within: [2, 1])
    }
  }

  @Test func manyEqualPointsAreNoTrouble() throws {
    let found = try NeighbourSearch(of: .zeros(5000, 3)).nearest(2)
    #expect(found.distances.allSatisfy { $0 == 0 } && Array(found.indices(of: 0)) == [1, 2])
    #expect(Array(found.indices(of: 4999)) == [0, 1])
  }
}
