import Exhibits

/// The steps from a figure to its drawing.
struct FigureLayout {
  let figure: Figure
  let theme: Theme
  /// The width asked for in points.
  let asked: Double
  /// The width in points; greater than asked for where words leave the panels no room, to be scaled down in the end.
  var width: Double
  let setter: Typesetter
  let axis: AxisInk
  var metrics: LegendMetrics {
    LegendMetrics(theme: theme, setter: setter, room: width - 2 * Self.rim)
  }
  /// Names of stretches in order of first appearance.
  let names: [String]
  let seriesCount: Int
  let references: [String]

  var grid: PanelGrid
  var frames: [PanelFrame]
  /// One colour bar for all panels.
  var sharedBar: ColourBar?
  /// One legend for all panels.
  var sharedEntries: [LegendEntry] = []
  /// Room of the columns and rows around the plotting areas.
  var columns: [PanelMargins] = []
  var rows: [PanelMargins] = []
  var height = 0.0
  /// Whether it is settled which panels have direct labels.
  var hasSettledLabels = false
  /// Blank room to the left of everything, where panels are narrower than the width.
  var indent = 0.0

  /// The blank rim of the drawing.
  static let rim = 1.5

  init(_ figure: Figure, theme: Theme, width: Double, measurer: any TextMeasurer) {
    self.figure = figure
    self.theme = theme
    asked = width
    self.width = width
    setter = Typesetter(measurer: measurer, families: theme.fontFamilies)
    axis = AxisInk(theme: theme, setter: setter)
    var names: [String] = []
    var references: [String] = []
    var seriesCount = 0
    for layer in figure.panels.flatMap(\.layers) {
      if case .stretches(let stretches) = layer.mark {
        for stretch in stretches where !names.contains(stretch.name) { names.append(stretch.name) }
      }
      if layer.role == .reference, !references.contains(layer.label) {
        if case .rules = layer.mark { continue }
        references.append(layer.label)
      }
      if layer.level == nil, layer.role == .series || layer.role == .uncertainty {
        seriesCount = max(seriesCount, min(layer.series, 999) + 1)
      }
    }
    self.names = names
    self.references = references
    self.seriesCount = seriesCount
    frames = figure.panels.map { PanelFrame($0) }
    let most = min(4, Int(width / (13 * theme.baseSize)))
    grid = PanelGrid(count: frames.count, asked: figure.columnCount, most: most)
    letterPanels()
    shareScales()
    gradePanels()
    hideInnerLabels()
    collectEntries()
  }

  func styler(_ frame: PanelFrame) -> LayerStyler {
    LayerStyler(theme: theme, seriesCount: seriesCount, levels: frame.levels, references: references)
  }

  // MARK: What panels have in common

  private mutating func letterPanels() {
    guard frames.count > 1 else { return }
    for index in frames.indices {
      let letters = Array("abcdefghijklmnopqrstuvwxyz").map(String.init)
      let letter = (index >= 26 ? letters[index / 26 % 26] : "") + letters[index % 26]
      frames[index].letter = RichText(theme.lettering == .bold ? letter : "(\(letter))").bold
    }
  }

  /// Whether two axes stand for the same quantity.
  private func isSame(_ left: Axis, _ right: Axis) -> Bool {
    !left.label.isEmpty && left.label == right.label && left.unit == right.unit && left.scale == right.scale
      && left.categories == right.categories && left.isReversed == right.isReversed
      && left.lower == right.lower && left.upper == right.upper
  }

