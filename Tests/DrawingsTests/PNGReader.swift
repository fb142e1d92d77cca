/// Reads the PNGs that the painters write, slowly and by the book: an oracle that shares no code with the writer.
struct PNGReader {
  struct Fault: Error { var what: String }

  var width = 0
  var height = 0
  private var depth = 8
  private var kind = 6
  private var palette: [UInt8] = []
  private var opacities: [UInt8] = []
  private var packed: [UInt8] = []

  init(_ file: [UInt8]) throws {
    guard file.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] else { throw Fault(what: "signature") }
    var place = 8
    while place + 12 <= file.count {
      let length = file[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
      let name = String(decoding: file[(place + 4)..<(place + 8)], as: UTF8.self)
      let body = Array(file[(place + 8)..<(place + 8 + length)])
      switch name {
      case "IHDR":
        width = body[0..<4].reduce(0) { $0 << 8 | Int($1) }
        height = body[4..<8].reduce(0) { $0 << 8 | Int($1) }
        (depth, kind) = (Int(body[8]), Int(body[9]))
      case "PLTE": palette = body
      case "tRNS": opacities = body
      case "IDAT": packed += body
      default: break
      }
      place += 12 + length
    }
  }

  /// Red, green, blue and opacity of every pixel.
  func pixels() throws -> [UInt8] {
    let channels = kind == 6 ? 4 : kind == 2 ? 3 : 1
    let rowLength = (width * channels * depth + 7) / 8
    let rows = try inflate(Array(packed.dropFirst(2)))
    guard rows.count == height * (rowLength + 1) else { throw Fault(what: "\(rows.count) bytes") }
    var pixels: [UInt8] = []
    var above = [UInt8](repeating: 0, count: rowLength)
    let step = max(1, channels * depth / 8)
    for row in 0..<height {
      let start = row * (rowLength + 1)
      var line = Array(rows[(start + 1)..<(start + 1 + rowLength)])
      for index in line.indices {
        let left = index >= step ? Int(line[index - step]) : 0
        let corner = index >= step ? Int(above[index - step]) : 0
        let up = Int(above[index])
        let guess: Int
        switch rows[start] {
        case 0: guess = 0
        case 1: guess = left
        case 2: guess = up
        case 3: guess = (left + up) / 2
        case 4:
          let sum = left + up - corner
          let (a, b, c) = (abs(sum - left), abs(sum - up), abs(sum - corner))
          guess = a <= b && a <= c ? left : b <= c ? up : corner
        default: throw Fault(what: "filter \(rows[start])")
        }
        line[index] = UInt8((Int(line[index]) + guess) & 255)
      }
      above = line
      for column in 0..<width {
        switch kind {
        case 6: pixels += line[(4 * column)..<(4 * column + 4)]
        case 2: pixels += Array(line[(3 * column)..<(3 * column + 3)]) + [255]
        default:
          let index = depth == 8 ? Int(line[column]) : Int(line[column / 2] >> (column % 2 == 0 ? 4 : 0)) & 15
          pixels += Array(palette[(3 * index)..<(3 * index + 3)]) + [index < opacities.count ? opacities[index] : 255]
        }
      }
    }
    return pixels
  }

  // MARK: Inflate, RFC 1951

  private struct Bits {
    let bytes: [UInt8]
    var place = 0
    mutating func next() throws -> Int {
      guard place / 8 < bytes.count else { throw Fault(what: "end") }
      defer { place += 1 }
      return Int(bytes[place / 8] >> UInt8(place % 8)) & 1
    }
    mutating func number(_ count: Int) throws -> Int {
      var value = 0
      for bit in 0..<count { value |= try next() << bit }
      return value
    }
  }

  /// Codes by length, in the order that Huffman codes are dealt out.
  private struct Codes {
    var symbols: [Int: Int] = [:]
    init(_ lengths: [Int]) {
      var code = 0
      for length in 1...15 {
        code <<= 1
        for (symbol, own) in lengths.enumerated() where own == length {
          symbols[1 << length | code] = symbol
          code += 1
        }
      }
    }
    func read(_ bits: inout Bits) throws -> Int {
      var code = 1
      while code < 1 << 16 {
        code = code << 1 | (try bits.next())
        if let symbol = symbols[code] { return symbol }
      }
      throw Fault(what: "code")
    }
  }

  private func inflate(_ bytes: [UInt8]) throws -> [UInt8] {
    var bits = Bits(bytes: bytes)
    var out: [UInt8] = []
    var isLast = false
    while !isLast {
      isLast = try bits.next() == 1
      var literal = Codes((0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
      var distance = Codes([Int](repeating: 5, count: 30))
      switch try bits.number(2) {
      case 0:
        bits.place = (bits.place + 7) / 8 * 8
        let count = try bits.number(16)
        _ = try bits.number(16)
        for _ in 0..<count { out.append(UInt8(try bits.number(8))) }
        continue
      case 1: break
      case 2: (literal, distance) = try dynamic(&bits)
      default: throw Fault(what: "block")
      }
      while true {
        let symbol = try literal.read(&bits)
        if symbol < 256 {
          out.append(UInt8(symbol))
          continue
        }
        if symbol == 256 { break }
        let index = symbol - 257
        let extra = index < 8 || index == 28 ? 0 : index / 4 - 1
        let length = index == 28 ? 258 : index < 8 ? index + 3 : (4 + index % 4) << extra + 3 + (try bits.number(extra))
        let code = try distance.read(&bits)
        let far = code < 2 ? 0 : code / 2 - 1
        let back = (code < 2 ? code : (2 + code % 2) << far) + 1 + (try bits.number(far))
        guard back <= out.count else { throw Fault(what: "distance") }
        for _ in 0..<length { out.append(out[out.count - back]) }
      }
    }
    return out
  }

  private func dynamic(_ bits: inout Bits) throws -> (Codes, Codes) {
    let (literals, distances, count) = (try bits.number(5) + 257, try bits.number(5) + 1, try bits.number(4) + 4)
    var lengths = [Int](repeating: 0, count: 19)
    for index in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(count) {
      lengths[index] = try bits.number(3)
    }
    let codes = Codes(lengths)
    var all: [Int] = []
    while all.count < literals + distances {
      switch try codes.read(&bits) {
      case 16:
        let last = all.last ?? 0
        for _ in 0..<(3 + (try bits.number(2))) { all.append(last) }
      case 17: all += [Int](repeating: 0, count: 3 + (try bits.number(3)))
      case 18: all += [Int](repeating: 0, count: 11 + (try bits.number(7)))
      case let length: all.append(length)
      }
    }
    return (Codes(Array(all[0..<literals])), Codes(Array(all[literals...])))
  }
}
