import Exhibits

/// How one layer looks: its role, series and level turned into paint, dash and weight.
struct LayerStyle {
  var paint: Paint
  var width: Double
  var dash: [Double] = []
  /// The share of opacity that areas of this layer are filled with.
  var fill: Double
  var marker: MarkersInk.Shape

  var stroke: Stroke { Stroke(paint, width: width, dash: dash, cap: dash.isEmpty ? .round : .butt) }
}

/// Turns a panel's layers into styles.
struct LayerStyler {
  let theme: Theme
  /// How many series the figure has.
  let seriesCount: Int
  /// Where levels lie on their colour scale; `nil` when the panel is not graded.
  let levels: LevelColours?
  /// The labels of reference layers in the figure's order, so that two references differ in dash.
  let references: [String]

  /// Pairs of dash and gap for references, in points at a line width of 1.
  private static let referenceDashes: [[Double]] = [[3.4, 1.9], [1.1, 1.5], [5, 1.6, 1.1, 1.6], [7, 2]]

  func style(of layer: Layer) -> LayerStyle {
    let level = layer.level.flatMap { levels?.paint(at: $0) }
    let series = SeriesColours.paint(layer.series, of: seriesCount)
    let marker = SeriesColours.marker(layer.series)
    let width = theme.lineWidth
    switch layer.role {
    case .series:
      let dash = level == nil ? SeriesColours.dash(layer.series, of: seriesCount).map { $0 * width } : []
      return LayerStyle(paint: level ?? series, width: width, dash: dash, fill: 0.32, marker: marker)
    case .uncertainty:
      return LayerStyle(paint: level ?? series, width: width * 0.8, fill: 0.2, marker: marker)
    case .reference:
      let rank = references.firstIndex(of: layer.label) ?? 0
      let dash = Self.referenceDashes[rank % Self.referenceDashes.count].map { $0 * width }
      return LayerStyle(paint: level ?? .foreground, width: width * 0.85, dash: dash, fill: 0.12, marker: marker)
    case .highlight:
      return LayerStyle(
        paint: level ?? .mark(Colour(0xC8102E)), width: width * 1.5, fill: 0.4, marker: .diamond)
    case .background:
      return LayerStyle(paint: Paint.muted.faded(to: 0.4), width: width * 0.7, fill: 0.25, marker: .disc)
    }
  }
}

/// Levels as colours: the scale's ends, its map and its axis.
struct LevelColours {
  let axis: Axis
  let scale: AxisScale
  let map: ColourMap
  let kind: LevelScale.Kind

  /// Sequential maps stop short of their palest end, which would vanish on a white page when drawn as a line.
  static let lineReach = 0.93

  init(_ levels: LevelScale, data: DataRange, for panel: PanelData) {
    isFixed = panel.hasTiles || (panel.hasClouds && panel.isDense)
    kind = levels.kind
    map = ColourMap.forKind(levels.kind)
    var axis = levels.axis
    if levels.kind == .diverging, axis.lower == nil, axis.upper == nil, !data.isEmpty, axis.scale != .log10 {
      let reach = max(abs(data.lower), abs(data.upper))
      if reach > 0 { (axis.lower, axis.upper) = (-reach, reach) }
    } else if levels.kind == .cyclic, axis.scale == .angle, axis.lower == nil, axis.upper == nil {
      (axis.lower, axis.upper) = data.isEmpty || data.lower < 0 ? (-Double.pi, .pi) : (0, 2 * Double.pi)
    }
    self.axis = axis
    scale = AxisScale(axis, data: data, padding: (0, 0), zeroBelow: 0)
    reach = panel.hasTiles || levels.kind != .sequential ? 1 : Self.lineReach
  }

  private let reach: Double
  /// Whether the colours are the same on every page: a dark one lifts no pixels.
  private let isFixed: Bool

  /// The colour of a level; `nil` where the scale has no place for it.
  func colour(at level: Double) -> Colour? { scale.share(of: level).map { map.colour(at: $0 * reach) } }

  /// The colour at a share of the colour bar.
  func paint(atShare share: Double) -> Paint {
    let colour = map.colour(at: share * reach)
    return isFixed ? Paint(colour) : .mark(colour)
  }

  func paint(at level: Double) -> Paint? { colour(at: level).map { .mark($0) } }
}
