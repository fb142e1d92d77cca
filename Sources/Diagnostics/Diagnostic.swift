/// One thing to tell a person about their notebook, file or command line.
///
/// Wording: lower case, no full stop, the most specific word first, the rule and the value both stated, names quoted.
public struct Diagnostic: Sendable, Hashable, Codable {
  /// How much the trouble matters.
  public enum Severity: String, Sendable, Hashable, Codable {
    /// Nothing can be built from this.
    case error
    /// The build goes on; under `--strict` it counts.
    case warning
    /// For information.
    case note
  }

  /// How much it matters.
  public var severity: Severity
  /// What is the matter, with the offending value.
  public var message: String
  /// The place, when the trouble is in a text.
  public var range: SourceRange?
  /// The file, when the trouble is a file as a whole.
  public var file: String?
  /// What the reader can do now, as a verb phrase.
  public var hint: String?
  /// The exit status this trouble calls for.
  public var status: ExitStatus

  /// Makes a diagnostic.
  public init(
    _ severity: Severity = .error, _ message: String, at range: SourceRange? = nil, file: String? = nil,
    hint: String? = nil, status: ExitStatus = .notebookWrong
  ) {
    self.severity = severity
    self.message = message
    self.range = range
    self.file = file
    self.hint = hint
    self.status = status
  }

  /// The place and the message on one line: `notebook.md:12:3: error: unknown key 'pints'`.
  public var headline: String {
    let place: String
    if let range {
      place = "\(range.file):\(range.start.line):\(range.start.column): "
    } else if let file {
      place = "\(file): "
    } else {
      place = ""
    }
    return "\(place)\(severity.rawValue): \(message)"
  }

  /// The headline, the offending line with a caret under it, and the hint.
  public func rendered(in source: SourceText? = nil) -> String {
    var lines = [headline]
    if let range, let source, source.name == range.file, let text = source.line(range.start.line) {
      lines.append("  | \(text)")
      let before = text.unicodeScalars.prefix(max(0, range.start.column - 1))
      let lead = before.map { $0 == "\t" ? "\t" : " " }.joined()
      // A range that runs on is marked to the end of its first line.
      let rest = text.unicodeScalars.count - before.count
      let width = range.end.line == range.start.line ? min(rest, range.end.column - range.start.column) : rest
      lines.append("  | \(lead)\(String(repeating: "^", count: min(max(1, width), 120)))")
    }
    // The lines of a recipe stand below each other.
    if let hint { lines.append("  hint: \(hint.split(separator: "\n").joined(separator: "\n        "))") }
    return lines.joined(separator: "\n")
  }
}

/// What a stage made, if anything, and what it has to say. Parsing and planning return this; they never throw.
public struct Outcome<Value: Sendable>: Sendable {
  /// The value; `nil` when nothing sensible could be made.
  public var value: Value?
  /// Everything there is to say, in reading order.
  public var diagnostics: [Diagnostic]

  /// Makes an outcome.
  public init(_ value: Value?, _ diagnostics: [Diagnostic] = []) {
    self.value = value
    self.diagnostics = diagnostics
  }

  /// Whether any diagnostic is an error.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// An error that can say of itself what a person needs to know. Every module's error enum conforms.
public protocol Diagnosable: Error, CustomStringConvertible {
  /// What is the matter: lower case, no full stop, with the actual values.
  var message: String { get }
  /// What the reader can do now, as a verb phrase.
  var hint: String? { get }
  /// The exit status this error calls for.
  var status: ExitStatus { get }
}

extension Diagnosable {
  /// No hint unless the error has one.
  public var hint: String? { nil }
  /// The message.
  public var description: String { message }

  /// The error as a diagnostic, with a place attached.
  public func diagnostic(at range: SourceRange? = nil, file: String? = nil) -> Diagnostic {
    Diagnostic(.error, message, at: range, file: file, hint: hint, status: status)
  }
}
