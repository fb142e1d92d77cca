import Diagnostics

/// A dotted way into a finding: `levels[0].sigma`, `final.width`, or, for a whole column, `levels[].sigma`.
public struct ValuePath: Sendable, Hashable {
  /// One step of the way.
  public enum Step: Sendable, Hashable {
    /// Into a record by key, or into a list by position or `last`.
    case key(String)
    /// Into every element of a list.
    case every
  }

  /// The steps, first to last.
  public let steps: [Step]

  /// Reads a path; `nil` if it is empty or a bracket is open.
  public init?(_ text: some StringProtocol) {
    var steps: [Step] = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      var rest = part[...]
      if let bracket = rest.firstIndex(of: "[") {
        let name = rest[..<bracket]
        if !name.isEmpty { steps.append(.key(String(name))) } else if steps.isEmpty { return nil }
        rest = rest[bracket...]
        while !rest.isEmpty {
          guard rest.first == "[", let close = rest.firstIndex(of: "]") else { return nil }
          let index = rest[rest.index(after: rest.startIndex)..<close]
          steps.append(index.isEmpty ? .every : .key(String(index)))
          rest = rest[rest.index(after: close)...]
        }
      } else {
        guard !rest.isEmpty else { return nil }
        steps.append(.key(String(rest)))
      }
    }
    guard !steps.isEmpty else { return nil }
    self.steps = steps
  }

  private init(steps: [Step]) { self.steps = steps }

  /// The first step's key, and the path that remains.
  public var headAndTail: (head: String, tail: ValuePath)? {
    guard case .key(let head)? = steps.first else { return nil }
    return (head, ValuePath(steps: Array(steps.dropFirst())))
  }

  /// Whether no step remains.
  public var isEmpty: Bool { steps.isEmpty }

  /// The value at the end of the way.
  public func value(in root: JSONValue) throws(ValuePathError) -> JSONValue {
    var current = root
    for (index, step) in steps.enumerated() {
      switch step {
      case .key(let key):
        guard let next = current[key] else { throw ValuePathError(key: key, known: current.keys) }
        current = next
      case .every:
        guard case .list(let values) = current else { throw ValuePathError(key: "[]", known: current.keys) }
        let rest = ValuePath(steps: Array(steps[(index + 1)...]))
        var column: [JSONValue] = []
        for value in values { column.append(try rest.value(in: value)) }
        return .list(column)
      }
    }
    return current
  }
}

/// A step that leads nowhere.
public struct ValuePathError: Diagnosable, Hashable {
  /// The step.
  public let key: String
  /// The steps that would have led somewhere.
  public let known: [String]

  /// Makes an error.
  public init(key: String, known: [String]) {
    self.key = key
    self.known = known
  }

  /// What is the matter.
  public var message: String { "unknown value '\(key)'" }
  /// The nearest known step.
  public var hint: String? {
    // Among positions the nearest by its letters means nothing.
    guard Int(key) != nil, known.last == "last" else { return nearMissHint(for: key, among: known) }
    return "use a position from \(known[0]) to \(known[known.count - 2]), or 'last'"
  }
  /// A wrong look-up is a fault of the notebook.
  public var status: ExitStatus { .notebookWrong }
}
