import Exhibits

extension LayerInk {
  mutating func band(_ intervals: [Mark.Interval], _ layer: Layer, _ style: LayerStyle) -> [Ink] {
    var path = Path()
    for run in runs(intervals, place: { ends(of: $0)?.top }) {
      let edges = run.compactMap { ends(of: $0.point) }
      if edges.count == 1 {
        // A band over a single place is a bar.
        path.pieces +=
          Path(
            Box(
              x: edges[0].top.x - 1, y: min(edges[0].top.y, edges[0].bottom.y), width: 2,
              height: abs(edges[0].bottom.y - edges[0].top.y))
          ).pieces
        continue
      }
      path.pieces += Path(through: edges.map(\.top) + edges.map(\.bottom).reversed(), isClosed: true).pieces
      for (left, right) in zip(edges, edges.dropFirst()) {
        let steps = max(1, Int(min(200, abs(right.top.x - left.top.x) / 2)))
        for step in 0..<steps {
          let share = (Double(step) + 0.5) / Double(steps)
          let top = left.top.y + share * (right.top.y - left.top.y)
          let bottom = left.bottom.y + share * (right.bottom.y - left.bottom.y)
          let x = left.top.x + share * (right.top.x - left.top.x)
          occupancy.mark(Box(x: x - 1, y: min(top, bottom), width: 2, height: abs(bottom - top)))
        }
      }
    }
    guard !path.isEmpty else { return [] }
    let words = LabelMarkup.plain(layer.label)
    return [.path(PathInk(path, fill: style.paint.faded(to: style.fill), note: words.isEmpty ? nil : words))]
  }

  /// The ends of an interval, held near the plotting area.
  private func ends(of interval: Mark.Interval) -> (top: Position, bottom: Position)? {
    guard let x = frame.horizontal(interval.x), let low = frame.verticalEnd(interval.lower),
      let high = frame.verticalEnd(interval.upper)
    else { return nil }
    return (Position(x, heldVertically(high)), Position(x, heldVertically(low)))
  }

  mutating func steps(_ histogram: Mark.Histogram, _ layer: Layer, _ style: LayerStyle) -> [Ink] {
    guard let ground = frame.verticalEnd(0).map(heldVertically) else { return [] }
    struct Bar {
      var left: Double
      var right: Double
      var top: Double
    }
    var runs: [[Bar]] = [[]]
    for index in histogram.heights.indices {
      let height = histogram.heights[index]
      guard height.isFinite, let left = frame.horizontal(histogram.edges[index]),
        let right = frame.horizontal(histogram.edges[index + 1]), let top = frame.verticalEnd(height)
      else {
        runs.append([])
        continue
      }
      let bar = Bar(left: left, right: right, top: heldVertically(top))
      runs[runs.count - 1].append(bar)
      occupancy.mark(
        Box(x: min(left, right), y: min(bar.top, ground), width: abs(right - left), height: abs(ground - bar.top)))
    }
    var area = Path()
    var outline = Path()
    for run in runs where !run.isEmpty {
      var places: [Position] = [Position(run[0].left, ground)]
      for bar in run {
        if places.last?.y != bar.top { places.append(Position(bar.left, bar.top)) }
        places.append(Position(bar.right, bar.top))
      }
      places.append(Position(run[run.count - 1].right, ground))
      // Equal neighbours make one step, not two.
      var merged: [Position] = []
      for place in places {
        if merged.count >= 2, merged[merged.count - 1].y == place.y, merged[merged.count - 2].y == place.y {
          merged.removeLast()
        }
        merged.append(place)
      }
      area.pieces += Path(through: merged, isClosed: true).pieces
      outline.pieces += Path(through: merged).pieces
    }
    guard !outline.isEmpty else { return [] }
    let words = LabelMarkup.plain(layer.label)
    let note = words.isEmpty ? nil : words
    var stroke = style.stroke
    stroke.cap = .butt
    stroke.join = .miter
    if layer.role == .reference { return [.path(PathInk(outline, stroke: stroke, note: note))] }
    stroke.width *= 0.7
    var ink: [Ink] = [
      .path(PathInk(area, fill: style.paint.faded(to: style.fill), note: note)),
      .path(PathInk(outline, stroke: stroke)),
    ]
    if histogram.heights.count <= min(60, noteBudget) {
      for index in histogram.heights.indices where histogram.heights[index].isFinite {
        let middle = histogram.edges[index] / 2 + histogram.edges[index + 1] / 2
        guard let place = frame.place(middle, max(0, histogram.heights[index])), frame.plot.contains(place) else {
          continue
        }
        noteBudget -= 1
        ink.append(
          .markers(
            MarkersInk(
              .unseen, size: 6, at: [place], paint: style.paint, notes: [binNote(layer, histogram, index)])))
      }
    }
    return ink
  }

