import Exhibits

/// A panel on its way to ink: its scales, what it shows, and where it stands.
struct PanelFrame {
  let panel: Panel
  let data: PanelData
  var x: AxisScale
  var y: AxisScale
  var levels: LevelColours?
  /// Whether the panel's own colour bar stands to its right.
  var hasColourBar = false
  var showsXLabels = true
  var showsYLabels = true
  var showsXTitle = true
  var showsYTitle = true
  var letter = RichText("")
  var title: RichText
  var xTitle: RichText
  var yTitle: RichText
  var entries: [LegendEntry] = []
  var legend = LegendPlan.none
  var xTicks = AxisTicks()
  var yTicks = AxisTicks()
  /// The plotting area.
  var plot = Box(x: 0, y: 0, width: 100, height: 70)

  /// Axes start at zero where the data start this share of their top above it.
  static let zeroBelow = (x: 0.005, y: 0.25)

  init(_ panel: Panel) {
    self.panel = panel
    data = PanelData(panel)
    let padding = data.padding
    x = AxisScale(panel.x, data: data.x, padding: padding.x, zeroBelow: data.hasTiles ? 0 : PanelFrame.zeroBelow.x)
    y = AxisScale(
      panel.y, data: data.y, padding: padding.y,
      zeroBelow: data.hasTiles || data.isOnlyStretches ? 0 : PanelFrame.zeroBelow.y)
    title = LabelMarkup.parse(panel.title)
    xTitle = Self.title(of: panel.x)
    yTitle = Self.title(of: panel.y)
  }

  /// The axis label with its unit in parentheses.
  static func title(of axis: Axis) -> RichText {
    let label = LabelMarkup.parse(axis.label)
    guard !axis.unit.isEmpty else { return label }
    let unit = LabelMarkup.parse(axis.unit)
    return label.isEmpty ? unit : label + " (" + unit + ")"
  }

  /// Whether the vertical axis is a bare list of rows: no numbers, no line.
  var hidesY: Bool { data.isOnlyStretches }

  /// The place of a datum on the drawing; `nil` where the axes have none.
  func place(_ xValue: Double, _ yValue: Double) -> Position? {
    guard let left = horizontal(xValue), let up = vertical(yValue) else { return nil }
    return Position(left, up)
  }

  func horizontal(_ value: Double) -> Double? { x.share(of: value).map { plot.x + $0 * plot.width } }
  func vertical(_ value: Double) -> Double? { y.share(of: value).map { plot.maxY - $0 * plot.height } }

  /// The place of an interval's end, held at the axis's foot where a logarithm has none.
  func verticalEnd(_ value: Double) -> Double? {
    if y.kind == .log10, value <= 0 { return y.isReversed ? plot.y : plot.maxY }
    return vertical(value)
  }
}

/// The ticks of one axis as they will be set.
struct AxisTicks {
  var ticks = Ticks()
  /// Whether labels are turned upright because they are too long to stand side by side.
  var isTurned = false
}

/// How a panel's entries are shown.
enum LegendPlan: Hashable {
  /// Nothing to show, or shown elsewhere.
  case none
  /// Beside the ends of the lines.
  case direct
  /// In a free place inside of the plotting area.
  case inside
  /// In lines above the plotting area.
  case above
}

extension PanelFrame {
  /// Chooses ticks for the plotting area's present size.
  mutating func chooseTicks(theme: Theme, setter: Typesetter) {
    let size = theme.tickSize
    if let names = panel.x.categories {
      xTicks = categoryTicks(names, scale: x, length: plot.width, horizontal: true, size: size, setter: setter)
    } else if data.hasImages {
      xTicks = AxisTicks()
    } else {
      xTicks = AxisTicks(
        ticks: TickFinder(
          scale: x, length: plot.width, direction: .horizontal, measure: { setter.extent($0, size: size) },
          textSize: size
        ).ticks())
    }
    if let names = panel.y.categories {
      yTicks = categoryTicks(names, scale: y, length: plot.height, horizontal: false, size: size, setter: setter)
    } else if hidesY || data.hasImages {
      yTicks = AxisTicks()
    } else {
      yTicks = AxisTicks(
        ticks: TickFinder(
          scale: y, length: plot.height, direction: .vertical, measure: { setter.extent($0, size: size) },
          textSize: size
        ).ticks())
    }
  }

  /// Names at 0, 1, 2 …, empty ones left out: side by side where they fit, else upright; some left out where even that is too tight.
  private func categoryTicks(
    _ names: [String], scale: AxisScale, length: Double, horizontal: Bool, size: Double, setter: Typesetter
  ) -> AxisTicks {
    let line = setter.lineHeight(size).height
    let first = max(0, Int(max(0, min(1e9, scale.lower.rounded(.up)))))
    let last = min(names.count - 1, Int(max(-1, min(1e9, scale.upper.rounded(.down)))))
    guard first <= last else { return AxisTicks() }
    let shown = (first...last).filter { !names[$0].isEmpty }.map { ($0, LabelMarkup.parse(names[$0])) }
    let steps = zip(shown.dropFirst(), shown).map { $0.0 - $1.0 }.min() ?? 1
    let pitch = Double(steps) * length / max(1, scale.upper - scale.lower)
    let stride = max(1, Int((line / max(pitch, 1e-6)).rounded(.up)))
    if horizontal {
      let room = pitch - 0.6 * size
      let widest = shown.map { setter.extent($0.1, size: size).width }.max() ?? 0
      if widest <= room {
        return AxisTicks(ticks: Ticks(labelled: shown.map { Ticks.Labelled(value: Double($0.0), label: $0.1) }))
      }
    }
    let room = horizontal ? max(4 * size, plot.height * 0.5) : max(4 * size, plot.width * 0.4)
    let ticks = shown.enumerated().filter { $0.offset % stride == 0 }.map { _, name in
      Ticks.Labelled(value: Double(name.0), label: setter.shortened(name.1, size: size, room: room))
    }
    return AxisTicks(ticks: Ticks(labelled: ticks), isTurned: horizontal)
  }
}
