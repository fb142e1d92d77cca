import LinearAlgebra
import Testing

@testable import Analysis

@Suite struct OverlapGraphTests {
  /// Components by searching breadth first among all pairs.
  private static func searched(
    _ points: Matrix<Double>, radius: Double, periods: [Double]
  ) -> (numbers: [Int], sizes: [Int]) {
    let (count, width) = (points.rowCount, points.columnCount)
    func areNear(_ first: Int, _ second: Int) -> Bool {
      (0..<width).reduce(0.0) { sum, axis in
        var apart = abs(points[first, axis] - points[second, axis])
        if let period = periods.isEmpty ? nil : periods[axis], period > 0 {
          apart = apart.truncatingRemainder(dividingBy: period)
          apart = min(apart, period - apart)
        }
        return sum + apart * apart
      } <= radius * radius * (1 + 2e-9)
    }
    var numbers = [Int](repeating: -1, count: count)
    var sizes: [Int] = []
    for start in 0..<count where numbers[start] < 0 {
      numbers[start] = sizes.count
      var queue = [start]
      var next = 0
      while next < queue.count {
        let site = queue[next]
        next += 1
        for other in 0..<count where numbers[other] < 0 && areNear(site, other) {
          numbers[other] = sizes.count
          queue.append(other)
        }
      }
      sizes.append(queue.count)
    }
    let order = sizes.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
    return (numbers.map { number in order.firstIndex(of: number) ?? -1 }, order.map { sizes[$0] })
  }

  @Test(arguments: [1, 2, 3, 5], [0.0, 1, 0.6])
  func findsTheComponentsThatASearchFinds(width: Int, period: Double) throws {
    for seed in 0..<6 {
      var random = SeededGenerator(seed: UInt64(seed)).split(width)
      let count = 60
      let points = Matrix(
        rowCount: count, columnCount: width,
        entries: (0..<count * width).map { _ in random.uniform(-1..<1) })
      // One axis closes upon itself, the others do not, and then all do.
      let periods = (0..<width).map { seed % 2 == 0 || $0 == 0 ? period : 0 }
      for radius in [0.02, 0.1, 0.25, 0.5, 0.9, 3] {
        let found = try OverlapGraph(of: points, radius: radius, periods: periods).components()
        let expected = Self.searched(points, radius: radius, periods: periods)
        #expect(found.numbers == expected.numbers && found.sizes == expected.sizes, "\(radius) of \(seed)")
      }
    }
  }

  @Test func roundingOfCentresCutsNothing() throws {
    // 0.3 − 0.2 is less than 0.1, and 0.8 − 0.7 more.
    let points = Matrix(rowCount: 15, columnCount: 1, entries: (0..<15).map { 0.1 * Double($0) })
    #expect(try OverlapGraph(of: points, radius: 0.1).components().sizes == [15])
    let lattice = try SiteLattice(side: 2.4, spacing: 0.1)
    #expect(lattice.sitesPerSide == 15)
    #expect(try OverlapGraph(of: lattice, radius: 0.1).components().sizes == [225])
    #expect(try OverlapGraph(of: lattice, radius: 0.0999).components().sizes.count == 225)
  }

  @Test func aPeriodicLatticeJoinsItsEnds() throws {
    let sites = [0, 1, 4, 5]  // the first row's first two and last, and the second row's first.
    let (bounded, periodic) = (
      try SiteLattice(side: 5, spacing: 1), try SiteLattice(side: 5, spacing: 1, isPeriodic: true)
    )
    #expect(bounded.siteCount == 25 && periodic.siteCount == 25)
    #expect(try OverlapGraph(of: bounded, radius: 1).components(among: sites).sizes == [3, 1])
    let found = try OverlapGraph(of: periodic, radius: 1).components(among: sites)
    #expect(found.sizes == [4] && found.largestShare == 1 && found.numbers == [0, 0, 0, 0])
    // Bounded images have no centres beyond their last pixel.
    #expect(try SiteLattice(side: 8, spacing: 0.5).sitesPerSide == 15)
    #expect(try SiteLattice(side: 8, spacing: 0.5, isPeriodic: true).sitesPerSide == 16)
    #expect(try SiteLattice(side: 2, spacing: 1).centres.entries == [0, 0, 0, 1, 1, 0, 1, 1])
  }

  @Test func noSitesHaveNoComponents() throws {
    let none = try OverlapGraph(of: SiteLattice(side: 3, spacing: 1), radius: 1).components(among: [])
    #expect(none.sizes.isEmpty && none.largestShare == 0)
  }

