import Exhibits

/// Draws the axes, ticks and titles of a panel whose place is settled.
struct AxisInk {
  let theme: Theme
  let setter: Typesetter

  /// The baseline that centres digits at a height.
  func baseline(_ middle: Double) -> Double { middle + 0.36 * theme.tickSize }

  /// Pale lines at the ticks, under the data.
  func grid(_ frame: PanelFrame) -> [Ink] {
    guard theme.hasGrid, !frame.data.hasTiles, !frame.data.isOnlyStretches else { return [] }
    var path = Path()
    let plot = frame.plot
    if frame.panel.x.categories == nil {
      for tick in frame.xTicks.ticks.labelled {
        guard let x = frame.horizontal(tick.value) else { continue }
        path.pieces += [.move(Position(x, plot.y)), .line(Position(x, plot.maxY))]
      }
    }
    for tick in frame.yTicks.ticks.labelled where frame.panel.y.categories == nil {
      guard let y = frame.vertical(tick.value) else { continue }
      path.pieces += [.move(Position(plot.x, y)), .line(Position(plot.maxX, y))]
    }
    return path.isEmpty ? [] : [.path(PathInk(path, stroke: Stroke(.grid, width: theme.axisWidth)))]
  }

  /// The axis lines with ticks and tick labels.
  func axes(_ frame: PanelFrame) -> [Ink] {
    var path = Path()
    var minor = Path()
    var ink: [Ink] = []
    let plot = frame.plot
    let length = theme.tickLength
    let hasLines = !frame.data.hasImages
    if hasLines { path.pieces += [.move(Position(plot.x, plot.maxY)), .line(Position(plot.maxX, plot.maxY))] }
    if hasLines, !frame.hidesY { path.pieces += [.move(Position(plot.x, plot.maxY)), .line(Position(plot.x, plot.y))] }
    let hasXMarks = frame.panel.x.categories == nil || !frame.data.hasTiles
    for tick in frame.xTicks.ticks.labelled where hasXMarks {
      guard let x = frame.horizontal(tick.value) else { continue }
      path.pieces += [.move(Position(x, plot.maxY)), .line(Position(x, plot.maxY + length))]
    }
    for value in frame.xTicks.ticks.minor {
      guard let x = frame.horizontal(value) else { continue }
      minor.pieces += [.move(Position(x, plot.maxY)), .line(Position(x, plot.maxY + 0.6 * length))]
    }
    let hasYMarks = !frame.hidesY && (frame.panel.y.categories == nil || !frame.data.hasTiles)
    for tick in frame.yTicks.ticks.labelled where hasYMarks {
      guard let y = frame.vertical(tick.value) else { continue }
      path.pieces += [.move(Position(plot.x, y)), .line(Position(plot.x - length, y))]
    }
    for value in frame.yTicks.ticks.minor where hasYMarks {
      guard let y = frame.vertical(value) else { continue }
      minor.pieces += [.move(Position(plot.x, y)), .line(Position(plot.x - 0.6 * length, y))]
    }
    if !path.isEmpty {
      ink.append(.path(PathInk(path, stroke: Stroke(.foreground, width: theme.axisWidth, cap: .square, join: .miter))))
    }
    if !minor.isEmpty { ink.append(.path(PathInk(minor, stroke: Stroke(.foreground, width: theme.axisWidth * 0.7)))) }
    if frame.showsXLabels { ink += xLabels(frame) }
    if frame.showsYLabels {
      for tick in frame.yTicks.ticks.labelled {
        guard let y = frame.vertical(tick.value) else { continue }
        ink.append(
          .text(
            TextInk(
              tick.label, at: Position(plot.x - length - theme.tickGap, baseline(y)), size: theme.tickSize, anchor: .end
            )))
      }
    }
    return ink
  }

  private func xLabels(_ frame: PanelFrame) -> [Ink] {
    let top = frame.plot.maxY + theme.tickLength + theme.tickGap
    let rise = frame.xTicks.ticks.labelled.map { setter.extent($0.label, size: theme.tickSize).ascent }.max() ?? 0
    let line = setter.lineHeight(theme.tickSize)
    return frame.xTicks.ticks.labelled.compactMap { tick in
      guard let x = frame.horizontal(tick.value) else { return nil }
      if frame.xTicks.isTurned {
        let width = setter.extent(tick.label, size: theme.tickSize).width
        let baseline = x - line.height / 2 + line.ascent
        return .text(
          TextInk(tick.label, at: Position(baseline, top + width), size: theme.tickSize, anchor: .start, angle: -90))
      }
      return .text(TextInk(tick.label, at: Position(x, top + rise), size: theme.tickSize, anchor: .middle))
    }
  }

  /// The height of the horizontal axis's tick labels.
  func xLabelHeight(_ frame: PanelFrame) -> Double {
    let extents = frame.xTicks.ticks.labelled.map { setter.extent($0.label, size: theme.tickSize) }
    if frame.xTicks.isTurned { return extents.map(\.width).max() ?? 0 }
    return (extents.map(\.ascent).max() ?? 0) + (extents.map(\.descent).max() ?? 0)
  }

  /// The width of the vertical axis's tick labels.
  func yLabelWidth(_ frame: PanelFrame) -> Double {
    frame.yTicks.ticks.labelled.map { setter.extent($0.label, size: theme.tickSize).width }.max() ?? 0
  }

