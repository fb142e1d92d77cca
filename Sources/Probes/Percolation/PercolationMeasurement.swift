import Analysis
import Diagnostics
import Foundation
import LinearAlgebra
import Probing

/// One measurement of where features join.
struct PercolationMeasurement {
  typealias Finding = PercolationFinding
  let probe: Percolation
  let subject: Percolation.Subject

  /// So many centres of a picture are kept.
  private static let mostShown = 2000
  private static let draws = 200

  init(of probe: Percolation, _ subject: Percolation.Subject) { (self.probe, self.subject) = (probe, subject) }

  /// A way of joining features.
  struct Joint {
    let overlap: FeatureOverlap
    let width: Double
    let threshold: Double
    let radius: Double
    let name: String
  }

  private func joints() throws -> [Joint] {
    try probe.overlap.flatMap { overlap in
      try probe.threshold.flatMap { threshold in
        try probe.width.map { width in
          Joint(
            overlap: overlap, width: width, threshold: threshold,
            radius: try overlap.radius(threshold: threshold, width: width),
            name: "σ = \(rounded(width)), \(overlap.rawValue) ≥ \(rounded(threshold))")
        }
      }
    }
  }

  func finding(using random: SeededGenerator, progress: MeasurementProgress) throws -> Finding {
    let joints = try joints()
    guard let last = subject.places.last else { throw AnalysisError.tooFew("sides", count: 0, minimum: 1) }
    var (curves, sides, sets): ([Finding.Curve], [Finding.Side], [Finding.TrainedSet]) = ([], [], [])
    sets = subject.sets.map {
      .init(
        name: $0.name, group: $0.group, centreCount: $0.centres.rowCount,
        fraction: Double($0.centres.rowCount) / Double(last.count), accuracy: $0.accuracy, joined: [])
    }
    for (number, joint) in joints.enumerated() {
      var swept: [SitePercolation] = []
      for (index, places) in subject.places.enumerated() {
        progress(
          [(number, joints.count, "curve"), (index, subject.places.count, "side")].filter { $0.1 > 1 }
            .map { "\($0.2) \($0.0 + 1) of \($0.1)" }.joined(separator: ", "))
        // The same orders for every curve, so that curves differ by their joints alone.
        swept.append(
          try SitePercolation(
            on: graph(of: places, radius: joint.radius), replicas: probe.replicas, places: probe.fractions,
            draws: Self.draws, using: random.split(index)))
      }
      guard let own = swept.last else { continue }
      curves.append(try curve(joint, own, over: swept))
      if swept.count > 1 {
        sides += zip(subject.places, swept).compactMap { places, sweep in
          guard case .lattice(let lattice) = places else { return nil }
          return .init(
            curve: joint.name, side: lattice.side, sitesPerSide: lattice.sitesPerSide,
            threshold: sweep.bySecond.map { .init($0.fraction) })
        }
      }
      for (place, set) in subject.sets.enumerated() {
        let components = try components(of: set, radius: joint.radius)
        sets[place].joined.append(
          .init(
            curve: joint.name, componentCount: components.sizes.count, largestShare: components.largestShare,
            expected: own.mass(at: sets[place].fraction)))
      }
    }
    var finding = Finding(
      threshold: curves.first?.bySecond?.value, lower: curves.first?.bySecond?.lower,
      upper: curves.first?.bySecond?.upper, theory: curves.first?.theory, centreCount: last.count,
      spacing: probe.points.isEmpty ? probe.spacing : nil, replicaCount: probe.replicas, curves: curves, sides: sides,
      sets: sets,
      pictures: try joints.first.map { try pictures($0, curves.first?.bySecond?.value, last, random) } ?? [],
      caveats: [])
    finding.caveats = doubts(of: finding)
    return finding
  }

  /// The period of every axis, 0 where there is none.
  private func periods(of centres: Matrix<Double>) -> [Double] {
    [Double](repeating: probe.periodic ? (probe.side.max() ?? 0) : 0, count: centres.columnCount)
  }

  private func graph(of places: Percolation.Places, radius: Double) throws -> OverlapGraph {
    switch places {
    case .lattice(let lattice): try OverlapGraph(of: lattice, radius: radius)
    case .points(let points, _): try OverlapGraph(of: points, radius: radius, periods: periods(of: points))
    }
  }

