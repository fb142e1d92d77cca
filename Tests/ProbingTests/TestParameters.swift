import Diagnostics
import Networks
import Probing

/// Parameters of every kind that a probe may declare.
struct TestParameters: Codable, Hashable, Sendable {
  enum Shade: String, ParameterChoice {
    case dark, light
    case halfTone = "half-tone"
  }

  struct Inner: Codable, Hashable, Sendable {
    var depth: Int
    var weight: Double?
  }

  var name: String = "standard"
  var count: Int = 3
  var small: UInt8 = 7
  var ratio: Double = 0.5
  var isOn: Bool = false
  var shade: Shade = .dark
  var shades: [Shade]?
  var sigmas: [Double]?
  var inner = Inner(depth: 1, weight: 2)
  var others: [Inner]?
  var process: ProcessParameters?
  var given: [String: Double]?
  var from: SourceReference = ""
  var sources: [SourceReference]?
  var finding: FindingReference?
  var points: PointSelection?
}

/// What a person might have written, without the places.
extension WrittenValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// Text.
  public init(stringLiteral value: String) { self.init(.text(value)) }
  /// A whole number.
  public init(integerLiteral value: Int) { self.init(.integer(value)) }
  /// A number.
  public init(floatLiteral value: Double) { self.init(.number(value)) }
  /// A truth.
  public init(booleanLiteral value: Bool) { self.init(.boolean(value)) }
  /// Nothing.
  public init(nilLiteral: ()) { self.init(.null) }
  /// A list.
  public init(arrayLiteral elements: WrittenValue...) { self.init(.list(elements)) }
  /// A mapping.
  public init(dictionaryLiteral elements: (String, WrittenValue)...) {
    self.init(.record(elements.map { Entry(key: $0.0, value: $0.1) }))
  }
}

/// A place on a line of its own, to tell places apart.
func line(_ number: Int) -> SourceRange {
  SourceRange(file: "a.md", start: SourcePosition(line: number, column: 1))
}
