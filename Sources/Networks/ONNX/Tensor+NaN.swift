import Checkpoints

extension Tensor {
  /// The number of elements that are NaN, told by their bits: 0 for types without such. Infinities are not counted: masks of
  /// attention are made of them.
  var nanCount: Int {
    switch elementType {
    case .f16: count(UInt16.self, exponent: 0x7C00)
    case .bf16: count(UInt16.self, exponent: 0x7F80)
    case .f32: count(UInt32.self, exponent: 0x7F80_0000)
    case .f64: count(UInt64.self, exponent: 0x7FF0_0000_0000_0000)
    default: 0
    }
  }

  /// The elements whose exponent has every bit set, and whose fraction has any.
  private func count<Bits: FixedWidthInteger>(_ type: Bits.Type, exponent: Bits) -> Int {
    bytes.withUnsafeBytes { raw in
      let fraction = (exponent & (0 &- exponent)) &- 1
      var count = 0
      for offset in stride(from: 0, to: raw.count, by: MemoryLayout<Bits>.size) {
        let bits = Bits(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Bits.self))
        if bits & exponent == exponent, bits & fraction != 0 { count += 1 }
      }
      return count
    }
  }
}
