import Analysis
import Diagnostics
import Foundation
import LinearAlgebra
import Probing

/// One measurement of the dimensions of clouds.
struct DimensionMeasurement {
  typealias Finding = IntrinsicDimensionFinding
  let probe: IntrinsicDimension
  let clouds: [ComparedCloud]

  /// Fewer different points than this have no neighbourhoods to speak of.
  static let fewestPoints = 20
  /// The spectrum is of so many points at most.
  private static let mostDecomposed = 1000

  init(of probe: IntrinsicDimension, _ subject: IntrinsicDimension.Subject) {
    (self.probe, clouds) = (probe, subject.clouds)
  }

  func finding(using random: SeededGenerator, progress: MeasurementProgress) throws -> Finding {
    var (found, doubts): ([Finding.Cloud], CloudDoubts) = ([], CloudDoubts(ofClouds: clouds.count))
    for (index, cloud) in clouds.enumerated() {
      let place = clouds.count > 1 ? "cloud \(index + 1) of \(clouds.count), " : ""
      let measured = try CloudTrouble.locating(cloud.name) {
        try self.measured(cloud, using: random.split(index)) { progress(place + $0) }
      }
      found.append(measured.cloud)
      doubts.add(measured.caveats, of: cloud.name)
    }
    return Finding(methods: probe.methods, clouds: found, caveats: doubts.caveats)
  }

  private func measured(
    _ cloud: ComparedCloud, using random: SeededGenerator, progress: MeasurementProgress
  ) throws -> (cloud: Finding.Cloud, caveats: [Caveat]) {
    guard !cloud.isOnePlace else { throw DimensionError.onePlace(points: cloud.recording.sampleCount) }
    let taken = try cloud.prepared(
      subsample: probe.subsample, scaling: probe.scaling, count: probe.count, window: probe.window)
    let distinct = taken.withoutCopies
    guard distinct.points.rowCount >= Self.fewestPoints else {
      throw DimensionError.fewDistinct(
        count: distinct.points.rowCount, points: taken.points.rowCount, minimum: Self.fewestPoints)
    }
    var (estimates, caveats): ([Finding.Estimate], [Caveat]) = ([], [])
    var refusal: (any Error)?
    for method in probe.methods {
      progress(method.words)
      var draws = random.split(method.rawValue)
      do {
        let curve = try ScaleCurve(
          of: distinct.points, method: method.estimator, halvings: probe.halvings, times: distinct.times,
          window: distinct.window, using: &draws)
        if let estimate = Finding.Estimate(method, curve) { estimates.append(estimate) }
      } catch let error as any Diagnosable {
        // One that these points leave undefined is no reason to withhold the others.
        refusal = refusal ?? error
        caveats.append(Caveat("undefined", "\(method.words) is left out: \(error.message)"))
      }
    }
    if estimates.isEmpty, let refusal { throw refusal }
    let measured = Finding.Cloud(
      name: cloud.name, group: cloud.group, number: cloud.number, pointCount: distinct.points.rowCount,
      givenCount: cloud.recording.sampleCount, coordinateCount: distinct.points.columnCount, window: distinct.window,
      estimates: estimates, explained: try Self.explained(distinct.points))
    caveats += try doubts(of: measured, taken: taken, distinct: distinct, isTimed: cloud.isTimed)
    return (measured, caveats)
  }

  /// The share of variance that principal components hold, summed up, until it is 99.9 %.
  private static func explained(_ points: Matrix<Double>) throws -> [Double] {
    let count = min(points.rowCount, mostDecomposed)
    let isWide = points.columnCount > count
    let some = isWide ? points.keepingRows((0..<count).map { $0 * points.rowCount / count }) : points
    let centred = ((1 / some.largestMagnitude) * some).centredColumns
    let cloud = (1 / centred.largestMagnitude) * centred
    let values = try symmetricEigenvalues(of: isWide ? cloud.rowGram : cloud.columnGram).reversed().map { max(0, $0) }
    let total = values.reduce(0, +)
    var (shares, sum) = ([Double](), 0.0)
    for value in values {
      sum += value
      shares.append(min(1, sum / total))
      if sum >= 0.999 * total { break }
    }
    return shares
  }
}

extension IntrinsicDimensionFinding.Estimate {
  init?(_ method: IntrinsicDimension.Method, _ curve: ScaleCurve) {
    guard let all = curve.parts.first else { return nil }
    self.init(
      method: method, value: all.dimension.value, lower: all.dimension.lower, upper: all.dimension.upper,
      scale: all.scale,
      curve: curve.parts.map {
        .init(
          pointCount: $0.pointCount, scale: $0.scale, value: $0.dimension.value, lower: $0.dimension.lower,
          upper: $0.dimension.upper)
      })
  }
}

extension IntrinsicDimension.Method {
  /// The estimator.
  var estimator: DimensionMethod {
    switch self {
    case .participationRatio: .participationRatio
    case .twoNeighbours: .twoNeighbours
    case .likelihood: .likelihood
    case .localComponents: .localComponents
    case .correlation: .correlation
    }
  }

  /// What it is called.
  var words: String {
    switch self {
    case .participationRatio: "participation ratio"
    case .twoNeighbours: "two neighbours"
    case .likelihood: "likelihood"
    case .localComponents: "local components"
    case .correlation: "correlation"
    }
  }

  /// The same where there is little room.
  var shortWords: String {
    switch self {
    case .participationRatio: "ratio"
    case .twoNeighbours: "2 neighbours"
    case .likelihood: "likelihood"
    case .localComponents: "components"
    case .correlation: "correlation"
    }
  }

  /// Whether it goes by the distances of near points, which must be many in many dimensions.
  var isByDistances: Bool { self == .twoNeighbours || self == .likelihood || self == .correlation }
}
