import Analysis
import Exhibits
import Foundation
import Probing

extension PercolationFinding {
  /// The largest component over the share of centres, thresholds over width and size, overlap over distance, centres by their
  /// components, and all numbers.
  public var exhibits: [Exhibit] {
    [curvesFigure, thresholds, overlapFigure, graph, setTable, summary].compactMap { $0 }
  }

  // MARK: Words

  /// `pixels` on a lattice.
  var unit: String { spacing == nil ? "" : "pixels" }
  private var widths: [Double] { Array(Set(curves.map(\.width))).sorted() }
  private var overlapThresholds: [Double] { Array(Set(curves.map(\.overlapThreshold))).sorted() }
  var overlaps: [FeatureOverlap] { FeatureOverlap.allCases.filter { kind in curves.contains { $0.overlap == kind } } }

  /// What tells a curve from the others of its panel; empty of one alone.
  private func label(_ curve: Curve) -> String {
    [
      widths.count > 1 ? "σ = \(rounded(curve.width))" : nil,
      overlapThresholds.count > 1 ? "overlap ≥ \(rounded(curve.overlapThreshold))" : nil,
    ].compactMap { $0 }.joined(separator: ", ")
  }

  /// What all curves have in common.
  private var common: String {
    [
      widths.count == 1 ? "features of width \(rounded(widths[0]))\(unit.isEmpty ? "" : " \(unit)")" : "features",
      overlapThresholds.count == 1 ? " that overlap by \(rounded(overlapThresholds[0])) or more" : "",
    ].joined()
  }

  private func series(_ curve: Curve) -> Int {
    curves.filter { $0.overlap == curve.overlap }.firstIndex { $0.name == curve.name } ?? 0
  }

  private var seriesCount: Int { widths.count * overlapThresholds.count }

  // MARK: Curves

  private var curvesFigure: Exhibit? {
    let thresholds = curves.compactMap { $0.bySecond?.value } + curves.compactMap(\.theory)
    // A threshold of a few centres in a hundred cannot be seen beside all of them.
    let isLogarithmic = (thresholds.min() ?? 1) < 0.1
    let most = max(1, sets.map(\.fraction).max() ?? 0)
    let least = min(curves.compactMap(\.fractions.first).min() ?? 0, sets.map(\.fraction).min() ?? 1)
    let x = Axis(
      "share of all centres", scale: isLogarithmic ? .log10 : .linear, from: isLogarithmic ? least : 0, to: most)
    let hasAccuracy = sets.contains { $0.accuracy != nil }
    let y = Axis(
      hasAccuracy ? "largest component, accuracy" : "largest component", from: 0, to: 1.03)
    let panels = overlaps.map { kind in
      let own = curves.filter { $0.overlap == kind }
      return Panel(
        title: overlaps.count > 1 ? Self.words(kind) : "", x: x, y: y,
        layers: own.flatMap(layers) + own.compactMap(theoryLayer) + own.compactMap(setLayer) + accuracyLayers)
    }
    guard !panels.isEmpty else { return nil }
    let theoryWords =
      curves.contains { $0.theory != nil } ? " Dashed: the threshold of an endless lattice." : ""
    let setWords =
      sets.isEmpty
      ? "" : " Points: training sets\(hasAccuracy ? ", and how well models did on them" : "")."
    return Exhibit(
      name: "curves",
      content: .figure(
        Figure(
          panels, columnCount: panels.count,
          altText: "The largest component's share of the centres present over their share of all.")),
      caption:
        "The largest component's share of the centres present, over their share of all \(centreCount), for \(common), in random order (bands: ± one deviation over \(replicaCount) orders).\(theoryWords)\(setWords)"
    )
  }

  private func layers(_ curve: Curve) -> [Layer] {
    let band = curve.fractions.indices.map { place in
      Mark.Interval(
        curve.fractions[place], max(0, curve.mass[place] - curve.deviation[place]),
        min(1, curve.mass[place] + curve.deviation[place]))
    }
    let own = label(curve)
    return [
      Layer(.band(band), role: .uncertainty, series: series(curve)),
      Layer(
        .line(zip(curve.fractions, curve.mass).map { Mark.Point($0, $1) }),
        label: own.isEmpty && !sets.isEmpty ? "random centres" : own, series: series(curve)),
    ]
  }

