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
    // Foundation traps when an empty slice that does not begin at 0 is opened for writing later.
    guard !range.isEmpty else { return Bytes(data: Data()) }
    return Bytes(data: storage[(storage.startIndex + range.lowerBound)..<(storage.startIndex + range.upperBound)])
  }

  /// The bytes as data, without copying.
  public var data: Data { storage }

  /// Calls a closure with the raw bytes.
  public func withUnsafeBytes<Value, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    // Foundation's own version erases the error's type.
    let result: Result<Value, Failure> = storage.withUnsafeBytes { buffer in
      do throws(Failure) { return .success(try body(buffer)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

extension Bytes {
  /// A stretch of the bytes, or `nil` when it does not lie inside them.
  func stretch(at offset: Int, count length: Int) -> Bytes? {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
    return self[offset..<(offset + length)]
  }

  /// A little-endian unsigned number, or `nil` when it does not lie inside the bytes.
  func number<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type, at offset: Int) -> Number? {
    let width = Number.bitWidth / 8
    guard offset >= 0, offset <= count, width <= count - offset else { return nil }
    var value: Number = 0
    for index in 0..<width { value |= Number(self[offset + index]) << Number(8 * index) }
    return value
  }

  /// Whether the bytes begin with others.
  func begins(with prefix: some Collection<UInt8>) -> Bool { storage.starts(with: prefix) }

  /// The bytes as text, if they are UTF-8.
  var text: String? { String(validating: storage, as: UTF8.self) }
}
