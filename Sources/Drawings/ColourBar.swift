import Exhibits

/// The bar that says which colour stands for which level, to the right of what it explains.
struct ColourBar {
  let colours: LevelColours
  let title: RichText
  let theme: Theme
  let setter: Typesetter

  init(_ colours: LevelColours, theme: Theme, setter: Typesetter) {
    self.colours = colours
    self.theme = theme
    self.setter = setter
    title = PanelFrame.title(of: colours.axis)
  }

  var barWidth: Double { theme.baseSize * 0.8 }
  /// The gap between the panel and the bar.
  var gap: Double { theme.baseSize * 0.9 }

  func ticks(height: Double) -> Ticks {
    TickFinder(
      scale: colours.scale, length: height, direction: .vertical,
      measure: { setter.extent($0, size: theme.tickSize) }, textSize: theme.tickSize
    ).ticks()
  }

  /// The lines of the title, set upright.
  private func titleLines(height: Double) -> [RichText] {
    setter.wrapped(title, size: theme.baseSize, room: height, lineCount: 2)
  }

  /// The room it takes to the right of the panel, the gap included.
  func width(height: Double) -> Double {
    let labels = ticks(height: height).labelled.map { setter.extent($0.label, size: theme.tickSize).width }.max() ?? 0
    let lines = Double(titleLines(height: height).count)
    let line = setter.lineHeight(theme.baseSize).height
    return gap + barWidth + theme.tickLength + theme.tickGap + labels + (lines > 0 ? theme.labelGap + lines * line : 0)
  }

  /// The bar's ink, from `left` (before the gap) over the height of the box.
  func ink(left: Double, top: Double, height: Double) -> [Ink] {
    let bar = Box(x: left + gap, y: top, width: barWidth, height: height)
    var ink: [Ink] = []
    let count = 64
    for step in 0..<count {
      let share = (Double(step) + 0.5) / Double(count)
      // Each slice reaches under the next, so that no seam shows.
      let top = max(bar.y, bar.maxY - Double(step + 1) / Double(count) * height - 1)
      let bottom = bar.maxY - Double(step) / Double(count) * height
      let slice = Box(x: bar.x, y: top, width: bar.width, height: bottom - top)
      let paint = colours.paint(atShare: colours.scale.isReversed ? 1 - share : share)
      ink.append(.path(PathInk(Path(slice), fill: paint)))
    }
    let frame = Stroke(.foreground, width: theme.axisWidth * 0.8, join: .miter)
    ink.append(.path(PathInk(Path(bar), stroke: frame)))
    let ticks = ticks(height: height)
    let axis = AxisInk(theme: theme, setter: setter)
    var labels = 0.0
    var marks = Path()
    for tick in ticks.labelled {
      guard let share = colours.scale.share(of: tick.value) else { continue }
      let y = bar.maxY - share * height
      marks.pieces += [.move(Position(bar.maxX, y)), .line(Position(bar.maxX + theme.tickLength, y))]
      ink.append(
        .text(
          TextInk(
            tick.label, at: Position(bar.maxX + theme.tickLength + theme.tickGap, axis.baseline(y)),
            size: theme.tickSize, paint: .foreground)))
      labels = max(labels, setter.extent(tick.label, size: theme.tickSize).width)
    }
    if !marks.isEmpty { ink.append(.path(PathInk(marks, stroke: Stroke(.foreground, width: theme.axisWidth)))) }
    let line = setter.lineHeight(theme.baseSize)
    var x = bar.maxX + theme.tickLength + theme.tickGap + labels + theme.labelGap + line.ascent
    for words in titleLines(height: height) {
      ink.append(
        .text(
          TextInk(
            words, at: Position(x, bar.centre.y), size: theme.baseSize, anchor: .middle, angle: -90,
            note: words.plain.hasSuffix("…") ? title.plain : nil)))
      x += line.height
    }
    return ink
  }
}

extension Theme {
  var tickLength: Double { 0.36 * tickSize }
  var tickGap: Double { 0.32 * tickSize }
  var labelGap: Double { 0.4 * tickSize }
}
