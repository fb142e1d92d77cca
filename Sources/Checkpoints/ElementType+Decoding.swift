/// A floating-point type that elements can be converted to.
protocol DecodedNumber: BinaryFloatingPoint {
  init(_ value: Float)
  init(_ value: Double)
}

extension Float: DecodedNumber {}
extension Double: DecodedNumber {}

extension ElementType {
  /// Converts elements to floating point. The type must be neither complex nor packed, and the source must hold as many
  /// elements as the target.
  func decode<Number: DecodedNumber>(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Number>
  ) {
    switch self {
    case .f64: convert(source, target) { (bits: UInt64) in Number(Double(bitPattern: bits)) }
    case .f32: convert(source, target) { (bits: UInt32) in Number(Float(bitPattern: bits)) }
    case .f16: convert(source, target) { (bits: UInt16) in Number(Float(Float16(bitPattern: bits))) }
    case .bf16: convert(source, target) { (bits: UInt16) in Number(Float(bitPattern: UInt32(bits) << 16)) }
    case .i64: convert(source, target) { (value: Int64) in Number(value) }
    case .u64: convert(source, target) { (value: UInt64) in Number(value) }
    case .i32: convert(source, target) { (value: Int32) in Number(value) }
    case .u32: convert(source, target) { (value: UInt32) in Number(value) }
    case .i16: convert(source, target) { (value: Int16) in Number(value) }
    case .u16: convert(source, target) { (value: UInt16) in Number(value) }
    case .i8: convert(source, target) { (value: Int8) in Number(value) }
    case .u8: convert(source, target) { (value: UInt8) in Number(value) }
    case .bool: convert(source, target) { (value: UInt8) in value == 0 ? 0 : 1 }
    case .f8E4M3: decode(source, into: target, through: Self.tableE4M3)
    case .f8E5M2: decode(source, into: target, through: Self.tableE5M2)
    case .f8E4M3FNUZ: decode(source, into: target, through: Self.tableE4M3FNUZ)
    case .f8E5M2FNUZ: decode(source, into: target, through: Self.tableE5M2FNUZ)
    case .f8E8M0: decode(source, into: target, through: Self.tableE8M0)
    case .f4, .f6E2M3, .f6E3M2, .c64, .c128: preconditionFailure("\(rawValue) has no real elements")
    }
  }

  /// The elements as integers; `nil` when the type is none, or an element is too large.
  func integers(_ source: UnsafeRawBufferPointer) -> [Int]? {
    switch self {
    case .i64: exact(source, Int64.self)
    case .u64: exact(source, UInt64.self)
    case .i32: exact(source, Int32.self)
    case .u32: exact(source, UInt32.self)
    case .i16: exact(source, Int16.self)
    case .u16: exact(source, UInt16.self)
    case .i8: exact(source, Int8.self)
    case .u8: exact(source, UInt8.self)
    case .bool: source.map { $0 == 0 ? 0 : 1 }
    default: nil
    }
  }

  private func exact<Raw: FixedWidthInteger>(_ source: UnsafeRawBufferPointer, _ type: Raw.Type) -> [Int]? {
    var values: [Int] = []
    values.reserveCapacity(source.count / MemoryLayout<Raw>.size)
    for offset in stride(from: 0, to: source.count, by: MemoryLayout<Raw>.size) {
      guard let value = Int(exactly: Raw(littleEndian: source.loadUnaligned(fromByteOffset: offset, as: Raw.self)))
      else { return nil }
      values.append(value)
    }
    return values
  }

  @inline(__always)
  private func convert<Raw: FixedWidthInteger, Number>(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableBufferPointer<Number>, _ number: (Raw) -> Number
  ) {
    for index in target.indices {
      let raw = source.loadUnaligned(fromByteOffset: index * MemoryLayout<Raw>.size, as: Raw.self)
      target.initializeElement(at: index, to: number(Raw(littleEndian: raw)))
    }
  }

  private func decode<Number: DecodedNumber>(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Number>, through table: [Float]
  ) {
    for index in target.indices { target.initializeElement(at: index, to: Number(table[Int(source[index])])) }
  }

  // MARK: 8-bit floats

  private static let tableE4M3 = smallFloats(mantissaBits: 3, bias: 7) { $0 & 0x7F == 0x7F ? .nan : nil }
  private static let tableE5M2 = smallFloats(mantissaBits: 2, bias: 15) { code in
    guard code & 0x7C == 0x7C else { return nil }
    return code & 3 != 0 ? .nan : code & 0x80 != 0 ? -.infinity : .infinity
  }
  private static let tableE4M3FNUZ = smallFloats(mantissaBits: 3, bias: 8) { $0 == 0x80 ? .nan : nil }
  private static let tableE5M2FNUZ = smallFloats(mantissaBits: 2, bias: 16) { $0 == 0x80 ? .nan : nil }
  private static let tableE8M0 = (0...255).map { code in
    code == 255 ? Float.nan : Float(sign: .plus, exponent: code - 127, significand: 1)
  }

  /// The 256 values of a type of one sign bit, some exponent bits and some mantissa bits.
  private static func smallFloats(mantissaBits: Int, bias: Int, special: (Int) -> Float?) -> [Float] {
    (0...255).map { code in
      if let value = special(code) { return value }
      let mantissa = code & ((1 << mantissaBits) - 1)
      let exponent = (code & 0x7F) >> mantissaBits
      let unit = Float(sign: .plus, exponent: max(exponent, 1) - bias - mantissaBits, significand: 1)
      let magnitude = Float(exponent > 0 ? mantissa + 1 << mantissaBits : mantissa) * unit
      return code & 0x80 != 0 ? -magnitude : magnitude
    }
  }
}