  private func curve(_ joint: Joint, _ own: SitePercolation, over swept: [SitePercolation]) throws -> Finding.Curve {
    let theory = probe.points.isEmpty ? PercolationTheory(radius: joint.radius, spacing: probe.spacing) : nil
    let thresholds = swept.compactMap(\.bySecond)
    let lengths = swept.filter { $0.bySecond != nil }.map { Double($0.siteCount).squareRoot() }
    let scaling = Set(lengths).count > 1 ? try FiniteSizeScaling(lengths: lengths, thresholds: thresholds) : nil
    return Finding.Curve(
      name: joint.name, overlap: joint.overlap, width: joint.width, overlapThreshold: joint.threshold,
      radius: joint.radius, bySecond: own.bySecond.map { .init($0.fraction) },
      byDeviation: own.byDeviation.map { .init($0.fraction) }, limit: scaling.map { .init($0.limit) },
      slope: scaling?.slope, theory: theory?.threshold,
      continuum: theory.flatMap { $0.continuum.isFinite ? $0.continuum : nil },
      fractions: own.fractions,
      mass: own.mass, deviation: own.deviation, second: own.second)
  }

  // MARK: Pictures

  /// Of sets, up to three, the smallest, one between and the largest; without any, one order below, at and above the threshold.
  private func pictures(
    _ joint: Joint, _ threshold: Double?, _ places: Percolation.Places, _ random: SeededGenerator
  ) throws -> [Finding.Picture] {
    var shown: [(name: String?, centres: Matrix<Double>, components: OverlapComponents)] = []
    if subject.sets.isEmpty {
      let (graph, centres) = (try graph(of: places, radius: joint.radius), places.centres)
      var draws = random.split("pictures")
      let order = draws.shuffled(Array(0..<places.count))
      let middle = threshold ?? 0.5
      shown = [0.8 * middle, middle, min(1, 1.2 * middle)].map { fraction in
        let sites = Array(order.prefix(max(1, Int((fraction * Double(places.count)).rounded()))))
        return (nil, centres.keepingRows(sites), graph.components(among: sites))
      }
    } else {
      let ascending = subject.sets.indices.sorted {
        (subject.sets[$0].centres.rowCount, $0) < (subject.sets[$1].centres.rowCount, $1)
      }
      let some = [0, (ascending.count - 1) / 2, ascending.count - 1].reduce(into: [Int]()) {
        if $0.last != ascending[$1] { $0.append(ascending[$1]) }
      }
      shown = try some.map { index in
        let set = subject.sets[index]
        return (set.name, set.centres, try components(of: set, radius: joint.radius))
      }
    }
    let window = CentreWindow(of: shown.map(\.centres), most: Self.mostShown)
    return shown.map { name, centres, components in
      let (x, y) = CentreWindow.plane(centres)
      let kept = x.indices.filter { window.contains(x[$0], y[$0]) }
      return .init(
        set: name, fraction: Double(x.count) / Double(places.count), largestShare: components.largestShare,
        x: kept.map { x[$0] }, y: kept.map { y[$0] }, size: kept.map { components.sizes[components.numbers[$0]] })
    }
  }

  private func components(of set: Percolation.CentreSet, radius: Double) throws -> OverlapComponents {
    try OverlapGraph(of: set.centres, radius: radius, periods: periods(of: set.centres)).components()
  }
}

/// The square in the middle of several clouds that holds so many points of each at most.
private struct CentreWindow {
  private let across: Double
  private let up: Double
  private let reach: Double

  init(of clouds: [Matrix<Double>], most: Int) {
    let all = clouds.map(Self.plane)
    let (x, y) = (all.flatMap(\.x), all.flatMap(\.y))
    let (across, up) = (quantile(of: x.sorted(), 0.5), quantile(of: y.sorted(), 0.5))
    (self.across, self.up) = (across, up)
    reach = all.reduce(.infinity) { least, cloud in
      let far = zip(cloud.x, cloud.y).map { max(abs($0 - across), abs($1 - up)) }
      return far.count > most ? min(least, far.sorted()[most - 1]) : least
    }
  }

  func contains(_ x: Double, _ y: Double) -> Bool { max(abs(x - across), abs(y - up)) <= reach }

  /// The first two axes; the second is 0 where there is none.
  static func plane(_ centres: Matrix<Double>) -> (x: [Double], y: [Double]) {
    let x = centres.column(0)
    return (x, centres.columnCount > 1 ? centres.column(1) : [Double](repeating: 0, count: x.count))
  }
}
