import Diagnostics
import Yams

/// Reads YAML into values that know their places. Tags, several documents and deep nesting are refused; aliases are
/// expanded within bounds.
///
/// Plain words are read as YAML 1.2's core schema has it: `yes` and `no` are text. `${name}` may stand anywhere a word may.
public struct YAMLReader: Sendable {
  static let byteLimit = 256 << 10
  static let depthLimit = 64
  static let aliasLimit = 16
  static let valueLimit = 50_000

  /// Stand for `{` and `}` of `${name}` while YAML, to which they are brackets, is at work. Never in a text by themselves.
  static let openSign: Unicode.Scalar = "\u{10FF00}"
  static let closeSign: Unicode.Scalar = "\u{10FF01}"

  /// Makes a reader.
  public init() {}

  /// Reads a whole text, such as a parameter file. An empty text is an empty mapping.
  public func read(_ source: SourceText) -> Outcome<WrittenValue> {
    let lines = SourceLines(source)
    if let problem = lines.forbiddenScalar { return Outcome(nil, [problem]) }
    return read(lines, 0..<lines.count)
  }

  /// Reads some lines of a text; places count in the whole text.
  func read(_ lines: SourceLines, _ wanted: Range<Int>) -> Outcome<WrittenValue> {
    let start = wanted.lowerBound < lines.count ? lines.starts[wanted.lowerBound] : lines.scalars.count
    let end = wanted.isEmpty ? start : lines.indices(ofLine: wanted.upperBound - 1).upperBound
    let here = lines.range(start..<start)
    guard !wanted.isEmpty, start < end else { return Outcome(WrittenValue(.record([]), at: here)) }
    let block = YAMLBlock(lines: lines, range: start..<end)
    if let diagnostic = block.refusal { return Outcome(nil, [diagnostic]) }
    do {
      let parser = try Parser(yaml: block.text, resolver: .basic, encoding: .utf8)
      guard let root = try parser.singleRoot() else { return Outcome(WrittenValue(.record([]), at: here)) }
      var conversion = YAMLConversion(block: block)
      let value = try conversion.value(of: root, fallback: here)
      if case .null = value.content { return Outcome(WrittenValue(.record([]), at: here)) }
      return Outcome(value)
    } catch let error as PlacedProblem {
      return Outcome(nil, [error.problem.diagnostic(at: error.range)])
    } catch let error as YamlError {
      return Outcome(nil, [block.diagnostic(for: error)])
    } catch {
      return Outcome(nil, [YAMLProblem.unreadable("\(error)").diagnostic(at: here)])
    }
  }
}

/// A problem on its way from the depth of a conversion to the place where it becomes a diagnostic.
struct PlacedProblem: Error {
  var problem: YAMLProblem
  var range: SourceRange?
}

/// Turns Yams' nodes into written values with their places.
private struct YAMLConversion {
  let block: YAMLBlock
  var valueCount = 0

  init(block: YAMLBlock) { self.block = block }

  mutating func value(of node: Node, fallback: SourceRange) throws -> WrittenValue {
    valueCount += 1
    let start = node.mark.flatMap { block.index(of: $0) }
    guard valueCount <= YAMLReader.valueLimit else {
      throw PlacedProblem(problem: .expandsTooFar(limit: YAMLReader.valueLimit), range: fallback)
    }
    switch node {
    case .scalar(let scalar):
      let text = block.restored(scalar.string)
      let range = start.map { block.range(ofScalar: scalar, from: $0) } ?? fallback
      let isPlain = scalar.style == .plain || scalar.style == .any
      let place = isPlain && text.isEmpty ? fallback : range
      let tag = "\(scalar.tag)"
      if scalar.tag != .implicit, tag != "", tag != "!", tag != Tag.Name.str.rawValue {
        throw PlacedProblem(problem: .tag(tag), range: place)
      }
      let content = isPlain && tag != Tag.Name.str.rawValue ? PlainScalar.content(of: text) : .text(text)
      return WrittenValue(content, at: place)
    case .sequence(let sequence):
      var end = start ?? 0
      let items = try sequence.map { item in
        let value = try value(of: item, fallback: fallback)
        end = max(end, block.end(of: value.range, after: end))
        return value
      }
      let range = start.map {
        block.range(ofCollection: $0, lastItemEnd: end, closing: "]", isFlow: sequence.style == .flow)
      }
      return WrittenValue(.list(items), at: range ?? fallback)
    case .mapping(let mapping):
      var end = start ?? 0
      let entries = try mapping.map { pair in
        let key = try value(of: pair.key, fallback: start.map { block.lines.range($0..<$0) } ?? fallback)
        guard case .scalar(let scalar) = pair.key, !scalar.string.isEmpty else {
          throw PlacedProblem(problem: .keyNotText(key.kindName), range: key.range)
        }
        let value = try value(of: pair.value, fallback: key.range ?? fallback)
        end = max(end, block.end(of: key.range, after: end), block.end(of: value.range, after: end))
        return WrittenValue.Entry(key: block.restored(scalar.string), keyRange: key.range, value: value)
      }
      let range = start.map {
        block.range(ofCollection: $0, lastItemEnd: end, closing: "}", isFlow: mapping.style == .flow)
      }
      return WrittenValue(.record(entries), at: range ?? fallback)
    case .alias: throw PlacedProblem(problem: .aliasUnknown, range: fallback)
    }
  }
}

/// What a word without quotation marks means, by YAML 1.2's core schema.
enum PlainScalar {
  static func content(of word: String) -> WrittenValue.Content {
    switch word {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .boolean(true)
    case "false", "False", "FALSE": return .boolean(false)
    case ".inf", ".Inf", ".INF", "+.inf": return .number(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
    case ".nan", ".NaN", ".NAN": return .number(.nan)
    default: break
    }
    if word.utf8.count > 400 { return .text(word) }
    if word.hasPrefix("0x"), let value = Int(word.dropFirst(2), radix: 16) { return .integer(value) }
    if word.hasPrefix("0o"), let value = Int(word.dropFirst(2), radix: 8) { return .integer(value) }
    guard isDecimal(word) else { return .text(word) }
    if let value = Int(word) { return .integer(value) }
    if let value = Double(word) { return .number(value) }
    // Swift reads neither `.5` nor `5.`, which YAML allows.
    return Double(padded(word)).map { .number($0) } ?? .text(word)
  }

  /// `[-+]? digits [. digits] [e [-+]? digits]`, with digits on at least one side of the point.
  private static func isDecimal(_ word: String) -> Bool {
    var rest = Substring(word)
    func digits() -> Int {
      let run = rest.prefix { ("0"..."9").contains($0) }
      rest.removeFirst(run.count)
      return run.count
    }
    if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
    var count = digits()
    if rest.first == "." {
      rest.removeFirst()
      count += digits()
    }
    guard count > 0 else { return false }
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  private static func padded(_ word: String) -> String {
    guard let point = word.firstIndex(of: ".") else { return word }
    let whole = word[..<point]
    let fraction = word[word.index(after: point)...]
    let head = whole.last?.isNumber == true ? "\(whole)" : "\(whole)0"
    return head + "." + (fraction.first?.isNumber == true ? "\(fraction)" : "0\(fraction)")
  }
}
