import CZlib
import Foundation

/// The members of a zip archive, as its central directory lists them.
///
/// Local headers are only followed to the data: PyTorch leaves the sizes in them at zero. What they say otherwise must
/// agree with the directory, so that no two readers see two archives in one file.
struct ZipArchive {
  struct Member {
    let name: String
    let isDeflated: Bool
    let checksum: UInt32
    let count: Int
    /// The local header, the name and the data.
    let extent: Range<Int>
    let data: Range<Int>
  }

  let members: [Member]
  private let bytes: Bytes

  /// The size of the file.
  var byteCount: Int { bytes.count }

  init(_ bytes: Bytes) throws(ZipFault) {
    self.bytes = bytes
    let directory = try ZipDirectory(bytes)
    var members: [Member] = []
    var names: Set<ExactName> = []
    var offset = directory.range.lowerBound
    for _ in 0..<directory.memberCount {
      let entry = try ZipEntry(bytes, at: offset, directory: directory)
      guard names.insert(ExactName(entry.name)).inserted else { throw .duplicate(entry.name) }
      let data = try entry.data(in: bytes, before: directory.range.lowerBound)
      members.append(
        Member(
          name: entry.name, isDeflated: entry.isDeflated, checksum: entry.checksum, count: entry.count,
          extent: entry.localHeader..<data.upperBound, data: data))
      offset = entry.end
    }
    guard offset == directory.range.upperBound else {
      throw .directoryRest(count: directory.range.upperBound - offset)
    }
    try Self.checkNoOverlap(members)
    try Self.checkExpansion(members, fileCount: bytes.count)
    self.members = members
  }

  /// The content of a member, unpacked and checked against its checksum.
  func contents(of member: Member) throws(ZipFault) -> Bytes {
    let packed = bytes[member.data]
    let contents = member.isDeflated ? try inflated(packed, count: member.count) : packed
    let found = contents.checksum()
    guard found == member.checksum else { throw .checksum(written: member.checksum, found: found) }
    return contents
  }

  /// Members that share bytes make small files unpack to huge ones.
  private static func checkNoOverlap(_ members: [Member]) throws(ZipFault) {
    let sorted = members.sorted { $0.extent.lowerBound < $1.extent.lowerBound }
    for (first, second) in zip(sorted, sorted.dropFirst()) where second.extent.lowerBound < first.extent.upperBound {
      throw .overlap(first.name, second.name)
    }
  }

  /// All members together may take 64 MiB, and beyond that 64 times the file's own size.
  private static func checkExpansion(_ members: [Member], fileCount: Int) throws(ZipFault) {
    let (scaled, overflow) = fileCount.multipliedReportingOverflow(by: 64)
    let limit = overflow ? Int.max : max(64 << 20, scaled)
    var total = 0
    for member in members where member.isDeflated {
      let (sum, overflow) = total.addingReportingOverflow(member.count)
      total = sum
      guard !overflow, total <= limit else { throw .expansion(fileCount: fileCount, limit: limit) }
    }
  }

  /// Unpacks raw deflate into exactly the declared number of bytes.
  private func inflated(_ packed: Bytes, count: Int) throws(ZipFault) -> Bytes {
    // Deflate cannot do better than 1032 to 1; a higher claim is a lie and not worth the memory.
    guard count / 1032 <= packed.count else { throw .impossibleRatio(packed: packed.count, count: count) }
    guard packed.count <= Int(UInt32.max), count < Int(UInt32.max) else { throw .tooLargeDeflated(count: count) }
    // One byte more than declared shows whether there is more.
    var unpacked = Data(count: count + 1)
    let outcome = unpacked.withUnsafeMutableBytes { target in
      packed.withUnsafeBytes { source -> (status: Int32, produced: Int, left: Int) in
        var stream = z_stream()
        guard fieldbook_inflate_init_raw(&stream) == Z_OK else { return (Z_MEM_ERROR, 0, 0) }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(target.count)
        let status = inflate(&stream, Z_FINISH)
        return (status, target.count - Int(stream.avail_out), Int(stream.avail_in))
      }
    }
    guard outcome.produced <= count else { throw .longerThanDeclared(count: count) }
    guard outcome.status == Z_STREAM_END else {
      throw outcome.status == Z_BUF_ERROR || outcome.status == Z_OK ? .deflateCutOff : .deflateDamaged
    }
    guard outcome.produced == count else { throw .shorterThanDeclared(count: count, found: outcome.produced) }
    guard outcome.left == 0 else { throw .deflateRest(count: outcome.left) }
    return Bytes(data: unpacked)[0..<count]
  }
}

extension Bytes {
  /// The CRC-32 that zip archives use, of these bytes after others.
  func checksum(after others: UInt32 = 0) -> UInt32 {
    // zlib takes a null pointer for the wish to start anew.
    guard count > 0 else { return others }
    return withUnsafeBytes { buffer in
      UInt32(truncatingIfNeeded: crc32_z(UInt(others), buffer.bindMemory(to: UInt8.self).baseAddress, buffer.count))
    }
  }
}

