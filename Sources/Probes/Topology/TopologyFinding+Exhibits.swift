import Analysis
import Exhibits
import Foundation
import Probing

extension TopologyFinding {
  /// Diagrams, barcodes, Betti numbers, lives over clouds, and angles along loops.
  public var exhibits: [Exhibit] {
    [diagramFigure, barcode, bettiTable, lives, circularFigure, summary].compactMap { $0 }
  }

  /// More clouds than this are for the table, not for panels of their own.
  private static let mostPanels = 6

  private var shown: [Cloud] { Array(clouds.prefix(Self.mostPanels)) }
  private var columnCount: Int { shown.count == 4 ? 2 : min(3, shown.count) }
  private var subject: String { clouds.count == 1 ? clouds[0].name : counted(clouds.count, "cloud") }
  private var rest: String { clouds.count > shown.count ? " The first \(shown.count) of \(subject)." : "" }

  // MARK: Words

  private static let nouns = ["piece", "loop", "hollow"]

  private func name(_ dimension: Int) -> String { "\(Self.nouns[min(2, dimension)])s *H*_{\(dimension)}" }

  /// `1 piece, 2 loops and 1 hollow, as a torus has`.
  private func words(_ cloud: Cloud) -> String {
    let parts = cloud.bettiNumbers.enumerated().map { dimension, number in
      number == 0 ? "no \(Self.nouns[min(2, dimension)])s" : counted(number, Self.nouns[min(2, dimension)])
    }
    let list = parts.count > 1 ? parts.dropLast().joined(separator: ", ") + " and " + parts[parts.count - 1] : parts[0]
    let shape: String =
      switch cloud.shape {
      case .none: cloud.bettiNumbers.count > 1 ? ": nothing that a cloud without a shape would not have" : ""
      case .pieces, .other: ""
      case .ring: ", as a ring has"
      case .rings: ", as \(cloud.bettiNumbers[0]) rings have"
      case .torus: ", as a torus has"
      case .sphere: ", as a sphere has"
      }
    return list + shape
  }

  private var verdicts: String {
    "Found in " + shown.map { "\($0.name): \(words($0))" }.joined(separator: "; in ") + "."
  }

  // MARK: Diagrams

  private var diagramFigure: Exhibit {
    Exhibit(
      name: "diagram",
      content: .figure(
        Figure(
          shown.map(diagramPanel), columnCount: columnCount, aspect: 1, sharesScales: false,
          altText: "Persistence diagrams of \(subject): distances at which classes appear and fill in.")),
      caption:
        "At which distance each class appears and at which it fills in: the farther above the diagonal, the longer it lives. Pale: as long as classes of \(counted(surrogateCount, "cloud")) with shuffled coordinates live (mean and three standard deviations). On the line at the top: what stays. \(verdicts)\(rest)"
    )
  }

  private func diagramPanel(_ cloud: Cloud) -> Panel {
    let top = 1.04 * cloud.lastDeath
    let (ceiling, least) = (1.1 * top, -0.04 * top)
    let end = 1.16 * top
    var layers = cloud.diagrams.map { diagram -> Layer in
      let reach = min(diagram.threshold, top)
      // Pieces are all there from the beginning.
      let band =
        diagram.dimension == 0
        ? [Mark.Interval(least, 0, reach), Mark.Interval(-least / 2, 0, reach)]
        : [Mark.Interval(0, 0, reach), Mark.Interval(top - reach, top - reach, top), Mark.Interval(top, top, top)]
      return Layer(.band(band), role: .uncertainty, series: diagram.dimension)
    }
    layers += [
      Layer(.line([Mark.Point(least, least), Mark.Point(end, end)]), role: .reference),
      Layer(.rules(.init(.horizontal, at: [ceiling]))),
    ]
    for diagram in cloud.diagrams where !diagram.bars.isEmpty {
      layers.append(
        Layer(
          .points(diagram.bars.map { Mark.Point($0.birth, $0.death ?? ceiling) }), label: name(diagram.dimension),
          series: diagram.dimension))
    }
    return Panel(
      title: clouds.count > 1 ? cloud.name : "", x: Axis("appears at", from: least, to: end),
      y: Axis("fills in at", from: least, to: end), layers: layers)
  }

  // MARK: Barcodes

  /// Of each dimension so many bars are shown at most, the longest.
  private static let mostBars = 30