  private func binNote(_ layer: Layer, _ histogram: Mark.Histogram, _ index: Int) -> String {
    let label = LabelMarkup.plain(layer.label)
    let ends = NumberText.compact(histogram.edges[index]) + "…" + NumberText.compact(histogram.edges[index + 1])
    return (label.isEmpty ? "" : label + ": ") + ends + ", " + reading(frame.panel.y, histogram.heights[index])
  }

  mutating func stretchInk(_ stretches: [Mark.Stretch]) -> [Ink] {
    var ink: [Ink] = []
    for stretch in stretches {
      guard let box = frame.box(of: stretch) else { continue }
      let note =
        "\(LabelMarkup.plain(stretch.name)): \(NumberText.compact(stretch.start))…\(NumberText.compact(stretch.end))"
      ink.append(
        .path(
          PathInk(
            Path(box), stroke: Stroke(.background, width: theme.axisWidth * 1.4, join: .miter),
            fill: styler.stretchPaint(stretch.name, names: names), note: note)))
      occupancy.mark(box)
    }
    return ink
  }

  // MARK: Tiles

  /// More tiles than this become pixels.
  private static let mostTiles = 1_600
  /// The most pixels along one side of a raster.
  private static let mostPixels = 1_024

  mutating func tileInk(_ tiles: Mark.Tiles) -> [Ink] {
    guard let colours = frame.levels, !tiles.values.isEmpty else { return [] }
    occupancy.mark(frame.plot)
    let columns = tiles.xEdges.map { frame.horizontal($0) }
    let rows = tiles.yEdges.map { frame.vertical($0) }
    let columnCount = tiles.xEdges.count - 1
    guard tiles.values.count <= Self.mostTiles else { return pixels(tiles, colours, columns, rows) }
    var ink: [Ink] = []
    let isNoted = tiles.values.count <= min(400, noteBudget)
    for (index, value) in tiles.values.enumerated() {
      let (row, column) = (index / columnCount, index % columnCount)
      guard let colour = colours.colour(at: value), let left = columns[column], let right = columns[column + 1],
        let low = rows[row], let high = rows[row + 1]
      else { continue }
      // Reaching under the tiles that come next closes the seams that viewers draw between neighbours.
      let across = heldSpan(left, right, isLast: column == columnCount - 1, frame.plot.x, frame.plot.maxX)
      let up = heldSpan(low, high, isLast: row == tiles.yEdges.count - 2, frame.plot.y, frame.plot.maxY)
      guard let across, let up else { continue }
      let box = Box(x: across.lower, y: up.lower, width: across.upper - across.lower, height: up.upper - up.lower)
      var note: String?
      if isNoted {
        noteBudget -= 1
        let middle = (
          tiles.xEdges[column] / 2 + tiles.xEdges[column + 1] / 2, tiles.yEdges[row] / 2 + tiles.yEdges[row + 1] / 2
        )
        note =
          "\(reading(frame.panel.x, middle.0)), \(reading(frame.panel.y, middle.1)): \(NumberText.compact(value))"
      }
      ink.append(.path(PathInk(Path(box), fill: Paint(colour), note: note)))
    }
    return ink
  }

