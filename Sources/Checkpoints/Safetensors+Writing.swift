import Foundation

extension Safetensors {
  /// The bytes of a safetensors file.
  ///
  /// As in the reference writer, tensors are sorted by type, the widest first, and then by name, and the header is padded
  /// so that the data begin at a multiple of 8. The metadata's keys are sorted. The same tensors give the same bytes.
  ///
  /// - Throws: `CheckpointError.duplicateName`, `.reservedName` or `.notWritable`.
  public static func encode(_ tensors: [Tensor], metadata: [MetadataEntry] = []) throws(CheckpointError) -> Data {
    try pieces(for: tensors, metadata: metadata).reduce(into: Data()) { $0.append($1.data) }
  }

  /// Writes a safetensors file: to a file beside it first, which then takes its place.
  ///
  /// - Throws: as `encode(_:metadata:)`, or `CheckpointError.inFile` with `.cannotWrite`.
  public static func write(
    _ tensors: [Tensor], metadata: [MetadataEntry] = [], to path: String
  ) throws(CheckpointError) {
    try AtomicFile.write(try pieces(for: tensors, metadata: metadata), to: path)
  }

  private static func pieces(
    for tensors: [Tensor], metadata: [MetadataEntry]
  ) throws(CheckpointError) -> [Bytes] {
    var members: [String] = []
    if !metadata.isEmpty {
      try checkDistinct(metadata.map(\.key))
      let entries = metadata.sorted { byteOrder($0.key, $1.key) }.map { "\(escaped($0.key)):\(escaped($0.value))" }
      members.append("\"__metadata__\":{\(entries.joined(separator: ","))}")
    }
    try checkDistinct(tensors.map(\.name))
    let rank = Dictionary(uniqueKeysWithValues: zip(ElementType.allCases, ElementType.allCases.indices))
    let sorted = tensors.sorted {
      $0.elementType == $1.elementType
        ? byteOrder($0.name, $1.name) : rank[$0.elementType, default: 0] > rank[$1.elementType, default: 0]
    }
    var end = 0
    for tensor in sorted {
      guard tensor.name != "__metadata__" else { throw .reservedName(tensor.name) }
      guard tensor.elementType != .c128 else {
        throw .notWritable(tensor: tensor.name, tensor.elementType, .safetensors)
      }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let begin = end
      end += tensor.bytes.count
      members.append(
        "\(escaped(tensor.name)):{\"dtype\":\"\(tensor.elementType.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(begin),\(end)]}")
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    guard header.count <= longestHeader else { throw .safetensors(.headerTooLong(UInt64(header.count))) }
    return [Bytes(littleEndian: [UInt64(header.count)]), Bytes(header)] + sorted.map(\.bytes)
  }

  private static func checkDistinct(_ names: [String]) throws(CheckpointError) {
    var seen: Set<ExactName> = []
    for name in names where !seen.insert(ExactName(name)).inserted { throw .duplicateName(name) }
  }

  private static func byteOrder(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func escaped(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
