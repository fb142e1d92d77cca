/// Lays out a zip archive of stored members, all of one date, with 64-bit numbers where they are needed.
struct ZipWriter {
  private var pieces: [Bytes] = []
  private var position: UInt64 = 0
  private var directory: [UInt8] = []
  private var memberCount: UInt64 = 0

  private static let firstOfJanuary1980: UInt16 = 1 << 5 | 1
  private static let nameIsUTF8: UInt16 = 1 << 11

  mutating func add(_ name: String, _ content: [Bytes]) {
    let count = content.reduce(0) { $0 + UInt64($1.count) }
    let checksum = content.reduce(0) { $1.checksum(after: $0) }
    let nameBytes = Array(name.utf8)
    let isWide = count >= UInt64(UInt32.max)
    let isFar = position >= UInt64(UInt32.max)
    let version: UInt16 = isWide || isFar ? 45 : 20

    // What a local header and a directory entry have in common.
    func shared(extraCount: Int) -> [UInt8] {
      var fields: [UInt8] = []
      fields.add(version)
      fields.add(name.utf8.allSatisfy { $0 < 0x80 } ? 0 : Self.nameIsUTF8)
      fields.add(UInt16(0))
      fields.add(UInt16(0))
      fields.add(Self.firstOfJanuary1980)
      fields.add(checksum)
      fields.add(isWide ? UInt32.max : UInt32(count))
      fields.add(isWide ? UInt32.max : UInt32(count))
      fields.add(UInt16(nameBytes.count))
      fields.add(UInt16(extraCount))
      return fields
    }

    let localExtra = wideField(isWide ? [count, count] : [])
    var header: [UInt8] = []
    header.add(UInt32(0x0403_4B50))
    header += shared(extraCount: localExtra.count) + nameBytes + localExtra

    let extra = wideField((isWide ? [count, count] : []) + (isFar ? [position] : []))
    directory.add(UInt32(0x0201_4B50))
    directory.add(version)
    directory += shared(extraCount: extra.count)
    directory += [UInt8](repeating: 0, count: 10)  // no comment, disk 0, no attributes
    directory.add(isFar ? UInt32.max : UInt32(position))
    directory += nameBytes + extra

    pieces.append(Bytes(header))
    pieces += content
    position += UInt64(header.count) + count
    memberCount += 1
  }

  /// The whole archive, piece by piece.
  func finish() -> [Bytes] {
    var end: [UInt8] = []
    let size = UInt64(directory.count)
    let isWide = memberCount >= UInt64(UInt16.max) || size >= UInt64(UInt32.max) || position >= UInt64(UInt32.max)
    if isWide {
      end.add(UInt32(0x0606_4B50))
      end.add(UInt64(44))
      end.add(UInt16(45))
      end.add(UInt16(45))
      end.add(UInt32(0))
      end.add(UInt32(0))
      end.add(memberCount)
      end.add(memberCount)
      end.add(size)
      end.add(position)
      end.add(UInt32(0x0706_4B50))
      end.add(UInt32(0))
      end.add(position + size)
      end.add(UInt32(1))
    }
    end.add(UInt32(0x0605_4B50))
    end.add(UInt32(0))
    end.add(isWide ? UInt16.max : UInt16(memberCount))
    end.add(isWide ? UInt16.max : UInt16(memberCount))
    end.add(isWide ? UInt32.max : UInt32(size))
    end.add(isWide ? UInt32.max : UInt32(position))
    end.add(UInt16(0))
    return pieces + [Bytes(directory), Bytes(end)]
  }

  private func wideField(_ numbers: [UInt64]) -> [UInt8] {
    guard !numbers.isEmpty else { return [] }
    var field: [UInt8] = []
    field.add(UInt16(1))
    field.add(UInt16(8 * numbers.count))
    for number in numbers { field.add(number) }
    return field
  }
}

extension [UInt8] {
  /// Adds a number, little-endian.
  fileprivate mutating func add(_ number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