/// How an archive breaks the zip specification, or what it uses that is not read.
public enum ZipFault: Error, Sendable, Hashable {
  /// There is no end record at the end of the file.
  case noEnd
  /// The archive is spread over several files.
  case severalDisks
  /// The central directory does not end where the end record begins.
  case directoryPlace(offset: UInt64, count: UInt64, end: Int)
  /// The zip64 record is missing or damaged.
  case zip64
  /// An entry of the central directory is damaged.
  case entry(offset: Int)
  /// The central directory goes on after its last entry.
  case directoryRest(count: Int)
  /// A member's name is not UTF-8.
  case name(offset: Int)
  /// Two members have one name.
  case duplicate(String)
  /// A member is encrypted.
  case encrypted(String)
  /// A member is packed by another method than none or deflate.
  case method(String, UInt16)
  /// A member that is not packed has two sizes.
  case storedSize(String, packed: Int, count: Int)
  /// A member's local header is not where the directory says.
  case localHeader(String, offset: Int)
  /// A member's local header has another name.
  case localName(String)
  /// A member's data ends after the data part of the file.
  case dataCutOff(String, end: Int, available: Int)
  /// Two members share bytes.
  case overlap(String, String)
  /// The members unpack to more than a file of this size may.
  case expansion(fileCount: Int, limit: Int)
  /// A member claims to unpack to more than deflate can hold.
  case impossibleRatio(packed: Int, count: Int)
  /// A deflated member has 4 GiB or more.
  case tooLargeDeflated(count: Int)
  /// Deflated data ends too early.
  case deflateCutOff
  /// Deflated data is damaged.
  case deflateDamaged
  /// Deflated data is followed by something else.
  case deflateRest(count: Int)
  /// A member unpacks to more than it claims.
  case longerThanDeclared(count: Int)
  /// A member unpacks to less than it claims.
  case shorterThanDeclared(count: Int, found: Int)
  /// A member's content does not match its checksum.
  case checksum(written: UInt32, found: UInt32)

  var message: String {
    switch self {
    case .noEnd: "zip archive has no end record; it is cut off, or something was added to it"
    case .severalDisks: "zip archive is spread over several files; one is read"
    case .directoryPlace(let offset, let count, let end):
      "zip directory claims \(count) bytes at byte \(offset); it must end at byte \(end)"
    case .zip64: "zip archive has a missing or damaged zip64 record"
    case .entry(let offset): "zip directory is damaged at byte \(offset)"
    case .directoryRest(let count): "zip directory has \(bytesText(count)) after its last member"
    case .name(let offset): "zip member's name is not UTF-8, at byte \(offset)"
    case .duplicate(let name): "zip archive has two members named \(quoted(name))"
    case .encrypted(let name): "zip member \(quoted(name)) is encrypted"
    case .method(let name, let method):
      "zip member \(quoted(name)) is packed by method \(method); 0 (stored) and 8 (deflate) are read"
    case .storedSize(let name, let packed, let count):
      "zip member \(quoted(name)) is stored, yet has \(bytesText(packed)) packed and \(count) unpacked"
    case .localHeader(let name, let offset): "zip member \(quoted(name)) has no header at byte \(offset)"
    case .localName(let name): "zip member \(quoted(name)) has another name in its own header"
    case .dataCutOff(let name, let end, let available):
      "zip member \(quoted(name)) ends at byte \(end); the data part of the file ends at \(available)"
    case .overlap(let first, let second): "zip members \(quoted(first)) and \(quoted(second)) share bytes"
    case .expansion(let fileCount, let limit):
      "zip archive of \(bytesText(fileCount)) claims to unpack to more than \(limit)"
    case .impossibleRatio(let packed, let count):
      "\(bytesText(packed)) of deflated data cannot unpack to the \(count) claimed"
    case .tooLargeDeflated(let count):
      "it claims to unpack to \(bytesText(count)); deflated members below 4 GiB are read"
    case .deflateCutOff: "its deflated data is cut off"
    case .deflateDamaged: "its deflated data is damaged"
    case .deflateRest(let count): "\(bytesText(count)) follow its deflated data"
    case .longerThanDeclared(let count): "it unpacks to more than the \(bytesText(count)) claimed"
    case .shorterThanDeclared(let count, let found): "it unpacks to \(bytesText(found)); \(count) are claimed"
    case .checksum(let written, let found):
      "its checksum is \(String(found, radix: 16)); the archive says \(String(written, radix: 16))"
    }
  }

  var hint: String? {
    switch self {
    case .noEnd, .dataCutOff, .deflateCutOff, .deflateDamaged, .checksum:
      "copy or download the file again; it is incomplete or damaged"
    case .encrypted: "save it without a password"
    case .method, .tooLargeDeflated: "save it with numpy.savez, which does not compress"
    case .expansion: "save it with numpy.savez, which does not compress, if its size is meant"
    default: "save the archive again with numpy.savez"
    }
  }
}
