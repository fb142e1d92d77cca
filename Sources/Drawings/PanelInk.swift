import Exhibits

/// Draws one settled panel: layers, axes, words.
struct PanelInk {
  let layout: FigureLayout
  let frame: PanelFrame
  private let index: Int
  private let styler: LayerStyler
  private var theme: Theme { layout.theme }
  private var setter: Typesetter { layout.setter }
  private var metrics: LegendMetrics { layout.metrics }

  init(_ layout: FigureLayout, _ index: Int) {
    self.layout = layout
    self.index = index
    frame = layout.frames[index]
    styler = layout.styler(frame)
  }

  /// The panel's ink.
  func ink(noteBudget: inout Int) -> [Ink] {
    var layers = LayerInk(frame, theme: theme, styler: styler, names: layout.names, noteBudget: noteBudget)
    let data = layers.ink()
    noteBudget = layers.noteBudget
    var ink = layout.axis.grid(frame)
    if !data.isEmpty { ink.append(.clipped(frame.plot.grown(by: 0.5 * theme.lineWidth), data)) }
    ink += layout.axis.axes(frame)
    ink += layout.axis.titles(frame)
    ink += heading()
    ink += stretchNames()

    var occupancy = layers.occupancy
    var words = words(&occupancy)
    switch frame.legend {
    case .none: break
    case .direct:
      if let labels = DirectLabels(frame, metrics: metrics, isSettled: true) {
        words += labels.ink(plot: frame.plot, metrics: metrics)
      }
    case .inside:
      if let (corner, block) = place(insideOf: occupancy) {
        words += insideMetrics.ink(frame.entries, block, at: corner)
      }
    case .above:
      var metrics = metrics
      metrics.room = frame.plot.width
      let block = layout.aboveBlock(frame)
      let top = frame.plot.y - block.height - 0.4 * theme.tickSize
      words += metrics.ink(frame.entries, block, at: Position(frame.plot.x, top))
    }
    ink += words
    if frame.hasColourBar, let levels = frame.levels {
      let bar = ColourBar(levels, theme: theme, setter: setter)
      let labels = frame.legend == .direct ? DirectLabels(frame, metrics: metrics, isSettled: true) : nil
      let left = frame.plot.maxX + (labels.map { metrics.gap + $0.width } ?? 0)
      ink += bar.ink(left: left, top: frame.plot.y, height: frame.plot.height)
    }
    return ink
  }

  /// The place of the legend inside of the plotting area, if there is a free one.
  func insideCorner() -> Position? {
    var layers = LayerInk(frame, theme: theme, styler: styler, names: layout.names, noteBudget: 0)
    _ = layers.ink()
    var occupancy = layers.occupancy
    _ = words(&occupancy)
    return place(insideOf: occupancy)?.0
  }

  /// Legends inside leave the data most of the width.
  private var insideMetrics: LegendMetrics {
    var metrics = metrics
    metrics.room = frame.plot.width * 0.6
    return metrics
  }

  private func place(insideOf occupancy: Occupancy) -> (Position, LegendBlock)? {
    let plot = frame.plot
    let inset = 0.6 * theme.tickSize
    let metrics = insideMetrics
    for columnCount in frame.entries.count > 4 ? [1, 2] : [1] {
      let block = LegendBlock.stacked(frame.entries, metrics: metrics, columnCount: columnCount)
      let (right, bottom) = (plot.maxX - inset - block.width, plot.maxY - inset - block.height)
      let (left, top) = (plot.x + inset, plot.y + 0.25 * theme.tickSize)
      let (middle, centre) = (plot.centre.x - block.width / 2, plot.centre.y - block.height / 2)
      let corners = [
        Position(right, top), Position(left, top), Position(right, bottom), Position(left, bottom),
        Position(middle, top), Position(middle, bottom), Position(right, centre), Position(left, centre),
      ]
      for corner in corners {
        let box = Box(x: corner.x, y: corner.y, width: block.width, height: block.height)
        if occupancy.share(of: box.grown(by: 0.2 * theme.tickSize)) == 0 { return (corner, block) }
      }
    }
    return nil
  }

  private func heading() -> [Ink] {
    let lines = layout.headingLines(index)
    let line = setter.lineHeight(theme.baseSize)
    let above = layout.rows[layout.grid.row(index)].top
    var baseline = frame.plot.y - above + line.ascent
    // A single line hugs its panel when a neighbour's heading needs two.
    let taken = frame.legend == .above ? layout.aboveBlock(frame).height + 0.4 * theme.tickSize : 0
    let gap = max(0.45 * theme.baseSize, layout.axis.margins(frame).top)
    baseline = max(baseline, frame.plot.y - taken - gap - Double(lines.count) * line.height + line.ascent)
    return lines.enumerated().map { row, words in
      .text(
        TextInk(
          words, at: Position(frame.plot.x, baseline + Double(row) * line.height), size: theme.baseSize,
          note: words.plain.hasSuffix("…") ? frame.title.plain : nil))
    }
  }

  // MARK: Words inside of the plotting area

