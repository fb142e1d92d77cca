import Exhibits

/// Too many points for vector ink: pixels under vector axes.
struct PointCloud {
  /// More points than this in a panel become pixels.
  static let most = 2_500
  /// Pixels per point (1/72 inch): 250 to the inch.
  private static let resolution = 250.0 / 72
  /// The most pixels along one side.
  private static let mostPixels = 1_400.0

  private let marks: [(place: Position, colour: Colour)]
  /// Whether colours are to be read off a bar, and so must not be mixed.
  private let isGraded: Bool

  /// Points of one colour.
  init(_ points: [Mark.Point], colour: Colour, frame: PanelFrame) {
    self.init(points.lazy.map { ($0, colour) }, isGraded: false, frame)
  }

  /// Points with colours of their own.
  init(_ cloud: Mark.Cloud, colours: LevelColours, frame: PanelFrame) {
    self.init(zip(cloud.points, cloud.values).lazy.map { ($0, colours.colour(at: $1)) }, isGraded: true, frame)
  }

  private init(_ points: some Sequence<(Mark.Point, Colour?)>, isGraded: Bool, _ frame: PanelFrame) {
    let room = frame.plot.grown(by: 2)
    marks = points.compactMap { point, colour in
      guard let colour, let place = frame.place(point.x, point.y), room.contains(place) else { return nil }
      return (place, colour)
    }
    self.isGraded = isGraded
  }

  /// Discs blended over one another, the later clouds over the earlier ones.
  static func raster(_ clouds: [PointCloud], over box: Box, markerSize: Double) -> RasterInk {
    let scale = min(resolution, mostPixels / max(box.width, box.height, 1))
    let width = max(1, Int((box.width * scale).rounded()))
    let height = max(1, Int((box.height * scale).rounded()))
    let count = clouds.reduce(0) { $0 + $1.marks.count }
    let radius =
      scale
      * min(0.5 * markerSize, max(0.55, 0.55 * markerSize * (1_000 / Double(max(1, count))).squareRoot().squareRoot()))
    let opacity = min(0.7, max(0.2, 0.7 * (3_000 / Double(max(1, count))).squareRoot()))
    // Premultiplied red, green, blue and opacity.
    var blend = [Float](repeating: 0, count: width * height * 4)
    for cloud in clouds {
      // Opaque discs hide one another, and so are as small as markers get.
      let opacity = cloud.isGraded ? 1 : opacity
      let radius = cloud.isGraded ? scale * 0.5 * LayerInk.leastShrink * markerSize : radius
      for (place, colour) in cloud.marks {
        let colour = (Float(colour.red), Float(colour.green), Float(colour.blue))
        let (x, y) = ((place.x - box.x) * scale, (place.y - box.y) * scale)
        let columns = max(0, Int(x - radius - 1))..<max(max(0, Int(x - radius - 1)), min(width, Int(x + radius + 2)))
        for row in max(0, Int(y - radius - 1))..<max(max(0, Int(y - radius - 1)), min(height, Int(y + radius + 2))) {
          for column in columns {
            let (dx, dy) = (Double(column) + 0.5 - x, Double(row) + 0.5 - y)
            let cover = min(1, max(0, radius + 0.5 - (dx * dx + dy * dy).squareRoot()))
            guard cover > 0 else { continue }
            let alpha = Float(cover * opacity)
            let start = (row * width + column) * 4
            blend[start] = blend[start] * (1 - alpha) + colour.0 * alpha
            blend[start + 1] = blend[start + 1] * (1 - alpha) + colour.1 * alpha
            blend[start + 2] = blend[start + 2] * (1 - alpha) + colour.2 * alpha
            blend[start + 3] = blend[start + 3] * (1 - alpha) + alpha
          }
        }
      }
    }
    var pixels = [UInt8](repeating: 0, count: width * height * 4)
    for start in stride(from: 0, to: pixels.count, by: 4) where blend[start + 3] > 0.004 {
      // Few steps of opacity pack far better than 256; one colour with them and nothing makes sixteen.
      let opacity = (blend[start + 3] * 15).rounded(.up) / 15
      for channel in 0..<3 {
        pixels[start + channel] = UInt8(min(255, max(0, (blend[start + channel] / blend[start + 3]).rounded())))
      }
      pixels[start + 3] = UInt8(min(255, (opacity * 255).rounded()))
    }
    return RasterInk(over: box, columnCount: width, rowCount: height, pixels: pixels)
  }
}
