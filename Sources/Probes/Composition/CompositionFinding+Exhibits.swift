import Analysis
import Exhibits
import Probing

extension CompositionFinding {
  /// What models drew, where they are right, and how that goes with training and with data.
  public var exhibits: [Exhibit] {
    [
      samplesFigure, mapFigure, regionsFigure, courseFigure, conceptsFigure, outcomesFigure, dataFigure, needsFigure,
      scoresTable, timesTable, summary,
    ].compactMap { $0 }
  }

  /// At most so many panels stand in a figure.
  private static let mostPanels = 12

  private var otherDecoder: String { decoder == .centroid ? "least squares" : "centroid" }

  private var drawnWords: String { sampler.map { ", drawn by \($0)" } ?? "" }

  // MARK: Images

  private var samplesFigure: Exhibit {
    let shown = Array(galleries.prefix(Self.mostPanels))
    let panels = shown.map { gallery -> Panel in
      let columnCount = Int(Double(gallery.pixels.count).squareRoot().rounded(.up))
      var panel = Panel(
        title: galleries.count > 1 ? gallery.group : "",
        images: Mark.Images(
          gallery.pixels, pixelRowCount: gallery.rowCount, pixelColumnCount: gallery.columnCount,
          columnCount: columnCount),
        levels: LevelScale(Axis("", from: shades.min(), to: shades.max()), kind: .brightness))
      let rowCount = (gallery.pixels.count + columnCount - 1) / columnCount
      // Pictures on one background would run into each other.
      for (direction, count) in [(Mark.Rules.Direction.vertical, columnCount), (.horizontal, rowCount)] {
        panel.layers.append(
          Layer(.rules(Mark.Rules(direction, at: (0...count).map { Double($0) - 0.5 })), role: .background))
      }
      // A pixel's middle lies half a pixel from the edge of its picture, which is half a unit from the picture's middle.
      let asked = gallery.conditions.enumerated().map { index, place in
        Mark.Point(
          Double(index % columnCount) - 0.5 + (place[0] + 0.5) / Double(gallery.columnCount),
          Double(index / columnCount) - 0.5 + (place[1] + 0.5) / Double(gallery.rowCount))
      }
      let wrong = zip(asked, gallery.isRight).filter { !$0.1 }.map(\.0)
      if !wrong.isEmpty { panel.layers.append(Layer(.points(wrong), role: .highlight)) }
      return panel
    }
    let isWrong = shown.contains { $0.isRight.contains(false) }
    return Exhibit(
      name: "samples",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count),
          altText: "Images that the models made, for conditions spread over the plane.")),
      caption:
        "Images for conditions spread over the plane\(drawnWords).\(isWrong ? " Where an image is wrong, a point shows the place that was asked for." : " All show what was asked for.")"
    )
  }

  // MARK: The plane of conditions

  private var mapFigure: Exhibit {
    let most = 4 * tolerance
    let shown = Array(examples.prefix(Self.mostPanels))
    let panels = shown.map { run -> Panel in
      let errors = run.conditions.map { min($0.error, most) }
      let (columns, rows) = (Set(run.conditions.map(\.x)).sorted(), Set(run.conditions.map(\.y)).sorted())
      var layers: [Layer] = []
      if columns.count * rows.count == run.conditions.count, columns.count > 1, rows.count > 1 {
        var values = [Double](repeating: .nan, count: run.conditions.count)
        for (asked, error) in zip(run.conditions, errors) {
          guard let column = columns.firstIndex(of: asked.x), let row = rows.firstIndex(of: asked.y) else { continue }
          values[row * columns.count + column] = error
        }
        layers.append(Layer(.tiles(Mark.Tiles(xEdges: Self.edges(columns), yEdges: Self.edges(rows), values: values))))
      } else {
        layers.append(
          Layer(.cloud(Mark.Cloud(run.conditions.map { Mark.Point($0.x, $0.y) }, values: errors))))
      }
      let border = Self.border(of: run, columns, rows)
      if !border.isEmpty { layers.append(Layer(.line(border), role: .highlight)) }
      return Panel(
        title: shown.count > 1 ? run.group : "", x: Axis("*x*", unit: "px"),
        y: Axis("*y*", unit: "px", isReversed: true),
        layers: layers, levels: LevelScale(Axis("error", unit: "px", from: 0, to: most)))
    }
    let isBordered = shown.contains { $0.regions.count > 1 }
    return Exhibit(
      name: "map",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count), aspect: 1,
          altText: "How far from the place asked for images show it, over the plane of conditions.")),
      caption:
        "How far off the place is that images show, over the place asked for; \(rounded(most)) px stand for more. Right is what is off by \(rounded(tolerance)) px at most, in each direction.\(isBordered ? " Lines part conditions that the model was trained on from those that it was not." : "")"
    )
  }

  /// Lines between neighbours on a grid of which one was trained on and one was not.
  private static func border(of run: Run, _ columns: [Double], _ rows: [Double]) -> [Mark.Point] {
    guard columns.count * rows.count == run.conditions.count, columns.count > 1, rows.count > 1 else { return [] }
    var isSeen: [[Double]: Bool] = [:]
    for asked in run.conditions { isSeen[[asked.x, asked.y]] = asked.region == .seen }
    let (xEdges, yEdges) = (edges(columns), edges(rows))
    var points: [Mark.Point] = []
    func add(_ start: Mark.Point, _ end: Mark.Point) {
      if points.last.map({ $0.x == start.x && $0.y == start.y }) == true {
        points.append(end)
      } else {
        points += (points.isEmpty ? [] : [Mark.Point(start.x, .nan)]) + [start, end]
      }
    }
    /// Beyond the grid nothing is seen, so that regions close.
    func seen(_ column: Int, _ row: Int) -> Bool {
      columns.indices.contains(column) && rows.indices.contains(row) && isSeen[[columns[column], rows[row]]] == true
    }
    guard isSeen.values.contains(false) else { return [] }
    for column in 0...columns.count {
      for row in rows.indices where seen(column, row) != seen(column - 1, row) {
        add(Mark.Point(xEdges[column], yEdges[row]), Mark.Point(xEdges[column], yEdges[row + 1]))
      }
    }
    for row in 0...rows.count {
      for column in columns.indices where seen(column, row) != seen(column, row - 1) {
        add(Mark.Point(xEdges[column], yEdges[row]), Mark.Point(xEdges[column + 1], yEdges[row]))
      }
    }
    return points
  }

  /// Halfway between places, and as far beyond the ends.
  private static func edges(_ places: [Double]) -> [Double] {
    let middles = zip(places, places.dropFirst()).map { ($0 + $1) / 2 }
    guard let first = places.first, let last = places.last, let low = middles.first, let high = middles.last else {
      return []
    }
    return [2 * first - low] + middles + [2 * last - high]
  }

  // MARK: Regions

  private var regionsFigure: Exhibit {
    let shown = examples
    let known = CompositionRegion.allCases.filter { region in shown.contains { $0.score(of: region) != nil } }
    let panels = (known.count > 1 ? known.map { Optional($0) } : [nil]).map { region -> Panel in
      let rows = shown.enumerated().compactMap { row, run in
        run.score(of: region).map { (row: Double(row), score: $0) }
      }
      var layers = [
        Layer(.points(rows.map { Mark.Point($0.score.product, $0.row) }), role: .reference, label: "*x* · *y*")
      ]
      let guesses = shown.enumerated().compactMap { row, run in
        run.regions.first { $0.region == region }.map { Mark.Point($0.nearest, Double(row) + 0.35) }
      }
      if !guesses.isEmpty, region != .seen {
        layers.append(Layer(.points(guesses), label: "nearest of training", series: 3))
      }
      for (place, name) in ["*x*", "*y*"].enumerated() {
        let shift = place == 0 ? -0.2 : 0.2
        layers.append(
          Layer(
            .points(rows.map { Mark.Point($0.score.features[place].value, $0.row + shift) }), label: name,
            series: place + 1))
      }
      layers.append(
        Layer(
          .line(
            Array(
              rows.flatMap {
                [
                  Mark.Point($0.score.joint.lower, $0.row), Mark.Point($0.score.joint.upper, $0.row),
                  Mark.Point($0.score.joint.upper, .nan),
                ]
              }.dropLast())), series: 0))
      layers.append(
        Layer(.points(rows.map { Mark.Point($0.score.joint.value, $0.row) }), label: "both", series: 0))
      return Panel(
        title: region?.rawValue ?? "", x: Axis("share right", from: -0.03, to: 1.03),
        y: Axis(
          "", scale: .integer, from: -0.5, to: Double(shown.count) - 0.5, categories: shown.map(\.group),
          isReversed: true), layers: layers)
    }
    return Exhibit(
      name: "regions",
      content: .figure(
        Figure(
          panels, columnCount: min(2, panels.count), aspect: min(1.2, max(0.4, 0.1 * Double(shown.count + 1))),
          sharesScales: false, altText: "How often the models draw what they were asked for, by region.")),
      caption:
        "The share of images in which *x*, *y* and both are within \(rounded(tolerance)) px, \(known.count > 1 ? "by where conditions lie to those trained on" : "of all conditions"); lines: intervals of 95 % for both. Rings: the product of the shares of *x* and *y*, which both have if they fail independently and alike for all conditions.\(known.count > 1 ? " Nearest of training: what drawing the nearest training image for each would reach." : "")"
    )
  }

  // MARK: Tables

  private var scoresTable: Exhibit {
    var columns = [Table.Column("model", .texts(runs.map(\.name)))]
    if runs.contains(where: { $0.step != nil }) {
      columns.append(Table.Column("step", .numbers(runs.map(\.step), format: ".0f")))
    }
    if runs.contains(where: { $0.dataSize != nil }) {
      columns.append(Table.Column("trained on", .numbers(runs.map(\.dataSize), format: ".0f")))
    }
    columns += [
      Table.Column("*x*", .numbers(runs.map { $0.score.features[0].value }, format: ".3f")),
      Table.Column("*y*", .numbers(runs.map { $0.score.features[1].value }, format: ".3f")),
      Table.Column("both", .numbers(runs.map(\.score.joint.value), format: ".3f")),
      Table.Column("*x* · *y*", .numbers(runs.map(\.score.product), format: ".3f")),
      Table.Column("by \(otherDecoder)", .numbers(runs.map(\.jointByOther), format: ".3f")),
    ]
    let known = CompositionRegion.allCases.filter { region in runs.contains { $0.score(of: region) != nil } }
    if known.count > 1 {
      columns += known.map { region in
        Table.Column(region.rawValue, .numbers(runs.map { $0.score(of: region)?.joint.value }, format: ".3f"))
      }
    }
    columns.append(Table.Column("error (px)", .numbers(runs.map(\.medianError), format: ".2f")))
    return Exhibit(
      name: "scores", content: .table(Table(columns: columns)),
      caption:
        "The share of images in which *x*, *y* and both are right\(known.count > 1 ? ", of both also by region" : ""), the product of the first two, both read by \(otherDecoder), and the median distance from where the place was asked for."
    )
  }

  private var timesTable: Exhibit? {
    guard !courses.isEmpty else { return nil }
    func words(_ what: String) -> [String] {
      courses.map { course in course.times.first { $0.what == what }?.words ?? "" }
    }
    var columns = [
      Table.Column("model", .texts(courses.map(\.group))),
      Table.Column("conditions", .texts(courses.map { $0.region?.rawValue ?? "all" })),
      Table.Column("*x*", .texts(words("x"))), Table.Column("*y*", .texts(words("y"))),
      Table.Column("both", .texts(words("both"))),
    ]
    let hasTurns = courses.contains { $0.turn != nil }
    if hasTurns {
      columns += [
        Table.Column("turn at", .numbers(courses.map { $0.turn?.step }, format: ".0f")),
        Table.Column("angle (°)", .numbers(courses.map { $0.turn?.angle }, format: ".0f")),
        Table.Column("*p*", .numbers(courses.map { $0.turn?.chance }, format: ".2f")),
      ]
    }
    let row = consecutive == 1 ? "" : ", at \(consecutive) checkpoints in a row"
    return Exhibit(
      name: "times", content: .table(Table(columns: columns)),
      caption:
        "The step at which a share of \(rounded(learned)) is reached\(row), between checkpoints on a line\(courses.contains { $0.times.contains { $0.modelCount > 1 } } ? "; medians over seeds" : ""). With > or ≤ it is known no better.\(hasTurns ? " Turn: where the way through the shares of *x* and *y* bends the most, and how often a straight one, as noisy, bends as much." : "")"
    )
  }

  private var summary: Exhibit {
    let regions = [
      ("seen", seen), ("composed", composed), ("interpolated", interpolated), ("extrapolated", extrapolated),
    ]
    .compactMap { name, share in share.map { "\(name) \(rounded($0))" } }
    let told = regions.count > 1 ? " (\(regions.joined(separator: ", ")))" : ""
    return Exhibit(
      name: "summary", content: .quantity(Quantity(label: "share right", value: joint)),
      caption:
        "Of the images of \(examples.last?.name ?? "the model"), both places are within \(rounded(tolerance)) px in \(rounded(100 * joint)) %\(told); *x* and *y* by themselves in \(features.map { rounded(100 * $0) }.joined(separator: " and ")) %."
    )
  }
}
