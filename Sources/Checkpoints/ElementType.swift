/// The type of a tensor's elements, under the names of the safetensors specification; `C128` is NumPy's alone.
public enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
  /// A truth value: one byte, 0 or 1.
  case bool = "BOOL"
  /// A 4-bit float (E2M1), two to a byte.
  case f4 = "F4"
  /// A 6-bit float, four in three bytes.
  case f6E2M3 = "F6_E2M3"
  /// A 6-bit float, four in three bytes.
  case f6E3M2 = "F6_E3M2"
  /// An unsigned 8-bit integer.
  case u8 = "U8"
  /// A signed 8-bit integer.
  case i8 = "I8"
  /// An 8-bit float with infinities: 5 bits of exponent.
  case f8E5M2 = "F8_E5M2"
  /// An 8-bit float without infinities (the `fn` variant): 4 bits of exponent.
  case f8E4M3 = "F8_E4M3"
  /// A power of two: 8 bits of exponent and nothing else.
  case f8E8M0 = "F8_E8M0"
  /// An 8-bit float with one NaN and no negative zero: 4 bits of exponent, bias 8.
  case f8E4M3FNUZ = "F8_E4M3FNUZ"
  /// An 8-bit float with one NaN and no negative zero: 5 bits of exponent, bias 16.
  case f8E5M2FNUZ = "F8_E5M2FNUZ"
  /// A signed 16-bit integer.
  case i16 = "I16"
  /// An unsigned 16-bit integer.
  case u16 = "U16"
  /// A half-precision float.
  case f16 = "F16"
  /// The upper half of a single-precision float.
  case bf16 = "BF16"
  /// A signed 32-bit integer.
  case i32 = "I32"
  /// An unsigned 32-bit integer.
  case u32 = "U32"
  /// A single-precision float.
  case f32 = "F32"
  /// A complex number of two single-precision floats.
  case c64 = "C64"
  /// A double-precision float.
  case f64 = "F64"
  /// A signed 64-bit integer.
  case i64 = "I64"
  /// An unsigned 64-bit integer.
  case u64 = "U64"
  /// A complex number of two double-precision floats. Not in safetensors.
  case c128 = "C128"

  /// The bits of one element.
  public var bitWidth: Int {
    switch self {
    case .f4: 4
    case .f6E2M3, .f6E3M2: 6
    case .bool, .u8, .i8, .f8E5M2, .f8E4M3, .f8E8M0, .f8E4M3FNUZ, .f8E5M2FNUZ: 8
    case .i16, .u16, .f16, .bf16: 16
    case .i32, .u32, .f32: 32
    case .c64, .f64, .i64, .u64: 64
    case .c128: 128
    }
  }

  /// Whether an element is a whole number or a truth value.
  public var isInteger: Bool {
    switch self {
    case .bool, .u8, .i8, .i16, .u16, .i32, .u32, .i64, .u64: true
    default: false
    }
  }

  /// Whether an element has a real and an imaginary part.
  public var isComplex: Bool { self == .c64 || self == .c128 }

  /// Whether elements are narrower than a byte; such tensors are listed and copied, never converted.
  public var isPacked: Bool { bitWidth < 8 }

  /// The bytes that an array of this type needs; `nil` when an extent is negative, the size overflows, or packed elements
  /// do not fill whole bytes.
  public func byteCount(shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      count = product
    }
    let (bits, overflow) = count.multipliedReportingOverflow(by: bitWidth)
    guard !overflow, bits % 8 == 0 else { return nil }
    return bits / 8
  }
}
