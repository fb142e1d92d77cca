import Foundation
import LinearAlgebra

/// How much a reconstruction amplifies noise: how far the futures of near points come apart, over how near they are.
///
/// The published form, of U = a point and its k nearest: E²(T) = the variance over U of x(t + T), its mean over T up to the
/// horizon over ε² = the mean squared distance between points of U (twice, over pairs) is σ²; with α² = 1/⟨1/ε²⟩,
/// L = lg √(⟨σ²⟩ α²). The lower, the better.
///
/// Laws: shift, scale and rotation of the points change nothing; scale of the observable adds its logarithm.
///
/// References: uzal2011, ostrow2024.
public struct NoiseAmplification: Sendable, Hashable {
  /// Which formula.
  public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
    /// As published in 2011.
    case published
    /// As in the study of sequence models: E over the neighbours without the point, times k/(k + 1); ε² = 2/(k + 1) times the sum of
    /// squared distances from the point; α² before that factor.
    case sequenceModels = "sequence-models"
  }

  /// Which formula.
  public let form: Form
  /// ⟨σ²⟩ by horizon from 1.
  public let amplifications: [Double]
  /// α².
  public var normalization: Double { Double(inverses.count) / inverses.reduce(0, +) }
  /// ⟨E²⟩ by horizon from 1.
  public let conditionalVariances: [Double]
  /// The number of points it was measured at.
  public var pointCount: Int { ratios.count }
  /// σ² at the horizon at every point.
  private let ratios: [Double]
  /// 1/ε² at every point.
  private let inverses: [Double]

  /// ⟨σ²⟩ at the horizon.
  public var amplification: Double { amplifications[amplifications.count - 1] }
  /// L by horizon from 1.
  public var values: [Double] { amplifications.map { 0.5 * log10($0 * normalization) } }
  /// L at the horizon.
  public var value: Double { 0.5 * log10(amplification * normalization) }

  /// L with an interval from blocks of successive points, drawn again; what their neighbours are stays as it is.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer points than four blocks.
  public func interval(
    blockLength: Int, level: Double = 0.95, using random: inout SeededGenerator
  ) throws(AnalysisError) -> BootstrapInterval {
    try BootstrapInterval(meansOf: [ratios, inverses], blockLength: blockLength, level: level, using: &random) {
      0.5 * log10($0[0] / $0[1])
    }
  }

  /// Measures a reconstruction by delays, of the signal as z-scored.
  ///
  /// Throws: `AnalysisError` for no neighbours or horizon, `SignalError.tooShort`.
  public init(
    of signal: Signal, dimension: Int, lag: Int, neighbours count: Int = 3, horizon: Int = 40, window: Int,
    form: Form = .published, share: Double = 1
  ) throws {
    let signal = signal.standardized
    let vectors = try DelayVectors(of: signal, dimension: dimension, lag: lag, reserved: horizon)
    try self.init(
      of: vectors.points, times: vectors.times, places: vectors.presents, in: signal.values, neighbours: count,
      horizon: horizon, window: window, form: form, share: share)
  }

  /// Measures any points as a reconstruction of what an observable does next: `series[places[i] + T]` is what it is T samples after
  /// the i-th point, and must be known up to the horizon.
  ///
  /// - Parameter share: of the points, evenly spread, at which it is measured; all of them are neighbours.
  ///
  /// Throws: `AnalysisError` for no neighbours or horizon, unequal counts, or a place whose future is not known.
  public init(
    of points: Matrix<Double>, times: [Int], places: [Int], in series: [Double], neighbours count: Int = 3,
    horizon: Int = 40, window: Int, form: Form = .published, share: Double = 1
  ) throws {
    guard count >= 1 else { throw AnalysisError.tooFew("neighbours", count: count, minimum: 1) }
    guard horizon >= 1 else { throw AnalysisError.tooFew("steps of horizon", count: horizon, minimum: 1) }
    guard share > 0, share <= 1 else {
      throw AnalysisError.outOfRange("share of points", share, rule: "above 0 and at most 1")
    }
    guard places.count == points.rowCount else {
      throw AnalysisError.sizeMismatch("number of places", size: "\(places.count)", expected: "\(points.rowCount)")
    }
    guard let least = places.min(), let most = places.max(), least >= 0, most < series.count - horizon else {
      throw AnalysisError.outOfRange(
        "place", Double(places.max() ?? 0), rule: "followed by \(horizon) samples, of which there are \(series.count)")
    }
    self.form = form
    let search = try NeighbourSearch(of: points, times: times)
    let step = max(1, Int((1 / share).rounded()))
    let rows = Array(stride(from: 0, to: points.rowCount, by: step))
    let nearest = try search.nearest(
      count, to: points.selectingRows(rows), times: rows.map { times[$0] }, window: window, skippingCoincident: true)
    var variances = [Double](repeating: 0, count: horizon)
    var sums = [Double](repeating: 0, count: horizon)
    var (ratios, inverses): ([Double], [Double]) = ([], [])
    var values = [Double](repeating: 0, count: horizon)
    for (query, row) in rows.enumerated() {
      let others = nearest.indices(of: query).map { Int($0) }
      let group = form == .published ? [row] + others : others
      let fromCentre = nearest.distances(of: query).reduce(0) { $0 + $1 * $1 }
      let size: Double
      switch form {
      case .published:
        var squares = fromCentre
        for (index, first) in others.enumerated() {
          for second in others.dropFirst(index + 1) { squares += points.squaredDistance(first, second) }
        }
        size = 2 * squares / Double(count * (count + 1))
        inverses.append(1 / size)
      case .sequenceModels:
        size = 2 * fromCentre / Double(count + 1)
        inverses.append(1 / fromCentre)
      }
      NoiseAmplification.variances(of: series, at: group.map { places[$0] }, into: &values)
      let factor = form == .published ? 1 : Double(count) / Double(count + 1)
      var sum = 0.0
      for index in 0..<horizon {
        variances[index] += factor * values[index]
        sum += factor * values[index]
        sums[index] += sum / Double(index + 1) / size
      }
      ratios.append(sum / Double(horizon) / size)
    }
    self.ratios = ratios
    self.inverses = inverses
    amplifications = sums.map { $0 / Double(rows.count) }
    conditionalVariances = variances.map { $0 / Double(rows.count) }
  }

  /// The variance over places of what follows each, by step.
  private static func variances(of series: [Double], at places: [Int], into values: inout [Double]) {
    series.withUnsafeBufferPointer { series in
      for step in values.indices {
        var (sum, squares) = (0.0, 0.0)
        let first = series[places[0] + step + 1]
        for place in places {
          let value = series[place + step + 1] - first
          sum += value
          squares += value * value
        }
        let mean = sum / Double(places.count)
        values[step] = max(0, squares / Double(places.count) - mean * mean)
      }
    }
  }
}

extension Matrix where Scalar == Double {
  /// The squared distance of two rows.
  func squaredDistance(_ first: Int, _ second: Int) -> Double {
    entries.withUnsafeBufferPointer { entries in
      var sum = 0.0
      for column in 0..<columnCount {
        let difference = entries[first * columnCount + column] - entries[second * columnCount + column]
        sum += difference * difference
      }
      return sum
    }
  }
}
