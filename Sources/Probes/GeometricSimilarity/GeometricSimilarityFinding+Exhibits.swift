import Analysis
import Exhibits
import Probing

extension GeometricSimilarityFinding {
  /// Heat maps of distances and of similarities, where there are such, the systems in the plane, the groups, and the pairs.
  public var exhibits: [Exhibit] {
    [heatMaps(.distance), heatMaps(.similarity), embedding, separationTable, pairTable].compactMap { $0 }
  }

  private var subject: String { "\(counted(labels.count, "system")), \(counted(sampleCount, "sample"))" }

  // MARK: Heat maps

  private func heatMaps(_ kind: RepresentationMeasureKind) -> Exhibit? {
    let shown = measures.filter { $0.kind == kind }
    guard !shown.isEmpty else { return nil }
    let edges = (0...labels.count).map { Double($0) - 0.5 }
    let names = labels.axisNames(of: Array(labels.indices), groups: groups)
    let panels = shown.map { measure in
      Panel(
        title: measure.name, x: Axis("system", scale: .integer, categories: names),
        y: Axis("system", scale: .integer, categories: names, isReversed: true),
        layers: [
          Layer(.tiles(.init(xEdges: edges, yEdges: edges, values: measure.matrix.flatMap { $0 })))
        ], levels: LevelScale(scale(of: measure)))
    }
    let meanings = shown.map { "\($0.name): \($0.meaning)\(chanceWords($0))" }.joined(separator: "; ")
    let isDistance = kind == .distance
    return Exhibit(
      name: isDistance ? "distances" : "similarities",
      content: .figure(
        Figure(
          panels, columnCount: min(2, panels.count), aspect: 1, sharesScales: false,
          altText:
            "\(isDistance ? "Distances" : "Similarities") of every two of \(labels.count) systems by \(shown.map(\.name).joined(separator: ", "))."
        )),
      caption:
        "\(isDistance ? "How far apart" : "How alike") the geometry of every two systems is (\(subject)). \(meanings.prefix(1).uppercased())\(meanings.dropFirst())."
    )
  }

  private func chanceWords(_ measure: Measure) -> String {
    measure.chance.map { ", \(rounded($0)) by chance" } ?? ""
  }

  /// Angles share one scale; each other measure has its own, from its least to that of a system and itself.
  private func scale(of measure: Measure) -> Axis {
    let alike = measure.isAngle ? measures.filter(\.isAngle) : [measure]
    let values = alike.flatMap { $0.matrix.joined() }
    switch measure.kind {
    case .distance:
      let most = values.max() ?? 0
      return Axis(
        measure.isAngle ? "angle" : "distance", unit: measure.isAngle ? "rad" : "", from: 0, to: most > 0 ? most : 1)
    case .similarity:
      let least = values.min() ?? 0
      return Axis("similarity", from: least < 1 ? least : 0, to: 1)
    }
  }

  // MARK: Plane

  private var embedding: Exhibit {
    let panels = measures.map { measure in
      measure.placement.panel(
        titled: measures.count > 1 ? measure.name : "", unit: measure.isAngle ? "rad" : "", labels: labels,
        groups: groups)
    }
    let stress = measures.map { "\($0.name) \(rounded($0.placement.stress))" }.joined(separator: ", ")
    let others = measures.contains { $0.kind == .similarity } ? "; of a similarity *s*, 1 − *s* is the distance" : ""
    return Exhibit(
      name: "embedding",
      content: .figure(
        Figure(
          panels, columnCount: min(2, panels.count), aspect: 1, sharesScales: false,
          altText: "\(labels.count) systems as points in the plane, near where their geometry is alike.")),
      caption:
        "Systems in the plane\(groups.isEmpty ? "" : ", coloured by group"), placed by least stress (SMACOF) so that distances there come near theirs\(others). Stress: \(stress)."
    )
  }

  // MARK: Groups

  private var separationTable: Exhibit? {
    let judged = measures.compactMap { measure in measure.separation.map { (measure, $0) } }
    guard let first = judged.first?.1 else { return nil }
    func column(_ heading: String, _ value: (GroupSeparation) -> Double) -> Table.Column {
      .init(heading, .numbers(judged.map { value($0.1) }, format: ".3g"))
    }
    return Exhibit(
      name: "separation",
      content: .table(
        Table(columns: [
          .init("measure", .texts(judged.map(\.0.name))), column("within", \.within), column("between", \.between),
          column("silhouette", \.silhouette), column("nearest neighbour", \.accuracy), column("p", \.pValue),
        ])),
      caption:
        "How well each measure tells \(groups.distinct.count) groups apart: mean distance within and between (1 less the similarity where it is one), silhouette, share of systems whose nearest other is of their group (\(rounded(first.chance)) by chance), and the share of \(first.permutationCount) permutations of the labels that differ as much."
    )
  }

  // MARK: Table

  /// More rows than this are for the record, not for a page.
  private static let tableLength = 40

  /// Every two systems, the most alike by the first measure first; ties in the order of the systems.
  private var pairs: [(first: Int, second: Int)] {
    let sign: Double = measures[0].kind == .distance ? 1 : -1
    var pairs: [(first: Int, second: Int, value: Double)] = []
    for first in labels.indices {
      for second in labels.indices.dropFirst(first + 1) {
        pairs.append((first, second, sign * measures[0].matrix[first][second]))
      }
    }
    pairs.sort { ($0.value, $0.first, $0.second) < ($1.value, $1.first, $1.second) }
    return pairs.map { ($0.first, $0.second) }
  }

  private var pairTable: Exhibit {
    let pairs = pairs
    let shown = pairs.prefix(Self.tableLength)
    let rest = pairs.count > shown.count ? " The \(shown.count) nearest of \(pairs.count)." : ""
    var columns: [Table.Column] = [
      .init("first", .texts(shown.map { labels[$0.first] })),
      .init("second", .texts(shown.map { labels[$0.second] })),
    ]
    for measure in measures {
      let values = shown.map { pair -> Double? in measure.matrix[pair.first][pair.second] }
      columns.append(.init(measure.name, unit: measure.isAngle ? "rad" : "", .numbers(values, format: ".4g")))
    }
    return Exhibit(
      name: "pairs", content: .table(Table(columns: columns)),
      caption:
        "Every two systems by every measure, the nearest by \(measures[0].name) first; distances are 0 and similarities 1 of a system and itself.\(rest)"
    )
  }
}
