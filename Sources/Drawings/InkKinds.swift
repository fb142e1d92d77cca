/// A stroked or filled outline.
public struct PathInk: Sendable, Hashable, Codable {
  /// The outline.
  public var path: Path
  /// How its line is drawn; `nil` for no line.
  public var stroke: Stroke?
  /// What fills it; `nil` for nothing.
  public var fill: Paint?
  /// What a pointer resting on it shows, where the format can.
  public var note: String?

  /// Makes a path's ink.
  public init(_ path: Path, stroke: Stroke? = nil, fill: Paint? = nil, note: String? = nil) {
    self.path = path
    self.stroke = stroke
    self.fill = fill
    self.note = note
  }
}

/// How a line is drawn.
public struct Stroke: Sendable, Hashable, Codable {
  /// How a line ends.
  public enum Cap: String, Sendable, Hashable, Codable {
    /// At the end point.
    case butt
    /// With half a disc.
    case round
    /// With half a square.
    case square
  }

  /// How two pieces meet.
  public enum Join: String, Sendable, Hashable, Codable {
    /// In a point.
    case miter
    /// Rounded.
    case round
    /// Cut off.
    case bevel
  }

  /// The colour.
  public var paint: Paint
  /// The width in points.
  public var width: Double
  /// Lengths of ink and gap in turn, in points; empty for a whole line.
  public var dash: [Double]
  /// How the line ends.
  public var cap: Cap
  /// How its pieces meet.
  public var join: Join

  /// Makes a stroke.
  public init(_ paint: Paint, width: Double, dash: [Double] = [], cap: Cap = .butt, join: Join = .round) {
    self.paint = paint
    self.width = width
    self.dash = dash
    self.cap = cap
    self.join = join
  }
}

/// Words on one line.
public struct TextInk: Sendable, Hashable, Codable {
  /// Which part of the line stands at the place.
  public enum Anchor: String, Sendable, Hashable, Codable {
    /// Its start.
    case start
    /// Its middle.
    case middle
    /// Its end.
    case end
  }

  /// The words.
  public var text: RichText
  /// The place on the baseline.
  public var at: Position
  /// The font size in points.
  public var size: Double
  /// Which part of the line stands at the place.
  public var anchor: Anchor
  /// The turn about the place in degrees, clockwise.
  public var angle: Double
  /// The colour.
  public var paint: Paint
  /// What a pointer resting on it shows, where the format can: the whole text where it was shortened.
  public var note: String?

  /// Makes a text's ink.
  public init(
    _ text: RichText, at place: Position, size: Double, anchor: Anchor = .start, angle: Double = 0,
    paint: Paint = .foreground, note: String? = nil
  ) {
    self.text = text
    self.at = place
    self.size = size
    self.anchor = anchor
    self.angle = angle
    self.paint = paint
    self.note = note
  }
}

/// The same small shape at many places.
public struct MarkersInk: Sendable, Hashable, Codable {
  /// The shape, told apart without colour.
  public enum Shape: String, Sendable, Hashable, Codable, CaseIterable {
    /// A disc.
    case disc
    /// A square.
    case square
    /// A triangle on its base.
    case triangle
    /// A square on its corner.
    case diamond
    /// A triangle on its point.
    case wedge
    /// A plus sign.
    case plus
    /// Nothing to see: a place for notes only, left out where there is no pointer.
    case unseen
  }

  /// The shape.
  public var shape: Shape
  /// The diameter of the disc of the same weight, in points.
  public var size: Double
  /// The middles.
  public var places: [Position]
  /// The colour.
  public var paint: Paint
  /// The rim, if any.
  public var rim: Stroke?
  /// What a pointer resting on each shows; empty, or one for every place.
  public var notes: [String]

  /// Makes the ink of markers.
  public init(
    _ shape: Shape, size: Double, at places: [Position], paint: Paint, rim: Stroke? = nil, notes: [String] = []
  ) {
    self.shape = shape
    self.size = size
    self.places = places
    self.paint = paint
    self.rim = rim
    self.notes = notes
  }
}

/// Pixels stretched over a box without smoothing.
public struct RasterInk: Sendable, Hashable, Codable {
  /// Where the pixels lie.
  public var box: Box
  /// Pixels per row.
  public let columnCount: Int
  /// Rows.
  public let rowCount: Int
  /// Red, green, blue and opacity of every pixel, row after row from the top; colours are not multiplied by opacity.
  public let pixels: [UInt8]
  /// What a pointer resting on it shows, where the format can.
  public var note: String?

  /// Makes a raster. There must be four bytes for every pixel.
  public init(over box: Box, columnCount: Int, rowCount: Int, pixels: [UInt8], note: String? = nil) {
    precondition(columnCount >= 0 && rowCount >= 0 && pixels.count == columnCount * rowCount * 4)
    self.box = box
    self.columnCount = columnCount
    self.rowCount = rowCount
    self.pixels = pixels
    self.note = note
  }
}
