import Foundation

/// A named, typed, shaped array as a file holds it: C order, little-endian.
public struct Tensor: Sendable {
  /// The most axes an array in a file may have: the bound of NumPy and PyTorch.
  public static let mostAxes = 64

  /// The name in the file.
  public let name: String
  /// The type of an element.
  public let elementType: ElementType
  /// The extent of each axis; empty for a scalar.
  public let shape: [Int]
  /// The elements: C order, little-endian, packed.
  public let bytes: Bytes

  /// Makes a tensor. The bytes must be as many as the shape and type need (`ElementType.byteCount(shape:)`).
  public init(name: String, elementType: ElementType, shape: [Int], bytes: Bytes) {
    precondition(elementType.byteCount(shape: shape) == bytes.count, "a tensor's bytes must match its shape and type")
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }

  /// Makes a tensor of type `F64`. There must be as many numbers as the shape needs.
  public init(name: String, shape: [Int], doubles: [Double]) {
    self.init(name: name, elementType: .f64, shape: shape, bytes: Bytes(littleEndian: doubles.map(\.bitPattern)))
  }

  /// Makes a tensor of type `F32`. There must be as many numbers as the shape needs.
  public init(name: String, shape: [Int], floats: [Float]) {
    self.init(name: name, elementType: .f32, shape: shape, bytes: Bytes(littleEndian: floats.map(\.bitPattern)))
  }

  /// Makes a tensor of type `I64`. There must be as many numbers as the shape needs.
  public init(name: String, shape: [Int], integers: [Int]) {
    self.init(name: name, elementType: .i64, shape: shape, bytes: Bytes(littleEndian: integers))
  }

  /// The number of elements.
  public var elementCount: Int { shape.reduce(1, *) }

  /// The same array under another name.
  public func named(_ name: String) -> Tensor {
    Tensor(name: name, elementType: elementType, shape: shape, bytes: bytes)
  }
}

extension Bytes {
  /// Numbers laid out one after the other, little-endian.
  init<Number: FixedWidthInteger>(littleEndian numbers: [Number]) {
    self.init(data: numbers.map(\.littleEndian).withUnsafeBytes { Data($0) })
  }
}
