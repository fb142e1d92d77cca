import Diagnostics

/// How a file breaks the safetensors specification.
public enum SafetensorsFault: Sendable, Hashable {
  /// There is no room for the header's length.
  case tooShort(byteCount: Int)
  /// The header claims to be longer than any may be.
  case headerTooLong(UInt64)
  /// The header ends after the file.
  case headerCutOff(length: Int, available: Int)
  /// The header does not begin with a brace; `nil` when it is empty.
  case headerStart(UInt8?)
  /// A tensor is described by something else than an object.
  case notObject(tensor: String, kind: String)
  /// A tensor's description lacks a field.
  case missingField(tensor: String, String)
  /// A tensor's description has a field that the specification does not know.
  case unknownField(tensor: String, String)
  /// A field is of the wrong kind.
  case wrongField(tensor: String, String, needed: String, found: String)
  /// An element of `shape` or `data_offsets` is not a whole number from 0 on; the byte at which it stands.
  case notCount(tensor: String, String, offset: Int)
  /// There are more axes than any framework allows.
  case tooManyAxes(tensor: String, Int)
  /// The element type is unknown.
  case unknownType(tensor: String, String)
  /// A tensor ends before it begins.
  case offsetsReversed(tensor: String, begin: Int, end: Int)
  /// The size overflows, or is no whole number of bytes.
  case impossibleSize(tensor: String, ElementType, shape: [Int])
  /// The offsets span another number of bytes than type and shape need.
  case sizeMismatch(tensor: String, ElementType, shape: [Int], needed: Int, found: Int)
  /// Bytes before a tensor belong to none.
  case hole(before: String, from: Int, to: Int)
  /// A tensor begins before the one before it ends.
  case overlap(tensor: String, begin: Int, other: String, end: Int)
  /// The tensors end after the file.
  case dataCutOff(needed: Int, available: Int)
  /// Bytes after the last tensor belong to none.
  case trailing(count: Int)
  /// The metadata is something else than an object.
  case metadataNotObject(kind: String)
  /// A value of the metadata is something else than a string.
  case metadataNotText(key: String, kind: String)

  var message: String {
    switch self {
    case .tooShort(let byteCount):
      "safetensors header is cut off: the file has \(bytesText(byteCount)); 8 hold the header's length"
    case .headerTooLong(let length):
      "safetensors header claims \(length) bytes; at most \(Safetensors.longestHeader) are allowed"
    case .headerCutOff(let length, let available):
      "safetensors header is cut off: it claims \(bytesText(length)) and \(available) follow"
    case .headerStart(let byte?): "safetensors header begins with \(byteText(byte)); it must begin with '{'"
    case .headerStart(nil): "safetensors header is empty; it must begin with '{'"
    case .notObject(let tensor, let kind): "tensor \(quoted(tensor)) is described by \(kind); an object is needed"
    case .missingField(let tensor, let field): "tensor \(quoted(tensor)) has no '\(field)'"
    case .unknownField(let tensor, let field):
      "tensor \(quoted(tensor)) has an unknown field \(quoted(field))"
    case .wrongField(let tensor, let field, let needed, let found):
      "tensor \(quoted(tensor)): '\(field)' must be \(needed); it is \(found)"
    case .notCount(let tensor, let field, let offset):
      "tensor \(quoted(tensor)): '\(field)' must hold whole numbers from 0 to 2^63 - 1, without fraction or exponent; "
        + "see byte \(offset)"
    case .tooManyAxes(let tensor, let count):
      "tensor \(quoted(tensor)) has \(count) axes; at most \(Tensor.mostAxes) are read"
    case .unknownType(let tensor, let type): "tensor \(quoted(tensor)) has an unknown dtype \(quoted(type))"
    case .offsetsReversed(let tensor, let begin, let end):
      "tensor \(quoted(tensor)) ends at data byte \(end), before it begins at \(begin)"
    case .impossibleSize(let tensor, let type, let shape):
      "tensor \(quoted(tensor)) (\(type.rawValue), \(sizeText(shape))) "
        + (type.isPacked
          ? "does not fill whole bytes, or has more elements than can be counted"
          : "has more elements than can be counted")
    case .sizeMismatch(let tensor, let type, let shape, let needed, let found):
      "tensor \(quoted(tensor)) (\(type.rawValue), \(sizeText(shape))) needs \(bytesText(needed)); "
        + "its data_offsets span \(found)"
    case .hole(let tensor, let from, let to):
      "data bytes \(from) to \(to) before tensor \(quoted(tensor)) belong to no tensor"
    case .overlap(let tensor, let begin, let other, let end):
      "tensor \(quoted(tensor)) begins at data byte \(begin), inside tensor \(quoted(other)), which ends at \(end)"
    case .dataCutOff(let needed, let available):
      "safetensors data is cut off: the tensors need \(bytesText(needed)) and \(available) are there"
    case .trailing(let count): "safetensors data goes on for \(bytesText(count)) after the last tensor"
    case .metadataNotObject(let kind): "'__metadata__' must be an object; it is \(kind)"
    case .metadataNotText(let key, let kind): "\(quoted(key)) in '__metadata__' must be a string; it is \(kind)"
    }
  }

  var hint: String? {
    switch self {
    case .unknownType(_, let type):
      NumPyLayout.type(named: type).map { "did you mean '\($0.rawValue)'?" }
        ?? nearMissHint(for: type, among: ElementType.allCases.filter { $0 != .c128 }.map(\.rawValue))
        ?? "save it as one of the types of the safetensors specification"
    case .tooShort, .headerCutOff, .dataCutOff: "copy or download the file again; it is incomplete"
    default: "save the file again with an up-to-date safetensors library"
    }
  }
}
