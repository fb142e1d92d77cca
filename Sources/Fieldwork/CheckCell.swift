import Diagnostics
import Notebooks
import Probing

/// A bar that decides the exit status.
public struct CheckCell: CellForm {
  /// The kind under which notebooks ask for it.
  public static let kind = "check"
  /// The keys where the notebook is silent.
  public static let standard = CheckCell()

  /// A number or a word to compare with.
  public enum Expectation: Codable, Hashable, Sendable {
    case number(Double)
    case text(String)
    case boolean(Bool)

    /// Reads the expectation.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let boolean = try? container.decode(Bool.self) {
        self = .boolean(boolean)
      } else {
        self = .text(try container.decode(String.self))
      }
    }

    /// Writes the expectation.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      case .boolean(let value): try container.encode(value)
      }
    }
  }

  /// The value to judge.
  public var value: FindingReference?
  /// What it must be.
  public var equals: Expectation?
  /// How far from `equals` a number may be.
  public var tolerance: Double?
  /// The least it may be.
  public var min: Double?
  /// The most it may be.
  public var max: Double?
  /// The claim in words.
  public var claim: String?

  /// Refuses keys that make no sense.
  public func validate() throws(ParameterError) {
    if value == nil { throw .missing("value", "name the value to judge, such as 'gaps.dimension'") }
    if equals == nil, min == nil, max == nil { throw .missing("equals", "give a bar: 'equals', 'min' or 'max'") }
    if equals != nil, min != nil || max != nil {
      throw .rule("equals", is: "given beside 'min' or 'max'", mustBe: "the only bar")
    }
    if let min, let max, min > max {
      throw .rule("min", is: ValueFormat.plain(min), mustBe: "at most 'max', which is \(ValueFormat.plain(max))")
    }
    if let tolerance, !(tolerance >= 0) {
      throw .rule("tolerance", is: ValueFormat.plain(tolerance), mustBe: "at least 0")
    }
    if tolerance != nil {
      guard case .number? = equals else {
        throw .rule("tolerance", is: "given", mustBe: "left out unless 'equals' is a number")
      }
    }
  }
}