  private mutating func shareScales() {
    guard figure.sharesScales, frames.count > 1 else { return }
    // Panels of stretches or tiles set the padding of all that share with them.
    for (axis, scale, range, isX) in [
      (\PanelFrame.panel.x, \PanelFrame.x, \PanelFrame.data.x, true),
      (\PanelFrame.panel.y, \PanelFrame.y, \PanelFrame.data.y, false),
    ] {
      var isDone = [Bool](repeating: false, count: frames.count)
      for index in frames.indices where !isDone[index] {
        let group = frames.indices.filter { isSame(frames[index][keyPath: axis], frames[$0][keyPath: axis]) }
        guard group.count > 1 else { continue }
        var pooled = frames[index][keyPath: range]
        for member in group {
          isDone[member] = true
          pooled.add(frames[member][keyPath: range])
        }
        let padding = group.map { isX ? frames[$0].data.padding.x : frames[$0].data.padding.y }
        let most = (padding.map(\.lower).max() ?? 0, padding.map(\.upper).max() ?? 0)
        let isFree = group.allSatisfy { !frames[$0].data.hasTiles && !frames[$0].data.isOnlyStretches }
        let zeroBelow = isX ? PanelFrame.zeroBelow.x : isFree ? PanelFrame.zeroBelow.y : 0
        let shared = AxisScale(frames[index][keyPath: axis], data: pooled, padding: most, zeroBelow: zeroBelow)
        for member in group { frames[member][keyPath: scale] = shared }
      }
    }
  }

  /// Pictures whose scale has no label are to be looked at, not read off.
  private func needsBar(_ frame: PanelFrame) -> Bool {
    !frame.data.hasImages || frame.panel.levels?.axis.label.isEmpty == false
  }

  private mutating func gradePanels() {
    let graded = frames.indices.filter { index in
      let data = frames[index].data
      return data.hasTiles || data.hasClouds || frames[index].panel.layers.contains { $0.level != nil }
    }
    let scales = graded.map { frames[$0].panel.levels ?? LevelScale(Axis("")) }
    let isShared =
      figure.sharesScales && graded.count == frames.count && frames.count > 1 && Set(scales).count == 1
      && graded.allSatisfy { frames[$0].panel.levels != nil && needsBar(frames[$0]) }
    for (index, scale) in zip(graded, scales) {
      var range = frames[index].data.levels
      if figure.sharesScales {
        for (other, otherScale) in zip(graded, scales) where otherScale == scale && !scale.axis.label.isEmpty {
          range.add(frames[other].data.levels)
        }
      }
      frames[index].levels = LevelColours(scale, data: range, for: frames[index].data)
      // Without any finite level there is nothing to explain.
      frames[index].hasColourBar = !isShared && !range.isEmpty && needsBar(frames[index])
    }
    if isShared, let first = frames.first?.levels, frames.contains(where: { !$0.data.levels.isEmpty }) {
      sharedBar = ColourBar(first, theme: theme, setter: setter)
    }
  }

  mutating func hideInnerLabels() {
    for index in frames.indices {
      frames[index].showsXLabels = true
      frames[index].showsXTitle = !frames[index].xTitle.isEmpty
      frames[index].showsYLabels = true
      frames[index].showsYTitle = !frames[index].yTitle.isEmpty
      if let below = grid.below(index), frames[below].x == frames[index].x,
        isSame(frames[below].panel.x, frames[index].panel.x)
      {
        (frames[index].showsXLabels, frames[index].showsXTitle) = (false, false)
      }
      if let left = grid.left(of: index), frames[left].y == frames[index].y,
        isSame(frames[left].panel.y, frames[index].panel.y)
      {
        (frames[index].showsYLabels, frames[index].showsYTitle) = (false, false)
      }
    }
  }

  private mutating func collectEntries() {
    for index in frames.indices {
      let all = styler(frames[index]).entries(of: frames[index].panel, names: names, stretchesThatFit: Set(names))
      frames[index].entries = all
      frames[index].legend = all.isEmpty ? .none : .direct
    }
    let speaking = frames.indices.filter { !frames[$0].entries.isEmpty }
    guard speaking.count > 1, let first = speaking.first else { return }
    // Panels that would all carry the same legend get one for the figure. The longest list may stand for shorter ones.
    let longest = speaking.max { (frames[$0].entries.count, -$0) < (frames[$1].entries.count, -$1) } ?? first
    let known = Set(frames[longest].entries.map(\.label))
    let agree = speaking.allSatisfy { index in
      frames[index].entries.allSatisfy { entry in
        known.contains(entry.label)
          && frames[longest].entries.contains { $0.label == entry.label && $0.paint == entry.paint }
      }
    }
    guard agree else { return }
    sharedEntries = frames[longest].entries
    for index in speaking {
      frames[index].legend = .none
      frames[index].entries = []
    }
  }
}
