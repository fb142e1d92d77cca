/// A mark and exactly the columns it needs.
public enum Mark: Sendable, Hashable, Codable {
  /// A line through points, broken where a value is not finite.
  case line([Point])
  /// A band between two curves.
  case band([Interval])
  /// Separate points.
  case points([Point])
  /// Separate points, each coloured by a value on the panel's level scale.
  case cloud(Cloud)
  /// Vertical bars from `lower` to `upper` at `x`, such as error bars.
  case intervals([Interval])
  /// A grid of rectangles, coloured by value on the panel's level scale.
  case tiles(Tiles)
  /// Pictures in rows and columns, coloured by value on the panel's level scale.
  case images(Images)
  /// Straight lines across the panel.
  case rules(Rules)
  /// Steps over bins.
  case histogram(Histogram)
  /// Named stretches along x, drawn as a bar, such as phases.
  case stretches([Stretch])
  /// Words at a place.
  case annotation(Annotation)

  /// A place in data coordinates.
  public struct Point: Sendable, Hashable, Codable {
    /// The horizontal coordinate.
    public var x: Double
    /// The vertical coordinate.
    public var y: Double

    /// Makes a point.
    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// Points with values.
  public struct Cloud: Sendable, Hashable, Codable {
    /// The places.
    public let points: [Point]
    /// A value for every point; a point whose value is not finite is not drawn.
    public let values: [Double]

    /// Makes a cloud. There must be one value for every point.
    public init(_ points: [Point], values: [Double]) {
      precondition(values.count == points.count)
      self.points = points
      self.values = values
    }
  }

  /// A vertical interval at a place.
  public struct Interval: Sendable, Hashable, Codable {
    /// The horizontal coordinate.
    public var x: Double
    /// The lower end.
    public var lower: Double
    /// The upper end.
    public var upper: Double

    /// Makes an interval.
    public init(_ x: Double, _ lower: Double, _ upper: Double) {
      self.x = x
      self.lower = lower
      self.upper = upper
    }
  }

  /// A grid of rectangles with values.
  public struct Tiles: Sendable, Hashable, Codable {
    /// The column boundaries, one more than there are columns.
    public let xEdges: [Double]
    /// The row boundaries, one more than there are rows.
    public let yEdges: [Double]
    /// The values, row after row from the first y edge.
    public let values: [Double]

    /// Makes a grid. There must be one value for every rectangle.
    public init(xEdges: [Double], yEdges: [Double], values: [Double]) {
      precondition(values.count == max(0, xEdges.count - 1) * max(0, yEdges.count - 1))
      self.xEdges = xEdges
      self.yEdges = yEdges
      self.values = values
    }
  }

  /// Pictures of one size in rows and columns. The picture in column c of row r is centred on x = c and y = r, and its cell
  /// is one unit wide and high: axes with categories name columns and rows.
  public struct Images: Sendable, Hashable, Codable {
    /// The values of every picture, from its upper left pixel along its rows; picture after picture along the rows of the grid.
    public let pixels: [[Double]]
    /// The height of a picture in pixels.
    public let pixelRowCount: Int
    /// The width of a picture in pixels.
    public let pixelColumnCount: Int
    /// How many pictures stand in a row; the last row may be short.
    public let columnCount: Int

    /// Makes a grid. Every picture must have one value for every pixel.
    public init(_ pixels: [[Double]], pixelRowCount: Int, pixelColumnCount: Int, columnCount: Int) {
      precondition(pixelRowCount > 0 && pixelColumnCount > 0 && columnCount > 0)
      precondition(pixels.allSatisfy { $0.count == pixelRowCount * pixelColumnCount })
      self.pixels = pixels
      self.pixelRowCount = pixelRowCount
      self.pixelColumnCount = pixelColumnCount
      self.columnCount = min(columnCount, max(1, pixels.count))
    }

    /// The number of rows of pictures.
    public var rowCount: Int { (pixels.count + columnCount - 1) / columnCount }
  }

  /// Straight lines across the panel.
  public struct Rules: Sendable, Hashable, Codable {
    /// Which way the lines run.
    public enum Direction: String, Sendable, Hashable, Codable {
      /// At heights.
      case horizontal
      /// At horizontal positions.
      case vertical
    }

    /// Which way the lines run.
    public var direction: Direction
    /// Where they stand on the other axis.
    public var positions: [Double]

    /// Makes rules.
    public init(_ direction: Direction, at positions: [Double]) {
      self.direction = direction
      self.positions = positions
    }
  }

  /// Heights over bins.
  public struct Histogram: Sendable, Hashable, Codable {
    /// The bin boundaries, one more than there are bins.
    public let edges: [Double]
    /// Counts or densities.
    public let heights: [Double]

    /// Makes a histogram. There must be one height for every bin.
    public init(edges: [Double], heights: [Double]) {
      precondition(heights.count == max(0, edges.count - 1))
      self.edges = edges
      self.heights = heights
    }

    /// Bins values evenly between the ends of a range, as a density that integrates to the share of values inside.
    public init(densityOf values: [Double], binCount: Int, over range: ClosedRange<Double>) {
      let count = max(1, binCount)
      let width = (range.upperBound - range.lowerBound) / Double(count)
      var counts = [Double](repeating: 0, count: count)
      for value in values where range.contains(value) && width > 0 {
        counts[min(count - 1, Int((value - range.lowerBound) / width))] += 1
      }
      let total = max(1, Double(values.count)) * (width > 0 ? width : 1)
      self.init(
        edges: (0...count).map { range.lowerBound + Double($0) * width }, heights: counts.map { $0 / total })
    }
  }

  /// A named stretch along x.
  public struct Stretch: Sendable, Hashable, Codable {
    /// Where it begins.
    public var start: Double
    /// Where it ends.
    public var end: Double
    /// Its name; equal names get equal colours, in order of first appearance.
    public var name: String
    /// The row it lies in, as a y coordinate; stretches are one unit high, centred on it.
    public var row: Double

    /// Makes a stretch.
    public init(from start: Double, to end: Double, name: String, row: Double = 0) {
      self.start = start
      self.end = end
      self.name = name
      self.row = row
    }
  }

  /// Words at a place.
  public struct Annotation: Sendable, Hashable, Codable {
    /// Where the words stand.
    public var at: Point
    /// The words, in label markup.
    public var text: String

    /// Makes an annotation.
    public init(_ text: String, at point: Point) {
      self.text = text
      self.at = point
    }
  }
}
