import Exhibits

/// Draws the layers of a panel whose axes are settled.
struct LayerInk {
  let frame: PanelFrame
  let theme: Theme
  let styler: LayerStyler
  /// Names of stretches in the figure, in order of first appearance.
  let names: [String]
  /// How many places with notes may still be made.
  var noteBudget: Int
  /// Where ink lies, for labels that look for a free place.
  var occupancy: Occupancy

  init(_ frame: PanelFrame, theme: Theme, styler: LayerStyler, names: [String], noteBudget: Int) {
    self.frame = frame
    self.theme = theme
    self.styler = styler
    self.names = names
    self.noteBudget = noteBudget
    occupancy = Occupancy(frame.plot)
  }

  /// The ink of every layer in order.
  mutating func ink() -> [Ink] {
    let pointCount = frame.data.pointCount
    var ink: [Ink] = []
    var clouds: [PointCloud] = []
    for layer in frame.panel.layers {
      let style = styler.style(of: layer)
      switch layer.mark {
      case .line(let points): ink += line(points, layer, style)
      case .band(let intervals): ink += band(intervals, layer, style)
      case .points(let points):
        if frame.data.isDense {
          clouds.append(PointCloud(points, colour: theme.palette.colour(of: style.paint), frame: frame))
          markCloud(points)
        } else {
          ink += markers(points, layer, style, among: pointCount)
        }
      case .cloud(let cloud):
        guard let colours = frame.levels else { break }
        if frame.data.isDense {
          clouds.append(PointCloud(cloud, colours: colours, frame: frame))
          markCloud(cloud.points)
        } else {
          ink += discs(cloud, layer, colours, among: pointCount)
        }
      case .intervals(let intervals): ink += bars(intervals, layer, style)
      case .tiles(let tiles): ink += tileInk(tiles)
      case .images(let images): ink += imageInk(images)
      case .rules(let rules): ink += ruleInk(rules, layer, style)
      case .histogram(let histogram): ink += steps(histogram, layer, style)
      case .stretches(let stretches): ink += stretchInk(stretches)
      case .annotation: break
      }
    }
    if !clouds.isEmpty {
      // All clouds of a panel share one raster, under the vector ink.
      ink.insert(.raster(PointCloud.raster(clouds, over: frame.plot, markerSize: theme.markerSize)), at: 0)
    }
    return ink
  }

  // MARK: Lines and points

  private mutating func line(_ points: [Mark.Point], _ layer: Layer, _ style: LayerStyle) -> [Ink] {
    var path = Path()
    var visible: [(place: Position, point: Mark.Point)] = []
    for run in runs(points, place: { frame.place($0.x, $0.y) }) {
      let places = thinned(run.map(\.place))
      let room = frame.plot.grown(by: 12)
      if run.count == 1 {
        path.pieces += [.move(run[0].place), .line(run[0].place)]
        occupancy.mark(Box(x: run[0].place.x - 1, y: run[0].place.y - 1, width: 2, height: 2))
      }
      var pen: Position?
      for (start, end) in zip(places, places.dropFirst()) {
        guard let (from, to) = room.clip(start, end) else {
          pen = nil
          continue
        }
        if pen != from { path.pieces.append(.move(from)) }
        path.pieces.append(.line(to))
        pen = to
        occupancy.mark(from: from, to: to, width: style.width + 1)
      }
      visible += run.filter { frame.plot.grown(by: 0.5).contains($0.place) }
    }
    guard !path.isEmpty else { return [] }
    let words = LabelMarkup.plain(layer.label)
    var ink: [Ink] = [.path(PathInk(path, stroke: style.stroke, note: words.isEmpty ? nil : words))]
    if visible.count <= 60, visible.count <= noteBudget {
      noteBudget -= visible.count
      ink.append(
        .markers(
          MarkersInk(
            .unseen, size: max(6, 3 * theme.lineWidth), at: visible.map(\.place), paint: style.paint,
            notes: visible.map { note(layer, $0.point.x, $0.point.y) })))
    }
    return ink
  }

