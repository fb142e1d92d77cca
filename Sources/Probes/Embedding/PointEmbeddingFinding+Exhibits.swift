import Exhibits
import Probing

extension PointEmbeddingFinding {
  /// Clouds by every method, coloured by every factor; and how well each keeps neighbourhoods.
  public var exhibits: [Exhibit] { [figure, qualityTable] }

  /// More panels than this are too small to be read.
  private static let mostPanels = 24

  private var viewCount: Int { dimensionCount == 3 ? 2 : 1 }
  private var methods: [PointEmbedding.Method] { clouds[0].layouts.map(\.method) }
  private var subject: String { clouds.count == 1 ? clouds[0].name : counted(clouds.count, "cloud") }

  // MARK: Panels

  private var figure: Exhibit {
    let rowCount = max(1, factors.count)
    let shown = clouds.prefix(max(1, Self.mostPanels / (rowCount * methods.count * viewCount)))
    let panels = shown.flatMap { cloud in
      (0..<rowCount).flatMap { row in cloud.layouts.flatMap { layoutPanels(of: cloud, $0, row) } }
    }
    let trust = clouds[0].layouts.map { "\($0.method.title) \(rounded($0.trustworthiness))" }.joined(separator: ", ")
    let of = clouds.count > 1 ? " of \(clouds[0].name)" : ""
    let rest = clouds.count > shown.count ? " The first \(shown.count) of \(subject)." : ""
    return Exhibit(
      name: "embedding",
      content: .figure(
        Figure(
          panels, columnCount: min(panels.count, max(1, min(4, methods.count * viewCount))), aspect: 1,
          sharesScales: false,
          altText:
            "\(clouds.count == 1 ? "Points" : "Clouds") of \(subject) in \(dimensionCount == 3 ? "three" : "two") dimensions by \(methods.map(\.title).joined(separator: ", "))\(factorWords.isEmpty ? "" : ", coloured by \(factorWords)")."
        )),
      caption:
        "In \(dimensionCount == 3 ? "three dimensions, from aside and from above" : "the plane"), \(counted(clouds[0].pointCount, "point"))\(of), laid out so that neighbours stay neighbours as far as each method can\(factorWords.isEmpty ? "" : "; colour: \(factorWords)"). Axes have no unit, and of Isomap and UMAP no meaning either. Trustworthiness (1 where all neighbours shown are some) of \(neighbourCount) neighbours: \(trust).\(rest)"
    )
  }

  private var factorWords: String { factors.map(\.name).joined(separator: ", ") }

  private func layoutPanels(of cloud: Cloud, _ layout: Arrangement, _ row: Int) -> [Panel] {
    let name = clouds.count > 1 ? "\(cloud.name), \(layout.method.title)" : layout.method.title
    func panel(_ title: String, _ x: [Double], _ y: [Double], _ labels: (String, String)) -> Panel {
      let points = zip(x, y).map { Mark.Point($0, $1) }
      let (across, up) = Self.limits(x, y)
      let axes = (Axis(labels.0, from: across.0, to: across.1), Axis(labels.1, from: up.0, to: up.1))
      guard factors.indices.contains(row) else {
        return Panel(title: title, x: axes.0, y: axes.1, layers: [Layer(.points(points))])
      }
      return Panel(
        title: title, x: axes.0, y: axes.1,
        layers: [Layer(.cloud(Mark.Cloud(points, values: factors[row].turned(cloud.factors[row]))))],
        levels: factors[row].levels)
    }
    let axes = layout.axes
    guard axes.count == 3 else { return [panel(name, axes[0], axes[1], ("first axis", "second axis"))] }
    let (across, up) = ThreeAxes.fromAside(axes)
    return [
      panel(name, across, up, ("across", "up")),
      panel("\(name), from above", axes[0], axes[1], ("first axis", "second axis")),
    ]
  }

  /// The ends of both axes, on one scale, whatever that of other panels is.
  private static func limits(_ x: [Double], _ y: [Double]) -> ((Double, Double), (Double, Double)) {
    func ends(_ values: [Double]) -> (Double, Double) { (values.min() ?? 0, values.max() ?? 0) }
    let (across, up) = (ends(x), ends(y))
    let reach = max(0.55 * max(across.1 - across.0, up.1 - up.0), 1e-6)
    let middle = ((across.0 + across.1) / 2, (up.0 + up.1) / 2)
    return ((middle.0 - reach, middle.0 + reach), (middle.1 - reach, middle.1 + reach))
  }

  // MARK: Quality

  /// More rows than this are for the record, not for a page.
  private static let tableLength = 40

  private var qualityTable: Exhibit {
    let all = clouds.flatMap { cloud in cloud.layouts.map { (cloud, $0) } }
    let rows = all.prefix(Self.tableLength)
    func column(_ heading: String, _ value: (Arrangement) -> Double) -> Table.Column {
      .init(heading, .numbers(rows.map { value($0.1) }, format: ".3f"))
    }
    let chance = Double(neighbourCount) / Double(max(1, clouds[0].pointCount - 1))
    let more = all.count > rows.count ? " The first \(rows.count) of \(all.count)." : ""
    return Exhibit(
      name: "quality",
      content: .table(
        Table(
          columns: (clouds.count > 1 ? [.init("cloud", .texts(rows.map(\.0.name)))] : []) + [
            .init("method", .texts(rows.map(\.1.method.title))), column("trustworthiness", \.trustworthiness),
            column("continuity", \.continuity), column("neighbours kept", \.keptNeighbours),
          ])),
      caption:
        "How well each method keeps neighbourhoods of \(neighbourCount) points. Trustworthiness is below 1 where neighbours shown are none, continuity where neighbours are shown apart, both by ranks: about 0.5 without any order. Neighbours kept: \(rounded(chance)) by chance.\(more)"
    )
  }
}

extension PointEmbeddingFinding.Factor {
  /// Values from 0 up to the period.
  fileprivate func turned(_ values: [Double]) -> [Double] {
    guard let period else { return values }
    return values.map { $0 - period * ($0 / period).rounded(.down) }
  }

  fileprivate var levels: LevelScale {
    guard let period else { return LevelScale(Axis(name)) }
    let isAngle = abs(period - 2 * .pi) < 1e-3
    return LevelScale(
      Axis(name, scale: isAngle ? .angle : .linear, from: 0, to: isAngle ? 2 * .pi : period), kind: .cyclic)
  }
}
