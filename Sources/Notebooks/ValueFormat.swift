import Glibc

/// How a number is written: `.2f`, `.3g`, `d`, `.1%`, `.2e`, `s`, with `+` before it for a forced sign and `,` for groups
/// of thousands.
///
/// Numbers carry a true minus sign (−). Exponents are written as powers: `1.2 × 10⁻⁵`.
public struct ValueFormat: Sendable, Hashable, Codable {
  /// The shape of the number.
  public enum Style: String, Sendable, Hashable, Codable {
    /// Fixed decimals.
    case fixed = "f"
    /// Significant digits, trailing zeros dropped; powers of ten where the number is very large or small.
    case general = "g"
    /// Always a power of ten.
    case exponent = "e"
    /// Rounded to a whole number.
    case whole = "d"
    /// A hundredfold with a per cent sign.
    case percent = "%"
    /// As it comes.
    case text = "s"
  }

  /// The shape.
  public var style: Style
  /// Decimals, or significant digits for `g`.
  public var precision: Int?
  /// Whether positive numbers carry a plus sign.
  public var showsPlus: Bool
  /// Whether thousands are set apart.
  public var groupsThousands: Bool

  /// Makes a format.
  public init(_ style: Style, precision: Int? = nil, showsPlus: Bool = false, groupsThousands: Bool = false) {
    self.style = style
    self.precision = precision
    self.showsPlus = showsPlus
    self.groupsThousands = groupsThousands
  }

  /// How a number is written where nobody said: four significant digits.
  public static let standard = ValueFormat(.general, precision: 4)

  /// Reads a format such as `.2f`; `nil` when it is none.
  public init?(_ text: some StringProtocol) {
    var rest = Substring(text)
    func take(_ character: Character) -> Bool {
      guard rest.first == character else { return false }
      rest.removeFirst()
      return true
    }
    showsPlus = take("+")
    groupsThousands = take(",")
    precision = nil
    if take(".") {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let value = Int(digits), value <= 15 else { return nil }
      precision = value
      rest.removeFirst(digits.count)
    }
    guard let style = Style(rawValue: String(rest)) else { return nil }
    if precision != nil, style == .whole || style == .text { return nil }
    self.style = style
  }

  /// The format as written in a notebook.
  public var description: String {
    (showsPlus ? "+" : "") + (groupsThousands ? "," : "") + (precision.map { ".\($0)" } ?? "") + style.rawValue
  }
}
