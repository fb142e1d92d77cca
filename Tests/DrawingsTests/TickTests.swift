import Exhibits
import Foundation
import Testing

@testable import Drawings

@Suite struct TickTests {
  private func finder(
    _ lower: Double, _ upper: Double, _ kind: Axis.Scale = .linear, length: Double = 200,
    direction: TickFinder.Direction = .horizontal
  ) -> TickFinder {
    TickFinder(
      scale: AxisScale(kind: kind, lower: lower, upper: upper), length: length, direction: direction,
      measure: { FixedTextMeasurer().measure($0, size: 7, families: []) }, textSize: 7)
  }

  private func labels(_ lower: Double, _ upper: Double, _ kind: Axis.Scale = .linear, length: Double = 200) -> [String]
  {
    finder(lower, upper, kind, length: length).ticks().labelled.map(\.label.plain)
  }

  @Test func writesNiceNumbersWithOneCountOfDecimalsAndATrueMinus() {
    #expect(labels(0, 1) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(labels(-1.05, 1.05) == ["−1.0", "−0.5", "0.0", "0.5", "1.0"])
    #expect(labels(0, 103) == ["0", "20", "40", "60", "80", "100"])
  }

  @Test func writesThousandsOfStepsShort() {
    #expect(labels(0, 20_000, .integer) == ["0", "5k", "10k", "15k", "20k"])
    #expect(labels(0, 1_000_000, .integer) == ["0", "0.2M", "0.4M", "0.6M", "0.8M", "1.0M"])
  }

  @Test func keepsIntegersWhole() {
    #expect(labels(0.4, 3.6, .integer) == ["1", "2", "3"])
    #expect(labels(0.2, 0.8, .integer).isEmpty)
  }

  @Test func writesVerySmallAndLargeNumbersWithPowers() {
    #expect(labels(0, 4e-9) == ["0", "1×10−9", "2×10−9", "3×10−9", "4×10−9"])
    #expect(labels(0, 3e7, length: 120).last == "3×107")
  }

  @Test func labelsDecadesWithPowersAndMarksTheNumbersBetween() {
    let ticks = finder(1e-3, 10, .log10).ticks()
    #expect(ticks.labelled.map(\.label.plain) == ["10−3", "10−2", "10−1", "100", "101"])
    #expect(ticks.labelled[0].label.runs.last?.level == .raised)
    #expect(ticks.minor.count == 32)
    #expect(labels(2, 80, .log10) == ["2", "5", "10", "20", "50"])
    #expect(labels(1e-300, 1e300, .log10).count >= 3)
  }

  @Test func writesAnglesAsFractionsOfPi() {
    #expect(labels(-.pi, .pi) != labels(-.pi, .pi, .angle))
    #expect(labels(-.pi, .pi, .angle) == ["−π", "−π/2", "0", "π/2", "π"])
    #expect(labels(0, .pi / 2, .angle, length: 120).contains("π/4"))
    #expect(TickFinder.piLabel(-6, over: 4) == "−3π/2")
  }

  /// Laws: ticks lie inside, rise, differ in their labels, and neither touch nor crowd.
  @Test(arguments: [Axis.Scale.linear, .integer, .log10, .angle])
  func ticksObeyTheirLaws(kind: Axis.Scale) {
    var numbers = SampleFigures.Numbers(state: 11)
    for _ in 0..<3_000 {
      let magnitude = pow(10, 24 * numbers.next() - 12)
      let offset = numbers.next() < 0.5 ? 0 : pow(10, 12 * numbers.next() - 6) * (numbers.next() - 0.5)
      var (low, high) = (offset - magnitude * numbers.next(), offset + magnitude * (0.01 + numbers.next()))
      if kind == .log10 {
        low = pow(10, 30 * numbers.next() - 15)
        high = low * pow(10, 0.01 + 20 * pow(numbers.next(), 2))
      }
      guard high - low > 1e-6 * max(abs(high), abs(low)) else { continue }
      let length = 15 + 500 * numbers.next()
      let direction: TickFinder.Direction = numbers.next() < 0.5 ? .horizontal : .vertical
      let finder = finder(low, high, kind, length: length, direction: direction)
      let ticks = finder.ticks()
      let values = ticks.labelled.map(\.value)
      #expect(values.allSatisfy { $0 >= low && $0 <= high }, "\(low)…\(high): \(values)")
      #expect(ticks.minor.allSatisfy { $0 >= low * (1 - 1e-8) && $0 <= high * (1 + 1e-8) })
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
      #expect(Set(ticks.labelled.map(\.label)).count == values.count)
      #expect(values.count <= 14, "\(low)…\(high) over \(length): \(ticks.labelled.map(\.label.plain))")
      #expect(finder.fits(ticks.labelled))
      if kind == .linear, length > 150, ticks.labelled.allSatisfy({ $0.label.plain.count < 9 }) {
        #expect(values.count >= 2, "\(low)…\(high) over \(length)")
      }
      if kind == .integer { #expect(values.allSatisfy { $0 == $0.rounded() }) }
    }
  }

  @Test func scalesMapTheirEndsToTheirEnds() throws {
    for scale in [
      AxisScale(kind: .linear, lower: -1e308, upper: 1e308), AxisScale(kind: .log10, lower: 1e-9, upper: 1e9),
      AxisScale(kind: .angle, lower: 0, upper: 1), AxisScale(kind: .linear, lower: 0, upper: 5, isReversed: true),
    ] {
      #expect(scale.share(of: scale.isReversed ? scale.upper : scale.lower) == 0)
      #expect(try #require(scale.share(of: scale.isReversed ? scale.lower : scale.upper)) == 1)
      #expect(scale.share(of: .nan) == nil && scale.share(of: .infinity) == nil)
    }
    #expect(AxisScale(kind: .log10, lower: 1, upper: 10).share(of: 0) == nil)
  }

  @Test(arguments: [
    (Axis("x", from: 5, to: 2), 2.0, 5.0), (Axis("x", from: 3, to: 3), 0, 1), (Axis("x", from: .nan), 0, 1),
    (Axis("x", scale: .log10, from: -1), 1, 10), (Axis("x", from: 7), 7, 8), (Axis("x", to: 7), 6, 7),
  ])
  func makesARangeFromWhateverEndsAreGiven(axis: Axis, lower: Double, upper: Double) {
    let scale = AxisScale(axis, data: DataRange(for: axis.scale), padding: (0.05, 0.05), zeroBelow: 0)
    #expect(scale.lower == lower && scale.upper == upper)
  }
}
