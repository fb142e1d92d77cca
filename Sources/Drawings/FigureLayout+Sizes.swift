import Exhibits

extension FigureLayout {
  /// The gap between neighbouring columns, beyond their words.
  private var columnGap: Double { 1.1 * theme.baseSize }
  /// The gap between neighbouring rows, beyond their words.
  private var rowGap: Double { 0.9 * theme.baseSize }
  private var headingGap: Double { 0.45 * theme.baseSize }
  private var legendGap: Double { 0.4 * theme.tickSize }

  /// Settles every size: words need room that depends on ticks, which depend on the room that words leave.
  mutating func settle() {
    guard !frames.isEmpty else {
      height = 2 * theme.baseSize
      return
    }
    settleColumns()
    // Direct labels that find no good place turn into legends, and legends without a free corner move above.
    for plan in [LegendPlan.direct, .inside] {
      balance()
      for index in frames.indices where frames[index].legend == plan {
        addStretchEntries(index)
        if plan == .direct, DirectLabels(frames[index], metrics: metrics, isSettled: false) == nil {
          frames[index].legend = .inside
        }
      }
      hasSettledLabels = true
      if plan == .inside {
        for index in frames.indices where frames[index].legend == .inside {
          if PanelInk(self, index).insideCorner() == nil { frames[index].legend = .above }
        }
      }
    }
    for index in frames.indices where frames[index].legend == .none { addStretchEntries(index) }
    balance()
  }

  /// Fewer columns, where the width leaves the plotting areas no room.
  private mutating func settleColumns() {
    while true {
      balance()
      guard width > asked, grid.columnCount > 1 else { return }
      grid = PanelGrid(count: frames.count, asked: grid.columnCount - 1, most: 1)
      hideInnerLabels()
    }
  }

  /// Places panels until the room reserved for words is enough for the words that the places call for. After two free
  /// rounds the room only grows, so that this ends.
  private mutating func balance() {
    for round in 0..<12 {
      for index in frames.indices { frames[index].chooseTicks(theme: theme, setter: setter) }
      let needed = margins()
      let isEnough =
        zip(needed.columns, columns).allSatisfy { $0.fits(in: $1) }
        && zip(needed.rows, rows).allSatisfy { $0.fits(in: $1) }
      if round > 0, isEnough { return }
      if round < 3 {
        (columns, rows) = needed
      } else {
        columns = zip(needed.columns, columns).map { $0.grown(to: $1) }
        rows = zip(needed.rows, rows).map { $0.grown(to: $1) }
      }
      place()
    }
    for index in frames.indices { frames[index].chooseTicks(theme: theme, setter: setter) }
  }

  /// The lines of a panel's letter and title: as wide as the panel with the words to its right.
  func headingLines(_ index: Int) -> [RichText] {
    let right = columns.isEmpty ? 0 : columns[min(grid.column(index), columns.count - 1)].right
    return axis.headingLines(frames[index], room: frames[index].plot.width + right)
  }

  /// The height of a legend above a plotting area.
  func aboveBlock(_ frame: PanelFrame) -> LegendBlock {
    var metrics = metrics
    metrics.room = frame.plot.width
    return LegendBlock.flowing(frame.entries, metrics: metrics, room: frame.plot.width)
  }

  /// The legend of all panels.
  func sharedBlock() -> LegendBlock {
    LegendBlock.flowing(sharedEntries, metrics: metrics, room: width - 2 * Self.rim)
  }

  /// The room that words need around the plotting areas as they stand.
  private func margins() -> (columns: [PanelMargins], rows: [PanelMargins]) {
    var columns = [PanelMargins](repeating: PanelMargins(), count: grid.columnCount)
    var rows = [PanelMargins](repeating: PanelMargins(), count: grid.rowCount)
    let line = setter.lineHeight(theme.baseSize).height
    for (index, frame) in frames.enumerated() {
      var margins = axis.margins(frame)
      let headings = headingLines(index)
      if !headings.isEmpty { margins.top = max(margins.top, headingGap) + Double(headings.count) * line }
      if frame.legend == .above { margins.top += aboveBlock(frame).height + legendGap }
      if frame.legend == .direct, let labels = DirectLabels(frame, metrics: metrics, isSettled: hasSettledLabels) {
        margins.right = max(margins.right, metrics.gap + labels.width)
      }
      if frame.hasColourBar, let levels = frame.levels {
        margins.right += ColourBar(levels, theme: theme, setter: setter).width(height: frame.plot.height)
      }
      let (row, column) = (grid.row(index), grid.column(index))
      columns[column].left = max(columns[column].left, margins.left)
      columns[column].right = max(columns[column].right, margins.right)
      rows[row].top = max(rows[row].top, margins.top)
      rows[row].bottom = max(rows[row].bottom, margins.bottom)
    }
    if sharedBar != nil {
      let half = setter.lineHeight(theme.tickSize).height / 2
      rows[0].top = max(rows[0].top, half)
      rows[rows.count - 1].bottom = max(rows[rows.count - 1].bottom, half)
    }
    return (columns, rows)
  }

