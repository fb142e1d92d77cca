/// Pixels as a PNG file. Written here, not by a library, so that a drawing's SVG is the same on every machine and needs
/// no picture library; the packing is plain (one hash candidate, fixed codes) but ample for flat scatter and tiles.
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
    Self.append("IDAT", Deflater.zlib(depth == 4 ? halved(rows) : rows), to: &file)
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

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }

  /// The CRC-32 of PNG chunks.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 255)] ^ ($0 >> 8) }
  }
}

/// DEFLATE (RFC 1951) with fixed codes.
private struct Deflater {
  private var out: [UInt8] = []
  private var bits: UInt64 = 0
  private var bitCount: UInt64 = 0

  /// A zlib stream (RFC 1950).
  static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var deflater = Deflater()
    deflater.out = [0x78, 0x01]
    deflater.pack(bytes)
    var (a, b) = (UInt32(1), UInt32(0))
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    for value in [b, a] { deflater.out += [UInt8(value >> 8), UInt8(value & 255)] }
    return deflater.out
  }

  private mutating func put(_ value: Int, _ count: Int) {
    bits |= UInt64(value) << bitCount
    bitCount += UInt64(count)
    while bitCount >= 8 {
      out.append(UInt8(bits & 255))
      bits >>= 8
      bitCount -= 8
    }
  }

  /// A code, whose bits go highest first.
  private mutating func putCode(_ code: Int, _ count: Int) {
    var turned = 0
    for bit in 0..<count where code >> bit & 1 == 1 { turned |= 1 << (count - 1 - bit) }
    put(turned, count)
  }

  private mutating func putLiteral(_ value: Int) {
    switch value {
    case ..<144: putCode(0x30 + value, 8)
    case ..<256: putCode(0x190 + value - 144, 9)
    case ..<280: putCode(value - 256, 7)
    default: putCode(0xC0 + value - 280, 8)
    }
  }

  private static let lengths = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distances = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073, 4_097,
    6_145, 8_193, 12_289, 16_385, 24_577,
  ]

  private mutating func putMatch(length: Int, distance: Int) {
    let index = Self.lengths.lastIndex { $0 <= length } ?? 0
    putLiteral(257 + index)
    put(length - Self.lengths[index], Self.lengthBits[index])
    let far = Self.distances.lastIndex { $0 <= distance } ?? 0
    putCode(far, 5)
    put(distance - Self.distances[far], max(0, far / 2 - 1))
  }

  private mutating func pack(_ bytes: [UInt8]) {
    put(1, 1)
    put(1, 2)
    var last = [Int32](repeating: -1, count: 1 << 15)
    bytes.withUnsafeBufferPointer { bytes in
      var place = 0
      while place < bytes.count {
        var length = 0
        var from = -1
        if place + 3 <= bytes.count {
          let key = UInt32(bytes[place]) << 16 | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2])
          let slot = Int((key &* 2_654_435_761) >> 17)
          from = Int(last[slot])
          last[slot] = Int32(truncatingIfNeeded: place)
          if from >= 0, place - from <= 32_768 {
            let most = min(258, bytes.count - place)
            while length < most, bytes[from + length] == bytes[place + length] { length += 1 }
          }
        }
        if length >= 3 {
          putMatch(length: length, distance: place - from)
          place += length
        } else {
          putLiteral(Int(bytes[place]))
          place += 1
        }
      }
    }
    putLiteral(256)
    if bitCount > 0 { put(0, Int(8 - bitCount)) }
  }
}
