/// How NumPy's type descriptors (`<f4`, `|b1`, `float64`) name element types.
struct NumPyLayout {
  let type: ElementType
  let isBigEndian: Bool

  init(_ descriptor: String) throws(NumPyFault) {
    let order = descriptor.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    let code = order == nil ? descriptor : String(descriptor.dropFirst())
    isBigEndian = order == ">"
    if let type = Self.types[code] ?? (order == nil ? Self.names[code] : nil) {
      self.type = type
      return
    }
    switch code.first {
    case "O": throw .objects
    case "U", "S", "a": throw .text(descriptor)
    case "M", "m": throw .dates(descriptor)
    case "V": throw code == "V2" ? .maybeBFloat16 : .raw(descriptor)
    default:
      if ["f12", "f16", "c24", "c32"].contains(code) { throw .longDouble(descriptor) }
      throw .unknownType(descriptor)
    }
  }

  /// The descriptor under which NumPy stores a type, if it has one.
  static func descriptor(of type: ElementType) -> String? {
    types.first { $0.value == type }.map { (type.bitWidth == 8 ? "|" : "<") + $0.key }
  }

  /// The type that NumPy calls so, other than complex ones of two doubles.
  static func type(named name: String) -> ElementType? { names[name].flatMap { $0 == .c128 ? nil : $0 } }

  private static let types: [String: ElementType] = [
    "b1": .bool, "i1": .i8, "i2": .i16, "i4": .i32, "i8": .i64, "u1": .u8, "u2": .u16, "u4": .u32, "u8": .u64,
    "f2": .f16, "f4": .f32, "f8": .f64, "c8": .c64, "c16": .c128,
  ]

  private static let names: [String: ElementType] = [
    "bool": .bool, "int8": .i8, "int16": .i16, "int32": .i32, "int64": .i64, "uint8": .u8, "uint16": .u16,
    "uint32": .u32, "uint64": .u64, "float16": .f16, "float32": .f32, "float64": .f64, "complex64": .c64,
    "complex128": .c128,
  ]
}

/// How an array breaks the `.npy` specification, or what it holds that is not read.
public enum NumPyFault: Error, Sendable, Hashable {
  /// The file does not begin as it must.
  case noMagic
  /// The version is not 1.0, 2.0 or 3.0.
  case unknownVersion(major: UInt8, minor: UInt8)
  /// The header ends after the file; `nil` when even its length is cut off.
  case headerCutOff(length: Int?, available: Int)
  /// The header claims to be longer than NumPy allows.
  case headerTooLong(Int)
  /// The header is no dictionary of strings, truth values and whole numbers; `nil` when it ends too early.
  case headerSyntax(found: UInt8?, expected: String, offset: Int)
  /// A number in the header does not fit 64 bits.
  case numberTooLarge(offset: Int)
  /// The header lacks a key.
  case missingKey(String)
  /// The header has a key that does not belong to it.
  case unknownKey(String)
  /// The header has one key twice.
  case duplicateKey(String)
  /// The value of a key is of the wrong kind.
  case wrongKind(String, needed: String)
  /// An axis has a negative extent.
  case negativeExtent(axis: Int, Int)
  /// There are more axes than NumPy allows.
  case tooManyAxes(Int)
  /// The size overflows.
  case impossibleSize(ElementType, shape: [Int])
  /// There are more or fewer bytes than type and shape need.
  case sizeMismatch(ElementType, shape: [Int], needed: Int, found: Int)
  /// The elements are pickled Python objects.
  case objects
  /// The elements have named fields.
  case structured
  /// The elements are text.
  case text(String)
  /// The elements are dates or durations.
  case dates(String)
  /// The elements are extended-precision floats, which differ between machines.
  case longDouble(String)
  /// The elements are two bytes of unknown meaning, as `ml_dtypes` saves bfloat16.
  case maybeBFloat16
  /// The elements are bytes of unknown meaning.
  case raw(String)
  /// NumPy has no such type.
  case unknownType(String)

  /// Whether the array is sound, but of a type that holds no numbers.
  var isForeignType: Bool {
    switch self {
    case .objects, .structured, .text, .dates, .longDouble, .maybeBFloat16, .raw: true
    default: false
    }
  }

  var message: String {
    switch self {
    case .noMagic: "not an .npy array; one begins with \\x93NUMPY and a version"
    case .unknownVersion(let major, let minor): ".npy version \(major).\(minor) is unknown; 1.0, 2.0 and 3.0 are read"
    case .headerCutOff(let length?, let available):
      ".npy header is cut off: it claims \(bytesText(length)) and \(available) follow"
    case .headerCutOff(nil, let available):
      ".npy header is cut off: \(bytesText(available)) follow the version"
    case .headerTooLong(let length):
      ".npy header claims \(length) bytes; at most \(NumPyArray.longestHeader) are allowed"
    case .headerSyntax(let found?, let expected, let offset):
      ".npy header has \(byteText(found)) where \(expected) is needed, at byte \(offset)"
    case .headerSyntax(nil, let expected, let offset):
      ".npy header ends where \(expected) is needed, at byte \(offset)"
    case .numberTooLarge(let offset): ".npy header has a number beyond 2^63 - 1, at byte \(offset)"
    case .missingKey(let key): ".npy header has no '\(key)'"
    case .unknownKey(let key): ".npy header has an unknown key \(quoted(key))"
    case .duplicateKey(let key): ".npy header has '\(key)' twice"
    case .wrongKind(let key, let needed): ".npy header: '\(key)' must be \(needed)"
    case .negativeExtent(let axis, let extent):
      ".npy header: axis \(axis) of 'shape' is \(extent); it must be at least 0"
    case .tooManyAxes(let count): ".npy array has \(count) axes; at most \(Tensor.mostAxes) are read"
    case .impossibleSize(let type, let shape):
      "the array (\(type.rawValue), \(sizeText(shape))) has more elements than can be counted"
    case .sizeMismatch(let type, let shape, let needed, let found):
      "the array (\(type.rawValue), \(sizeText(shape))) needs \(bytesText(needed)); \(found) follow the header"
    case .objects: "it holds Python objects (a pickle), not numbers"
    case .structured: "its elements have named fields; one number each is needed"
    case .text(let descriptor): "it holds text (\(quoted(descriptor))), not numbers"
    case .dates(let descriptor): "it holds dates or durations (\(quoted(descriptor))), not numbers"
    case .longDouble(let descriptor):
      "its type \(quoted(descriptor)) is extended precision, which differs between machines"
    case .maybeBFloat16: "its type '|V2' names no number; ml_dtypes saves bfloat16 so"
    case .raw(let descriptor): "its type \(quoted(descriptor)) names no number"
    case .unknownType(let descriptor): "its type \(quoted(descriptor)) is unknown"
    }
  }

  var hint: String? {
    switch self {
    case .objects: "save plain arrays, one per name, without dtype=object"
    case .structured: "save each field as an array of its own"
    case .text: "save category numbers instead"
    case .dates: "save seconds as float64"
    case .longDouble: "save it as float64"
    case .maybeBFloat16: "save it as float32, or as safetensors"
    case .raw: "save it as float64"
    case .headerCutOff: "copy or download the file again; it is incomplete"
    case .sizeMismatch(_, _, let needed, let found) where found < needed:
      "copy or download the file again; it is incomplete"
    case .unknownType: "use one of b1, i1 to i8, u1 to u8, f2, f4, f8, c8, c16"
    default: "save the array again with numpy.save"
    }
  }
}
