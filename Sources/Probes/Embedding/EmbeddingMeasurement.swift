import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// One measurement of how clouds are laid out.
struct EmbeddingMeasurement {
  typealias Finding = PointEmbeddingFinding
  let probe: PointEmbedding
  let subject: PointEmbedding.Subject

  /// A layout that is less to be trusted shows neighbours that are strangers.
  private static let leastTrust = 0.9

  func finding(using random: SeededGenerator, progress: MeasurementProgress) throws -> Finding {
    var (found, doubts): ([Finding.Cloud], CloudDoubts) = ([], CloudDoubts(ofClouds: subject.clouds.count))
    for (index, cloud) in subject.clouds.enumerated() {
      let place = subject.clouds.count > 1 ? "cloud \(index + 1) of \(subject.clouds.count), " : ""
      let measured = try CloudTrouble.locating(cloud.name) {
        try self.measured(cloud, using: random.split(index)) { progress(place + $0) }
      }
      found.append(measured)
      doubts.add(self.doubts(of: measured), of: cloud.name)
    }
    let count = subject.factors?.columnCount ?? 0
    let factors = (0..<count).map { factor -> Finding.Factor in
      let period = probe.periodic.isEmpty ? 0 : probe.periodic.count == 1 ? probe.periodic[0] : probe.periodic[factor]
      return Finding.Factor(
        name: probe.factorNames.isEmpty ? "factor \(factor + 1)" : probe.factorNames[factor],
        period: period > 0 ? period : nil)
    }
    return Finding(
      neighbourCount: probe.neighbours, dimensionCount: probe.dimensions, factors: factors, clouds: found,
      caveats: doubts.caveats)
  }

  private func measured(
    _ cloud: ComparedCloud, using random: SeededGenerator, progress: (String) -> Void
  ) throws -> Finding.Cloud {
    guard !cloud.isOnePlace else { throw TopologyError.onePlace(points: cloud.recording.sampleCount) }
    // Without a window the time of a point is its row.
    let taken = try cloud.prepared(subsample: probe.subsample, scaling: probe.scaling, count: probe.count, window: 0)
    let points = taken.points
    let least = 2 * probe.neighbours + 1
    guard points.rowCount >= least else {
      throw AnalysisError.tooFew(
        "points for \(probe.neighbours) neighbours", count: points.rowCount, minimum: least)
    }
    progress("neighbours of \(counted(points.rowCount, "point"))")
    let neighbours = try NeighbourSearch(of: points).nearest(probe.neighbours)
    let layouts = try probe.methods.map { method -> Layout in
      progress("\(method.title) of \(counted(points.rowCount, "point"))")
      var draws = random.split(method.rawValue)
      return try Layout(
        of: points, by: method.layoutMethod, neighbours: neighbours, dimensionCount: probe.dimensions,
        landmarkCount: probe.landmarks, leastDistance: probe.leastDistance, using: &draws)
    }
    let qualities = try LayoutQuality.measured(
      layouts.map(\.coordinates), of: points, neighbourCount: probe.neighbours)
    let found = zip(probe.methods, zip(layouts, qualities)).map { method, pair in
      Finding.Arrangement(
        method: method, axes: (0..<probe.dimensions).map { pair.0.coordinates.column($0) },
        trustworthiness: pair.1.trustworthiness, continuity: pair.1.continuity, keptNeighbours: pair.1.kept,
        pieceCount: pair.0.pieceCount, landmarkCount: pair.0.landmarkCount)
    }
    return Finding.Cloud(
      name: cloud.name, pointCount: points.rowCount, givenCount: taken.givenCount,
      coordinateCount: points.columnCount, layouts: found, factors: factors(of: cloud, at: taken.times))
  }

  /// The values of every factor at the points that were taken.
  private func factors(of cloud: ComparedCloud, at places: [Int]) -> [[Double]] {
    guard let factors = subject.factors else { return [] }
    var (rows, start) = ([Int](), 0)
    for trial in cloud.recording.trajectories {
      rows += stride(from: start, to: start + trial.sampleCount, by: probe.subsample)
      start += trial.sampleCount
    }
    return (0..<factors.columnCount).map { factor in places.map { factors[rows[$0], factor] } }
  }

  /// What a reader should doubt of a cloud's layouts, with their numbers.
  private func doubts(of cloud: Finding.Cloud) -> [Caveat] {
    var caveats: [Caveat] = []
    if cloud.pointCount < cloud.givenCount {
      caveats.append(
        Caveat(
          "thinned", "\(cloud.pointCount) of \(cloud.givenCount) points were laid out, evenly along the rows"))
    }
    let divided = cloud.layouts.filter { ($0.pieceCount ?? 1) > 1 }
    if let first = divided.first, let count = first.pieceCount {
      let names = divided.map(\.method.title).joined(separator: " and ")
      caveats.append(
        Caveat(
          "pieces",
          "neighbours make \(count) pieces that nothing joins: where \(names) \(divided.count == 1 ? "puts" : "put") them beside each other says little; take more neighbours"
        ))
    }
    if cloud.coordinateCount < probe.dimensions {
      caveats.append(
        Caveat(
          "flat",
          "points have \(counted(cloud.coordinateCount, "coordinate")), fewer than the \(probe.dimensions) dimensions of the layout"
        ))
    }
    for layout in cloud.layouts where layout.trustworthiness < Self.leastTrust {
      caveats.append(
        Caveat(
          "strangers",
          "\(layout.method.title) has a trustworthiness of \(rounded(layout.trustworthiness)): many points that it shows as neighbours are none"
        ))
    }
    return caveats
  }
}
