/// Positioned ink: the last form of a figure before it becomes bytes. Painters only walk it.
///
/// Units are PostScript points (1/72 inch); x grows to the right and y grows downwards from the upper left corner.
public struct Drawing: Sendable, Hashable, Codable {
  /// The width in points.
  public var width: Double
  /// The height in points.
  public var height: Double
  /// A short name for the document's metadata; empty for none.
  public var title: String
  /// What a reader who cannot see the drawing should know.
  public var altText: String
  /// Font families in order of preference.
  public var fontFamilies: [String]
  /// What the semantic paints stand for where the page does not decide.
  public var palette: Palette
  /// The ink, drawn first to last.
  public var ink: [Ink]

  /// Makes a drawing.
  public init(
    width: Double, height: Double, title: String = "", altText: String = "", fontFamilies: [String],
    palette: Palette, ink: [Ink] = []
  ) {
    self.width = width
    self.height = height
    self.title = title
    self.altText = altText
    self.fontFamilies = fontFamilies
    self.palette = palette
    self.ink = ink
  }
}

/// One thing to draw.
public indirect enum Ink: Sendable, Hashable, Codable {
  /// A stroked or filled outline.
  case path(PathInk)
  /// Words on one line.
  case text(TextInk)
  /// The same small shape at many places.
  case markers(MarkersInk)
  /// Pixels under vector axes.
  case raster(RasterInk)
  /// Ink that is cut off outside of a box.
  case clipped(Box, [Ink])
}

/// A place on the drawing, in points from its upper left corner.
public struct Position: Sendable, Hashable, Codable {
  /// To the right.
  public var x: Double
  /// Downwards.
  public var y: Double

  /// Makes a position.
  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// An upright rectangle on the drawing, in points.
public struct Box: Sendable, Hashable, Codable {
  /// The left edge.
  public var x: Double
  /// The upper edge.
  public var y: Double
  /// The width, at least 0.
  public var width: Double
  /// The height, at least 0.
  public var height: Double

  /// Makes a box.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// The right edge.
  public var maxX: Double { x + width }
  /// The lower edge.
  public var maxY: Double { y + height }
  /// The middle.
  public var centre: Position { Position(x + width / 2, y + height / 2) }

  /// Whether the two boxes share more than an edge.
  public func intersects(_ other: Box) -> Bool {
    x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
  }

  /// Whether the other box lies inside this one.
  public func contains(_ other: Box) -> Bool {
    other.x >= x && other.maxX <= maxX && other.y >= y && other.maxY <= maxY
  }

  /// Whether the place lies inside or on the edge.
  public func contains(_ place: Position) -> Bool {
    place.x >= x && place.x <= maxX && place.y >= y && place.y <= maxY
  }

  /// The box grown on every side (shrunk where negative).
  public func grown(by amount: Double) -> Box {
    Box(x: x - amount, y: y - amount, width: width + 2 * amount, height: height + 2 * amount)
  }
}