  private func theoryLayer(_ curve: Curve) -> Layer? {
    curve.theory.map { Layer(.rules(.init(.vertical, at: [$0])), role: .reference) }
  }

  private func setLayer(_ curve: Curve) -> Layer? {
    let points = sets.compactMap { set in
      set.joined.first { $0.curve == curve.name }.map { Mark.Point(set.fraction, $0.largestShare) }
    }
    return points.isEmpty
      ? nil
      : Layer(.points(points), label: seriesCount == 1 ? "training sets" : "", series: series(curve))
  }

  /// The accuracies, group by group, joined where fractions ascend.
  private var accuracyLayers: [Layer] {
    let known = sets.filter { $0.accuracy != nil }
    let groups = known.compactMap(\.group).count == known.count ? known.compactMap(\.group).distinct : []
    let parts = groups.count > 1 ? groups.map { group in known.filter { $0.group == group } } : [known]
    return parts.enumerated().flatMap { place, sets -> [Layer] in
      let points = sets.compactMap { set in set.accuracy.map { Mark.Point(set.fraction, $0) } }.sorted {
        ($0.x, $0.y) < ($1.x, $1.y)
      }
      guard !points.isEmpty else { return [] }
      let label = groups.count > 1 ? "accuracy, \(groups[place].asLabel)" : "accuracy"
      let series = seriesCount + place
      return [Layer(.points(points), label: label, series: series)]
        + (Set(points.map(\.x)).count > 1 ? [Layer(.line(meanOverRepeats(points)), series: series)] : [])
    }
  }

  private func meanOverRepeats(_ points: [Mark.Point]) -> [Mark.Point] {
    Dictionary(grouping: points, by: \.x).map { x, same in
      Mark.Point(x, same.reduce(0) { $0 + $1.y } / Double(same.count))
    }.sorted { $0.x < $1.x }
  }

  static func words(_ kind: FeatureOverlap) -> String {
    switch kind {
    case .product: "inner product"
    case .coefficient: "common area"
    }
  }

  // MARK: Thresholds

  private var thresholds: Exhibit? {
    let panels = [overWidth, overSize].compactMap { $0 }
    guard !panels.isEmpty else { return nil }
    let sideWords =
      overSize == nil
      ? ""
      : " Over size: lines lead to where there is no end, the exponent −3/4 being that of percolation in the plane."
    return Exhibit(
      name: "thresholds",
      content: .figure(
        Figure(
          panels, columnCount: panels.count, sharesScales: false,
          altText: "Thresholds of percolation over the features' width or the number of centres per side.")),
      caption:
        "The share of all centres from which \(common) join into one component: where the second-largest component is largest (bars: intervals of 95 % over \(replicaCount) orders). Dashed: theory of an endless lattice.\(sideWords)"
    )
  }

  /// What tells curves apart in a panel of thresholds.
  private func kindLabel(_ curve: Curve) -> String {
    [
      overlaps.count > 1 ? Self.words(curve.overlap) : nil,
      overlapThresholds.count > 1 ? "≥ \(rounded(curve.overlapThreshold))" : nil,
    ].compactMap { $0 }.joined(separator: " ")
  }

  private var overWidth: Panel? {
    guard let least = widths.first, let most = widths.last, widths.count > 1 else { return nil }
    let kinds = curves.map(kindLabel).distinct
    var layers = kinds.enumerated().flatMap { place, kind -> [Layer] in
      let found = curves.filter { kindLabel($0) == kind }.compactMap { curve in
        curve.bySecond.map { (curve.width, $0) }
      }.sorted { $0.0 < $1.0 }
      guard !found.isEmpty else { return [] }
      let points = found.map { Mark.Point($0, $1.value) }
      return [
        Layer(.intervals(found.map { .init($0, $1.lower, $1.upper) }), role: .uncertainty, series: place),
        Layer(.points(points), label: kind, series: place),
      ]
    }
    guard !layers.isEmpty else { return nil }
    if let spacing {
      let widths = (0...200).map { least * pow(most / least, Double($0) / 200) }
      for kind in kinds {
        guard let curve = curves.first(where: { kindLabel($0) == kind }) else { continue }
        let line = widths.map {
          let theory = PercolationTheory(radius: curve.radius * $0 / curve.width, spacing: spacing)
          return Mark.Point($0, theory.threshold ?? .nan)
        }
        if line.contains(where: { $0.y.isFinite }) { layers.insert(Layer(.line(line), role: .reference), at: 0) }
      }
    }
    return Panel(
      x: Axis("width σ", unit: unit, scale: .log10), y: Axis("threshold", scale: .log10),
      layers: layers)
  }

