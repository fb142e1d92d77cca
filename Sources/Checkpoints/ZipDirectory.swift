/// The end of a zip archive: where the central directory lies and how many members it lists.
struct ZipDirectory {
  let range: Range<Int>
  let memberCount: UInt64

  private static let endSignature: UInt32 = 0x0605_4B50
  private static let zip64Signature: UInt32 = 0x0606_4B50
  private static let zip64LocatorSignature: UInt32 = 0x0706_4B50

  init(_ bytes: Bytes) throws(ZipFault) {
    let end = try Self.endRecord(of: bytes)
    guard let disk = bytes.number(UInt16.self, at: end + 4), let firstDisk = bytes.number(UInt16.self, at: end + 6),
      let hereCount = bytes.number(UInt16.self, at: end + 8), let allCount = bytes.number(UInt16.self, at: end + 10),
      let size = bytes.number(UInt32.self, at: end + 12), let offset = bytes.number(UInt32.self, at: end + 16)
    else { throw .noEnd }
    // PyTorch writes the wide record even where the numbers are small; then the two must agree.
    if end >= 20, bytes.number(UInt32.self, at: end - 20) == Self.zip64LocatorSignature {
      self = try ZipDirectory(zip64: bytes, locator: end - 20)
      guard allCount == .max || UInt64(allCount) == memberCount, size == .max || Int(size) == range.count,
        offset == .max || Int(offset) == range.lowerBound
      else { throw .zip64 }
      return
    }
    guard disk == 0, firstDisk == 0, hereCount == allCount else { throw .severalDisks }
    range = try Self.range(offset: UInt64(offset), count: UInt64(size), end: end)
    memberCount = UInt64(allCount)
  }

  private init(zip64 bytes: Bytes, locator: Int) throws(ZipFault) {
    guard let place = bytes.number(UInt64.self, at: locator + 8), place <= UInt64(locator),
      bytes.number(UInt32.self, at: locator + 4) == 0, bytes.number(UInt32.self, at: locator + 16) == 1
    else { throw .zip64 }
    let record = Int(place)
    guard bytes.number(UInt32.self, at: record) == Self.zip64Signature,
      let length = bytes.number(UInt64.self, at: record + 4), length >= 44, length == UInt64(locator - record) &- 12,
      let disk = bytes.number(UInt32.self, at: record + 16), let firstDisk = bytes.number(UInt32.self, at: record + 20),
      let hereCount = bytes.number(UInt64.self, at: record + 24),
      let allCount = bytes.number(UInt64.self, at: record + 32),
      let size = bytes.number(UInt64.self, at: record + 40), let offset = bytes.number(UInt64.self, at: record + 48)
    else { throw .zip64 }
    guard disk == 0, firstDisk == 0, hereCount == allCount else { throw .severalDisks }
    range = try Self.range(offset: offset, count: size, end: record)
    memberCount = allCount
  }

  /// The end record is the one whose comment reaches exactly to the end of the file.
  private static func endRecord(of bytes: Bytes) throws(ZipFault) -> Int {
    var place = bytes.count - 22
    let first = max(0, place - Int(UInt16.max))
    while place >= first {
      if bytes[place] == 0x50, bytes.number(UInt32.self, at: place) == endSignature,
        let comment = bytes.number(UInt16.self, at: place + 20), place + 22 + Int(comment) == bytes.count
      {
        return place
      }
      place -= 1
    }
    throw .noEnd
  }

  private static func range(offset: UInt64, count: UInt64, end: Int) throws(ZipFault) -> Range<Int> {
    let (sum, overflow) = offset.addingReportingOverflow(count)
    guard !overflow, sum == UInt64(end) else { throw .directoryPlace(offset: offset, count: count, end: end) }
    return Int(offset)..<end
  }
}

/// One entry of the central directory.
struct ZipEntry {
  let name: String
  let isDeflated: Bool
  let checksum: UInt32
  let count: Int
  /// Where the next entry begins.
  let end: Int
  /// Where the member's own header begins.
  let localHeader: Int
  private let packedCount: Int

  private static let signature: UInt32 = 0x0201_4B50
  private static let localSignature: UInt32 = 0x0403_4B50
  private static let encryptionFlags: UInt16 = 1 | 1 << 6 | 1 << 13

