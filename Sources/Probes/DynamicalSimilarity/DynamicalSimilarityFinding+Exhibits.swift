import Analysis
import Exhibits
import Foundation
import Probing

extension DynamicalSimilarityFinding {
  /// The matrix, the plane, the tree, what nulls there are, the sweep, the groups, the systems.
  public var exhibits: [Exhibit] {
    [
      distanceFigure, placementFigure("embedding", majorized, way: "by least stress (SMACOF)"),
      placementFigure("classical", classical, way: "by classical scaling"), dendrogramFigure, nullFigure, sweepFigure,
      separationTable, partTable, pairTable, systemTable, summary,
    ].compactMap { $0 }
  }

  // MARK: Words

  /// The distance's name and unit.
  var distanceAxis: (label: String, unit: String) { distanceAxis(of: driven?.compared) }

  func distanceAxis(of part: DynamicalSimilarity.Compared?) -> (label: String, unit: String) {
    let (label, unit) =
      switch score {
      case .angular: ("angle", "rad")
      case .wasserstein where part == nil || part == .state: ("spectral distance", "")
      case .euclidean, .wasserstein: ("distance", "")
      }
    return (part.map { "\($0.rawValue) \(label)" } ?? label, unit)
  }

  private var subject: String {
    guard method != nil else { return "\(labels.count) operators" }
    let window = delays > 1 ? ", \(delays) delays at lag \(lag)" : ""
    let inputs = driven.map { ", \(counted($0.inputs.count, "input"))" } ?? ""
    return "\(labels.count) systems\(window), rank \(size)\(inputs)"
  }

  /// All distances of two different systems.
  private var pairDistances: [Double] { distances.indices.flatMap { i in (0..<i).map { distances[i][$0] } } }

  var groupNames: [String] { groups.distinct }

  private var orderedNames: [String]? { labels.axisNames(of: dendrogram.order, groups: groups) }

  // MARK: Figures

  private var distanceFigure: Exhibit {
    let order = dendrogram.order
    let edges = (0...order.count).map { Double($0) - 0.5 }
    let proven = certified.indices.reduce(0) { sum, i in sum + (0..<i).count { certified[i][$0] } }
    let pairs = pairDistances.count
    let sure =
      score == .wasserstein || driven.map { $0.compared != .state } ?? false
      ? "" : " Of \(counted(pairs, "distance")) \(proven) \(proven == 1 ? "meets its" : "meet their") lower bound."
    let system = Axis("system", scale: .integer, categories: orderedNames)
    var down = system
    down.isReversed = true
    func panel(_ part: DynamicalSimilarity.Compared?, _ distances: [[Double]]) -> Panel {
      let values = order.flatMap { row in order.map { distances[row][$0] } }
      let (label, unit) = distanceAxis(of: part)
      return Panel(
        title: part?.rawValue ?? "", x: system, y: down,
        layers: [Layer(.tiles(.init(xEdges: edges, yEdges: edges, values: values)))],
        levels: LevelScale(Axis(label, unit: unit, from: 0, to: max(values.max() ?? 0, 1e-6))))
    }
    let panels = driven.map { driven in driven.parts.map { panel($0.part, $0.distances) } } ?? [panel(nil, distances)]
    let parts = driven.map { " The tree is of the \($0.compared.rawValue) distances." } ?? ""
    return Exhibit(
      name: "distances",
      content: .figure(
        Figure(
          panels, columnCount: panels.count, aspect: 1,
          altText: "The distances of every two of \(labels.count) systems, near ones side by side.")),
      caption:
        "How far apart the dynamics are (\(subject)), ordered so that the tree's groups are contiguous.\(parts)\(sure)")
  }

  private func placementFigure(_ name: String, _ placement: PlanePlacement, way: String) -> Exhibit {
    Exhibit(
      name: name,
      content: .figure(
        Figure(
          [placement.panel(titled: "", unit: distanceAxis.unit, labels: labels, groups: groups)], aspect: 1,
          altText: "\(labels.count) systems as points in the plane, near where their dynamics are alike.")),
      caption:
        "Systems in the plane\(groups.isEmpty ? "" : ", coloured by group"), placed \(way) so that distances there come near those of their dynamics. Stress, the root of squared errors over squared distances: \(rounded(placement.stress))."
    )
  }

