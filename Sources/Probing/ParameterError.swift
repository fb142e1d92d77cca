import Diagnostics

/// What can be wrong with a probe's or a source's parameters.
public enum ParameterError: Diagnosable, Hashable {
  /// A key that is not known; with the known ones.
  case unknownKey(String, known: [String], SourceRange?)
  /// A value of the wrong kind.
  case wrongKind(key: String, expected: String, found: String, SourceRange?)
  /// A word that is not among the choices.
  case unknownChoice(key: String, value: String, choices: [String], SourceRange?)
  /// A key that must be given.
  case missing(key: String, meaning: String, SourceRange?)
  /// A value outside its range, or at odds with another.
  case rule(key: String, value: String, rule: String, SourceRange?)

  /// What is the matter.
  public var message: String {
    switch self {
    case .unknownKey(let key, _, _): "unknown key '\(key)'"
    case .wrongKind(let key, let expected, let found, _): "'\(key)' is \(found); it must be \(expected)"
    case .unknownChoice(let key, let value, _, _): "'\(key)' is '\(value)', which is not one of its choices"
    case .missing(let key, let meaning, _): "'\(key)' is missing: \(meaning)"
    case .rule(let key, let value, let rule, _): "'\(key)' is \(value); it must be \(rule)"
    }
  }

  /// The nearest known name.
  public var hint: String? {
    switch self {
    case .unknownKey(let key, let known, _):
      // The way to the key is right: only its last part is compared.
      nearestName(to: leaf(key), among: known.map(leaf)).flatMap { near in
        known.first { leaf($0) == near }.map { "did you mean '\($0)'?" }
      } ?? (known.isEmpty || known.count > 12 ? nil : "use one of \(known.map { "'\($0)'" }.joined(separator: ", "))")
    case .unknownChoice(_, let value, let choices, _):
      nearestName(to: value, among: choices).map { "did you mean '\($0)'?" }
        ?? "use one of \(choices.map { "'\($0)'" }.joined(separator: ", "))"
    default: nil
    }
  }

  private func leaf(_ key: String) -> String {
    String(key.split(separator: ".", omittingEmptySubsequences: false).last ?? "")
  }

  /// Wrong parameters are a fault of the notebook.
  public var status: ExitStatus { .notebookWrong }

  /// The key in question, dotted.
  public var key: String {
    switch self {
    case .unknownKey(let key, _, _), .wrongKind(let key, _, _, _), .unknownChoice(let key, _, _, _),
      .missing(let key, _, _), .rule(let key, _, _, _):
      key
    }
  }

  /// The place, when the parameters were read from a text.
  public var range: SourceRange? {
    switch self {
    case .unknownKey(_, _, let range), .wrongKind(_, _, _, let range), .unknownChoice(_, _, _, let range),
      .missing(_, _, let range), .rule(_, _, _, let range):
      range
    }
  }

  /// The same error with the place of its key in what was written.
  public func located(in written: WrittenValue) -> ParameterError {
    guard range == nil else { return self }
    var place = written
    for part in key.split(separator: ".") {
      guard let next = place[String(part)] else { break }
      place = next
    }
    let found = place.range ?? written.range
    return switch self {
    case .unknownKey(let key, let known, _): .unknownKey(key, known: known, found)
    case .wrongKind(let key, let expected, let value, _):
      .wrongKind(key: key, expected: expected, found: value, found)
    case .unknownChoice(let key, let value, let choices, _):
      .unknownChoice(key: key, value: value, choices: choices, found)
    case .missing(let key, let meaning, _): .missing(key: key, meaning: meaning, found)
    case .rule(let key, let value, let rule, _): .rule(key: key, value: value, rule: rule, found)
    }
  }

  /// A range rule without a place; `Probe.reading` adds it.
  public static func rule(_ key: String, is value: some CustomStringConvertible, mustBe rule: String) -> ParameterError
  {
    .rule(key: key, value: value.description, rule: rule, nil)
  }

  /// A missing key without a place; `Probe.reading` adds it.
  public static func missing(_ key: String, _ meaning: String) -> ParameterError {
    .missing(key: key, meaning: meaning, nil)
  }
}

/// A closed set of words that a parameter chooses from.
public protocol ParameterChoice: RawRepresentable, CaseIterable, Codable, Hashable, Sendable where RawValue == String {}
