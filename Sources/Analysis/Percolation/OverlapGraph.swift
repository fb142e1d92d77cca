import LinearAlgebra

/// Sites joined wherever they are no farther apart than a radius: with the radius of an overlap, features that share enough.
///
/// Distances that differ by less than a billionth of the radius count as the same. Exact; memory grows with the number of
/// sites, not of joints.
public struct OverlapGraph: Sendable {
  /// More sites than this are refused.
  public static let mostSites = 250_000
  /// Larger coordinates have no squares.
  private static let largest = 1e150

  /// How many sites there are.
  public let siteCount: Int
  private let cells: SiteCells

  /// Takes sites as they are.
  ///
  /// - Parameters:
  ///   - points: sites × axes.
  ///   - periods: of every axis, 0 where it has two ends; empty where all have.
  ///
  /// Throws: `PercolationError.noSites`, `.tooManySites`, `.notFinite`; `AnalysisError.notPositive` for the radius,
  /// `.sizeMismatch` and `.outOfRange` for the periods.
  public init(of points: Matrix<Double>, radius: Double, periods: [Double] = []) throws {
    let width = points.columnCount
    guard points.rowCount > 0, width > 0 else { throw PercolationError.noSites(shape: points.shapeText) }
    guard points.rowCount <= Self.mostSites else {
      throw PercolationError.tooManySites(Double(points.rowCount), most: Self.mostSites)
    }
    if let bad = points.entries.firstIndex(where: { !(abs($0) <= Self.largest) }) {
      throw PercolationError.notFinite(row: bad / width, column: bad % width, value: "\(points.entries[bad])")
    }
    guard periods.isEmpty || periods.count == width else {
      throw AnalysisError.sizeMismatch("number of periods", size: "\(periods.count)", expected: "\(width)")
    }
    if let period = periods.first(where: { !($0 >= 0 && $0 <= Self.largest) }) {
      throw AnalysisError.outOfRange("period", period, rule: "a finite number above 0, or 0 for an axis with two ends")
    }
    let radius = min(try positive("radius", radius), Self.largest)
    siteCount = points.rowCount
    cells = SiteCells(
      of: points, radius: radius, periods: periods.isEmpty ? [Double](repeating: 0, count: width) : periods)
  }

  /// Takes the centres of a lattice; the radius is in pixels.
  ///
  /// Throws: `AnalysisError.notPositive` for the radius.
  public init(of lattice: SiteLattice, radius: Double) throws {
    let around = lattice.isPeriodic ? Double(lattice.sitesPerSide) : 0
    try self.init(of: lattice.steps, radius: radius / lattice.spacing, periods: [around, around])
  }

  /// The components among all sites, or among some.
  public func components(among sites: [Int]? = nil) -> OverlapComponents {
    let sites = sites ?? Array(0..<siteCount)
    var growth = ClusterGrowth(on: cells)
    for site in sites { growth.occupy(site) }
    var numbers: [Int: Int] = [:]
    var sizes: [Int] = []
    let found = sites.map { site -> Int in
      let root = growth.forest.root(of: site)
      if let number = numbers[root] { return number }
      numbers[root] = sizes.count
      sizes.append(growth.forest.size(ofRoot: root))
      return sizes.count - 1
    }
    // Larger ones first; of one size, in the order of their first sites.
    let order = sizes.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
    var rank = [Int](repeating: 0, count: sizes.count)
    for (place, number) in order.enumerated() { rank[number] = place }
    return OverlapComponents(numbers: found.map { rank[$0] }, sizes: order.map { sizes[$0] })
  }

  /// The largest and the second-largest cluster after so many sites of an order are there: all of it in one sweep.
  ///
  /// - Parameter steps: numbers of sites, ascending from 1.
  func sweep(_ order: [Int], at steps: [Int]) -> [(largest: Int, second: Int)] {
    var growth = ClusterGrowth(on: cells)
    var next = 0
    return steps.map { step in
      while next < step {
        growth.occupy(order[next])
        next += 1
      }
      return (growth.tally.largest, growth.tally.second)
    }
  }
}

/// The connected components of some sites.
public struct OverlapComponents: Sendable, Hashable {
  /// The component of every site, counted from 0 for the largest.
  public let numbers: [Int]
  /// How many sites every component has, descending.
  public let sizes: [Int]

  /// The share of all sites that the largest component holds; 0 of no sites.
  public var largestShare: Double { numbers.isEmpty ? 0 : Double(sizes.first ?? 0) / Double(numbers.count) }
}

/// Clusters while one site after the other appears.
struct ClusterGrowth {
  private let cells: SiteCells
  private(set) var tally: SizeTally
  var forest: ClusterForest
  /// The last site that appeared in every cell, and the one before every site; −1 for none.
  private var latest: [Int32]
  private var before: [Int32]

  init(on cells: SiteCells) {
    self.cells = cells
    let count = cells.cell.count
    forest = ClusterForest(siteCount: count)
    tally = SizeTally(siteCount: count)
    latest = [Int32](repeating: -1, count: cells.count)
    before = [Int32](repeating: -1, count: count)
  }

  /// A site appears, and joins what is near.
  mutating func occupy(_ site: Int) {
    tally.addSite()
    let cell = Int(cells.cell[site])
    for place in Int(cells.starts[cell])..<Int(cells.starts[cell + 1]) {
      var other = Int(latest[Int(cells.neighbours[place])])
      while other >= 0 {
        let (own, root) = (forest.root(of: site), forest.root(of: other))
        if own == root {
          if cells.isTight { break }
        } else if cells.areNear(site, other) {
          tally.join(forest.join(roots: own, root))
          if cells.isTight { break }
        }
        other = Int(before[other])
      }
    }
    before[site] = latest[cell]
    latest[cell] = Int32(site)
  }
}
