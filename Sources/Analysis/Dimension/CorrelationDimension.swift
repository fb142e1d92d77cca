import Foundation
import LinearAlgebra

/// How fast the share of pairs of points within a distance grows with it: the slope of ln C(r) over ln r.
///
/// The slope is fitted by least squares where C is small and yet holds pairs enough: from a ten-thousandth (or twenty pairs) to a hundredth
/// (or ten times as many), at most a tenth.
///
/// Conventions: Euclidean distances; pairs no further apart in time than Theiler's window are left out, copies of points too; radii of the
/// curve are eight to the octave. The interval resamples what each point adds to the slope in first order, twice, as each pair
/// has two points.
///
/// Complexity: 3/2 · points² distances.
///
/// Laws: unchanged by translation, rotation and scale.
///
/// References: grassberger1983, theiler1986.
public struct CorrelationDimension: Sendable, Hashable, Codable {
  /// The share of pairs within a radius.
  public struct Sum: Sendable, Hashable, Codable {
    /// The radius.
    public let radius: Double
    /// The share of pairs within, in (0, 1].
    public let share: Double
    /// The slope of ln C over ln r about here, over a quarter of an octave; `nil` at the ends.
    public let slope: Double?
  }

  /// The slope of the fit.
  public let dimension: BootstrapInterval
  /// C by rising radius, as far as it rises: how the dimension depends on scale.
  public let sums: [Sum]
  /// The smallest and the largest radius of the fit.
  public let fitRange: ClosedRange<Double>
  /// How many pairs there are.
  public let pairCount: Int
  /// The geometric middle of the radii of the fit: the scale that the estimate is of.
  public let scale: Double

  /// Estimates from the rows of a matrix.
  ///
  /// - Parameters:
  ///   - times: each point's time, its row unless told.
  ///   - window: pairs that are no further apart in time do not count (Theiler's window).
  ///
  /// Throws: `LinearAlgebraError.notFinite`; `DimensionError`; `AnalysisError.tooFew`, `.outOfRange`.
  public init(
    of points: Matrix<Double>, times: [Int]? = nil, window: Int = 0, level: Double = 0.95, resampleCount: Int = 200,
    using random: inout SeededGenerator
  ) throws {
    guard window >= 0 else { throw AnalysisError.tooFew("samples of Theiler window", count: window, minimum: 0) }
    let pairs = try PairDistances(of: points, times: times, window: window)
    let histogram = pairs.histogram
    let total = histogram.reduce(0, +)
    guard total > 0, let first = histogram.firstIndex(where: { $0 > 0 }),
      let last = histogram.lastIndex(where: { $0 > 0 })
    else { throw DimensionError.noScalingRange(pairs: total) }
    // C just above each interval of distances.
    var counts: [Int] = []
    for bin in first...last { counts.append((counts.last ?? 0) + histogram[bin]) }
    let shares = counts.map { Double($0) / Double(total) }
    let radii = (first...last).map { PairDistances.upperRadius(ofBin: $0) }
    let least = max(1e-4, 20 / Double(total))
    let most = min(0.1, max(0.01, 10 * least))
    let chosen = shares.indices.filter { shares[$0] >= least && shares[$0] <= most }
    guard let start = chosen.first, let end = chosen.last, Set(chosen.map { counts[$0] }).count >= 3 else {
      throw DimensionError.noScalingRange(pairs: total)
    }
    // As many radii as tell the slope, evenly.
    let steps = min(16, end - start)
    let range = (0...steps).map { start + (end - start) * $0 / steps }
    let logs = range.map { log(radii[$0]) }
    let middle = logs.reduce(0, +) / Double(logs.count)
    let square = logs.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
    let weights = logs.map { ($0 - middle) / square }
    let slope = zip(weights, range).reduce(0) { $0 + $1.0 * log(shares[$1.1]) }
    let pseudo = pairs.counts(withinBins: range.map { first + $0 }).map { own in
      let mean = 2 * Double(total) / Double(pairs.pointCount)
      let influence = zip(weights, zip(own, range)).reduce(0.0) {
        $0 + $1.0 * (Double($1.1.0) / mean / shares[$1.1.1] - 1)
      }
      return slope + 2 * influence
    }
    let spread = try BootstrapInterval(meanOf: pseudo, level: level, resampleCount: resampleCount, using: &random)
    dimension = spread
    let (stride, reach) = (PairDistances.binsPerOctave / 8, PairDistances.binsPerOctave / 8)
    sums = shares.indices.filter { ($0 + first) % stride == 0 }.map { place in
      let (low, high) = (place - reach, place + reach)
      let isInside = low >= 0 && high < shares.count
      let local = isInside ? log(shares[high] / shares[low]) / log(radii[high] / radii[low]) : nil
      return Sum(radius: radii[place], share: shares[place], slope: local)
    }
    fitRange = radii[start]...radii[end]
    pairCount = total
    scale = exp(middle)
  }
}