  init(_ bytes: Bytes, at offset: Int, directory: ZipDirectory) throws(ZipFault) {
    guard bytes.number(UInt32.self, at: offset) == Self.signature,
      let flags = bytes.number(UInt16.self, at: offset + 8), let method = bytes.number(UInt16.self, at: offset + 10),
      let checksum = bytes.number(UInt32.self, at: offset + 16),
      let packed = bytes.number(UInt32.self, at: offset + 20),
      let unpacked = bytes.number(UInt32.self, at: offset + 24),
      let nameCount = bytes.number(UInt16.self, at: offset + 28),
      let extraCount = bytes.number(UInt16.self, at: offset + 30),
      let commentCount = bytes.number(UInt16.self, at: offset + 32),
      let disk = bytes.number(UInt16.self, at: offset + 34),
      let local = bytes.number(UInt32.self, at: offset + 42),
      case let end = offset + 46 + Int(nameCount) + Int(extraCount) + Int(commentCount),
      end <= directory.range.upperBound,
      let nameBytes = bytes.stretch(at: offset + 46, count: Int(nameCount)),
      let extra = bytes.stretch(at: offset + 46 + Int(nameCount), count: Int(extraCount))
    else { throw .entry(offset: offset) }
    guard let name = nameBytes.text else { throw .name(offset: offset + 46) }
    guard flags & Self.encryptionFlags == 0 else { throw .encrypted(name) }
    guard method == 0 || method == 8 else { throw .method(name, method) }
    guard disk == 0 || disk == .max else { throw .severalDisks }

    var wide = ZipWideNumbers(extra: extra)
    guard let unpackedCount = wide.number(standingFor: unpacked), let packedCount = wide.number(standingFor: packed),
      let localHeader = wide.number(standingFor: local)
    else { throw .zip64 }
    guard method == 8 || packedCount == unpackedCount else {
      throw .storedSize(name, packed: packedCount, count: unpackedCount)
    }
    self.name = name
    isDeflated = method == 8
    self.checksum = checksum
    count = unpackedCount
    self.packedCount = packedCount
    self.localHeader = localHeader
    self.end = end
  }

  /// Where the member's packed data lie: after the local header, before the directory.
  func data(in bytes: Bytes, before limit: Int) throws(ZipFault) -> Range<Int> {
    guard localHeader <= limit, limit - localHeader >= 30,
      bytes.number(UInt32.self, at: localHeader) == Self.localSignature,
      let nameCount = bytes.number(UInt16.self, at: localHeader + 26),
      let extraCount = bytes.number(UInt16.self, at: localHeader + 28)
    else { throw .localHeader(name, offset: localHeader) }
    guard bytes.stretch(at: localHeader + 30, count: Int(nameCount))?.data.elementsEqual(name.utf8) == true else {
      throw .localName(name)
    }
    let start = localHeader + 30 + Int(nameCount) + Int(extraCount)
    let (end, overflow) = start.addingReportingOverflow(packedCount)
    guard !overflow, end <= limit else {
      throw .dataCutOff(name, end: overflow ? Int.max : end, available: limit)
    }
    return start..<end
  }
}

/// The 64-bit numbers in a zip64 extra field. They stand there, in order, for those that are all ones elsewhere.
struct ZipWideNumbers {
  private var rest: Bytes?

  init(extra: Bytes) {
    var offset = 0
    while let kind = extra.number(UInt16.self, at: offset), let length = extra.number(UInt16.self, at: offset + 2) {
      if kind == 1 {
        rest = extra.stretch(at: offset + 4, count: Int(length))
        return
      }
      offset += 4 + Int(length)
    }
  }

  /// The number itself, or the next wide one when it is all ones; `nil` when that is missing or beyond 2^63 - 1.
  mutating func number(standingFor narrow: UInt32) -> Int? {
    guard narrow == .max else { return Int(narrow) }
    guard let wide = rest?.number(UInt64.self, at: 0) else { return nil }
    rest = rest.flatMap { $0.stretch(at: 8, count: $0.count - 8) }
    return Int(exactly: wide)
  }
}
