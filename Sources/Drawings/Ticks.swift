import Exhibits
import Foundation

/// The ticks of one axis.
struct Ticks: Hashable {
  /// A labelled tick.
  struct Labelled: Hashable {
    var value: Double
    var label: RichText
  }

  /// Ticks with labels, in rising order.
  var labelled: [Labelled] = []
  /// Ticks without labels, in rising order.
  var minor: [Double] = []
}

/// Chooses the ticks of an axis of a given length.
struct TickFinder {
  /// Whether labels stand beside one another (on a horizontal axis) or above one another.
  enum Direction { case horizontal, vertical }

  var scale: AxisScale
  /// The length of the axis in points.
  var length: Double
  var direction: Direction
  /// Room of one label in points.
  var measure: (RichText) -> TextExtent
  /// The size of the labels in points.
  var textSize: Double

  /// The ticks, all inside the axis, with distinct labels that do not touch.
  func ticks() -> Ticks {
    let found: Ticks
    switch scale.kind {
    case .linear: found = evenTicks(wholeOnly: false)
    case .integer: found = evenTicks(wholeOnly: true)
    case .log10: found = logTicks()
    case .angle: found = angleTicks()
    }
    return found
  }

  /// How many labels the length carries well.
  var wantedCount: Double {
    let pitch = direction == .horizontal ? 6.5 * textSize : 3.4 * textSize
    return min(6, max(2, length / pitch + 0.5))
  }

  /// Whether labels at their places leave a gap between neighbours.
  func fits(_ ticks: [Ticks.Labelled]) -> Bool {
    var before: (middle: Double, half: Double)?
    for tick in ticks {
      guard let share = scale.share(of: tick.value) else { continue }
      let extent = measure(tick.label)
      let half = (direction == .horizontal ? extent.width + 0.8 * textSize : extent.height + 0.1 * textSize) / 2
      let middle = share * length
      if let before, abs(middle - before.middle) < half + before.half { return false }
      before = (middle, half)
    }
    return true
  }

  /// Whether every label differs from every other.
  func areDistinct(_ ticks: [Ticks.Labelled]) -> Bool { Set(ticks.map(\.label)).count == ticks.count }
}

// MARK: - Even steps

extension TickFinder {
  /// Steps and how simple they are, in the order of preference of Talbot, Lin and Hanrahan (2010).
  private static let steps: [(mantissa: Double, simplicity: Double)] = [
    (1, 1), (5, 0.9), (2, 0.9), (2.5, 0.35), (4, 0.3), (3, 0.2),
  ]

  /// Multiples of a nice step inside the range: the extended Wilkinson score over simplicity, coverage and density, with
  /// overlapping labels refused.
  func evenTicks(wholeOnly: Bool) -> Ticks {
    let (low, high) = (scale.lower, scale.upper)
    let half = high / 2 - low / 2
    let top = Int(log10(half).rounded(.up)) + 1
    var best: (score: Double, ticks: [Ticks.Labelled], step: Double)?
    for exponent in (top - 3)...top {
      for (mantissa, simple) in Self.steps {
        let step = mantissa * pow(10, Double(exponent))
        guard step > 0, step.isFinite, !wholeOnly || (step >= 1 && step == step.rounded()) else { continue }
        guard let values = multiples(of: step), values.count >= 1, Double(values.count) <= 3 * wantedCount + 2
        else { continue }
        let count = Double(values.count)
        let hasZero = values.contains(0)
        let simplicity = simple - (hasZero ? 0 : 0.3)
        let uncovered = (values[0] / 2 - low / 2) + (high / 2 - values[values.count - 1] / 2)
        let coverage = 1 - 0.5 * pow(uncovered / (0.2 * 2 * half), 2) * 2
        // Too many ticks are worse than too few.
        let ratio = count / wantedCount
        let density = 2 - (ratio > 1 ? pow(ratio, 1.6) : 1 / ratio)
        let score = 0.4 * simplicity + 0.2 * max(-4, coverage) + 0.4 * density - (values.count < 2 ? 5 : 0)
        guard score > best?.score ?? -.infinity else { continue }
        guard let labels = labels(values, step: step, wholeOnly: wholeOnly) else { continue }
        let ticks = zip(values, labels).map { Ticks.Labelled(value: $0, label: $1) }
        if areDistinct(ticks), fits(ticks) { best = (score, ticks, step) }
      }
    }
    return Ticks(labelled: best?.ticks ?? lonelyTick(wholeOnly: wholeOnly))
  }

  /// The multiples of a step inside the range; `nil` when too fine for the numbers' precision.
  private func multiples(of step: Double) -> [Double]? {
    let slack = 1e-9
    let first = (scale.lower / step - slack).rounded(.up)
    let last = (scale.upper / step + slack).rounded(.down)
    guard last >= first, last - first < 100, max(abs(first), abs(last)) < 1e13 else { return nil }
    return stride(from: first, through: last, by: 1).map { index in
      let value = index * step == 0 ? 0 : index * step
      return min(scale.upper, max(scale.lower, value))
    }
  }

  /// When no two labels fit: one in the middle, or none.
  private func lonelyTick(wholeOnly: Bool) -> [Ticks.Labelled] {
    let middle = scale.lower / 2 + scale.upper / 2
    let value = wholeOnly ? middle.rounded() : middle
    guard scale.contains(value) else { return [] }
    let label = RichText(NumberText.compact(value))
    guard measure(label).width <= 2 * length || direction == .vertical else { return [] }
    return [Ticks.Labelled(value: value, label: label)]
  }

  /// Labels with one number of decimals; powers of ten, k and M where numbers are long.
  private func labels(_ values: [Double], step: Double, wholeOnly: Bool) -> [RichText]? {
    let largest = values.map(abs).max() ?? 0
    let spacing = values.count > 1 ? step : max(largest, step)
    if wholeOnly, largest >= 10_000 {
      for (unit, suffix) in [(1e9, "B"), (1e6, "M"), (1e3, "k")] where largest >= unit {
        let scaled = values.map { $0 / unit }
        guard let decimals = NumberText.decimals(for: scaled, step: spacing / unit, most: 2) else { continue }
        return scaled.map { RichText($0 == 0 ? "0" : NumberText.fixed($0, decimals: decimals) + suffix) }
      }
    }
    if largest >= 1e5 || (largest < 1e-3 && largest > 0) {
      let exponent = Int(log10(largest).rounded(.down))
      let unit = pow(10, Double(exponent))
      let scaled = values.map { $0 / unit }
      if unit > 0, unit.isFinite,
        let decimals = NumberText.decimals(for: scaled, step: spacing / unit, most: 3)
      {
        return scaled.map { mantissa in
          mantissa == 0
            ? "0"
            : RichText(NumberText.fixed(mantissa, decimals: decimals) + "×") + NumberText.powerOfTen(exponent)
        }
      }
    }
    guard largest < 1e16, let decimals = NumberText.decimals(for: values, step: spacing, most: 15) else { return nil }
    return values.map { RichText(NumberText.fixed($0, decimals: decimals)) }
  }
}
