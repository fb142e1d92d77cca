/// A figure as data: panels on a grid. Nothing here knows colours, fonts or sizes.
///
/// Labels are written in *label markup*: plain text with `_{…}` for subscripts, `^{…}` for superscripts and `*…*` for
/// italics (variables); Greek letters are written as themselves.
public struct Figure: Sendable, Hashable, Codable {
  /// The panels in reading order.
  public var panels: [Panel]
  /// Panels per row; `nil` lets the layout choose from the width.
  public var columnCount: Int?
  /// Height of a panel's plotting area over its width; `nil` lets the theme choose.
  public var aspect: Double?
  /// Whether panels whose axes have the same label, unit and scale get the same limits.
  public var sharesScales: Bool
  /// What a reader who cannot see the figure should know.
  public var altText: String

  /// Makes a figure.
  public init(
    _ panels: [Panel], columnCount: Int? = nil, aspect: Double? = nil, sharesScales: Bool = true, altText: String
  ) {
    self.panels = panels
    self.columnCount = columnCount
    self.aspect = aspect
    self.sharesScales = sharesScales
    self.altText = altText
  }
}

/// One set of axes with its layers, drawn first to last.
public struct Panel: Sendable, Hashable, Codable {
  /// The title, in label markup; empty for none.
  public var title: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// What is drawn.
  public var layers: [Layer]
  /// The continuous scale that `Layer.level` and the values of tiles and clouds are read on; `nil` when nothing is graded.
  public var levels: LevelScale?

  /// Makes a panel.
  public init(title: String = "", x: Axis, y: Axis, layers: [Layer], levels: LevelScale? = nil) {
    self.title = title
    self.x = x
    self.y = y
    self.layers = layers
    self.levels = levels
  }

  /// Makes a panel of pictures, the first row at the top.
  ///
  /// - Parameters:
  ///   - columns: the label over all columns, and their names; no names for none.
  ///   - rows: likewise for the rows.
  ///   - levels: the scale of the pixels; the colour bar is left out where its axis has no label.
  public init(
    title: String = "", images: Mark.Images, columns: (label: String, names: [String]) = ("", []),
    rows: (label: String, names: [String]) = ("", []), levels: LevelScale
  ) {
    self.init(
      title: title, x: Axis(columns.label, categories: columns.names.isEmpty ? nil : columns.names),
      y: Axis(rows.label, categories: rows.names.isEmpty ? nil : rows.names, isReversed: true),
      layers: [Layer(.images(images))], levels: levels)
  }
}

/// An axis: label, unit, scale and, if need be, range.
public struct Axis: Sendable, Hashable, Codable {
  /// How numbers become positions.
  public enum Scale: String, Sendable, Hashable, Codable {
    /// Proportional.
    case linear
    /// Base-10 logarithm; values must be positive.
    case log10
    /// Whole numbers: ticks fall on integers only.
    case integer
    /// Angles in radians: ticks at fractions of π.
    case angle
  }

  /// The label, in label markup.
  public var label: String
  /// The unit; empty when dimensionless.
  public var unit: String
  /// How numbers become positions.
  public var scale: Scale
  /// The lower end; `nil` follows the data.
  public var lower: Double?
  /// The upper end; `nil` follows the data.
  public var upper: Double?
  /// Names for the positions 0, 1, 2 …, instead of numbers.
  public var categories: [String]?
  /// Whether larger values lie to the left (or below).
  public var isReversed: Bool

  /// Makes an axis.
  public init(
    _ label: String, unit: String = "", scale: Scale = .linear, from lower: Double? = nil, to upper: Double? = nil,
    categories: [String]? = nil, isReversed: Bool = false
  ) {
    self.label = label
    self.unit = unit
    self.scale = scale
    self.lower = lower
    self.upper = upper
    self.categories = categories
    self.isReversed = isReversed
  }
}

/// A continuous scale read as colour, with a colour bar.
public struct LevelScale: Sendable, Hashable, Codable {
  /// What kind of quantity the colours stand for.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// From low to high.
    case sequential
    /// Away from a centre on both sides.
    case diverging
    /// An angle: the ends meet.
    case cyclic
    /// The brightness of a picture's pixels: from black to white, on a dark page too.
    case brightness
  }

  /// Label, unit, scale and range of the colour bar.
  public var axis: Axis
  /// What kind of quantity it is.
  public var kind: Kind

  /// Makes a level scale.
  public init(_ axis: Axis, kind: Kind = .sequential) {
    self.axis = axis
    self.kind = kind
  }
}

/// A mark with a role. The theme turns roles into colours, dashes and weights.
public struct Layer: Sendable, Hashable, Codable {
  /// What a layer stands for.
  public enum Role: String, Sendable, Hashable, Codable {
    /// Measured data; successive series get successive colours.
    case series
    /// Theory, a closed form or a null: dashed and neutral, or dashed in the colour of its level.
    case reference
    /// An interval around a series: drawn in that series' colour, pale.
    case uncertainty
    /// What the caption points at.
    case highlight
    /// Context behind the data: pale.
    case background
  }

  /// What is drawn.
  public var mark: Mark
  /// What it stands for.
  public var role: Role
  /// The direct label or legend entry, in label markup; empty for none.
  public var label: String
  /// The layers of one series (line, its points, its band) share a series number, and so a colour.
  public var series: Int
  /// The position on the panel's level scale; takes the place of the series colour.
  public var level: Double?

  /// Makes a layer.
  public init(_ mark: Mark, role: Role = .series, label: String = "", series: Int = 0, level: Double? = nil) {
    self.mark = mark
    self.role = role
    self.label = label
    self.series = series
    self.level = level
  }
}
