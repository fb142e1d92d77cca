import CZlib

/// Pixels as a PNG file, with a palette where there are few colours: the raster layers inside an SVG.
struct PNGImage {
  let columnCount: Int
  let rowCount: Int
  /// Red, green, blue and opacity of every pixel.
  let pixels: [UInt8]

  func encoded() -> [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    var header = Self.bigEndian(UInt32(columnCount)) + Self.bigEndian(UInt32(rowCount))
    let (rows, palette) = indexed() ?? (fullColour(), nil)
    let depth: UInt8 = palette.map(\.count) ?? 256 <= 16 ? 4 : 8
    header += [depth, palette == nil ? 6 : 3, 0, 0, 0]
    Self.append("IHDR", header, to: &file)
    if let palette {
      Self.append("PLTE", palette.flatMap { [$0.red, $0.green, $0.blue] }, to: &file)
      Self.append("tRNS", palette.map(\.opacity), to: &file)
    }
    Self.append("IDAT", Self.deflated(depth == 4 ? halved(rows) : rows), to: &file)
    Self.append("IEND", [], to: &file)
    return file
  }

  /// A quarter of the size when there are at most 256 colours.
  private func indexed() -> (rows: [UInt8], palette: [Colour])? {
    var known: [UInt32: UInt8] = [:]
    var palette: [Colour] = []
    var rows: [UInt8] = []
    rows.reserveCapacity(rowCount * (columnCount + 1))
    for row in 0..<rowCount {
      rows.append(0)
      for column in 0..<columnCount {
        let start = (row * columnCount + column) * 4
        let colour =
          pixels[start + 3] == 0
          ? Colour(red: 0, green: 0, blue: 0, opacity: 0)
          : Colour(red: pixels[start], green: pixels[start + 1], blue: pixels[start + 2], opacity: pixels[start + 3])
        let key =
          UInt32(colour.red) << 24 | UInt32(colour.green) << 16 | UInt32(colour.blue) << 8 | UInt32(colour.opacity)
        if let index = known[key] {
          rows.append(index)
        } else {
          guard palette.count < 256 else { return nil }
          known[key] = UInt8(palette.count)
          rows.append(UInt8(palette.count))
          palette.append(colour)
        }
      }
    }
    return (rows, palette)
  }

  /// Two pixels to the byte.
  private func halved(_ rows: [UInt8]) -> [UInt8] {
    var packed: [UInt8] = []
    packed.reserveCapacity(rows.count / 2 + rowCount)
    for row in 0..<rowCount {
      let start = row * (columnCount + 1)
      packed.append(rows[start])
      for column in stride(from: 1, through: columnCount, by: 2) {
        packed.append(rows[start + column] << 4 | (column < columnCount ? rows[start + column + 1] : 0))
      }
    }
    return packed
  }

  private func fullColour() -> [UInt8] {
    var rows: [UInt8] = []
    rows.reserveCapacity(rowCount * (columnCount * 4 + 1))
    for row in 0..<rowCount {
      rows.append(0)
      rows += pixels[(row * columnCount * 4)..<((row + 1) * columnCount * 4)]
    }
    return rows
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8((value >> 16) & 255), UInt8((value >> 8) & 255), UInt8(value & 255)]
  }

  private static func append(_ name: String, _ content: [UInt8], to file: inout [UInt8]) {
    let body = Array(name.utf8) + content
    file += bigEndian(UInt32(content.count)) + body + bigEndian(checksum(body))
  }

  /// The CRC-32 of PNG chunks.
  static func checksum(_ bytes: [UInt8]) -> UInt32 { UInt32(truncatingIfNeeded: crc32(0, bytes, UInt32(bytes.count))) }

  /// A zlib stream.
  private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var length = compressBound(UInt(bytes.count))
    var packed = [UInt8](repeating: 0, count: Int(length))
    let status = compress2(&packed, &length, bytes, UInt(bytes.count), 6)
    precondition(status == Z_OK, "a buffer of compressBound's size is always enough")
    return Array(packed[..<Int(length)])
  }
}
