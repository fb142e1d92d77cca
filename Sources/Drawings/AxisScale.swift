import Exhibits
import Foundation

/// Turns numbers into shares (0…1) of an axis.
struct AxisScale: Hashable {
  var kind: Axis.Scale
  /// The lower end, less than `upper`; positive on a logarithmic axis.
  var lower: Double
  var upper: Double
  var isReversed = false

  /// The number's share of the way from the lower to the upper end; `nil` where the axis has no place for it.
  ///
  /// Shares far outside are held at a hundred axis lengths, so that no coordinate grows beyond what formats can write.
  func share(of value: Double) -> Double? {
    guard value.isFinite else { return nil }
    let share: Double
    if kind == .log10 {
      guard value > 0 else { return nil }
      share = (log10(value) - log10(lower)) / (log10(upper) - log10(lower))
    } else {
      // Halves, because the difference of two finite numbers may overflow.
      share = (value / 2 - lower / 2) / (upper / 2 - lower / 2)
    }
    guard share.isFinite else { return nil }
    let held = min(100, max(-99, share))
    return isReversed ? 1 - held : held
  }

  /// Whether the number lies between the ends.
  func contains(_ value: Double) -> Bool { value >= lower && value <= upper }
}

/// The range that data ask for, before padding.
struct DataRange {
  private(set) var lower = Double.infinity
  private(set) var upper = -Double.infinity
  let needsPositive: Bool

  init(for scale: Axis.Scale) { needsPositive = scale == .log10 }

  var isEmpty: Bool { lower > upper }

  mutating func add(_ value: Double) {
    guard value.isFinite, !needsPositive || value > 0 else { return }
    lower = min(lower, value)
    upper = max(upper, value)
  }

  mutating func add(_ other: DataRange) {
    guard !other.isEmpty else { return }
    add(other.lower)
    add(other.upper)
  }
}

extension AxisScale {
  /// The scale of an axis over a range of data: the axis's own ends where it has them, else the data's with padding.
  ///
  /// - Parameters:
  ///   - padding: the share of the range added at either end that follows the data.
  ///   - zeroBelow: a linear range whose lower end is at most this share of its upper end starts at zero.
  init(_ axis: Axis, data: DataRange, padding: (lower: Double, upper: Double), zeroBelow: Double) {
    let isLog = axis.scale == .log10
    let padding = data.isEmpty ? (lower: 0, upper: 0) : padding
    func usable(_ end: Double?) -> Double? { end.flatMap { $0.isFinite && (!isLog || $0 > 0) ? $0 : nil } }
    var fixed = (lower: usable(axis.lower), upper: usable(axis.upper))
    if let low = fixed.lower, let high = fixed.upper, low >= high {
      fixed = low > high ? (high, low) : (nil, nil)
    }
    var low =
      fixed.lower ?? (data.isEmpty ? fixed.upper.map { isLog ? $0 / 10 : $0 - 1 } ?? (isLog ? 1 : 0) : data.lower)
    var high = fixed.upper ?? (data.isEmpty ? low + (isLog ? low * 9 : 1) : data.upper)
    if let names = axis.categories, !names.isEmpty {
      low = fixed.lower ?? min(data.isEmpty ? 0 : data.lower, -0.5)
      high = fixed.upper ?? max(data.isEmpty ? 0 : data.upper, Double(min(names.count, 1_000_000)) - 0.5)
      self.init(kind: .linear, lower: low, upper: max(high, low + 1), isReversed: axis.isReversed)
      return
    }
    let isFlat = !(high > low) || high - low < 1e-12 * max(abs(high), abs(low))
    if isFlat {
      if isLog {
        low = fixed.lower ?? min(low, high) / 2
        high = fixed.upper ?? max(high, low * 4)
        if high <= low { low = high / 4 }
      } else {
        let reach = max(abs(low), abs(high)) > 0 ? max(abs(low), abs(high)) * 0.5 : 1
        low = fixed.lower ?? low - reach
        high = fixed.upper ?? high + reach
        if high <= low { if fixed.lower == nil { low = high - reach } else { high = low + reach } }
      }
    } else if isLog {
      let span = log10(high) - log10(low)
      if fixed.lower == nil { low = max(pow(10, log10(low) - padding.lower * span), .leastNormalMagnitude) }
      if fixed.upper == nil { high = min(pow(10, log10(high) + padding.upper * span), .greatestFiniteMagnitude) }
    } else {
      let span = high / 2 - low / 2
      if fixed.lower == nil {
        low = low >= 0 && low <= zeroBelow * high ? 0 : padded(low, by: -2 * padding.lower * span)
      }
      if fixed.upper == nil { high = padded(high, by: 2 * padding.upper * span) }
    }
    if !(low.isFinite && high.isFinite && high > low) { (low, high) = isLog ? (1, 10) : (0, 1) }
    self.init(kind: axis.scale, lower: low, upper: high, isReversed: axis.isReversed)
  }
}

/// A sum that stays finite.
private func padded(_ value: Double, by amount: Double) -> Double {
  min(Double.greatestFiniteMagnitude, max(-Double.greatestFiniteMagnitude, value + amount))
}
