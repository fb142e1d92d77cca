import Checkpoints
import Foundation
import Testing

/// Every 8-bit code, and for wider types the edges and random codes, against NumPy and ml_dtypes.
@Suite struct ElementDecodingTests {
  struct Decoding: Decodable {
    let raw: String
    let doubles: [String]
    let floats: [String]
  }

  static let types = ElementType.allCases.filter { !$0.isComplex && !$0.isPacked }

  private func reference(_ type: ElementType) throws -> (tensor: Tensor, doubles: [String], floats: [String]) {
    let all = try FixtureFile.json("Fixtures/decodings.json", as: [String: Decoding].self)
    let decoding = try #require(all[type.rawValue])
    let bytes = Bytes(hex: decoding.raw)
    let tensor = Tensor(
      name: "x", elementType: type, shape: [bytes.count * 8 / type.bitWidth], bytes: bytes)
    return (tensor, decoding.doubles, decoding.floats)
  }

  private func bits(_ value: Double) -> String {
    let digits = String(value.bitPattern, radix: 16)
    return value.isNaN ? "nan" : String(repeating: "0", count: 16 - digits.count) + digits
  }

  @Test(arguments: types) func givesTheDoublesThatPythonGives(type: ElementType) throws {
    let (tensor, doubles, _) = try reference(type)
    #expect(try tensor.doubles().map(bits) == doubles)
    #expect(doubles.count >= 4)
  }

  @Test(arguments: types) func givesTheFloatsThatPythonGives(type: ElementType) throws {
    let (tensor, _, floats) = try reference(type)
    #expect(try tensor.floats().map { bits(Double($0)) } == floats)
  }

  @Test func keepsEveryBitOfFloatsAndDoubles() throws {
    let floats: [Float] = [0, -0.0, .pi, .infinity, .leastNonzeroMagnitude, Float(bitPattern: 0x7FC1_2345)]
    #expect(try Tensor(name: "f", shape: [6], floats: floats).floats().map(\.bitPattern) == floats.map(\.bitPattern))
    let doubles: [Double] = [0, -0.0, .pi, -.infinity, .leastNonzeroMagnitude]
    #expect(
      try Tensor(name: "d", shape: [5], doubles: doubles).doubles().map(\.bitPattern) == doubles.map(\.bitPattern))
  }

  @Test func givesIntegersExactlyOrRefuses() throws {
    let values = [Int.min, -1, 0, Int.max]
    #expect(try Tensor(name: "i", shape: [4], integers: values).integers() == values)
    let small = Tensor(name: "s", elementType: .i16, shape: [2], bytes: Bytes([0xFF, 0xFF, 0x01, 0x80]))
    #expect(try small.integers() == [-1, -32767])
    let truth = Tensor(name: "t", elementType: .bool, shape: [3], bytes: Bytes([0, 1, 2]))
    #expect(try truth.integers() == [0, 1, 1])
    let large = Tensor(name: "u", elementType: .u64, shape: [1], bytes: Bytes([UInt8](repeating: 255, count: 8)))
    #expect(throws: CheckpointError.tooLargeForInteger(tensor: "u")) { try large.integers() }
    #expect(throws: CheckpointError.notInteger(tensor: "f", .f32)) {
      try Tensor(name: "f", shape: [1], floats: [1]).integers()
    }
  }

  @Test func takesComplexNumbersApart() throws {
    let bytes = Tensor(name: "", shape: [4], floats: [1, -2, 3, 4.5]).bytes
    let tensor = Tensor(name: "z", elementType: .c64, shape: [2, 1], bytes: bytes)
    let parts = try tensor.complexParts()
    #expect(parts.real == [1, 3])
    #expect(parts.imaginary == [-2, 4.5])
    #expect(throws: CheckpointError.notReal(tensor: "z", .c64)) { try tensor.doubles() }
    #expect(throws: CheckpointError.notReal(tensor: "z", .c64)) { try tensor.floats() }
    #expect(throws: CheckpointError.notComplex(tensor: "x", .f64)) {
      try Tensor(name: "x", shape: [], doubles: [1]).complexParts()
    }
  }

  @Test(arguments: ElementType.allCases.filter(\.isPacked)) func refusesToConvertPackedTypes(type: ElementType) {
    let tensor = Tensor(
      name: "q", elementType: type, shape: [4], bytes: Bytes([UInt8](repeating: 0, count: type.bitWidth / 2)))
    #expect(throws: CheckpointError.notReal(tensor: "q", type)) { try tensor.doubles() }
  }

  @Test func countsBytesWithoutOverflow() {
    #expect(ElementType.f32.byteCount(shape: []) == 4)
    #expect(ElementType.f64.byteCount(shape: [2, 3]) == 48)
    #expect(ElementType.f4.byteCount(shape: [3]) == nil)
    #expect(ElementType.f6E2M3.byteCount(shape: [4]) == 3)
    #expect(ElementType.u8.byteCount(shape: [-1]) == nil)
    #expect(ElementType.u8.byteCount(shape: [1 << 32, 1 << 32]) == nil)
    #expect(ElementType.c128.byteCount(shape: [1 << 57]) == nil)
    #expect(ElementType.f64.byteCount(shape: [0, 1 << 40]) == 0)
  }
}