  private var dendrogramFigure: Exhibit {
    var place = [Int: (x: Double, y: Double)]()
    for (position, leaf) in dendrogram.order.enumerated() { place[leaf] = (Double(position), 0) }
    var path: [Mark.Point] = []
    for (index, joint) in dendrogram.joints.enumerated() {
      guard let first = place[joint.first], let second = place[joint.second] else { continue }
      path += [
        Mark.Point(first.x, first.y), Mark.Point(first.x, joint.height), Mark.Point(second.x, joint.height),
        Mark.Point(second.x, second.y), Mark.Point(second.x, .nan),
      ]
      place[labels.count + index] = ((first.x + second.x) / 2, joint.height)
    }
    var layers = [Layer(.line(Array(path.dropLast())), role: .background)]
    for (series, name) in groupNames.enumerated() {
      let leaves = dendrogram.order.enumerated().filter { groups[$0.element] == name }
      layers.append(
        Layer(.points(leaves.map { Mark.Point(Double($0.offset), 0) }), label: name, series: series))
    }
    let (label, unit) = distanceAxis
    return Exhibit(
      name: "dendrogram",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis(
                "system", scale: .integer, from: -0.5, to: Double(labels.count) - 0.5, categories: orderedNames),
              y: Axis("mean \(label)", unit: unit, from: groups.isEmpty ? 0 : nil), layers: layers)
          ], altText: "The tree in which the nearest of \(labels.count) systems are joined first.")),
      caption:
        "Systems joined by average linkage: the height of a joint is the mean \(label) between the two sides\(groups.isEmpty ? "" : "; points are coloured by group")."
    )
  }

  private var nullFigure: Exhibit? {
    let halves = systems.compactMap(\.splitHalf)
    guard !halves.isEmpty || shuffled != nil || separation != nil else { return nil }
    var columns: [(name: String, values: [Double])] = [("halves", halves)]
    if groups.isEmpty {
      columns.append(("systems", pairDistances))
    } else {
      func values(_ isSame: Bool) -> [Double] {
        distances.indices.flatMap { i in
          (0..<i).filter { (groups[i] == groups[$0]) == isSame }.map { distances[i][$0] }
        }
      }
      columns += [("within groups", values(true)), ("between groups", values(false))]
    }
    columns.append(("shuffled", shuffled?.distances ?? []))
    columns.removeAll(where: \.values.isEmpty)
    let (label, unit) = distanceAxis
    var layers: [Layer] = []
    for (index, column) in columns.enumerated() {
      // Spread evenly by rank, so that points of one height do not hide each other; a thousand tell the story.
      let sorted = column.values.sorted()
      let step = max(1, sorted.count / 1000)
      let shown = stride(from: 0, to: sorted.count, by: step).map { sorted[$0] }
      let points = shown.enumerated().map { place, value in
        Mark.Point(Double(index) + 0.5 * (fraction(0.618 * Double(place + 1)) - 0.5), value)
      }
      layers.append(Layer(.points(points), role: .background))
      let mean = column.values.reduce(0, +) / Double(column.values.count)
      layers.append(
        Layer(.line([Mark.Point(Double(index) - 0.35, mean), Mark.Point(Double(index) + 0.35, mean)]), series: 0))
    }
    let parts = [
      halves.isEmpty
        ? nil : "halves: each system against itself, every other trial or, of a single one, its beginning and its end",
      shuffled == nil ? nil : "shuffled: the same pairs with their samples in random order",
    ].compactMap { $0 }
    return Exhibit(
      name: "nulls",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis("pairs", from: -0.6, to: Double(columns.count) - 0.4, categories: columns.map(\.name)),
              y: Axis(label, unit: unit, from: 0), layers: layers)
          ], altText: "Distances of pairs of systems beside those that chance and noise give.")),
      caption:
        "Distances beside what noise and chance give\(parts.isEmpty ? "" : " (\(parts.joined(separator: "; ")))"). Lines: means."
    )
  }

  private func fraction(_ value: Double) -> Double { value - value.rounded(.down) }

  private var sweepFigure: Exhibit? {
    guard let sweep else { return nil }
    let delays = Array(Set(sweep.settings.map(\.delays))).sorted()
    let ranks = Array(Set(sweep.settings.map(\.rank))).sorted()
    func panel(_ title: String, _ label: String, _ isLogarithmic: Bool, _ value: (Setting) -> Double) -> Panel {
      let layers = delays.enumerated().flatMap { series, count -> [Layer] in
        let points = sweep.settings.filter { $0.delays == count }.map { setting in
          Mark.Point(Double(setting.rank), isLogarithmic ? max(1e-12, value(setting)) : value(setting))
        }
        return [
          Layer(.line(points), label: counted(count, "delay"), series: series), Layer(.points(points), series: series),
        ]
      }
      let taken = sweep.settings[sweep.recommended]
      let mark = Mark.Point(
        Double(taken.rank), isLogarithmic ? max(1e-12, value(taken)) : value(taken))
      return Panel(
        title: title, x: Axis("rank", scale: .integer), y: Axis(label, scale: isLogarithmic ? .log10 : .linear),
        layers: layers + [Layer(.points([mark]), role: .highlight)])
    }
    return Exhibit(
      name: "sweep",
      content: .figure(
        Figure(
          [
            panel("forecast", "error over persistence", true, \.error), panel("information", "AIC", false, \.criterion),
            panel("transients", "non-normality", false, \.nonNormality),
            panel("modes", "mean residual", true, \.residual),
          ], columnCount: 2, sharesScales: false,
          altText:
            "Four criteria over rank, a curve for each of \(delays.count) numbers of delays up to rank \(ranks.last ?? 0)."
        )),
      caption:
        "Delays and ranks, each the mean over \(labels.count) systems: error of one step on samples held out, Akaike's criterion, non-normality and residual. Marked: \(sweep.reason)."
    )
  }

  // MARK: Tables

  private var separationTable: Exhibit? {
    guard let separation else { return nil }
    typealias Row = (measure: String, value: Double?, ends: [Double]?)
    var rows: [Row] = [
      ("within groups", separation.within, separation.withinInterval),
      ("between groups", separation.between, separation.betweenInterval),
      ("between less within", separation.difference, separation.differenceInterval),
      ("p of the difference", separation.pValue, nil),
      ("silhouette", separation.silhouette, separation.silhouetteInterval),
      ("accuracy of \(counted(separation.neighbourCount, "neighbour"))", separation.accuracy, nil),
      ("accuracy by chance", separation.chance, nil),
    ]
    if let shuffled, !shuffled.differences.isEmpty {
      rows.append(
        (
          "between less within, shuffled",
          shuffled.differences.reduce(0, +) / Double(shuffled.differences.count), nil
        ))
    }
    var columns: [Table.Column] = [
      .init("measure", .texts(rows.map(\.measure))), .init("value", .numbers(rows.map(\.value), format: ".4g")),
    ]
    if separation.differenceInterval != nil {
      for (heading, end) in [("from", 0), ("to", 1)] {
        columns.append(.init(heading, .numbers(rows.map { $0.ends?[end] }, format: ".4g")))
      }
    }
    let ends = separation.differenceInterval == nil ? "" : " From, to: 95 % bootstrap interval over systems."
    let ways =
      separation.isExact
      ? "all \(counted(separation.permutationCount, "way")) to label the systems"
      : "\(separation.permutationCount) permutations of the labels"
    return Exhibit(
      name: "separation", content: .table(Table(columns: columns)),
      caption:
        "How well the distances tell \(counted(groupNames.count, "group")) apart.\(ends) P: share of \(ways) that differ as much."
    )
  }

  /// More rows than this are for the record, not for a page.
  private static let tableLength = 40

  private var pairTable: Exhibit? {
    guard let intervals else { return nil }
    let pairs = labels.indices.flatMap { i in labels.indices.dropFirst(i + 1).map { (i, $0) } }
      .filter { intervals.lower[$0.0][$0.1] != nil }
    let shown = pairs.sorted { distances[$0.0][$0.1] < distances[$1.0][$1.1] }.prefix(Self.tableLength)
    func column(_ heading: String, _ value: ((Int, Int)) -> Double?) -> Table.Column {
      .init(heading, unit: distanceAxis.unit, .numbers(shown.map(value), format: ".3g"))
    }
    let rest = pairs.count > shown.count ? " The nearest \(shown.count) of \(pairs.count)." : ""
    return Exhibit(
      name: "pairs",
      content: .table(
        Table(columns: [
          .init("system", .texts(shown.map { labels[$0.0] })), .init("and", .texts(shown.map { labels[$0.1] })),
          column(distanceAxis.label) { distances[$0.0][$0.1] }, column("from") { intervals.lower[$0.0][$0.1] },
          column("to") { intervals.upper[$0.0][$0.1] },
        ])),
      caption:
        "Single distances, and between what ends 95 % of them lie with the systems' trials drawn again \(intervals.draws) times; noise makes distances larger, and an interval may lie above its distance.\(rest)"
    )
  }

  private var systemTable: Exhibit {
    let shown = Array(systems.prefix(Self.tableLength))
    var columns = [Table.Column("system", .texts(shown.map(\.name)))]
    if !groups.isEmpty { columns.append(.init("group", .texts(shown.map { $0.group ?? "" }))) }
    func column(_ heading: String, unit: String = "", format: String = ".3g", _ value: (System) -> Double?) {
      columns.append(.init(heading, unit: unit, .numbers(shown.map(value), format: format)))
    }
    column("rank", format: ".0f") { Double($0.rank) }
    if shown.contains(where: { $0.explained != nil }) { column("explained") { $0.explained } }
    column("|*λ*|_{max}") { $0.spectralRadius }
    column("non-normality") { $0.nonNormality }
    columns.append(.init("nearest", .texts(shown.map(\.nearest))))
    column(distanceAxis.label, unit: distanceAxis.unit) { $0.nearestDistance }
    if shown.contains(where: { $0.splitHalf != nil }) {
      column("halves", unit: distanceAxis.unit) { $0.splitHalf }
    }
    let rest = systems.count > shown.count ? " The first \(shown.count) of \(systems.count)." : ""
    return Exhibit(
      name: "systems", content: .table(Table(columns: columns)),
      caption: "The systems, their operators, and which system is nearest to each.\(rest)")
  }

  private var summary: Exhibit {
    if let separation {
      return Exhibit(
        name: "summary", content: .quantity(Quantity(label: "silhouette", value: separation.silhouette)),
        caption: "How well the distances tell the groups apart; 1 is perfect, 0 chance.")
    }
    let pairs = pairDistances
    return Exhibit(
      name: "summary",
      content: .quantity(
        Quantity(
          label: "mean \(distanceAxis.label)", value: pairs.reduce(0, +) / Double(max(1, pairs.count)),
          unit: distanceAxis.unit)),
      caption: "The mean over all pairs of systems.")
  }
}