  /// The height over the width of a panel's plotting area, where pictures or the figure say it.
  private func fixedAspect(_ frame: PanelFrame) -> Double? {
    if let aspect = frame.data.imageAspect { return aspect }
    guard let aspect = figure.aspect, aspect.isFinite, aspect > 0 else { return nil }
    return min(4, max(0.1, aspect))
  }

  /// The height that a panel's plotting area wants at a width.
  private func wantedHeight(_ frame: PanelFrame, width: Double) -> Double {
    if frame.data.isOnlyStretches {
      return Double(max(1, frame.data.stretchRows.count)) * 2.1 * theme.baseSize
    }
    if let aspect = fixedAspect(frame) { return width * aspect }
    // A lone panel across a whole page would be needlessly tall.
    return min(width * (frame.data.hasTiles ? 0.8 : theme.aspect), 20 * theme.baseSize)
  }

  /// Gives every plotting area its box.
  private mutating func place() {
    let rim = Self.rim
    let gaps = Double(grid.columnCount - 1) * columnGap
    let words = columns.reduce(0) { $0 + $1.left + $1.right }
    let barHeight = frames[0].plot.height
    let bar = sharedBar.map { $0.width(height: barHeight * Double(min(grid.rowCount, 2))) } ?? 0
    let room = (asked - 2 * rim - gaps - words - bar) / Double(grid.columnCount)
    let widest = max(5 * theme.baseSize, room)
    width = asked + (widest - room) * Double(grid.columnCount)
    var plotWidth = widest
    // Panels of a given shape that would be taller than a good figure get narrower, in the middle of the width.
    let shaped = frames.filter { !$0.data.isOnlyStretches }.compactMap(fixedAspect)
    if let tallest = shaped.max(), widest * tallest > 26 * theme.baseSize {
      plotWidth = min(widest, max(6 * theme.baseSize, 26 * theme.baseSize / tallest))
    }
    indent = (widest - plotWidth) * Double(grid.columnCount) / 2
    let strip = sharedEntries.isEmpty ? 0 : sharedBlock().height + 0.6 * theme.baseSize

    var heights = [Double](repeating: 0, count: grid.rowCount)
    for (index, frame) in frames.enumerated() {
      heights[grid.row(index)] = max(heights[grid.row(index)], wantedHeight(frame, width: plotWidth))
    }
    let fixed =
      2 * rim + strip + Double(grid.rowCount - 1) * rowGap + rows.reduce(0) { $0 + $1.top + $1.bottom }
    let wanted = heights.reduce(0, +)
    let left = theme.maximumHeight - fixed
    if wanted > left {
      let scale = max(left, 0) / wanted
      heights = heights.map { max(2.5 * theme.baseSize, $0 * scale) }
    }
    height = fixed + heights.reduce(0, +)

    var top = rim + strip
    for row in 0..<grid.rowCount {
      top += rows[row].top
      var left = rim + indent
      for column in 0..<grid.columnCount {
        left += columns[column].left
        if let index = grid.index(row: row, column: column) {
          frames[index].plot = plotBox(frames[index], x: left, y: top, width: plotWidth, height: heights[row])
        }
        left += plotWidth + columns[column].right + columnGap
      }
      top += heights[row] + rows[row].bottom + rowGap
    }
  }

  /// The plotting area within a panel's room: all of it, or as much as keeps the pixels of pictures square.
  private func plotBox(_ frame: PanelFrame, x: Double, y: Double, width: Double, height: Double) -> Box {
    guard frame.data.hasImages, let aspect = fixedAspect(frame) else {
      return Box(x: x, y: y, width: width, height: height)
    }
    let fitting = min(width, height / aspect)
    return Box(x: x, y: y, width: fitting, height: fitting * aspect)
  }

  /// Names of stretches that fit in none of their boxes need a legend.
  private mutating func addStretchEntries(_ index: Int) {
    let frame = frames[index]
    var fit: Set<String> = []
    var seen: Set<String> = []
    for layer in frame.panel.layers {
      guard case .stretches(let stretches) = layer.mark else { continue }
      for stretch in stretches {
        seen.insert(stretch.name)
        if PanelInk.name(of: stretch, in: frame, theme: theme, setter: setter) != nil { fit.insert(stretch.name) }
      }
    }
    guard !seen.isSubset(of: fit) else { return }
    frames[index].entries = styler(frame).entries(of: frame.panel, names: names, stretchesThatFit: fit)
    // A bar of stretches has no free corner.
    frames[index].legend = .above
  }
}
