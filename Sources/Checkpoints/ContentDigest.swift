import CCrypto
import Foundation

/// A SHA-256 digest, as 64 hexadecimal digits.
public struct ContentDigest: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The digest in lower-case hexadecimal.
  public let hex: String

  init(hex: String) { self.hex = hex }

  /// The digest of bytes: what `sha256sum` prints for a file of them.
  public init(of bytes: Bytes) {
    let digester = ContentDigester()
    digester.append(bytes)
    self = digester.finish()
  }

  /// The digest of an array: its type, shape and elements, but not its name.
  public init(of tensor: Tensor) {
    let digester = ContentDigester()
    digester.append(field: tensor.elementType.rawValue)
    digester.append(field: tensor.shape.map(String.init).joined(separator: ","))
    digester.append(tensor.bytes)
    self = digester.finish()
  }

  /// Reads a digest back from its hexadecimal text.
  public init(from decoder: any Decoder) throws {
    hex = try decoder.singleValueContainer().decode(String.self)
  }

  /// Writes the digest as its hexadecimal text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }

  /// The hexadecimal digits.
  public var description: String { hex }
}

/// Builds a digest from pieces as they come.
public final class ContentDigester {
  private let context: OpaquePointer

  /// Starts an empty digest.
  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto has no SHA-256, or no memory")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes as they are.
  public func append(_ bytes: Bytes) { bytes.withUnsafeBytes { append(raw: $0) } }

  /// Adds text after its own length, so that fields which follow each other never run together.
  public func append(field text: String) {
    let field = Array(text.utf8)
    Bytes(littleEndian: [UInt64(field.count)]).withUnsafeBytes { append(raw: $0) }
    field.withUnsafeBytes { append(raw: $0) }
  }

  /// Ends the digest. Nothing may be added after it.
  public func finish() -> ContentDigest {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    let digits = Array("0123456789abcdef".utf8)
    return ContentDigest(
      hex: String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self))
  }

  private func append(raw buffer: UnsafeRawBufferPointer) {
    guard let start = buffer.baseAddress, !buffer.isEmpty else { return }
    EVP_DigestUpdate(context, start, buffer.count)
  }
}
