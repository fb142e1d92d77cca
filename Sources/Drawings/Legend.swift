import Exhibits

/// One line of a legend: a sample of the ink and its name.
struct LegendEntry {
  /// The sample's ink.
  enum Sample {
    case line(Stroke)
    case area(Paint, Stroke?)
    case marker(MarkersInk.Shape, Paint, Stroke?)
    case hollow(MarkersInk.Shape, Stroke)
  }

  var label: RichText
  var sample: Sample
  /// The colour of a direct label.
  var paint: Paint
  /// The index of the layer it stands for.
  var layer: Int
}

/// A legend as a block of ink, set with its upper left corner at the origin.
struct LegendBlock {
  var width = 0.0
  var height = 0.0
  /// Where each entry's sample begins, at the top of its line.
  var places: [Position] = []

  /// Entries under one another, or in two columns when there are many.
  static func stacked(_ entries: [LegendEntry], metrics: LegendMetrics, columnCount: Int = 1) -> LegendBlock {
    var block = LegendBlock()
    let perColumn = (entries.count + columnCount - 1) / max(1, columnCount)
    var left = 0.0
    for column in 0..<columnCount {
      let members = entries.dropFirst(column * perColumn).prefix(perColumn)
      guard !members.isEmpty else { break }
      if column > 0 { left += metrics.gap * 2.5 }
      for (row, _) in members.enumerated() { block.places.append(Position(left, Double(row) * metrics.pitch)) }
      left += members.map { metrics.width(of: $0) }.max() ?? 0
    }
    block.width = left
    block.height = Double(min(perColumn, entries.count)) * metrics.pitch
    return block
  }

  /// Entries side by side, in as many lines as the room needs.
  static func flowing(_ entries: [LegendEntry], metrics: LegendMetrics, room: Double) -> LegendBlock {
    var block = LegendBlock()
    var (left, top) = (0.0, 0.0)
    for entry in entries {
      let width = metrics.width(of: entry)
      if left > 0, left + width > room {
        left = 0
        top += metrics.pitch
      }
      block.places.append(Position(left, top))
      block.width = max(block.width, left + width)
      left += width + metrics.gap * 3
    }
    block.height = entries.isEmpty ? 0 : top + metrics.pitch
    return block
  }
}

/// The measures of legends in a theme.
struct LegendMetrics {
  let theme: Theme
  let setter: Typesetter
  /// The widest that an entry's words may be.
  var room: Double = .infinity

  var size: Double { theme.tickSize }
  var sampleWidth: Double { 1.9 * size }
  var gap: Double { 0.5 * size }
  var pitch: Double { 1.32 * size }

  func words(_ entry: LegendEntry) -> RichText {
    setter.shortened(entry.label, size: size, room: max(3 * size, room - sampleWidth - gap))
  }

  func width(of entry: LegendEntry) -> Double {
    sampleWidth + gap + setter.extent(words(entry), size: size).width
  }

  /// A block's ink at a place.
  func ink(_ entries: [LegendEntry], _ block: LegendBlock, at corner: Position) -> [Ink] {
    var ink: [Ink] = []
    for (entry, place) in zip(entries, block.places) {
      let (left, top) = (corner.x + place.x, corner.y + place.y)
      let middle = top + pitch / 2
      switch entry.sample {
      case .line(let stroke):
        var stroke = stroke
        stroke.cap = .butt
        let path = Path(from: Position(left, middle), to: Position(left + sampleWidth, middle))
        ink.append(.path(PathInk(path, stroke: stroke)))
      case .area(let fill, let stroke):
        let box = Box(x: left, y: middle - 0.34 * size, width: sampleWidth, height: 0.68 * size)
        ink.append(.path(PathInk(Path(box), stroke: stroke, fill: fill)))
      case .marker(let shape, let paint, let stroke):
        if let stroke {
          let path = Path(from: Position(left, middle), to: Position(left + sampleWidth, middle))
          ink.append(.path(PathInk(path, stroke: stroke)))
        }
        ink.append(
          .markers(
            MarkersInk(
              shape, size: theme.markerSize, at: [Position(left + sampleWidth / 2, middle)], paint: paint)))
      case .hollow(let shape, let rim):
        let place = Position(left + sampleWidth / 2, middle)
        ink.append(
          .markers(MarkersInk(shape, size: theme.markerSize, at: [place], paint: .background, rim: rim)))
      }
      let words = words(entry)
      ink.append(
        .text(
          TextInk(
            words, at: Position(left + sampleWidth + gap, middle + 0.36 * size), size: size,
            note: words == entry.label ? nil : entry.label.plain)))
    }
    return ink
  }
}