  private var barcode: Exhibit {
    let isCut = shown.contains { $0.diagrams.contains { $0.bars.count > Self.mostBars } }
    return Exhibit(
      name: "barcode",
      content: .figure(
        Figure(
          shown.map(barcodePanel), columnCount: columnCount, sharesScales: false,
          altText: "Barcodes of \(subject): the distances between which each class lives.")),
      caption:
        "The distances between which each class lives; those in colour count, and those that reach the right end stay.\(isCut ? " The \(Self.mostBars) longest-lived of each dimension." : "") \(verdicts)\(rest)"
    )
  }

  private func barcodePanel(_ cloud: Cloud) -> Panel {
    var layers: [Layer] = []
    var names: [String] = []
    for diagram in cloud.diagrams where !diagram.bars.isEmpty {
      let bars = diagram.bars.prefix(Self.mostBars)
      let start = names.count
      names += (0..<bars.count).map { $0 == (bars.count - 1) / 2 ? "*H*_{\(diagram.dimension)}" : "" }
      func lines(_ indices: Range<Int>) -> Mark {
        .line(
          indices.flatMap { place in
            let height = Double(start + bars.count - 1 - place)
            let end = bars[place].death ?? 1.08 * cloud.lastDeath
            return [
              Mark.Point(bars[place].birth, height), Mark.Point(end, height), Mark.Point(end, .nan),
            ]
          })
      }
      let counting = min(diagram.number, bars.count)
      if counting < bars.count { layers.append(Layer(lines(counting..<bars.count), role: .background)) }
      if counting > 0 { layers.append(Layer(lines(0..<counting), series: diagram.dimension)) }
      // Between one dimension and the next.
      names.append("")
    }
    return Panel(
      title: clouds.count > 1 ? cloud.name : "", x: Axis("distance", from: 0, to: 1.08 * cloud.lastDeath),
      y: Axis("", scale: .integer, from: -1, to: Double(names.count - 1), categories: names), layers: layers)
  }

  // MARK: Betti numbers

  /// More rows than this are for the record, not for a page.
  private static let tableLength = 40

  private var bettiTable: Exhibit {
    let all = clouds.flatMap { cloud in cloud.diagrams.map { (cloud, $0) } }
    let rows = all.prefix(Self.tableLength)
    func column(_ heading: String, _ format: String = ".3g", _ value: (Diagram) -> Double?) -> Table.Column {
      .init(heading, .numbers(rows.map { value($0.1) }, format: format))
    }
    /// The life of one class that ends, by place among those that do.
    func life(_ diagram: Diagram, _ place: Int) -> Double? {
      diagram.lives.indices.contains(place) ? diagram.lives[place] : nil
    }
    let more = all.count > rows.count ? " The first \(rows.count) of \(all.count)." : ""
    return Exhibit(
      name: "betti",
      content: .table(
        Table(
          columns: (clouds.count > 1 ? [.init("cloud", .texts(rows.map(\.0.name)))] : []) + [
            .init("classes", .texts(rows.map { "\(Self.nouns[min(2, $0.1.dimension)])s" })),
            column("number", "d") { Double($0.number) }, column("staying", "d") { Double($0.lastingCount) },
            column("longest life") { life($0, 0) },
            column("first not to count") { life($0, $0.number - $0.lastingCount) },
            column("threshold") { $0.threshold }, column("longest in null clouds") { $0.nullLongest },
          ])),
      caption:
        "Classes that count: they stay, or outlive the threshold (mean life in \(counted(surrogateCount, "cloud")) with shuffled coordinates and three standard deviations) and are set apart from the next by a factor above 2. \(verdicts)\(more)"
    )
  }

  // MARK: Over clouds

