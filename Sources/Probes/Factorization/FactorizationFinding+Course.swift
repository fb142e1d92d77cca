import Analysis
import Exhibits
import Probing

extension FactorizationFinding {
  /// What codes are in an order of.
  private enum Order {
    case number, level, name
  }

  private var order: Order {
    if Set(codes.compactMap(\.number)).count > 1 { return .number }
    return Set(codes.compactMap(\.level)).count > 1 ? .level : .name
  }

  /// More lines than this cannot be told apart.
  private static let mostLines = 7

  /// What else tells a code from the others in its order.
  private func line(_ code: Code, _ order: Order) -> String {
    var parts: [String] = []
    if Set(codes.map(\.group)).count > 1, order != .name { parts.append(code.group.asLabel) }
    if let layer = code.layer, Set(codes.compactMap(\.layer)).count > 1, order != .name { parts.append(layer.asLabel) }
    if let level = code.level, order == .number, Set(codes.compactMap(\.level)).count > 1 {
      parts.append("\((levelInput ?? "").asLabel) = \(rounded(level))")
    }
    if let channel = code.channel, order != .name { parts.append("channel \(channel)") }
    return parts.joined(separator: ", ")
  }

  private var followedMeasures: [(title: String, axis: Axis, value: (Code) -> Double?)] {
    func similarity(_ code: Code, _ ideal: FactorCode) -> Double? {
      code.similarities.filter { $0.code == ideal }.map(\.alignment.value).max()
    }
    func mean(_ values: [Double?]) -> Double? {
      let known = values.compactMap { $0 }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
    let all: [(title: String, axis: Axis, value: (Code) -> Double?)] = [
      ("additive", Axis("*R*^{2}", to: 1), { $0.additiveR2.value }),
      ("separability", Axis("least share", from: 0, to: 1), { $0.separability.value }),
      ("orthogonality", Axis("rms cosine", from: 0), { mean($0.pairs.map { $0.orthogonality?.rms }) }),
      ("parallelism", Axis("mean cosine", to: 1), { mean($0.factors.map { $0.parallelism?.mean }) }),
      ("subspaces", Axis("overlap", from: 0), { $0.nearestPair?.overlap }),
      ("dimension", Axis("participation ratio", scale: .log10), { $0.participationRatio }),
      ("closed forms", Axis("alignment", from: 0, to: 1), { similarity($0, .factorised) }),
      ("a unit per value", Axis("alignment", from: 0, to: 1), { similarity($0, .hyperFactorised) }),
      ("elsewhere", Axis("*R*^{2}", to: 1), { mean($0.factors.map(\.generalisation)) }),
    ]
    return all.filter { measure in codes.contains { measure.value($0) != nil } }
  }

  /// What becomes of the measures over training, over levels, or from code to code.
  var course: Exhibit? {
    guard codes.count > 1 else { return nil }
    let order = order
    func place(_ index: Int) -> Double? {
      switch order {
      case .number: codes[index].number
      case .level: codes[index].level
      case .name: Double(index)
      }
    }
    let placed = codes.indices.filter { place($0) != nil }
    let numbers = Set(placed.compactMap(place)).sorted()
    let names = order == .name ? codes.map(\.name.asLabel) : numbers.map { rounded($0) }
    let label: String
    switch order {
    case .number: label = over?.axisLabel ?? "number"
    case .level: label = levelInput.map { "input \($0.asLabel)" } ?? "level"
    case .name: label = "code"
    }
    let spokenLabel = order == .level ? "input \(levelInput ?? "")" : label
    // Steps and levels spread over decades: where they are few they are named.
    let isNamed = names.count <= 12
    let x =
      isNamed
      ? Axis(label, scale: .integer, from: -0.3, to: Double(numbers.count) - 0.7, categories: names)
      : Axis(label)
    let lines = placed.map { line(codes[$0], order) }.distinct
    let panels = followedMeasures.map { measure -> Panel in
      let layers = lines.prefix(Self.mostLines).enumerated().flatMap { series, name -> [Layer] in
        let points = placed.filter { line(codes[$0], order) == name }.compactMap { index -> Mark.Point? in
          guard let at = place(index), let value = measure.value(codes[index]) else { return nil }
          return Mark.Point(isNamed ? Double(numbers.firstIndex(of: at) ?? 0) : at, value)
        }.sorted { $0.x < $1.x }
        guard !points.isEmpty else { return [] }
        let dots = Layer(.points(points), label: name, series: series)
        return order == .name ? [dots] : [Layer(.line(points), series: series), dots]
      }
      return Panel(title: measure.title, x: x, y: measure.axis, layers: layers)
    }
    let more =
      lines.count > Self.mostLines ? " The first \(Self.mostLines) of \(lines.count) lines; the table has all." : ""
    return Exhibit(
      name: "course",
      content: .figure(
        Figure(
          panels, columnCount: 3, sharesScales: false,
          altText: "Measures of \(codes.count) codes over \(order == .name ? "their order" : spokenLabel).")),
      caption:
        "What becomes of the measures \(order == .name ? "from code to code" : "over \(spokenLabel)"): the share of variance that is a sum over factors, the least separability of a factor, cosines of tangents of different factors and of one factor at the same value (means over factors), the most that subspaces overlap, the participation ratio, alignment with ideal codes, and decoding at values of other factors that were never learnt from.\(more)"
    )
  }
}