extension LayerStyler {
  /// The entries of a panel: one for every label, in order of first appearance.
  func entries(of panel: Panel, names: [String], stretchesThatFit: Set<String>) -> [LegendEntry] {
    var entries: [LegendEntry] = []
    var indices: [String: Int] = [:]
    let isGraded = panel.layers.map(\.level).contains { $0 != nil }
    for (index, layer) in panel.layers.enumerated() {
      if case .stretches(let stretches) = layer.mark {
        for stretch in stretches where !stretchesThatFit.contains(stretch.name) && indices[stretch.name] == nil {
          indices[stretch.name] = entries.count
          let paint = stretchPaint(stretch.name, names: names)
          let label = LabelMarkup.parse(stretch.name)
          entries.append(LegendEntry(label: label, sample: .area(paint, nil), paint: paint, layer: index))
        }
        continue
      }
      guard !layer.label.isEmpty, !isSelfLabelled(layer.mark) else { continue }
      let style = style(of: layer)
      if let known = indices[layer.label] {
        // Several colours under one name: the name stands for the dash or the shape, so the sample is neutral.
        if entries[known].paint != style.paint, layer.level != nil { entries[known].neutralise() }
        entries[known].join(sample(of: layer, style: style))
        continue
      }
      // The colour bar names graded series already.
      let isUnique = panel.layers.count { $0.label == layer.label } == 1
      if isGraded, layer.level != nil, layer.role == .series || layer.role == .uncertainty, isUnique { continue }
      indices[layer.label] = entries.count
      entries.append(
        LegendEntry(
          label: LabelMarkup.parse(layer.label), sample: sample(of: layer, style: style), paint: style.paint,
          layer: index))
    }
    return entries
  }

  /// Whether a mark carries its own words.
  private func isSelfLabelled(_ mark: Mark) -> Bool {
    switch mark {
    case .annotation, .stretches, .rules, .tiles: true
    default: false
    }
  }

  private func sample(of layer: Layer, style: LayerStyle) -> LegendEntry.Sample {
    switch layer.mark {
    case .band: .area(style.paint.faded(to: style.fill), nil)
    case .histogram where layer.role == .reference: .line(style.stroke)
    case .histogram: .area(style.paint.faded(to: style.fill), Stroke(style.paint, width: style.width * 0.7))
    case .points where layer.role == .reference:
      .hollow(style.marker, Stroke(style.paint, width: theme.axisWidth * 1.3))
    case .points(let points) where points.count > PointCloud.most: .marker(.disc, style.paint, nil)
    case .points: .marker(style.marker, style.paint, nil)
    case .cloud: .marker(.disc, .muted, nil)
    case .intervals: .marker(.unseen, style.paint, style.stroke)
    default: .line(style.stroke)
    }
  }

  /// The pale fill of a named stretch: equal names get equal colours.
  func stretchPaint(_ name: String, names: [String]) -> Paint {
    SeriesColours.paint(names.firstIndex(of: name) ?? 0, of: names.count).faded(to: 0.42)
  }
}

extension LegendEntry {
  /// Takes the colour out of the sample.
  mutating func neutralise() {
    paint = .foreground
    switch sample {
    case .line(var stroke):
      stroke.paint = .foreground
      sample = .line(stroke)
    case .area(_, _): sample = .area(Paint.foreground.faded(to: 0.2), nil)
    case .marker(let shape, _, let stroke): sample = .marker(shape, .foreground, stroke)
    case .hollow: break
    }
  }

  /// A line and points of one name make one sample.
  mutating func join(_ other: Sample) {
    switch (sample, other) {
    case (.line(let stroke), .marker(let shape, let paint, _)): sample = .marker(shape, paint, stroke)
    case (.marker(let shape, let paint, nil), .line(let stroke)): sample = .marker(shape, paint, stroke)
    case (.area(let fill, nil), .line(let stroke)): sample = .area(fill, stroke)
    default: break
    }
  }
}
