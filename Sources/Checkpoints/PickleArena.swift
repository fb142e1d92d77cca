/// A Python pickle as data: what its operations would build, without any of it being run.
///
/// Values lie in one array and refer to each other by their places in it, so that shared values stay shared, cycles are
/// harmless, and nothing is nested in memory however deep it is nested in meaning.
public struct PickleArena: Sendable {
  /// The most values that a pickle may build, however large its file.
  public static let mostValues = 4_000_000

  /// A value's place.
  public typealias Place = Int

  /// One value.
  public struct Node: Sendable {
    /// What it is.
    public let content: Content
    /// The byte of the operation that made it.
    public let offset: Int
    /// The elements of a list, a tuple or a set, and what was appended to an object.
    public internal(set) var items: [Place] = []
    /// Keys and values, in turn, of a dictionary, and what was set in an object.
    public internal(set) var pairs: [Place] = []
    /// What an object was told to restore itself from, in order; one value, as a rule.
    public internal(set) var states: [Place] = []
  }

  /// What a value is.
  public enum Content: Sendable, Hashable {
    /// `None`
    case none
    /// `True` or `False`
    case boolean(Bool)
    /// A whole number that 64 bits hold.
    case integer(Int)
    /// A larger whole number: two's complement, little-endian.
    case largeInteger([UInt8])
    /// A floating-point number.
    case number(Double)
    /// A text.
    case text(String)
    /// Bytes, or a text that is not UTF-8: where they lie in the pickle.
    case bytes(Range<Int>)
    /// Bytes that had to be spelt out of a text.
    case spelledBytes([UInt8])
    /// A tuple.
    case tuple
    /// A list.
    case list
    /// A set.
    case set
    /// A dictionary.
    case dictionary
    /// The name of a class or function. It is never looked up.
    case global(module: String, name: String)
    /// What a class or function would have made of arguments. It is never called.
    case object(by: Place, arguments: Place, keywords: Place?)
    /// What the program that reads the pickle keeps under an identifier.
    case persistent(Place)
    /// A buffer that was kept outside of the pickle.
    case outsideBuffer
  }

  /// The values, in the order of their operations.
  public internal(set) var nodes: [Node] = []
  /// The value that the pickle ends with.
  public internal(set) var root: Place = 0
  /// The byte after the pickle's last operation.
  public internal(set) var end = 0
  let bytes: Bytes

  /// Reads one pickle of protocol 0 to 5.
  ///
  /// - Parameters:
  ///   - bytes: bytes with the pickle in them.
  ///   - start: the byte at which it begins.
  ///   - limit: the most values that it may build.
  /// - Throws: `CheckpointError.pickle`.
  public init(reading bytes: Bytes, from start: Int = 0, limit: Int = mostValues) throws(CheckpointError) {
    var reader = PickleReader(bytes, from: start, limit: limit)
    do throws(PickleFault) { self = try reader.read() } catch { throw .pickle(error) }
  }

  init(bytes: Bytes) { self.bytes = bytes }

  /// The value at a place.
  public subscript(place: Place) -> Node { nodes[place] }
}

extension PickleArena {
  /// The text at a place, if it is one.
  func text(_ place: Place) -> String? {
    if case .text(let text) = nodes[place].content { return text }
    return nil
  }

  /// The whole number at a place, if it is one.
  func integer(_ place: Place) -> Int? {
    if case .integer(let value) = nodes[place].content { return value }
    return nil
  }

  /// A number, a truth value or a short text, as a person would write it.
  func plainText(_ place: Place) -> String? {
    switch nodes[place].content {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .text(let text) where text.utf8.count <= 200: text
    default: nil
    }
  }

  /// The bytes at a place, if there are any.
  func bytes(_ place: Place) -> Bytes? {
    switch nodes[place].content {
    case .bytes(let range): bytes[range]
    case .spelledBytes(let spelled): Bytes(spelled)
    default: nil
    }
  }

  /// The dotted name at a place, if it is that of a class or function.
  func globalName(_ place: Place) -> String? {
    switch nodes[place].content {
    case .global(let module, let name): return "\(module).\(name)"
    case .persistent(let identifier):
      // PyTorch's older form wraps the class of a module so, to carry its source along.
      let parts = nodes[identifier].items
      guard parts.count > 1, text(parts[0]) == "module", case .global(let module, let name) = nodes[parts[1]].content
      else { return nil }
      return "\(module).\(name)"
    default: return nil
    }
  }

  /// What would have been called to make an object, and with which arguments.
  func call(_ place: Place) -> (name: String, arguments: [Place])? {
    guard case .object(let callee, let arguments, _) = nodes[place].content, let name = globalName(callee) else {
      return nil
    }
    return (name, nodes[arguments].items)
  }

  /// Keys and values of a dictionary, or of an object that is filled like one.
  func entries(_ place: Place) -> [(key: Place, value: Place)] {
    let pairs = nodes[place].pairs
    return stride(from: 0, to: pairs.count - 1, by: 2).map { (pairs[$0], pairs[$0 + 1]) }
  }

  /// What a value is, in the words of a message.
  func words(for place: Place) -> String {
    switch nodes[place].content {
    case .none: "None"
    case .boolean: "a truth value"
    case .integer, .largeInteger: "a whole number"
    case .number: "a number"
    case .text: "a text"
    case .bytes, .spelledBytes: "bytes"
    case .tuple: "a tuple"
    case .list: "a list"
    case .set: "a set"
    case .dictionary: "a dictionary"
    case .global(let module, let name): "the name \(quoted("\(module).\(name)"))"
    case .object(let callee, _, _):
      globalName(callee).map { "an object of \(quoted($0))" } ?? "an object of no named class"
    case .persistent: "a reference to what lies outside"
    case .outsideBuffer: "a buffer outside"
    }
  }
}
