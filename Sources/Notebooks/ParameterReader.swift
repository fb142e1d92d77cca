import Diagnostics

/// Reads one parameter's declaration.
struct ParameterReader {
  private static let keys = ["type", "default", "min", "max", "choices", "help"]

  private let entry: WrittenValue.Entry
  private(set) var diagnostics: [Diagnostic] = []

  init(_ entry: WrittenValue.Entry) { self.entry = entry }

  mutating func parameter() -> Parameter? {
    let name = entry.key
    guard Cell.isIdentifier(name) else { return refuse(.badName(name), at: entry.keyRange) }
    guard let entries = entry.value.entries else {
      return refuse(.notDeclaration(name: name, found: entry.value.kindName), at: entry.value.range)
    }
    for other in entries where !Self.keys.contains(other.key) {
      diagnostics.append(ParameterProblem.unknownKey(other.key, known: Self.keys).diagnostic(at: other.keyRange))
    }
    guard let kind = kind() else { return nil }
    var parameter = Parameter(name: name, range: entry.keyRange, kind: kind, help: entry.value["help"]?.written ?? "")
    parameter.minimum = bound("min", kind)
    parameter.maximum = bound("max", kind)
    if let minimum = parameter.minimum, let maximum = parameter.maximum, minimum > maximum {
      let problem = ParameterProblem.boundsCrossed(
        name: name, minimum: ValueFormat.plain(minimum), maximum: ValueFormat.plain(maximum))
      return refuse(problem, at: entry.value["min"]?.range)
    }
    if let standard = entry.value["default"], standard.content != .null {
      switch parameter.accepting(standard) {
      case .success(let value): parameter.standard = value
      case .failure(let problem): return refuse(problem, at: standard.range)
      }
    }
    return parameter
  }

  private mutating func kind() -> Parameter.Kind? {
    let choices = entry.value["choices"]
    guard let type = entry.value["type"], type.content != .null else {
      return refuse(.withoutType(name: entry.key), at: entry.keyRange)
    }
    if type.text != "choice", let choices {
      return refuse(.choicesNotNeeded(name: entry.key, type: type.written), at: choices.range)
    }
    switch type.text {
    case "path": return .path
    case "int": return .int
    case "number": return .number
    case "text": return .text
    case "bool": return .bool
    case "choice":
      guard case .list(let items)? = choices?.content, !items.isEmpty else {
        return refuse(.choicesMissing(name: entry.key), at: choices?.range ?? type.range)
      }
      return .choice(items.map(\.written))
    default: return refuse(.unknownType(type.written), at: type.range)
    }
  }

  private mutating func bound(_ key: String, _ kind: Parameter.Kind) -> Double? {
    guard let value = entry.value[key], value.content != .null else { return nil }
    guard kind == .int || kind == .number else {
      return refuse(.boundOnText(key: key, type: kind.name), at: value.range)
    }
    guard let number = value.number, number.isFinite else {
      return refuse(.boundNotNumber(key: key, found: value.kindName), at: value.range)
    }
    return number
  }

  private mutating func refuse<Value>(_ problem: ParameterProblem, at range: SourceRange?) -> Value? {
    diagnostics.append(problem.diagnostic(at: range))
    return nil
  }
}

extension Parameter {
  /// The value this parameter makes of what was written in YAML, or what is wrong with it.
  func accepting(_ written: WrittenValue) -> Result<ParameterValue, ParameterProblem> {
    switch (kind, written.content) {
    case (.path, .text(let text)): .success(.path(text))
    case (.text, .text), (.text, .integer), (.text, .number), (.text, .boolean): .success(.text(written.written))
    case (.bool, .boolean(let value)): .success(.bool(value))
    case (.int, .integer(let value)): checkingBounds(.int(value), Double(value))
    case (.number, .integer(let value)): checkingBounds(.number(Double(value)), Double(value))
    case (.number, .number(let value)) where value.isFinite: checkingBounds(.number(value), value)
    case (.choice(let choices), .text), (.choice(let choices), .integer), (.choice(let choices), .number),
      (.choice(let choices), .boolean):
      choices.contains(written.written)
        ? .success(.text(written.written))
        : .failure(.notAChoice(name: name, value: written.written, choices: choices))
    default: .failure(.wrongType(name: name, expected: kind.expectation, value: written.quoted))
    }
  }

  /// The value this parameter makes of a word on the command line.
  func accepting(word: String) -> Result<ParameterValue, ParameterProblem> {
    switch kind {
    case .path: .success(.path(word))
    case .text: .success(.text(word))
    default: accepting(WrittenValue(PlainScalar.content(of: word)))
    }
  }

  private func checkingBounds(_ value: ParameterValue, _ number: Double) -> Result<ParameterValue, ParameterProblem> {
    if let minimum, number < minimum {
      return .failure(.below(name: name, value: value.description, minimum: ValueFormat.plain(minimum)))
    }
    if let maximum, number > maximum {
      return .failure(.above(name: name, value: value.description, maximum: ValueFormat.plain(maximum)))
    }
    return .success(value)
  }
}

extension Parameter.Kind {
  var expectation: String {
    switch self {
    case .path: "a path"
    case .int: "a whole number"
    case .number: "a finite number"
    case .text: "text"
    case .bool: "true or false"
    case .choice(let choices): "one of \(choices.map { "'\($0)'" }.joined(separator: ", "))"
    }
  }
}

extension WrittenValue {
  /// The value as a sentence speaks of it.
  var quoted: String {
    if case .text(let text) = content { return "'\(text)'" }
    return written
  }
}
