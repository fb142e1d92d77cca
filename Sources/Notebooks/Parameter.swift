import Diagnostics

/// A parameter as the front matter declares it.
public struct Parameter: Sendable, Hashable {
  /// What values a parameter takes.
  public enum Kind: Sendable, Hashable {
    /// A file, relative to the notebook.
    case path
    /// A whole number.
    case int
    /// Any finite number.
    case number
    /// Text.
    case text
    /// `true` or `false`.
    case bool
    /// One of several words.
    case choice([String])

    /// The word for it in front matter.
    public var name: String {
      switch self {
      case .path: "path"
      case .int: "int"
      case .number: "number"
      case .text: "text"
      case .bool: "bool"
      case .choice: "choice"
      }
    }

    /// The words for all kinds.
    public static let names = ["path", "int", "number", "text", "bool", "choice"]
  }

  /// The name.
  public var name: String
  /// Where the name was declared.
  public var range: SourceRange?
  /// What values it takes.
  public var kind: Kind
  /// The value where nobody gives one; without it the parameter must be given.
  public var standard: ParameterValue?
  /// The least number allowed.
  public var minimum: Double?
  /// The greatest number allowed.
  public var maximum: Double?
  /// What it is for, in a sentence.
  public var help: String

  /// Makes a parameter.
  public init(
    name: String, range: SourceRange? = nil, kind: Kind, standard: ParameterValue? = nil, minimum: Double? = nil,
    maximum: Double? = nil, help: String = ""
  ) {
    self.name = name
    self.range = range
    self.kind = kind
    self.standard = standard
    self.minimum = minimum
    self.maximum = maximum
    self.help = help
  }
}

/// A parameter's value, of one of the kinds of `Parameter.Kind`.
public enum ParameterValue: Sendable, Hashable, Codable {
  /// A file, relative to the notebook.
  case path(String)
  /// A whole number.
  case int(Int)
  /// Any finite number.
  case number(Double)
  /// Text, or the word chosen.
  case text(String)
  /// `true` or `false`.
  case bool(Bool)

  /// The value as written in YAML.
  public var content: WrittenValue.Content {
    switch self {
    case .path(let path): .text(path)
    case .int(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let text): .text(text)
    case .bool(let value): .boolean(value)
    }
  }

  /// The value inside running text.
  public var description: String {
    switch self {
    case .path(let text), .text(let text): text
    case .int(let value): String(value)
    case .number(let value): ValueFormat.plain(value)
    case .bool(let value): value ? "true" : "false"
    }
  }
}

/// A parameter with the value that this build uses, and who said so.
public struct ResolvedParameter: Sendable, Hashable {
  /// Who gave a parameter its value.
  public enum Origin: String, Sendable, Hashable, Codable {
    /// The notebook's default.
    case standard = "default"
    /// The profile.
    case profile
    /// The `--params` file.
    case file = "parameter file"
    /// `--set` on the command line.
    case commandLine = "command line"
  }

  /// The declaration.
  public var parameter: Parameter
  /// The value used.
  public var value: ParameterValue
  /// Who gave it.
  public var origin: Origin

  /// Makes a resolved parameter.
  public init(_ parameter: Parameter, value: ParameterValue, origin: Origin) {
    self.parameter = parameter
    self.value = value
    self.origin = origin
  }
}