  private var lives: Exhibit? {
    guard clouds.count > 1 else { return nil }
    let numbers = clouds.compactMap(\.number)
    let isOverNumbers = numbers.count == clouds.count && Set(numbers).count == numbers.count
    let places = isOverNumbers ? numbers : clouds.indices.map(Double.init)
    let groups = clouds.compactMap(\.group)
    let least = places.min() ?? 0
    let reach = (places.max() ?? 0) - least
    let x =
      isOverNumbers
      ? Axis("number", from: least - 0.04 * reach, to: least + 1.04 * reach)
      : Axis(
        "cloud", scale: .integer, from: -0.5, to: Double(clouds.count) - 0.5,
        categories: clouds.map(\.name).axisNames(
          of: Array(clouds.indices), groups: groups.count == clouds.count ? groups : []))
    let dimensions = clouds[0].diagrams.indices.filter { $0 > 0 || clouds[0].diagrams.count == 1 }
    let panels = dimensions.map { dimension in
      var (counting, others, bounds): ([Mark.Point], [Mark.Point], [Mark.Interval]) = ([], [], [])
      for (place, cloud) in zip(places, clouds) {
        let diagram = cloud.diagrams[dimension]
        let lives = diagram.lives.prefix(8).map { Mark.Point(place, $0 / cloud.limit) }
        let count = diagram.number - diagram.lastingCount
        counting += lives.prefix(count)
        others += lives.dropFirst(count)
        bounds.append(Mark.Interval(place, 0, diagram.threshold / cloud.limit))
      }
      var layers = [Layer(.intervals(bounds), role: .reference, label: "null")]
      if !others.isEmpty { layers.append(Layer(.points(others), role: .background, label: "others")) }
      if !counting.isEmpty {
        layers.append(Layer(.points(counting), label: "counting", series: dimension))
      }
      return Panel(title: name(dimension), x: x, y: Axis("life / longest distance", from: 0), layers: layers)
    }
    return Exhibit(
      name: "lives",
      content: .figure(
        Figure(
          panels, columnCount: panels.count,
          altText: "The longest lives of classes in \(subject), and what null clouds reach.")),
      caption:
        "The eight longest lives in each cloud, over the longest distance looked at; bars: what null clouds reach (mean and three standard deviations). In colour: those that count."
    )
  }

  // MARK: Angles

  private static let hues = 24

  private var circularFigure: Exhibit? {
    guard let cloud = clouds.first(where: { $0.circular != nil }), let found = cloud.circular else { return nil }
    var panels = found.loops.enumerated().map { index, loop in
      let layers = (0..<Self.hues).compactMap { hue -> Layer? in
        let points = loop.turns.indices.filter { Int(loop.turns[$0] * Double(Self.hues)) == hue }
          .map { Mark.Point(found.x[$0], found.y[$0]) }
        let angle = 2 * Double.pi * (Double(hue) + 0.5) / Double(Self.hues)
        return points.isEmpty ? nil : Layer(.points(points), level: angle)
      }
      return Panel(
        title: found.loops.count > 1 ? "loop \(index + 1)" : "", x: Axis("first axis"),
        y: Axis("second axis"), layers: layers,
        levels: LevelScale(Axis("angle", scale: .angle, from: 0, to: 2 * .pi), kind: .cyclic))
    }
    if found.loops.count > 1 {
      panels.append(
        Panel(
          title: "both", x: Axis("first angle", scale: .angle, from: 0, to: 2 * .pi),
          y: Axis("second angle", scale: .angle, from: 0, to: 2 * .pi),
          layers: [
            Layer(
              .points(zip(found.loops[0].turns, found.loops[1].turns).map { Mark.Point(2 * .pi * $0, 2 * .pi * $1) }))
          ]))
    }
    let both = found.loops.count > 1 ? " Last: the first two angles of each point." : ""
    return Exhibit(
      name: "circular",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count), aspect: 1, sharesScales: false,
          altText: "Points of \(cloud.name) along two principal components, coloured by their angle along a loop.")),
      caption:
        "Along the first two principal components, \(counted(found.x.count, "point")) of \(cloud.name); colour: the angle along \(found.loops.count > 1 ? "each loop that counts" : "the loop"), which begins anywhere.\(both)"
    )
  }

  private var summary: Exhibit? {
    guard clouds.count == 1 else { return nil }
    let dimension = clouds[0].bettiNumbers.count > 1 ? 1 : 0
    return Exhibit(
      name: "summary",
      content: .quantity(
        Quantity(label: "\(Self.nouns[dimension])s", value: Double(clouds[0].bettiNumbers[dimension]))),
      caption: verdicts)
  }
}

extension TopologyFinding.Cloud {
  /// The distance at which the last class fills in that does.
  fileprivate var lastDeath: Double {
    let deaths = diagrams.flatMap { $0.bars.compactMap(\.death) }
    return deaths.max() ?? limit
  }
}
