import Foundation

/// Immutable bytes, in memory or mapped from a file. A slice shares its owner's storage.
public struct Bytes: Sendable {
  private let storage: Data

  /// Makes bytes from memory.
  public init(_ bytes: some Sequence<UInt8>) { storage = Data(bytes) }

  /// Makes bytes from data.
  public init(data: Data) { storage = data }

  /// The number of bytes.
  public var count: Int { storage.count }

  /// The byte at an offset from the start.
  public subscript(offset: Int) -> UInt8 { storage[storage.startIndex + offset] }

  /// A stretch of the bytes, by offsets from the start, without copying.
  public subscript(range: Range<Int>) -> Bytes {
    Bytes(data: storage[(storage.startIndex + range.lowerBound)..<(storage.startIndex + range.upperBound)])
  }

  /// The bytes as data, without copying.
  public var data: Data { storage }

  /// Calls a closure with the raw bytes.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try storage.withUnsafeBytes(body)
  }
}