  /// The part of a tile's side in sight, longer by a point on the side of the tile that is drawn next.
  private func heldSpan(
    _ start: Double, _ end: Double, isLast: Bool, _ least: Double, _ most: Double
  ) -> (lower: Double, upper: Double)? {
    let reach = isLast ? 0 : min(1, 0.5 * abs(end - start))
    let far = end + (end < start ? -reach : reach)
    let span = (lower: max(least, min(start, far)), upper: min(most, max(start, far)))
    return span.upper > span.lower ? span : nil
  }

  /// Tiles sampled on an even raster over the plotting area.
  private func pixels(
    _ tiles: Mark.Tiles, _ colours: LevelColours, _ columns: [Double?], _ rows: [Double?]
  ) -> [Ink] {
    let plot = frame.plot
    let width = min(Self.mostPixels, evenCount(columns, from: plot.x, to: plot.maxX) ?? Int(plot.width * 4))
    let height = min(Self.mostPixels, evenCount(rows, from: plot.y, to: plot.maxY) ?? Int(plot.height * 4))
    guard width > 0, height > 0 else { return [] }
    let across = (0..<width).map { cell(at: plot.x + (Double($0) + 0.5) / Double(width) * plot.width, columns) }
    let down = (0..<height).map { cell(at: plot.y + (Double($0) + 0.5) / Double(height) * plot.height, rows) }
    let columnCount = tiles.xEdges.count - 1
    var pixels = [UInt8](repeating: 0, count: width * height * 4)
    for (y, row) in down.enumerated() {
      guard let row else { continue }
      for (x, column) in across.enumerated() {
        guard let column, let colour = colours.colour(at: tiles.values[row * columnCount + column]) else { continue }
        let start = (y * width + x) * 4
        (pixels[start], pixels[start + 1], pixels[start + 2], pixels[start + 3]) = (
          colour.red, colour.green, colour.blue, 255
        )
      }
    }
    return [.raster(RasterInk(over: plot, columnCount: width, rowCount: height, pixels: pixels))]
  }

  /// The number of cells when the edges divide the whole side evenly.
  private func evenCount(_ edges: [Double?], from start: Double, to end: Double) -> Int? {
    let places = edges.compactMap { $0 }.sorted()
    guard places.count == edges.count, places.count > 1, let first = places.first, let last = places.last,
      abs(first - start) < 0.01, abs(last - end) < 0.01
    else { return nil }
    let pitch = (last - first) / Double(places.count - 1)
    for (index, place) in places.enumerated() where abs(place - first - Double(index) * pitch) > 0.02 * pitch {
      return nil
    }
    return places.count - 1
  }

  /// The cell between whose edges the place lies.
  private func cell(at place: Double, _ edges: [Double?]) -> Int? {
    guard edges.count > 1, let first = edges.first ?? nil, let last = edges.last ?? nil else {
      return edges.indices.dropLast().first { index in
        guard let a = edges[index], let b = edges[index + 1] else { return false }
        return min(a, b) <= place && place < max(a, b)
      }
    }
    // Edges rise or fall along the side: halve the range.
    let rises = first <= last
    var (low, high) = (0, edges.count - 1)
    guard rises ? place >= first && place <= last : place <= first && place >= last else { return nil }
    while high - low > 1 {
      let middle = (low + high) / 2
      guard let edge = edges[middle] else { return nil }
      if (edge <= place) == rises { low = middle } else { high = middle }
    }
    return low
  }
}

extension PanelFrame {
  /// The share of a row's height that a stretch fills.
  private static let stretchHeight = 0.86

  /// Where a stretch is drawn: the part of it in sight.
  func box(of stretch: Mark.Stretch) -> Box? {
    guard let first = horizontal(stretch.start), let last = horizontal(stretch.end),
      let low = vertical(stretch.row - Self.stretchHeight / 2),
      let high = vertical(stretch.row + Self.stretchHeight / 2)
    else { return nil }
    let left = max(plot.x, min(first, last))
    let right = min(plot.maxX, max(first, last))
    let top = max(plot.y, min(low, high))
    let bottom = min(plot.maxY, max(low, high))
    guard right > left, bottom > top else { return nil }
    return Box(x: left, y: top, width: right - left, height: bottom - top)
  }
}
