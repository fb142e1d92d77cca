/// The words of one line of a recipe, each with its column.
struct ExpressionTokens {
  enum Token: Hashable {
    case name(String)
    case number(Double, isWhole: Bool)
    case text(String)
    case symbol(String)

    var words: String {
      switch self {
      case .name(let name): "'\(name)'"
      case .number(let number, _): "\(number)"
      case .text(let text): "\"\(text)\""
      case .symbol(let symbol): "'\(symbol)'"
      }
    }
  }

  /// What is wrong with a line, and where.
  struct Fault: Error {
    let column: Int
    let reason: String
    var hint: String?
  }

  /// The longest line that is read, in characters.
  static let longestLine = 2000

  private(set) var tokens: [(token: Token, column: Int)] = []
  private let line: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) throws(Fault) {
    line = Array(text.unicodeScalars.prefix(Self.longestLine + 1))
    guard line.count <= Self.longestLine else {
      throw Fault(column: Self.longestLine, reason: "the line is longer than \(Self.longestLine) characters")
    }
    while position < line.count {
      if line[position] == " " || line[position] == "\t" {
        position += 1
        continue
      }
      let column = position + 1
      tokens.append((try next(), column))
    }
  }

  /// The column behind the last character.
  var end: Int { line.count + 1 }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private mutating func next() throws(Fault) -> Token {
    let start = line[position]
    if Self.isLetter(start) { return name() }
    if Self.isDigit(start) || start == "." { return try number() }
    switch start {
    case "`", "\"":
      let column = position + 1
      position += 1
      guard let close = line[position...].firstIndex(of: start) else {
        throw Fault(column: column, reason: "what begins with \(start) has no end")
      }
      let text = string(position..<close)
      position = close + 1
      return start == "`" ? .name(text) : .text(text)
    case "*" where position + 1 < line.count && line[position + 1] == "*":
      position += 2
      return .symbol("**")
    case "+", "-", "*", "/", "@", "(", ")", "[", "]", ",", "=", "'":
      position += 1
      return .symbol(String(start))
    case "′":
      position += 1
      return .symbol("'")
    default:
      let shown =
        start.value < 32 || start.value > 0xFFFF
        ? "U+\(String(start.value, radix: 16, uppercase: true))" : String(start)
      throw Fault(column: position + 1, reason: "the character \(shown) has no meaning here")
    }
  }

  private func string(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: line[range])
    return String(text)
  }

  /// Names may have dots, as tensors' have; `.T` at the end turns a matrix over.
  private mutating func name() -> Token {
    let start = position
    while position < line.count,
      Self.isLetter(line[position]) || Self.isDigit(line[position])
        || line[position] == "." && position + 1 < line.count
          && (Self.isLetter(line[position + 1]) || Self.isDigit(line[position + 1])) && !isTurn
    { position += 1 }
    return .name(string(start..<position))
  }

  private var isTurn: Bool {
    position + 1 < line.count && line[position] == "." && line[position + 1] == "T"
      && (position + 2 == line.count
        || !Self.isLetter(line[position + 2]) && !Self.isDigit(line[position + 2]) && line[position + 2] != ".")
  }

  private mutating func number() throws(Fault) -> Token {
    if isTurn {
      position += 2
      return .symbol("'")
    }
    let start = position
    var isWhole = true
    while position < line.count {
      let scalar = line[position]
      let isSign =
        (scalar == "+" || scalar == "-")
        && (line[position - (position > start ? 1 : 0)] == "e" || line[position - (position > start ? 1 : 0)] == "E")
      if scalar == "." || scalar == "e" || scalar == "E" { isWhole = false }
      guard Self.isDigit(scalar) || scalar == "." || scalar == "e" || scalar == "E" || isSign else { break }
      position += 1
    }
    let text = string(start..<position)
    guard let value = Double(text), value.isFinite else {
      throw Fault(
        column: start + 1, reason: "'\(text.prefix(40))' is no number",
        hint: "put a tensor's name that begins with a digit between backquotes")
    }
    return .number(value, isWhole: isWhole)
  }
}