/// The distances of all pairs of points that are far enough apart in time, sorted into 64 intervals to the octave.
private struct PairDistances {
  static let binsPerOctave = 64
  /// The squares of distances are told apart by exponent and the first five bits of the mantissa.
  private static let shift: UInt64 = 47
  private static let binCount = 1 << 16
  private static let chunk = 256

  let pointCount: Int
  let histogram: [Int]
  private let cloud: DistinctPoints
  private let window: Int

  static func upperRadius(ofBin bin: Int) -> Double { Double(bitPattern: UInt64(bin + 1) << shift).squareRoot() }

  init(of points: Matrix<Double>, times: [Int]?, window: Int) throws {
    let cloud = try DistinctPoints(of: points, times: times, atLeast: 4)
    let most = cloud.points.largestMagnitude
    guard most <= 1e150 else { throw AnalysisError.outOfRange("largest coordinate", most, rule: "at most 1e150") }
    let count = cloud.points.rowCount
    self.cloud = cloud
    self.window = window
    pointCount = count
    let parts = concurrently(Array(stride(from: 0, to: count, by: Self.chunk))) { start in
      var histogram = [Int](repeating: 0, count: Self.binCount)
      for row in start..<min(count, start + Self.chunk) {
        Self.visit(row, of: cloud, upTo: row, window) { histogram[$0] += 1 }
      }
      return histogram.enumerated().filter { $0.element > 0 }.map { ($0.offset, $0.element) }
    }
    var histogram = [Int](repeating: 0, count: Self.binCount)
    for (bin, number) in parts.joined() { histogram[bin] += number }
    self.histogram = histogram
  }

  /// For each point, how many others lie within the upper ends of rising bins.
  func counts(withinBins bins: [Int]) -> [[Int]] {
    let last = bins.last ?? -1
    // The first of the bins' ends that each bin lies within.
    var places = [Int](repeating: 0, count: last + 1)
    var place = 0
    for bin in places.indices {
      if bin > bins[place] { place += 1 }
      places[bin] = place
    }
    let firstPlaces = places
    return concurrently(Array(stride(from: 0, to: pointCount, by: Self.chunk))) { start in
      (start..<min(pointCount, start + Self.chunk)).map { row in
        var within = [Int](repeating: 0, count: bins.count)
        Self.visit(row, of: cloud, upTo: pointCount, window) { bin in
          if bin <= last { within[firstPlaces[bin]] += 1 }
        }
        for place in within.indices.dropFirst() { within[place] += within[place - 1] }
        return within
      }
    }.flatMap { $0 }
  }

  @inline(__always)
  private static func visit(
    _ row: Int, of cloud: DistinctPoints, upTo end: Int, _ window: Int, _ body: (Int) -> Void
  ) {
    let width = cloud.points.columnCount
    cloud.points.entries.withUnsafeBufferPointer { entries in
      cloud.times.withUnsafeBufferPointer { times in
        guard let base = entries.baseAddress else { return }
        let time = times[row]
        for other in 0..<end where other != row && !areWithin(window, times[other], time) {
          let square = squaredDistance(base + row * width, base + other * width, width)
          body(Int(square.bitPattern >> shift))
        }
      }
    }
  }
}
