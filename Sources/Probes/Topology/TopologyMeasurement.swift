import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// One measurement of the shape of clouds.
struct TopologyMeasurement {
  typealias Finding = TopologyFinding
  let probe: Topology
  let clouds: [ComparedCloud]
  let prime: Int
  let landmarkCount: Int

  /// Fewer points than this have no shape to speak of.
  private static let fewestPoints = 10
  /// Angles of so many points at most are kept and shown.
  private static let mostShown = 2000
  /// Angles are sought along so many loops at most.
  private static let mostLoops = 3

  init(of probe: Topology, _ subject: Topology.Subject) {
    (self.probe, clouds) = (probe, subject.clouds)
    prime = probe.prime ?? (probe.circular ? 47 : 2)
    landmarkCount = probe.landmarks ?? (probe.dimension > 1 ? 100 : 200)
  }

  func finding(using random: SeededGenerator, progress: MeasurementProgress) throws -> Finding {
    var (found, doubts): ([Finding.Cloud], CloudDoubts) = ([], CloudDoubts(ofClouds: clouds.count))
    for (index, cloud) in clouds.enumerated() {
      progress(
        "\(clouds.count > 1 ? "cloud \(index + 1) of \(clouds.count), " : "")\(counted(probe.surrogates, "null cloud")) beside it"
      )
      let measured = try CloudTrouble.locating(cloud.name) { try self.measured(cloud, using: random.split(index)) }
      found.append(measured.cloud)
      doubts.add(measured.caveats, of: cloud.name)
    }
    return Finding(
      bettiNumbers: found[0].bettiNumbers, shape: found[0].shape, diagrams: found[0].diagrams, prime: prime,
      surrogateCount: probe.surrogates, clouds: found, caveats: doubts.caveats)
  }

  private func measured(
    _ cloud: ComparedCloud, using random: SeededGenerator
  ) throws -> (cloud: Finding.Cloud, caveats: [Caveat]) {
    guard !cloud.isOnePlace else { throw TopologyError.onePlace(points: cloud.recording.sampleCount) }
    var taken = try cloud.prepared(subsample: probe.subsample, scaling: probe.scaling, count: probe.count, window: 0)
    let distinctCount = taken.withoutCopies.points.rowCount
    guard distinctCount >= Self.fewestPoints else {
      throw AnalysisError.tooFew("different points", count: distinctCount, minimum: Self.fewestPoints)
    }
    let width = taken.points.columnCount
    if let components = probe.components {
      guard components <= width else {
        throw AnalysisError.outOfRange(
          "number of components", Double(components),
          rule: "at most \(width), as points have \(counted(width, "coordinate"))")
      }
      taken.points = try Self.components(components, of: taken.points)
    }
    var draws = random
    let verdict = try BettiVerdict(
      of: taken.points, maximumDimension: probe.dimension, prime: prime, limit: probe.limit,
      landmarkCount: landmarkCount, nullCount: probe.surrogates, using: &draws)
    let diagrams = verdict.diagrams.indices.map { index in
      Finding.Diagram(
        dimension: index, number: verdict.numbers[index], threshold: verdict.thresholds[index],
        nullLongest: verdict.nullLongest[index], gap: verdict.gaps[index],
        bars: verdict.diagrams[index].bars.map { .init(birth: $0.birth, death: $0.death) })
    }
    var caveats: [Caveat] = []
    let circular = try self.circular(taken.points, loopCount: probe.dimension > 0 ? verdict.numbers[1] : 0, &caveats)
    let found = Finding.Cloud(
      name: cloud.name, group: cloud.group, number: cloud.number, pointCount: taken.points.rowCount,
      givenCount: taken.givenCount, coordinateCount: taken.points.columnCount,
      landmarkCount: verdict.landmarks?.indices.count ?? taken.points.rowCount,
      coveringRadius: verdict.landmarks?.coveringRadius ?? 0, limit: verdict.limit ?? 0, bettiNumbers: verdict.numbers,
      shape: Finding.Shape(verdict.numbers), diagrams: diagrams, circular: circular)
    return (found, doubts(of: found, distinctCount: distinctCount) + caveats)
  }

  /// Points along their first principal components.
  private static func components(_ count: Int, of points: Matrix<Double>) throws -> Matrix<Double> {
    let recording = try Recording(points)
    return try PrincipalComponents(of: recording, count: count).projected(recording).stacked
  }

  private func circular(
    _ points: Matrix<Double>, loopCount: Int, _ caveats: inout [Caveat]
  ) throws -> Finding.Circular? {
    guard probe.circular else { return nil }
    guard loopCount > 0 else {
      caveats.append(Caveat("no-loop", "no loop counts: there is nothing for circular coordinates to run along"))
      return nil
    }
    let count = min(Self.mostShown, points.rowCount)
    let shown = (0..<count).map { $0 * points.rowCount / count }
    var loops: [Finding.Loop] = []
    for loop in 0..<min(loopCount, Self.mostLoops) {
      do {
        let found = try CircularCoordinates(of: points, loop: loop, prime: prime, landmarkCount: landmarkCount)
        loops.append(.init(birth: found.bar.birth, death: found.bar.death, turns: shown.map { found.turns[$0] }))
      } catch let error as TopologyError {
        caveats.append(Caveat("no-angles", "loop \(loop + 1) has no circular coordinate: \(error.message)"))
      }
    }
    guard !loops.isEmpty else { return nil }
    let plane = try Self.components(min(2, points.columnCount), of: points).keepingRows(shown)
    return .init(
      x: plane.column(0), y: plane.columnCount > 1 ? plane.column(1) : shown.map { _ in 0 }, loops: loops)
  }
}
