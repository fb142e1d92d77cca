/// Turns a drawing into the bytes of a file.
public protocol Painter: Sendable {
  /// The bytes of the finished file. Equal drawings give equal bytes.
  func paint(_ drawing: Drawing) throws -> [UInt8]
}
