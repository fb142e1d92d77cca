import Exhibits

extension Mark.Images {
  /// The gap between neighbouring pictures in pixels of theirs.
  var gap: Int { max(1, (max(pixelRowCount, pixelColumnCount) + 6) / 12) }

  /// Height over width of the whole grid, with half a gap around it.
  var aspect: Double {
    Double(max(1, rowCount)) * Double(pixelRowCount + gap) / (Double(columnCount) * Double(pixelColumnCount + gap))
  }
}

extension LayerInk {
  /// A raster has at most this many pixels along a side.
  private static let mostImagePixels = 8_192

  /// All pictures in one raster with one pixel for each of theirs, and clear gaps between them.
  mutating func imageInk(_ images: Mark.Images) -> [Ink] {
    guard let colours = frame.levels, !images.pixels.isEmpty,
      let left = frame.horizontal(-0.5), let right = frame.horizontal(Double(images.columnCount) - 0.5),
      let first = frame.vertical(-0.5), let last = frame.vertical(Double(images.rowCount) - 0.5)
    else { return [] }
    let (gap, height, width) = (images.gap, images.pixelRowCount, images.pixelColumnCount)
    let columnCount = images.columnCount * (width + gap) - gap
    let rowCount = images.rowCount * (height + gap) - gap
    guard max(columnCount, rowCount) <= Self.mostImagePixels else { return [] }
    let isFlipped = first > last
    var pixels = [UInt8](repeating: 0, count: columnCount * rowCount * 4)
    for (index, picture) in images.pixels.enumerated() {
      let gridRow = index / images.columnCount
      let top = (isFlipped ? images.rowCount - 1 - gridRow : gridRow) * (height + gap)
      let side = index % images.columnCount * (width + gap)
      for (place, value) in picture.enumerated() {
        guard let colour = colours.colour(at: value) else { continue }
        let start = ((top + place / width) * columnCount + side + place % width) * 4
        (pixels[start], pixels[start + 1], pixels[start + 2], pixels[start + 3]) = (
          colour.red, colour.green, colour.blue, 255
        )
      }
    }
    // The grid of cells, less half a gap on every side.
    let cells = Box(x: min(left, right), y: min(first, last), width: abs(right - left), height: abs(last - first))
    let inset = (
      x: 0.5 * Double(gap) / Double(columnCount + gap) * cells.width,
      y: 0.5 * Double(gap) / Double(rowCount + gap) * cells.height
    )
    let box = Box(
      x: cells.x + inset.x, y: cells.y + inset.y, width: cells.width - 2 * inset.x, height: cells.height - 2 * inset.y)
    occupancy.mark(box)
    return [.raster(RasterInk(over: box, columnCount: columnCount, rowCount: rowCount, pixels: pixels))]
  }
}