  private mutating func markers(
    _ points: [Mark.Point], _ layer: Layer, _ style: LayerStyle, among count: Int
  ) -> [Ink] {
    let size = markerSize(among: count)
    var places: [Position] = []
    var notes: [String] = []
    let room = frame.plot.grown(by: size)
    let isNoted = points.count <= min(200, noteBudget)
    for point in points {
      guard let place = frame.place(point.x, point.y), room.contains(place) else { continue }
      places.append(place)
      if isNoted { notes.append(note(layer, point.x, point.y)) }
      occupancy.mark(Box(x: place.x - size / 2, y: place.y - size / 2, width: size, height: size))
    }
    guard !places.isEmpty else { return [] }
    noteBudget -= notes.count
    let isHollow = layer.role == .reference
    return [
      .markers(
        MarkersInk(
          style.marker, size: size, at: places,
          paint: isHollow ? .background : style.paint.faded(to: count > 150 ? 0.6 : 1),
          rim: isHollow ? Stroke(style.paint, width: theme.axisWidth * 1.3) : nil, notes: notes))
    ]
  }

  /// How many colours the discs of a cloud have at most: one piece of ink for each.
  private static let shadeCount = 64

  /// Opaque discs, from the low colours to the high ones: seen through, they would show colours that the bar has not.
  private mutating func discs(
    _ cloud: Mark.Cloud, _ layer: Layer, _ colours: LevelColours, among count: Int
  ) -> [Ink] {
    let size = markerSize(among: count)
    let room = frame.plot.grown(by: size)
    let isNoted = cloud.points.count <= min(200, noteBudget)
    var shades: [Int: (places: [Position], notes: [String])] = [:]
    for (point, value) in zip(cloud.points, cloud.values) {
      guard let share = colours.scale.share(of: value), let place = frame.place(point.x, point.y), room.contains(place)
      else { continue }
      let shade = Int((min(1, max(0, share)) * Double(Self.shadeCount - 1)).rounded())
      shades[shade, default: ([], [])].places.append(place)
      if isNoted {
        noteBudget -= 1
        shades[shade]?.notes.append(note(layer, point.x, point.y) + ": " + NumberText.compact(value))
      }
      occupancy.mark(Box(x: place.x - size / 2, y: place.y - size / 2, width: size, height: size))
    }
    return shades.sorted { $0.key < $1.key }.map { shade, marks in
      let paint = colours.paint(atShare: Double(shade) / Double(Self.shadeCount - 1))
      return .markers(MarkersInk(.disc, size: size, at: marks.places, paint: paint, notes: marks.notes))
    }
  }

  /// Many markers are smaller, but not below this share.
  static let leastShrink = 0.45

  private func markerSize(among count: Int) -> Double {
    theme.markerSize * (count > 150 ? max(Self.leastShrink, (150 / Double(count)).squareRoot()) : 1)
  }

  private mutating func markCloud(_ points: [Mark.Point]) {
    for point in points {
      guard let place = frame.place(point.x, point.y), frame.plot.contains(place) else { continue }
      occupancy.mark(Box(x: place.x - 0.5, y: place.y - 0.5, width: 1, height: 1))
    }
  }

  private mutating func bars(_ intervals: [Mark.Interval], _ layer: Layer, _ style: LayerStyle) -> [Ink] {
    var path = Path()
    let half = min(theme.markerSize * 0.5, 0.3 * frame.plot.width / Double(max(1, intervals.count)))
    for interval in intervals {
      guard let x = frame.horizontal(interval.x), frame.plot.grown(by: 1).contains(Position(x, frame.plot.y)),
        let foot = frame.verticalEnd(interval.lower), let head = frame.verticalEnd(interval.upper)
      else { continue }
      let (low, high) = (heldVertically(foot), heldVertically(head))
      path.pieces += [.move(Position(x, low)), .line(Position(x, high))]
      for end in [low, high] { path.pieces += [.move(Position(x - half, end)), .line(Position(x + half, end))] }
      occupancy.mark(Box(x: x - half, y: min(low, high), width: 2 * half, height: abs(high - low)))
    }
    guard !path.isEmpty else { return [] }
    let words = LabelMarkup.plain(layer.label)
    let paint = layer.role == .uncertainty ? style.paint : style.paint.faded(to: 0.9)
    return [
      .path(
        PathInk(
          path, stroke: Stroke(paint, width: style.width * 0.85, cap: .butt), note: words.isEmpty ? nil : words))
    ]
  }