  private var overSize: Panel? {
    let shown = curves.filter { $0.limit != nil }.prefix(8)
    guard !shown.isEmpty else { return nil }
    var (layers, highest): ([Layer], Double) = ([], 0)
    for (place, curve) in shown.enumerated() {
      guard let limit = curve.limit, let slope = curve.slope else { continue }
      let found = sides.filter { $0.curve == curve.name }.compactMap { side in
        side.threshold.map { (FiniteSizeScaling.abscissa(Double(side.sitesPerSide)), $0) }
      }
      let end = found.map(\.0).max() ?? 0
      highest = max(highest, end)
      let intervals = [(0, limit)] + found
      layers += [
        Layer(
          .intervals(intervals.map { .init($0.0, min($0.1.lower, $0.1.value), max($0.1.upper, $0.1.value)) }),
          role: .uncertainty, series: place),
        Layer(.line([.init(0, limit.value), .init(end, limit.value + slope * end)]), series: place),
        Layer(
          .points(intervals.map { .init($0.0, $0.1.value) }), label: shown.count > 1 ? sizeLabel(curve) : "",
          series: place),
      ]
      if let theory = curve.theory { layers.append(Layer(.rules(.init(.horizontal, at: [theory])), role: .reference)) }
    }
    return Panel(
      x: Axis("(centres per side)^{−3/4}", from: -0.03 * highest, to: 1.08 * highest),
      y: Axis("threshold"), layers: layers)
  }

  private func sizeLabel(_ curve: Curve) -> String {
    [label(curve), overlaps.count > 1 ? Self.words(curve.overlap) : ""].filter { !$0.isEmpty }.joined(separator: ", ")
  }

  // MARK: Overlap

