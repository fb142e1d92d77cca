/// A named, typed, shaped array as a file holds it: C order, little-endian.
public struct Tensor: Sendable {
  /// The name in the file.
  public let name: String
  /// The type of an element.
  public let elementType: ElementType
  /// The extent of each axis; empty for a scalar.
  public let shape: [Int]
  /// The elements: C order, little-endian, packed.
  public let bytes: Bytes

  /// Makes a tensor. The bytes must be as many as the shape and type need.
  public init(name: String, elementType: ElementType, shape: [Int], bytes: Bytes) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }

  /// The number of elements.
  public var elementCount: Int { shape.reduce(1, *) }
}

/// The type of a tensor's elements, under the names of the safetensors specification.
public enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
  case bool = "BOOL"
  case f4 = "F4"
  case f6E2M3 = "F6_E2M3"
  case f6E3M2 = "F6_E3M2"
  case u8 = "U8"
  case i8 = "I8"
  case f8E5M2 = "F8_E5M2"
  case f8E4M3 = "F8_E4M3"
  case f8E8M0 = "F8_E8M0"
  case f8E4M3FNUZ = "F8_E4M3FNUZ"
  case f8E5M2FNUZ = "F8_E5M2FNUZ"
  case i16 = "I16"
  case u16 = "U16"
  case f16 = "F16"
  case bf16 = "BF16"
  case i32 = "I32"
  case u32 = "U32"
  case f32 = "F32"
  case c64 = "C64"
  case f64 = "F64"
  case i64 = "I64"
  case u64 = "U64"
  case c128 = "C128"
}