  /// A stretch's name where its box has room; `nil` where it has not.
  static func name(of stretch: Mark.Stretch, in frame: PanelFrame, theme: Theme, setter: Typesetter) -> TextInk? {
    guard let box = frame.box(of: stretch) else { return nil }
    let text = LabelMarkup.parse(stretch.name)
    let extent = setter.extent(text, size: theme.tickSize)
    guard extent.width <= box.width - 0.6 * theme.tickSize, extent.height <= box.height else { return nil }
    return TextInk(
      text, at: Position(box.centre.x, box.centre.y + 0.36 * theme.tickSize), size: theme.tickSize, anchor: .middle)
  }

  private func stretchNames() -> [Ink] {
    var placed: [Box] = []
    var ink: [Ink] = []
    for layer in frame.panel.layers {
      guard case .stretches(let stretches) = layer.mark else { continue }
      for stretch in stretches {
        guard let text = Self.name(of: stretch, in: frame, theme: theme, setter: setter) else { continue }
        let box = setter.box(of: text)
        guard !placed.contains(where: { $0.intersects(box) }) else { continue }
        placed.append(box)
        ink.append(.text(text))
      }
    }
    return ink
  }

  /// Annotations and the names of rules, each in the freest place near what it speaks of.
  private func words(_ occupancy: inout Occupancy) -> [Ink] {
    var ink: [Ink] = []
    var placed: [Box] = stretchNames().compactMap { if case .text(let text) = $0 { setter.box(of: text) } else { nil } }
    for layer in frame.panel.layers {
      let paint: Paint
      var candidates: [TextInk]
      switch layer.mark {
      case .annotation(let annotation):
        guard let place = frame.place(annotation.at.x, annotation.at.y), frame.plot.contains(place) else { continue }
        paint = layer.role == .highlight ? styler.style(of: layer).paint : .foreground
        candidates = around(place, LabelMarkup.parse(annotation.text), paint)
      case .rules(let rules):
        guard !layer.label.isEmpty else { continue }
        paint = layer.role == .reference && layer.level == nil ? .muted : styler.style(of: layer).paint
        candidates = along(rules, LabelMarkup.parse(layer.label), paint.strengthened(by: 0.3))
      default: continue
      }
      var best: (cost: Double, text: TextInk, box: Box)?
      for (rank, text) in candidates.enumerated() {
        let box = setter.box(of: text)
        guard frame.plot.contains(box), !placed.contains(where: { $0.intersects(box) }) else { continue }
        let cost = occupancy.share(of: box.grown(by: 0.5)) + 0.002 * Double(rank)
        if cost < best?.cost ?? .infinity { best = (cost, text, box) }
      }
      guard let best else { continue }
      placed.append(best.box)
      occupancy.mark(best.box)
      if best.cost > 0.15 {
        // Where ink lies under the words, a veil keeps them readable.
        ink.append(.path(PathInk(Path(best.box.grown(by: 0.5)), fill: Paint.background.faded(to: 0.78))))
      }
      ink.append(.text(best.text))
    }
    return ink
  }

  /// Places around a point: beside it first, then farther away.
  private func around(_ place: Position, _ text: RichText, _ paint: Paint) -> [TextInk] {
    let size = theme.tickSize
    let room = frame.plot.width * 0.9
    let text = setter.shortened(text, size: size, room: room)
    guard !text.isEmpty else { return [] }
    var found: [TextInk] = []
    for distance in [0.55, 1.2, 2.2, 3.5, 5.5, 8] {
      let reach = distance * size
      for (dx, dy, anchor) in [
        (1.0, -0.45, TextInk.Anchor.start), (-1, -0.45, .end), (1, 0.9, .start), (-1, 0.9, .end), (0, -1.0, .middle),
        (0, 1.6, .middle), (1, 0.3, .start), (-1, 0.3, .end),
      ] {
        let at = Position(place.x + dx * reach, place.y + dy * reach + (dy > 0.5 ? 0.4 * size : 0))
        found.append(TextInk(text, at: at, size: size, anchor: anchor, paint: paint))
      }
    }
    return found
  }

  /// Places beside straight lines.
  private func along(_ rules: Mark.Rules, _ text: RichText, _ paint: Paint) -> [TextInk] {
    let size = theme.tickSize
    let plot = frame.plot
    let text = setter.shortened(text, size: size, room: plot.width * 0.6)
    guard !text.isEmpty else { return [] }
    let gap = 0.45 * size
    let extent = setter.extent(text, size: size)
    var found: [TextInk] = []
    for position in rules.positions.prefix(50) {
      switch rules.direction {
      case .horizontal:
        guard let y = frame.vertical(position) else { continue }
        for share in [1.0, 0, 0.5, 0.75, 0.25] {
          let x = plot.x + gap + share * (plot.width - 2 * gap - extent.width)
          found.append(TextInk(text, at: Position(x, y - extent.descent - 1), size: size, paint: paint))
          found.append(TextInk(text, at: Position(x, y + extent.ascent + 1), size: size, paint: paint))
        }
      case .vertical:
        guard let x = frame.horizontal(position) else { continue }
        for share in [0.0, 1, 0.5, 0.25, 0.75] {
          let y = plot.y + 1 + extent.ascent + share * (plot.height - 2 - extent.height)
          found.append(TextInk(text, at: Position(x + gap, y), size: size, paint: paint))
          found.append(TextInk(text, at: Position(x - gap, y), size: size, anchor: .end, paint: paint))
        }
      }
    }
    return found
  }
}
