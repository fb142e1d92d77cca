/// How bytes break the rules of Python's pickles. Offsets count from the start of the bytes that were read.
public enum PickleFault: Error, Sendable, Hashable {
  /// The pickle ends in the middle of an operation, or without its last one.
  case cutOff(offset: Int)
  /// There is no such operation.
  case unknownOperation(UInt8, offset: Int)
  /// The protocol is later than those that are known.
  case protocolNumber(UInt8, offset: Int)
  /// An operation takes more values than there are.
  case stackEmpty(String, offset: Int)
  /// An operation reaches back to a mark that was never set.
  case noMark(String, offset: Int)
  /// An operation puts something into what holds nothing.
  case holdsNothing(String, kind: String, offset: Int)
  /// An operation sets keys and values, and one is left over.
  case oddPairs(offset: Int)
  /// An operation needs a value of another kind.
  case wrongKind(String, needed: String, found: String, offset: Int)
  /// An operation recalls what was never remembered.
  case neverRemembered(UInt64, offset: Int)
  /// A length is negative, or goes beyond the end.
  case length(UInt64, available: Int, offset: Int)
  /// A number written in digits is none.
  case digits(String, offset: Int)
  /// A name is not UTF-8.
  case nameNotUTF8(offset: Int)
  /// There are too many values.
  case tooMany(limit: Int, offset: Int)
  /// Something follows the pickle.
  case trailing(count: Int, offset: Int)

  var message: String {
    switch self {
    case .cutOff(let offset): "pickle is cut off at byte \(offset)"
    case .unknownOperation(let byte, let offset): "pickle has no operation \(byteText(byte)), at byte \(offset)"
    case .protocolNumber(let number, let offset):
      "pickle protocol \(number) is unknown, at byte \(offset); 0 to 5 are read"
    case .stackEmpty(let operation, let offset):
      "pickle operation \(operation) takes a value where none is left, at byte \(offset)"
    case .noMark(let operation, let offset):
      "pickle operation \(operation) reaches back to a mark that was never set, at byte \(offset)"
    case .holdsNothing(let operation, let kind, let offset):
      "pickle operation \(operation) puts something into \(kind), which holds nothing, at byte \(offset)"
    case .oddPairs(let offset): "pickle operation sets a key without a value, at byte \(offset)"
    case .wrongKind(let operation, let needed, let found, let offset):
      "pickle operation \(operation) needs \(needed) and finds \(found), at byte \(offset)"
    case .neverRemembered(let number, let offset):
      "pickle recalls value \(number), which was never remembered, at byte \(offset)"
    case .length(let length, let available, let offset):
      "pickle claims \(length) bytes at byte \(offset); \(available) follow"
    case .digits(let text, let offset): "pickle has \(quoted(text)) for a number, at byte \(offset)"
    case .nameNotUTF8(let offset): "pickle has a name that is not UTF-8, at byte \(offset)"
    case .tooMany(let limit, let offset): "pickle builds more than \(limit) values, at byte \(offset)"
    case .trailing(let count, let offset): "\(bytesText(count)) follow the pickle, at byte \(offset)"
    }
  }

  var hint: String? {
    switch self {
    case .cutOff, .length: "copy or download the file again; it is incomplete"
    case .tooMany: "save the weights alone, without logs beside them"
    default: "save the weights again with torch.save"
    }
  }
}
