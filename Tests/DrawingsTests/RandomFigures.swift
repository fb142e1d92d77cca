import Exhibits
import Foundation

/// Seeded random figures: every mark, every scale, odd values, short and long words.
enum RandomFigures {
  typealias Numbers = SampleFigures.Numbers

  static func figure(_ numbers: inout Numbers) -> Figure {
    let count = 1 + Int(pow(numbers.next(), 2) * 9)
    let x = axis(&numbers)
    let y = axis(&numbers)
    let isShared = numbers.next() < 0.5
    let panels = (0..<count).map { _ in
      panel(x: isShared ? x : axis(&numbers), y: isShared ? y : axis(&numbers), &numbers)
    }
    return Figure(
      panels, columnCount: numbers.next() < 0.2 ? 1 + Int(numbers.next() * 4) : nil,
      aspect: numbers.next() < 0.2 ? 0.2 + 1.5 * numbers.next() : nil, sharesScales: numbers.next() < 0.8, altText: "")
  }

  static func words(_ numbers: inout Numbers, most: Int = 6) -> String {
    let stock = [
      "σ", "width", "*x*_{max}", "singular", "10^{-3}", "of", "the", "Jacobian", "antidisestablishmentarianism", "a",
    ]
    return (0..<Int(pow(numbers.next(), 2) * Double(most + 1))).map { _ in stock[Int(numbers.next() * 10)] }
      .joined(separator: " ")
  }

  static func axis(_ numbers: inout Numbers) -> Axis {
    let scale: Axis.Scale = [.linear, .linear, .log10, .integer, .angle][Int(numbers.next() * 5)]
    var axis = Axis(words(&numbers), unit: numbers.next() < 0.3 ? "ms" : "", scale: scale)
    if numbers.next() < 0.15 { axis.lower = numbers.next() * 10 }
    if numbers.next() < 0.15 { axis.upper = numbers.next() * 100 }
    if numbers.next() < 0.1 { axis.isReversed = true }
    if numbers.next() < 0.12 { axis.categories = (0..<Int(numbers.next() * 12)).map { _ in words(&numbers, most: 3) } }
    return axis
  }

  static func panel(x: Axis, y: Axis, _ numbers: inout Numbers) -> Panel {
    let magnitude = pow(10, 12 * numbers.next() - 6)
    let offset = numbers.next() < 0.2 ? 1e6 * numbers.next() : 0
    func value() -> Double {
      if numbers.next() < 0.02 { return .nan }
      if numbers.next() < 0.01 { return .infinity }
      return offset + magnitude * (numbers.next() - 0.2)
    }
    var layers: [Layer] = []
    let isGraded = numbers.next() < 0.3
    for series in 0..<Int(numbers.next() * 6) {
      let count = Int(pow(numbers.next(), 2) * 40)
      let mark: Mark
      switch Int(numbers.next() * 11) {
      case 0: mark = .band((0..<count).map { .init(Double($0), value(), value()) })
      case 1: mark = .points((0..<count).map { _ in .init(value(), value()) })
      case 2: mark = .intervals((0..<count).map { .init(Double($0), value(), value()) })
      case 3:
        let side = 1 + Int(numbers.next() * 6)
        mark = .tiles(
          .init(
            xEdges: (0...side).map(Double.init), yEdges: (0...side).map(Double.init),
            values: (0..<side * side).map { _ in value() }))
      case 4:
        mark = .rules(.init(numbers.next() < 0.5 ? .vertical : .horizontal, at: (0..<count / 8).map { _ in value() }))
      case 5:
        mark = .histogram(.init(edges: (0...(count + 1)).map(Double.init), heights: (0...count).map { _ in value() }))
      case 6:
        mark = .stretches(
          (0..<count / 6).map {
            .init(from: Double($0), to: Double($0) + 0.8, name: words(&numbers, most: 3), row: Double($0 % 2))
          })
      case 8:
        let side = 1 + Int(numbers.next() * 5)
        let pictures = (0...count / 4).map { _ in (0..<side * 2).map { _ in value() } }
        mark = .images(
          .init(pictures, pixelRowCount: side, pixelColumnCount: 2, columnCount: 1 + Int(numbers.next() * 4)))
      case 9:
        mark = .cloud(.init((0..<count).map { _ in .init(value(), value()) }, values: (0..<count).map { _ in value() }))
      case 7: mark = .annotation(.init(words(&numbers), at: .init(value(), value())))
      default: mark = .line((0..<count).map { .init(Double($0), value()) })
      }
      let role: Layer.Role = [.series, .series, .reference, .uncertainty, .highlight, .background][
        Int(numbers.next() * 6)]
      layers.append(
        Layer(mark, role: role, label: words(&numbers), series: series, level: isGraded ? value() : nil))
    }
    let kind: LevelScale.Kind = [.sequential, .diverging, .cyclic, .brightness][Int(numbers.next() * 4)]
    return Panel(
      title: words(&numbers, most: 9), x: x, y: y, layers: layers,
      levels: isGraded ? LevelScale(axis(&numbers), kind: kind) : nil)
  }
}