  /// The lines of the horizontal axis's title.
  func xTitleLines(_ frame: PanelFrame) -> [RichText] {
    guard frame.showsXTitle else { return [] }
    return setter.wrapped(frame.xTitle, size: theme.baseSize, room: frame.plot.width, lineCount: 2)
  }

  /// The lines of the vertical axis's title.
  func yTitleLines(_ frame: PanelFrame) -> [RichText] {
    guard frame.showsYTitle, !frame.hidesY else { return [] }
    return setter.wrapped(
      frame.yTitle, size: theme.baseSize, room: frame.plot.height + 0.6 * theme.baseSize, lineCount: 2)
  }

  /// The lines of the panel's heading: its letter and title.
  func headingLines(_ frame: PanelFrame, room: Double) -> [RichText] {
    let heading =
      frame.letter.isEmpty ? frame.title : frame.title.isEmpty ? frame.letter : frame.letter + "\u{2002}" + frame.title
    return setter.wrapped(heading, size: theme.baseSize, room: room, lineCount: 2)
  }

  /// The titles of both axes, outside of the tick labels.
  func titles(_ frame: PanelFrame) -> [Ink] {
    var ink: [Ink] = []
    let plot = frame.plot
    let line = setter.lineHeight(theme.baseSize)
    let xLines = xTitleLines(frame)
    let height = frame.showsXLabels ? xLabelHeight(frame) : 0
    var top = plot.maxY + theme.tickLength + (height > 0 ? theme.tickGap + height : 0) + theme.labelGap
    for words in xLines {
      ink.append(
        .text(
          TextInk(
            words, at: Position(plot.centre.x, top + line.ascent), size: theme.baseSize, anchor: .middle,
            note: note(words, of: frame.xTitle, in: xLines))))
      top += line.height
    }
    let yLines = yTitleLines(frame)
    let labels = frame.showsYLabels ? yLabelWidth(frame) : 0
    var x =
      plot.x - theme.tickLength - (labels > 0 ? theme.tickGap + labels : 0) - theme.labelGap
      - line.descent - Double(max(0, yLines.count - 1)) * line.height
    for words in yLines {
      ink.append(
        .text(
          TextInk(
            words, at: Position(x, plot.centre.y), size: theme.baseSize, anchor: .middle, angle: -90,
            note: note(words, of: frame.yTitle, in: yLines))))
      x += line.height
    }
    return ink
  }

  /// The whole text, where its last line was shortened.
  private func note(_ words: RichText, of whole: RichText, in lines: [RichText]) -> String? {
    words == lines.last && words.plain.hasSuffix("…") && !whole.plain.hasSuffix("…") ? whole.plain : nil
  }
}

/// The room that a panel's words take around its plotting area.
struct PanelMargins {
  var left = 0.0
  var right = 0.0
  var top = 0.0
  var bottom = 0.0

  func fits(in other: PanelMargins) -> Bool {
    left <= other.left + 1e-6 && right <= other.right + 1e-6 && top <= other.top + 1e-6
      && bottom <= other.bottom + 1e-6
  }

  func grown(to other: PanelMargins) -> PanelMargins {
    PanelMargins(
      left: max(left, other.left), right: max(right, other.right), top: max(top, other.top),
      bottom: max(bottom, other.bottom))
  }
}

extension AxisInk {
  /// The room around the plotting area at its present size. Legends above it are not counted.
  func margins(_ frame: PanelFrame) -> PanelMargins {
    var margins = PanelMargins()
    let line = setter.lineHeight(theme.baseSize)
    let half = setter.lineHeight(theme.tickSize).height / 2
    let edge = theme.axisWidth

    let titleLines = yTitleLines(frame)
    let yLines = Double(titleLines.count)
    let labels = frame.showsYLabels ? yLabelWidth(frame) : 0
    margins.left =
      (frame.hidesY && labels == 0 ? edge : theme.tickLength) + (labels > 0 ? theme.tickGap + labels : 0)
      + (yLines > 0 ? theme.labelGap + yLines * line.height : 0)

    let xLines = Double(xTitleLines(frame).count)
    let height = frame.showsXLabels ? xLabelHeight(frame) : 0
    margins.bottom =
      theme.tickLength + (height > 0 ? theme.tickGap + height : 0)
      + (xLines > 0 ? theme.labelGap + xLines * line.height : 0)

    margins.top = edge
    margins.right = edge
    if let longest = titleLines.map({ setter.extent($0, size: theme.baseSize).width }).max() {
      margins.top = max(margins.top, (longest - frame.plot.height) / 2)
      margins.bottom = max(margins.bottom, (longest - frame.plot.height) / 2)
    }
    if frame.hasColourBar {
      margins.top = max(margins.top, half)
      margins.bottom = max(margins.bottom, half)
    }
    if frame.showsXLabels {
      for tick in frame.xTicks.ticks.labelled {
        guard let x = frame.horizontal(tick.value) else { continue }
        let reach = frame.xTicks.isTurned ? half : setter.extent(tick.label, size: theme.tickSize).width / 2
        margins.left = max(margins.left, frame.plot.x - (x - reach))
        margins.right = max(margins.right, x + reach - frame.plot.maxX)
      }
    }
    if frame.showsYLabels {
      for tick in frame.yTicks.ticks.labelled {
        guard let y = frame.vertical(tick.value) else { continue }
        margins.top = max(margins.top, frame.plot.y - y + half)
        margins.bottom = max(margins.bottom, y - frame.plot.maxY + half)
      }
    }
    return margins
  }
}
