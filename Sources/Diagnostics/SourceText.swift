/// A text a person wrote, with the name under which diagnostics speak of it.
public struct SourceText: Sendable, Hashable {
  /// The path or label shown in diagnostics.
  public let name: String
  /// The whole text.
  public let text: String

  /// Makes a source text from its name and content.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  /// One line of the text, without its line break and without a byte-order mark; `nil` outside it. Lines count from 1
  /// and end in `\n`, `\r\n` or `\r`.
  public func line(_ number: Int) -> Substring? {
    guard number >= 1 else { return nil }
    // By scalars: to Swift a return and the line feed behind it are one character, which equals neither.
    let scalars = text.unicodeScalars
    var start = scalars.first == "\u{FEFF}" ? scalars.index(after: scalars.startIndex) : scalars.startIndex
    var current = 1
    while true {
      let end = scalars[start...].firstIndex { $0 == "\n" || $0 == "\r" } ?? scalars.endIndex
      if current == number { return text[start..<end] }
      guard end < scalars.endIndex else { return nil }
      start = scalars.index(after: end)
      if scalars[end] == "\r", start < scalars.endIndex, scalars[start] == "\n" { start = scalars.index(after: start) }
      current += 1
    }
  }
}

/// A place in a text. Lines and columns count from 1; columns count Unicode scalars.
public struct SourcePosition: Sendable, Hashable, Comparable, Codable {
  /// The line, from 1.
  public var line: Int
  /// The column, from 1.
  public var column: Int

  /// Makes a position from its line and column.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// Whether the left place comes first in the text.
  public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// A stretch of a named text, from `start` up to but not including `end`.
public struct SourceRange: Sendable, Hashable, Codable {
  /// The name of the text.
  public var file: String
  /// The first place of the stretch.
  public var start: SourcePosition
  /// The place just after the stretch.
  public var end: SourcePosition

  /// Makes a range; without an end it is one column wide.
  public init(file: String, start: SourcePosition, end: SourcePosition? = nil) {
    self.file = file
    self.start = start
    self.end = end ?? SourcePosition(line: start.line, column: start.column + 1)
  }
}