  private mutating func ruleInk(_ rules: Mark.Rules, _ layer: Layer, _ style: LayerStyle) -> [Ink] {
    var path = Path()
    let plot = frame.plot
    for position in rules.positions {
      switch rules.direction {
      case .horizontal:
        guard let y = frame.vertical(position), y >= plot.y - 0.01, y <= plot.maxY + 0.01 else { continue }
        path.pieces += [.move(Position(plot.x, y)), .line(Position(plot.maxX, y))]
        occupancy.mark(Box(x: plot.x, y: y - 1, width: plot.width, height: 2))
      case .vertical:
        guard let x = frame.horizontal(position), x >= plot.x - 0.01, x <= plot.maxX + 0.01 else { continue }
        path.pieces += [.move(Position(x, plot.y)), .line(Position(x, plot.maxY))]
        occupancy.mark(Box(x: x - 1, y: plot.y, width: 2, height: plot.height))
      }
    }
    guard !path.isEmpty else { return [] }
    var stroke = style.stroke
    stroke.cap = .butt
    if layer.level == nil, layer.role == .series || layer.role == .reference {
      // Quieter than the curves that stand for theory.
      stroke.paint = .muted
      stroke.width = theme.axisWidth * 1.1
      stroke.dash = layer.role == .reference ? [4, 2.5].map { $0 * stroke.width } : []
    }
    let words = LabelMarkup.plain(layer.label)
    return [.path(PathInk(path, stroke: stroke, note: words.isEmpty ? nil : words))]
  }

  // MARK: Small things

  /// Stretches of data whose places exist.
  func runs<Datum>(_ data: [Datum], place: (Datum) -> Position?) -> [[(place: Position, point: Datum)]] {
    var runs: [[(place: Position, point: Datum)]] = []
    var run: [(place: Position, point: Datum)] = []
    for datum in data {
      if let place = place(datum) {
        run.append((place, datum))
      } else if !run.isEmpty {
        runs.append(run)
        run = []
      }
    }
    if !run.isEmpty { runs.append(run) }
    return runs
  }

  /// Long lines that run from left to right keep the lowest and the highest place of every sliver: no eye can tell.
  func thinned(_ places: [Position]) -> [Position] {
    guard places.count > 3_000, zip(places, places.dropFirst()).allSatisfy({ $0.x <= $1.x }) else { return places }
    var kept: [Position] = []
    var start = 0
    while start < places.count {
      var end = start
      var (low, high) = (start, start)
      while end < places.count, places[end].x - places[start].x < 0.25 {
        if places[end].y < places[low].y { low = end }
        if places[end].y > places[high].y { high = end }
        end += 1
      }
      for index in Set([start, low, high, end - 1]).sorted() { kept.append(places[index]) }
      start = end
    }
    return kept
  }

  func heldVertically(_ y: Double) -> Double { min(frame.plot.maxY + 12, max(frame.plot.y - 12, y)) }

  /// `label: Index 12, Width 0.5131`.
  func note(_ layer: Layer, _ x: Double, _ y: Double) -> String {
    let label = LabelMarkup.plain(layer.label)
    return (label.isEmpty ? "" : label + ": ") + reading(frame.panel.x, x) + ", " + reading(frame.panel.y, y)
  }

  /// `Index 12`, with the category's name where there is one.
  func reading(_ axis: Axis, _ value: Double) -> String {
    let label = LabelMarkup.plain(axis.label)
    var text = NumberText.compact(value)
    if let names = axis.categories, value == value.rounded(), value >= 0, value < Double(names.count) {
      text = LabelMarkup.plain(names[Int(value)])
    }
    if !axis.unit.isEmpty { text += " " + LabelMarkup.plain(axis.unit) }
    return label.isEmpty ? text : label + " " + text
  }
}
