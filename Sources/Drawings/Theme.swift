/// How figures look at one venue: sizes, weights, fonts and colours.
public struct Theme: Sendable, Hashable, Codable {
  /// How panels are lettered when there are several.
  public enum Lettering: String, Sendable, Hashable, Codable {
    /// (a), (b), …
    case parenthesised
    /// **a**, **b**, …
    case bold
  }

  /// The name under which a notebook asks for it.
  public var name: String
  /// The width of a text column in points.
  public var columnWidth: Double
  /// The width of the whole text block in points.
  public var fullWidth: Double
  /// The greatest height of a figure in points.
  public var maximumHeight: Double
  /// The size of labels in points.
  public var baseSize: Double
  /// The size of tick labels and legends in points.
  public var tickSize: Double
  /// How panels are lettered.
  public var lettering: Lettering
  /// Font families in order of preference.
  public var fontFamilies: [String]
  /// The width of data lines in points.
  public var lineWidth: Double
  /// The width of axes and ticks in points.
  public var axisWidth: Double
  /// The diameter of markers in points.
  public var markerSize: Double
  /// Whether pale lines run across at the ticks.
  public var hasGrid: Bool
  /// Height of a plotting area over its width, where the figure is silent.
  public var aspect: Double
  /// What semantic colours stand for.
  public var palette: Palette

  /// Makes a theme.
  public init(
    name: String, columnWidth: Double, fullWidth: Double, maximumHeight: Double, baseSize: Double, tickSize: Double,
    lettering: Lettering = .parenthesised, fontFamilies: [String] = Theme.sans, lineWidth: Double = 1.1,
    axisWidth: Double = 0.6, markerSize: Double = 3.6, hasGrid: Bool = false, aspect: Double = 0.68,
    palette: Palette = .paper
  ) {
    self.name = name
    self.columnWidth = columnWidth
    self.fullWidth = fullWidth
    self.maximumHeight = maximumHeight
    self.baseSize = baseSize
    self.tickSize = tickSize
    self.lettering = lettering
    self.fontFamilies = fontFamilies
    self.lineWidth = lineWidth
    self.axisWidth = axisWidth
    self.markerSize = markerSize
    self.hasGrid = hasGrid
    self.aspect = aspect
    self.palette = palette
  }

  /// A figure's width in points.
  public func width(_ width: FigureWidth) -> Double {
    switch width {
    case .column: columnWidth
    case .full: fullWidth
    case .points(let points): min(14_400, max(72, points.isFinite ? points : columnWidth))
    }
  }
}

/// How wide a figure is.
public enum FigureWidth: Sendable, Hashable, Codable {
  /// As wide as a text column.
  case column
  /// As wide as the whole text block.
  case full
  /// This many points (1/72 inch), at least 72.
  case points(Double)
}
