import Diagnostics

/// Finds the spans of a text that have their own syntax, leaving code alone.
///
/// It knows just enough Markdown: fenced code, code spans, backslashes, addresses. Where it errs (in indented code, say)
/// the Markdown reader gets the text back as it was written.
struct ProseScanner {
  /// How far the end of a code span, and of an address, is looked for, so that hostile texts cost linear time.
  private static let reach = 10_000
  private static let addressReach = 500

  let scalars: [Unicode.Scalar]
  let range: Range<Int>
  let place: (Range<Int>) -> SourceRange?
  private(set) var spans: [ProseSpan] = []
  /// `[^label]` and `[^label]:`.
  var footnotes: [ProtectedProse.FootnoteMention] = []
  private var index: Int
  /// The start of the line that was looked at last, and how far.
  private var line: (start: Int, end: Int)
  private var fence: (sign: Unicode.Scalar, length: Int)?

  init(scalars: [Unicode.Scalar], range: Range<Int>, place: @escaping (Range<Int>) -> SourceRange?) {
    self.scalars = scalars
    self.range = range
    self.place = place
    index = range.lowerBound
    line = (range.lowerBound, range.lowerBound)
  }

  /// The scanned range with its spans protected.
  static func protect(
    _ scalars: [Unicode.Scalar], _ range: Range<Int>, place: @escaping (Range<Int>) -> SourceRange?
  ) -> ProtectedProse {
    var scanner = ProseScanner(scalars: scalars, range: range, place: place)
    scanner.run()
    return ProtectedProse(scalars: scalars, spans: scanner.spans, footnotes: scanner.footnotes)
  }

  private mutating func run() {
    while index < range.upperBound {
      if index == range.lowerBound || scalars[index - 1] == "\n", skipFenceLine() { continue }
      step()
    }
  }

  func at(_ index: Int) -> Unicode.Scalar? {
    index < range.upperBound && index >= range.lowerBound ? scalars[index] : nil
  }

  // MARK: Fences

  /// Skips a line that belongs to fenced code.
  private mutating func skipFenceLine() -> Bool {
    let lineEnd = lineEnd(from: index)
    var start = index
    while let scalar = at(start), scalar == " " || scalar == "\t" || scalar == ">" { start += 1 }
    // A fence may open on a list item's first line.
    if fence == nil, let marker = at(start), marker == "-" || marker == "*" || marker == "+", at(start + 1) == " " {
      start += 2
    }
    let sign = at(start)
    var length = 0
    while let sign, at(start + length) == sign { length += 1 }
    let rest = scalars[min(start + length, lineEnd)..<lineEnd]
    defer { if fence != nil { index = min(lineEnd + 1, range.upperBound) } }
    if let open = fence {
      if sign == open.sign, length >= open.length, rest.allSatisfy({ $0 == " " || $0 == "\t" }) {
        fence = nil
        index = min(lineEnd + 1, range.upperBound)
      }
      return true
    }
    guard sign == "`" || sign == "~", length >= 3, let sign, sign == "~" || !rest.contains("`") else { return false }
    fence = (sign, length)
    return true
  }

  private func lineEnd(from start: Int) -> Int {
    var end = start
    while end < range.upperBound, scalars[end] != "\n" { end += 1 }
    return end
  }

  // MARK: Steps

  private mutating func step() {
    switch scalars[index] {
    case "\\": index += 2
    case "`": codeSpan()
    case "$": math()
    case "[": bracket()
    case "@": mention()
    case "{": headingID()
    case "<": skipAddress()
    case "]":
      index += 1
      if at(index) == "(" { skipDestination() }
    default: index += 1
    }
  }

