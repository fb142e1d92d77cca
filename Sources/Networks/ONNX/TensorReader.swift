import Checkpoints

/// Reads one tensor of an ONNX file. Raw data stays where it is in the file, or in the file beside it.
struct TensorReader {
  let bytes: Bytes
  let raw: UnsafeRawBufferPointer
  let externalFiles: ExternalFiles

  /// The element types by ONNX's numbers, with their sizes in bytes.
  static let types: [Int: (type: ElementType, size: Int)] = [
    1: (.f32, 4), 2: (.u8, 1), 3: (.i8, 1), 4: (.u16, 2), 5: (.i16, 2), 6: (.i32, 4), 7: (.i64, 8), 9: (.bool, 1),
    10: (.f16, 2), 11: (.f64, 8), 12: (.u32, 4), 13: (.u64, 8), 14: (.c64, 8), 15: (.c128, 16), 16: (.bf16, 2),
    17: (.f8E4M3, 1), 18: (.f8E4M3FNUZ, 1), 19: (.f8E5M2, 1), 20: (.f8E5M2FNUZ, 1), 24: (.f8E8M0, 1),
  ]

  private struct Fields {
    var name = ""
    var dims: [Int] = []
    var type = 0
    var rawData: Range<Int>?
    var floats: [UInt8] = []
    var doubles: [UInt8] = []
    var int32s: [Int] = []
    var int64s: [Int] = []
    var uint64s: [Int] = []
    var external: [String: String]?
    var isSegment = false
  }

  func read(_ range: Range<Int>, part: String) throws(NetworkError) -> Tensor {
    var fields = Fields()
    var reader = WireReader(raw, range, part: part)
    while let (number, field) = try reader.next() {
      switch number {
      case 1: try reader.integers(field, "dims", to: &fields.dims)
      case 2: fields.type = try reader.integer(field, "data_type")
      case 3: fields.isSegment = true
      case 4: try reader.fixedBytes(field, "float_data", size: 4, to: &fields.floats)
      case 5: try reader.integers(field, "int32_data", to: &fields.int32s)
      case 7: try reader.integers(field, "int64_data", to: &fields.int64s)
      case 8: fields.name = try reader.text(field, "name")
      case 9: fields.rawData = try reader.range(field, "raw_data")
      case 10: try reader.fixedBytes(field, "double_data", size: 8, to: &fields.doubles)
      case 11: try reader.integers(field, "uint64_data", to: &fields.uint64s)
      case 13:
        let (key, value) = try entry(try reader.range(field, "external_data"), part: part)
        fields.external = fields.external ?? [:]
        fields.external?[key] = value
      case 14: if try reader.integer(field, "data_location") == 1 { fields.external = fields.external ?? [:] }
      default: break
      }
    }
    return try tensor(fields)
  }

  private func entry(_ range: Range<Int>, part: String) throws(NetworkError) -> (String, String) {
    var (key, value) = ("", "")
    var reader = WireReader(raw, range, part: part)
    while let (number, field) = try reader.next() {
      if number == 1 { key = try reader.text(field, "key") }
      if number == 2 { value = try reader.text(field, "value") }
    }
    return (key, value)
  }

  private func tensor(_ fields: Fields) throws(NetworkError) -> Tensor {
    func wrong(_ reason: String) -> NetworkError { .wrongTensor(name: fields.name, reason: reason) }
    guard !fields.isSegment else { throw wrong("is kept in segments, which are not read") }
    guard fields.type != 8 else { throw wrong("holds texts, which are not computed with") }
    guard let (type, size) = Self.types[fields.type] else { throw wrong("has the unknown element type \(fields.type)") }
    guard fields.dims.count <= largestRank else {
      throw wrong("has \(fields.dims.count) axes; the limit is \(largestRank)")
    }
    var byteCount = size
    for extent in fields.dims {
      guard extent >= 0 else { throw wrong("has an axis of extent \(extent)") }
      let (product, overflows) = byteCount.multipliedReportingOverflow(by: max(1, extent))
      guard !overflows else { throw wrong("has shape \(fields.dims.written), which no memory holds") }
      byteCount = product
    }
    if fields.dims.contains(0) { byteCount = 0 }
    let data: Bytes
    if let external = fields.external {
      let place = ExternalPlace(
        tensor: fields.name, elementType: type, shape: fields.dims, location: external["location"] ?? "",
        offset: external["offset"],
        length: external["length"])
      data = try externalFiles.bytes(of: place, byteCount: byteCount)
    } else if let range = fields.rawData {
      data = bytes[range]
    } else {
      data = Bytes(try packed(fields, size: size, wrong))
    }
    guard data.count == byteCount else {
      throw wrong(
        "has \(data.count) bytes; \(fields.dims.written) of type \(type.rawValue) \(fields.dims.isEmpty ? "is" : "are") \(byteCount)"
      )
    }
    return Tensor(name: fields.name, elementType: type, shape: fields.dims, bytes: data)
  }

  /// The elements of a tensor that is not raw, as bytes.
  private func packed(_ fields: Fields, size: Int, _ wrong: (String) -> NetworkError) throws(NetworkError) -> [UInt8] {
    switch fields.type {
    case 1, 14: return fields.floats
    case 11, 15: return fields.doubles
    default:
      let source =
        fields.type == 7 ? fields.int64s : (fields.type == 12 || fields.type == 13 ? fields.uint64s : fields.int32s)
      var result: [UInt8] = []
      result.reserveCapacity(source.count * size)
      for value in source {
        for index in 0..<size { result.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
      }
      return result
    }
  }
}