  private var overlapFigure: Exhibit? {
    let reaches = curves.map { $0.radius / $0.width }
    guard let farthest = reaches.max() else { return nil }
    let end = 1.15 * farthest
    let least = (overlapThresholds.first ?? 1) / 5
    let layers = overlaps.enumerated().flatMap { place, kind -> [Layer] in
      let line = (0...200).map { step -> Mark.Point in
        let apart = end * Double(step) / 200
        return Mark.Point(apart, kind.value(atDistance: apart, width: 1))
      }.filter { $0.y >= least }
      let crossings = curves.filter { $0.overlap == kind && $0.width == widths.first }.map {
        Mark.Point($0.radius / $0.width, $0.overlapThreshold)
      }
      return [
        Layer(.line(line), label: Self.words(kind), series: place), Layer(.points(crossings), series: place),
      ]
    }
    let radii = curves.filter { $0.width == widths.first }.map {
      "\(rounded($0.radius / $0.width)) σ by \(Self.words($0.overlap))\(overlapThresholds.count > 1 ? " from \(rounded($0.overlapThreshold)) on" : "")"
    }
    return Exhibit(
      name: "overlap",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis("distance", unit: "σ", from: 0, to: end), y: Axis("overlap", scale: .log10, from: least, to: 1.1),
              layers: [Layer(.rules(.init(.horizontal, at: overlapThresholds)), role: .reference)] + layers)
          ], altText: "The overlap of two Gaussian features over their distance.")),
      caption:
        "How much two Gaussian features overlap, over their distance in widths. Dashed: from there on they are joined, up to \(radii.joined(separator: ", "))."
    )
  }

  // MARK: Components

  private var graph: Exhibit? {
    guard let first = curves.first, !pictures.isEmpty else { return nil }
    let largest = pictures.flatMap(\.size).max() ?? 1
    let (x, y) = (pictures.flatMap(\.x), pictures.flatMap(\.y))
    let (ends, heights) = ((x.min() ?? 0, x.max() ?? 0), (y.min() ?? 0, y.max() ?? 0))
    let half = 0.54 * max(ends.1 - ends.0, heights.1 - heights.0, 1e-6)
    func axis(_ label: String, _ ends: (Double, Double)) -> Axis {
      let middle = (ends.0 + ends.1) / 2
      return Axis(label, unit: unit, from: middle - half, to: middle + half)
    }
    let panels = pictures.map { picture in
      let points = zip(picture.x, picture.y).map { Mark.Point($0, $1) }
      // Small components first, so that the large ones are seen.
      let order = picture.size.indices.sorted { (picture.size[$0], $0) < (picture.size[$1], $1) }
      return Panel(
        title: "\(rounded(100 * picture.fraction)) % of centres", x: axis("*x*", ends), y: axis("*y*", heights),
        layers: [
          Layer(.cloud(.init(order.map { points[$0] }, values: order.map { Double(picture.size[$0]) })))
        ],
        levels: LevelScale(Axis("centres in component", scale: .log10, from: 1, to: Double(max(2, largest)))))
    }
    let shares = pictures.map { "\(rounded(100 * $0.largestShare)) %" }.joined(separator: ", ")
    let isPart = zip(pictures, pictures.map(\.fraction)).contains {
      $0.x.count < Int(($1 * Double(centreCount)).rounded())
    }
    let names = pictures.compactMap(\.set)
    let which =
      names.isEmpty
      ? threshold == nil ? "Centres at random" : "Centres at random, below, at and above the threshold"
      : "The centres of \(names.joined(separator: ", "))"
    return Exhibit(
      name: "graph",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count), aspect: 1,
          altText: "Centres of features coloured by the size of the component that they are in.")),
      caption:
        "\(which), coloured by how many are in their component (\(first.name))\(isPart ? "; those in the middle are shown" : ""). The largest holds \(shares)."
    )
  }

  // MARK: Numbers

  /// More rows than this are for the record, not for a page.
  private static let tableLength = 40

  private var setTable: Exhibit? {
    let all = sets.flatMap { set in set.joined.map { (set, $0) } }
    let rows = all.prefix(Self.tableLength)
    guard !rows.isEmpty else { return nil }
    var columns: [Table.Column] = [.init("set", .texts(rows.map(\.0.name)))]
    if curves.count > 1 { columns.append(.init("joined by", .texts(rows.map(\.1.curve)))) }
    columns += [
      .init("centres", .numbers(rows.map { Double($0.0.centreCount) }, format: "d")),
      .init("share of all", .numbers(rows.map(\.0.fraction), format: ".3g")),
      .init("components", .numbers(rows.map { Double($0.1.componentCount) }, format: "d")),
      .init("largest", .numbers(rows.map(\.1.largestShare), format: ".3f")),
      .init("at random", .numbers(rows.map(\.1.expected), format: ".3f")),
    ]
    if sets.contains(where: { $0.accuracy != nil }) {
      columns.append(.init("accuracy", .numbers(rows.map(\.0.accuracy), format: ".3f")))
    }
    let rest = all.count > rows.count ? " The first \(rows.count) of \(all.count)." : ""
    return Exhibit(
      name: "sets", content: .table(Table(columns: columns)),
      caption:
        "The training sets: how many different centres they have, their share of all, how many components they fall into, the share of them that the largest holds, and that of as many centres at random.\(rest)"
    )
  }

  private var summary: Exhibit? {
    guard !curves.isEmpty else { return nil }
    func column(_ heading: String, _ format: String = ".3f", _ value: (Curve) -> Double?) -> Table.Column {
      .init(heading, .numbers(curves.map(value), format: format))
    }
    var columns: [Table.Column] = [
      .init("joined by", .texts(curves.map(\.name))), column("up to", ".3g") { $0.radius },
      column("threshold") { $0.bySecond?.value }, column("from") { $0.bySecond?.lower },
      column("to") { $0.bySecond?.upper }, column("by deviation") { $0.byDeviation?.value },
    ]
    if !sides.isEmpty {
      columns += [
        column("no end") { $0.limit?.value }, column("from ") { $0.limit?.lower }, column("to ") { $0.limit?.upper },
      ]
    }
    if spacing != nil { columns += [column("theory") { $0.theory }, column("disks") { $0.continuum }] }
    let end = sides.isEmpty ? "" : ", that of a lattice without end by its sizes"
    let theory = spacing == nil ? "" : ", its theory, and that of disks placed anywhere"
    return Exhibit(
      name: "summary", content: .table(Table(columns: columns)),
      caption:
        "Up to which distance features are joined, the share of \(centreCount) centres at which the second-largest component is largest, with its interval of 95 % over \(replicaCount) orders, the share at which orders differ most\(end)\(theory)."
    )
  }
}