  mutating func add(_ content: ProseSpan.Content, _ span: Range<Int>, problem: NotebookProblem? = nil) {
    let text = scalars[span]
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text)
    spans.append(
      ProseSpan(
        content: content, range: span, raw: String(view), problem: problem,
        signCount: text.lazy.filter { $0 != "\n" }.count))
    index = span.upperBound
  }

  func text(_ span: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[span])
    return String(view)
  }

  /// Where the line of a place begins. Places must be asked for in ascending order.
  private mutating func lineStart(before place: Int) -> Int {
    while line.end < place {
      if scalars[line.end] == "\n" { line.start = line.end + 1 }
      line.end += 1
    }
    return line.start
  }

  /// Whether a line end is followed by an empty line (quotation marks aside), which ends a paragraph.
  private func endsParagraph(_ newline: Int) -> Bool {
    var next = newline + 1
    while let scalar = at(next), scalar == " " || scalar == "\t" || scalar == ">" { next += 1 }
    return at(next) == nil || at(next) == "\n"
  }

  private mutating func codeSpan() {
    let start = index
    var length = 0
    while at(start + length) == "`" { length += 1 }
    var close = start + length
    while let scalar = at(close), close - start < Self.reach, !(scalar == "\n" && endsParagraph(close)) {
      guard scalar == "`" else {
        close += 1
        continue
      }
      var run = 0
      while at(close + run) == "`" { run += 1 }
      if run == length {
        let inner = start + length..<close
        index = close + run
        if at(inner.lowerBound) == "=", !inner.isEmpty { value(inner, span: start..<close + run) }
        return
      }
      close += run
    }
    index = start + length
  }

  /// `=path|format` between backticks.
  private mutating func value(_ inner: Range<Int>, span: Range<Int>) {
    // In a table the bar may be written `\|`, for readers whose Markdown splits cells there.
    let written = text(inner.lowerBound + 1..<inner.upperBound).replacing("\\|", with: "|")
    let parts = written.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
    let path = String(parts[0]).trimmed
    guard InlineValue.isPath(path) else { return add(.literal, span, problem: .badPath(written.trimmed)) }
    guard parts.count == 2 else { return add(.value(InlineValue(path: path, range: place(span))), span) }
    let format = String(parts[1]).trimmed
    guard let reader = ValueFormat(format) else { return add(.literal, span, problem: .badFormat(format)) }
    add(.value(InlineValue(path: path, format: reader, range: place(span))), span)
  }

  // MARK: Mathematics

  private mutating func math() {
    if at(index + 1) == "$" { return displayMath() }
    let start = index
    guard let first = at(start + 1), !first.isYAMLSpace else {
      index += 1
      return
    }
    var hasCommand = false
    var close = start + 1
    while let scalar = at(close), !(scalar == "\n" && endsParagraph(close)) {
      if scalar == "\\" {
        hasCommand = hasCommand || at(close + 1)?.isASCIILetter ?? false
        close += 2
        continue
      }
      if scalar == "$" {
        // `$5 and $10` is money; but money has no backslashes.
        let isMoney = scalars[close - 1].isYAMLSpace && !hasCommand
        if !isMoney, !(at(close + 1)?.isASCIIDigit ?? false), close > start + 1 {
          let tex = cleaned(start + 1..<close)
          return add(.math(MathText(tex: tex, range: place(start..<close + 1))), start..<close + 1)
        }
        break
      }
      close += 1
    }
    index = start + 1
  }

  private mutating func displayMath() {
    let start = index
    var close = start + 2
    while let scalar = at(close), !(scalar == "\n" && endsParagraph(close)) {
      if scalar == "\\" {
        close += 2
        continue
      }
      if scalar == "$", at(close + 1) == "$" {
        let tex = cleaned(start + 2..<close)
        var end = close + 2
        var id: String?
        var problem: NotebookProblem?
        if let label = braces(after: end) {
          end = label.end
          id = label.id.hasPrefix("eq-") ? label.id : nil
          if id == nil { problem = .equationID(label.id) }
        }
        let math = MathText(tex: tex, isDisplay: true, id: id, range: place(start..<end))
        return add(.math(math), start..<end, problem: problem)
      }
      close += 1
    }
    add(.literal, start..<start + 2, problem: .mathNotClosed)
  }

  /// TeX without the quotation marks that Markdown wants at the beginning of its lines.
  private mutating func cleaned(_ span: Range<Int>) -> String {
    let isQuoted = scalars[lineStart(before: span.lowerBound)..<span.lowerBound].first { $0 != " " } == ">"
    let text = text(span)
    guard isQuoted, text.contains("\n") else { return text.trimmed }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return ([lines[0]] + lines.dropFirst().map { $0.drop { $0 == " " || $0 == ">" } }).joined(separator: "\n").trimmed
  }

  /// ` {#id}` after a place.
  private func braces(after start: Int) -> (id: String, end: Int)? {
    var open = start
    while at(open) == " " { open += 1 }
    guard at(open) == "{", at(open + 1) == "#" else { return nil }
    var end = open + 2
    while let scalar = at(end), scalar.isIdentifierPart { end += 1 }
    guard end > open + 2, at(end) == "}" else { return nil }
    return (text(open + 2..<end), end + 1)
  }

  /// `{#sec-x}` at the end of a heading's line, with the space before it.
  private mutating func headingID() {
    let start = index
    index += 1
    guard let label = braces(after: start) else { return }
    var end = label.end
    while let scalar = at(end), scalar == " " || scalar == "#" { end += 1 }
    guard at(end) == nil || at(end) == "\n" else { return }
    guard scalars[lineStart(before: start)..<start].first(where: { $0 != " " && $0 != ">" }) == "#" else { return }
    add(.headingID(label.id), start..<label.end, problem: Cell.isIdentifier(label.id) ? nil : .badID(label.id))
  }

  // MARK: Addresses

  private mutating func skipAddress() {
    var end = index + 1
    while let scalar = at(end), scalar != ">", scalar != " ", scalar != "\n", scalar != "<" { end += 1 }
    let inner = text(index + 1..<end)
    index = at(end) == ">" && (inner.contains(":") || inner.contains("@")) ? end + 1 : index + 1
  }

  private mutating func skipDestination() {
    var depth = 0
    var end = index
    while let scalar = at(end), scalar != "\n", end - index < Self.addressReach {
      if scalar == "\\" {
        end += 2
        continue
      }
      if scalar == "(" { depth += 1 }
      if scalar == ")" { depth -= 1 }
      end += 1
      if depth == 0 {
        index = end
        return
      }
    }
    index += 1
  }

  mutating func move(to place: Int) { index = place }
  var here: Int { index }
}