  @Test func crowdsAndFarPlacesAreTakenInStride() throws {
    // Two thousand in one place, and two so far off that cells cannot be numbered.
    let crowd = Matrix(
      rowCount: 2002, columnCount: 2,
      entries: (0..<2000).flatMap { [1e-3 * Double($0 % 7), 0] } + [1e140, 0, -1e140, 1e140])
    #expect(try OverlapGraph(of: crowd, radius: 1).components().sizes == [2000, 1, 1])
    #expect(try OverlapGraph(of: crowd, radius: 1e149).components().sizes == [2002])
    #expect(try OverlapGraph(of: crowd, radius: 1e-300).components().sizes.count == 9)
    #expect(try OverlapGraph(of: crowd, radius: 1, periods: [1e-200, 1e-200]).components().sizes == [2002])
  }

  @Test func theForestAndTheTallyAgreeWithCounting() {
    var random = SeededGenerator(seed: 3)
    let count = 200
    var (forest, tally) = (ClusterForest(siteCount: count), SizeTally(siteCount: count))
    var labels = Array(0..<count)
    #expect(tally.largest == 0 && tally.second == 0)
    for _ in 0..<count { tally.addSite() }
    for _ in 0..<300 {
      let (first, second) = (random.index(below: count), random.index(below: count))
      let roots = (forest.root(of: first), forest.root(of: second))
      if roots.0 != roots.1 {
        tally.join(forest.join(roots: roots.0, roots.1))
        let (from, to) = (labels[first], labels[second])
        labels = labels.map { $0 == from ? to : $0 }
      }
      let sizes = Dictionary(grouping: labels) { $0 }.values.map(\.count).sorted(by: >)
      #expect(tally.largest == sizes[0] && tally.second == (sizes.count > 1 ? sizes[1] : 0))
      #expect(forest.size(ofRoot: forest.root(of: first)) == labels.count { $0 == labels[first] })
    }
  }

  @Test func refusesWhatHasNoPlaceInWords() {
    func refusal(_ body: () throws -> Void) -> String? {
      do {
        try body()
        return nil
      } catch let error as PercolationError {
        return error.message
      } catch let error as AnalysisError { return error.message } catch { return "\(error)" }
    }
    func points(_ rows: Int, _ columns: Int, _ value: Double = 0) -> Matrix<Double> {
      Matrix(rowCount: rows, columnCount: columns, entries: Array(repeating: value, count: rows * columns))
    }
    #expect(
      refusal { _ = try OverlapGraph(of: points(0, 2), radius: 1) }
        == "the centres are 0×2; at least one centre with one coordinate is needed")
    #expect(
      refusal { _ = try OverlapGraph(of: points(2, 2, .nan), radius: 1) }
        == "coordinate 0 of centre 0 is nan; every coordinate must be a number within ±1e150")
    #expect(
      refusal { _ = try OverlapGraph(of: points(250_001, 1), radius: 1) }
        == "250001 centres given; percolation takes at most 250000")
    #expect(
      refusal { _ = try OverlapGraph(of: points(2, 2), radius: 0) }
        == "radius is 0; it must be a finite number above 0")
    #expect(
      refusal { _ = try OverlapGraph(of: points(2, 2), radius: 1, periods: [1]) }
        == "number of periods is 1; it must be 2")
    #expect(
      refusal { _ = try OverlapGraph(of: points(2, 2), radius: 1, periods: [1, -1]) }
        == "period is -1; it must be a finite number above 0, or 0 for an axis with two ends")
    #expect(refusal { _ = try SiteLattice(side: 0, spacing: 1) } == "side is 0; it must be a finite number above 0")
    #expect(
      refusal { _ = try SiteLattice(side: 4, spacing: 5) }
        == "the spacing of centres is 5; it must be above 0 and at most the side, 4")
    #expect(
      refusal { _ = try SiteLattice(side: 4, spacing: .nan) }
        == "the spacing of centres is nan; it must be above 0 and at most the side, 4")
    #expect(
      refusal { _ = try SiteLattice(side: 4, spacing: 0.3, isPeriodic: true) }
        == "the side is 4; around a periodic lattice it must be a multiple of the spacing, 0.3")
    #expect(
      refusal { _ = try SiteLattice(side: 501, spacing: 1) }
        == "251001 centres given; percolation takes at most 250000")
    #expect(PercolationError.tooManySites(3e5, most: 2).hint == "take a wider spacing, a smaller side or fewer centres")
    #expect(
      PercolationError.notFinite(row: 0, column: 0, value: "nan").hint
        == "leave such centres out, or look where the first such number arises")
    #expect(
      PercolationError.noSites(shape: "0×2").hint == nil && PercolationError.noSites(shape: "").status == .cellFailed)
    #expect(
      refusal { _ = try SiteLattice(side: 1e300, spacing: 1e-300) }?.contains("percolation takes at most") == true)
  }
}
