import Exhibits
import Foundation

// MARK: - Decades

extension TickFinder {
  /// Powers of ten; between them 2 and 5 when less than two decades are in sight; even steps within one.
  func logTicks() -> Ticks {
    let (low, high) = (log10(scale.lower), log10(scale.upper))
    let slack = 1e-9
    let first = Int((low - slack).rounded(.up))
    let last = Int((high + slack).rounded(.down))
    if high - low < 0.7 || last < first {
      let even = evenTicks(wholeOnly: false)
      if even.labelled.count >= 2 { return even }
    }
    if high - low < 2 {
      for mantissas in [[1.0, 2, 5], [1, 3], [1]] {
        let ticks = steps(mantissas, from: first - 1, through: last)
        if ticks.count >= 2, areDistinct(ticks), fits(ticks) {
          return Ticks(labelled: ticks, minor: minors(from: first - 1, through: last, besides: ticks))
        }
      }
    }
    guard last >= first else { return evenTicks(wholeOnly: false) }
    for stride in [1, 2, 3, 4, 5, 6, 10, 20, 50, 100, 200, 500] {
      let exponents = (first...last).filter { (($0 % stride) + stride) % stride == 0 }
      guard !exponents.isEmpty else { break }
      let ticks = exponents.map {
        Ticks.Labelled(value: held(pow(10, Double($0))), label: NumberText.powerOfTen($0))
      }
      guard Double(ticks.count) <= max(4, 1.6 * wantedCount), fits(ticks) else { continue }
      return Ticks(labelled: ticks, minor: minors(from: first - 1, through: last, besides: ticks))
    }
    return Ticks(labelled: [Ticks.Labelled(value: held(pow(10, Double(first))), label: NumberText.powerOfTen(first))])
  }

  /// Multiples 1, 2, 5 … of the powers of ten in range.
  private func steps(_ mantissas: [Double], from first: Int, through last: Int) -> [Ticks.Labelled] {
    var ticks: [Ticks.Labelled] = []
    for exponent in first...last {
      for mantissa in mantissas {
        let value = decimal(mantissa, exponent)
        guard isInside(value) else { continue }
        let label: RichText
        if first >= -4, last <= 4 {
          label = RichText(NumberText.fixed(value, decimals: max(0, -exponent)))
        } else if mantissa == 1 {
          label = NumberText.powerOfTen(exponent)
        } else {
          label = RichText("\(NumberText.whole(Int(mantissa)))×") + NumberText.powerOfTen(exponent)
        }
        ticks.append(Ticks.Labelled(value: held(value), label: label))
      }
    }
    return ticks
  }

  /// Unlabelled ticks: 2 … 9 within decades while there are few, else the decades without labels.
  private func minors(from first: Int, through last: Int, besides labelled: [Ticks.Labelled]) -> [Double] {
    let perDecade = length / max(0.1, log10(scale.upper) - log10(scale.lower))
    let mantissas: [Double] = perDecade >= 1.6 * textSize ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1]
    guard last - first < 40, perDecade >= 0.4 * textSize else { return [] }
    let taken = Set(labelled.map(\.value))
    return (first...last).flatMap { exponent in mantissas.map { decimal($0, exponent) } }
      .filter { isInside($0) && !taken.contains(held($0)) }
  }

  /// A decimal number as its literal would be read.
  private func decimal(_ mantissa: Double, _ exponent: Int) -> Double {
    exponent < 0 && exponent > -20 ? mantissa / pow(10, Double(-exponent)) : mantissa * pow(10, Double(exponent))
  }

  private func isInside(_ value: Double) -> Bool {
    value >= scale.lower * (1 - 1e-9) && value <= scale.upper * (1 + 1e-9)
  }

  private func held(_ value: Double) -> Double { min(scale.upper, max(scale.lower, value)) }
}

// MARK: - Fractions of π

extension TickFinder {
  /// Multiples of a nice fraction of π.
  func angleTicks() -> Ticks {
    let span = scale.upper - scale.lower
    guard span.isFinite, span > .pi / 8, max(abs(scale.lower), abs(scale.upper)) < 1e4 else {
      return evenTicks(wholeOnly: false)
    }
    var best: (score: Double, ticks: [Ticks.Labelled])?
    let fractions: [(Int, Int)] = [
      (1, 12), (1, 6), (1, 4), (1, 3), (1, 2), (1, 1), (2, 1), (5, 1), (10, 1), (20, 1), (50, 1), (100, 1), (200, 1),
      (500, 1), (1_000, 1),
    ]
    for (above, below) in fractions {
      let step = Double.pi * Double(above) / Double(below)
      let first = Int((scale.lower / step - 1e-9).rounded(.up))
      let last = Int((scale.upper / step + 1e-9).rounded(.down))
      guard last >= first, last - first < 40 else { continue }
      let ticks = (first...last).map { index in
        Ticks.Labelled(
          value: min(scale.upper, max(scale.lower, Double(index) * step)),
          label: RichText(Self.piLabel(index * above, over: below)))
      }
      let count = Double(ticks.count)
      let score = -max(count / wantedCount, wantedCount / count) - (ticks.count < 2 ? 5 : 0)
      if score > best?.score ?? -.infinity, fits(ticks) { best = (score, ticks) }
    }
    return Ticks(labelled: best?.ticks ?? [])
  }

  /// `−π/2`, `0`, `3π/4` …
  static func piLabel(_ above: Int, over below: Int) -> String {
    guard above != 0 else { return "0" }
    var (a, b) = (above.magnitude, UInt(below))
    while b != 0 { (a, b) = (b, a % b) }
    let (top, bottom) = (above.magnitude / a, UInt(below) / a)
    return (above < 0 ? NumberText.minus : "") + (top == 1 ? "" : String(top)) + "π" + (bottom == 1 ? "" : "/\(bottom)")
  }
}
