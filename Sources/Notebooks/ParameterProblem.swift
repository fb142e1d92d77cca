import Diagnostics

/// What can be wrong with a parameter, declared or given.
enum ParameterProblem: Diagnosable, Hashable {
  case badName(String)
  case notDeclaration(name: String, found: String)
  case unknownKey(String, known: [String])
  case withoutType(name: String)
  case unknownType(String)
  case choicesMissing(name: String)
  case choicesNotNeeded(name: String, type: String)
  case boundNotNumber(key: String, found: String)
  case boundOnText(key: String, type: String)
  case boundsCrossed(name: String, minimum: String, maximum: String)
  case wrongType(name: String, expected: String, value: String)
  case below(name: String, value: String, minimum: String)
  case above(name: String, value: String, maximum: String)
  case notAChoice(name: String, value: String, choices: [String])
  case unknownParameter(String, known: [String])
  case withoutValue(name: String, type: String)
  case unknownSubstitution(String, known: [String])
  case fileNotMapping(found: String)

  var message: String {
    switch self {
    case .badName(let name): "parameter '\(name)' must be named by a letter followed by letters, digits, '_' or '-'"
    case .notDeclaration(let name, let found): "parameter '\(name)' is \(found); it must be a mapping with a type"
    case .unknownKey(let key, _): "unknown key '\(key)' of a parameter"
    case .withoutType(let name): "parameter '\(name)' has no type"
    case .unknownType(let type): "unknown type '\(type)' of a parameter"
    case .choicesMissing(let name): "parameter '\(name)' is a choice of nothing"
    case .choicesNotNeeded(_, let type): "'choices' do not go with the type '\(type)'"
    case .boundNotNumber(let key, let found): "'\(key)' is \(found); it must be a number"
    case .boundOnText(let key, let type): "'\(key)' does not go with the type '\(type)'"
    case .boundsCrossed(let name, let minimum, let maximum):
      "parameter '\(name)' has min \(minimum) above max \(maximum)"
    case .wrongType(let name, let expected, let value): "'\(name)' is \(value); it must be \(expected)"
    case .below(let name, let value, let minimum): "'\(name)' is \(value); it must be at least \(minimum)"
    case .above(let name, let value, let maximum): "'\(name)' is \(value); it must be at most \(maximum)"
    case .notAChoice(let name, let value, let choices):
      "'\(name)' is '\(value)'; it must be one of \(choices.map { "'\($0)'" }.joined(separator: ", "))"
    case .unknownParameter(let name, _): "unknown parameter '\(name)'"
    case .withoutValue(let name, _): "parameter '\(name)' has no value and no default"
    case .unknownSubstitution(let name, _): "'${\(name)}' names no parameter"
    case .fileNotMapping(let found): "parameters are \(found); they must be a mapping of names to values"
    }
  }

  var hint: String? {
    switch self {
    case .unknownKey(let key, let known): nearMissHint(for: key, among: known)
    case .unknownType(let type): nearMissHint(for: type, among: Parameter.Kind.names) ?? Self.typeHint
    case .withoutType, .notDeclaration: Self.typeHint
    case .choicesMissing: "add 'choices: [one, other]'"
    case .choicesNotNeeded: "write 'type: choice'"
    case .notAChoice(_, let value, let choices): nearestName(to: value, among: choices).map { "did you mean '\($0)'?" }
    case .unknownParameter(let name, let known):
      known.isEmpty ? "declare it under 'params' in the front matter" : nearMissHint(for: name, among: known)
    case .withoutValue(let name, _): "give it with '--set \(name)=…' or add a default"
    case .unknownSubstitution(let name, let known):
      nearMissHint(for: name, among: known)
        ?? "declare it under 'params' in the front matter, or write '$${\(name)}' for plain text"
    case .badName, .boundNotNumber, .boundOnText, .boundsCrossed, .wrongType, .below, .above, .fileNotMapping: nil
    }
  }

  private static let typeHint = "write 'type: path', 'int', 'number', 'text', 'bool' or 'choice'"

  /// What comes from the command line or a file is still the notebook's contract that is broken.
  var status: ExitStatus { .notebookWrong }
}
