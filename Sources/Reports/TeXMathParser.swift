/// Reads TeX mathematics by recursive descent, never deeper than `depthLimit`.
struct TeXMathParser {
  typealias Node = TeXMath.Node

  enum Token: Equatable {
    case letter(Character)
    case digits(String)
    case command(String)
    case open, close, sub, sup, ampersand, newRow
  }

  static let depthLimit = 40

  private(set) var tokens: [Token] = []
  var index = 0
  var problems: [ReportProblem] = []
  var depth = 0
  var style = TeXMath.Style.plain

  init(_ tex: String) { tokens = Self.tokens(of: tex) }

  // MARK: Tokens

  private static func tokens(of tex: String) -> [Token] {
    var tokens: [Token] = []
    var rest = Substring(tex)
    while let character = rest.popFirst() {
      switch character {
      case "{": tokens.append(.open)
      case "}": tokens.append(.close)
      case "_": tokens.append(.sub)
      case "^": tokens.append(.sup)
      case "&": tokens.append(.ampersand)
      case "%":
        rest = rest.drop { !$0.isNewline }
      case "\\":
        let name = rest.prefix { $0.isASCII && $0.isLetter }
        if name.isEmpty {
          guard let sign = rest.popFirst() else { break }
          tokens.append(sign == "\\" ? .newRow : .command(String(sign)))
        } else {
          rest.removeFirst(name.count)
          let isStarred = rest.first == "*"
          if ["text", "textbf", "textit", "textrm", "mbox", "operatorname", "mathrm"].contains(name),
            let words = group(&rest)
          {
            tokens += [.command(name + (isStarred ? "*" : "")), .command(" " + words)]
          } else {
            if isStarred { rest.removeFirst() }
            tokens.append(.command(name == "operatorname" && isStarred ? "operatorname*" : String(name)))
          }
        }
      case let digit where digit.isASCII && digit.isNumber:
        var run = String(digit)
        while let next = rest.first, next.isASCII,
          next.isNumber || (next == "." && rest.dropFirst().first?.isNumber == true)
        {
          run.append(next)
          rest.removeFirst()
        }
        tokens.append(.digits(run))
      default: if !character.isWhitespace { tokens.append(.letter(character)) }
      }
    }
    return tokens
  }

  /// `{words}` taken as they are, spaces and all; `nil` when there is TeX inside.
  private static func group(_ rest: inout Substring) -> String? {
    var after = rest
    if after.first == "*" { after.removeFirst() }
    after = after.drop { $0 == " " }
    guard after.popFirst() == "{" else { return nil }
    let words = after.prefix { !"{}\\$^_".contains($0) }
    guard after.dropFirst(words.count).first == "}" else { return nil }
    rest = after.dropFirst(words.count + 1)
    return String(words)
  }

  var peek: Token? { index < tokens.count ? tokens[index] : nil }

  // MARK: Rows

  /// The whole formula; several rows make a table.
  mutating func formula() -> [Node] {
    var rows = [[Node]]()
    var cells = [Node]()
    while true {
      let nodes = row { $0 == .ampersand || $0 == .newRow }
      cells.append(.row(nodes))
      guard let token = peek else { break }
      index += 1
      if token == .newRow {
        rows.append(cells)
        cells = []
      } else if token == .close {
        say(.brokenTeX("'}' without '{' in a formula"))
        cells = [.row(cells)]
      }
    }
    if rows.isEmpty, cells.count == 1, case .row(let nodes) = cells[0] { return nodes }
    if cells != [.row([])] { rows.append(cells) }
    return [.table(rows, alignment: ["r", "l"], className: "aligned")]
  }

  /// Nodes up to a token that ends the row, which stays.
  mutating func row(until isEnd: (Token) -> Bool = { _ in false }) -> [Node] {
    var nodes: [Node] = []
    let before = style
    defer { style = before }
    while let token = peek, token != .close, !isEnd(token) {
      if case .command(let name) = token {
        // `\right` and `\end` end what began before this row.
        if name == "right" || name == "end" || name == "middle" { break }
        if name == "displaystyle" || name == "textstyle" {
          index += 1
          nodes.append(.styled(.row(row(until: isEnd)), isDisplay: name == "displaystyle"))
          break
        }
        if ["over", "choose"].contains(name) {
          index += 1
          let bottom = Node.row(row(until: isEnd))
          let fraction = Node.fraction(.row(nodes), bottom, hasBar: name == "over", display: nil)
          return [name == "over" ? fraction : .fenced("(", [fraction], ")")]
        }
      }
      if let node = scripted() { nodes.append(node) }
    }
    return nodes
  }

  /// An atom with its scripts and primes.
  private mutating func scripted() -> Node? {
    var base: Node?
    if let token = peek, token != .sub, token != .sup, token != .letter("'") {
      guard let made = atom() else { return nil }
      base = made
    }
    var limits: Bool?
    while case .command(let name)? = peek, name == "limits" || name == "nolimits" {
      limits = name == "limits"
      index += 1
    }
    var sub: Node?
    var sup: [Node] = []
    while let token = peek {
      if token == .letter("'") {
        index += 1
        sup.append(.sign("′", attributes: ""))
      } else if token == .sub || token == .sup {
        index += 1
        let script = argument()
        if token == .sup {
          sup.append(script)
        } else {
          sub = sub.map { .row([$0, script]) } ?? script
        }
      } else {
        break
      }
    }
    guard sub != nil || !sup.isEmpty else { return base }
    let raised = sup.isEmpty ? nil : sup.count == 1 ? sup[0] : Node.row(sup)
    return .scripts(base ?? .row([]), sub: sub, sup: raised, isLimits: limits ?? base.map(Self.takesLimits) ?? false)
  }

  private static func takesLimits(_ node: Node) -> Bool {
    switch node {
    case .function(_, let takesLimits): takesLimits
    case .sign(let sign, _): TeXSymbols.limitSigns.contains(sign)
    case .marked(_, let mark, _, _): mark == "⏟" || mark == "⏞"
    default: false
    }
  }

  /// What a command or script applies to: a group or one token.
  mutating func argument() -> Node {
    switch peek {
    case .open:
      return group()
    case .digits(let run) where run.count > 1:
      // `x^10` raises the 1 only.
      tokens[index] = .digits(String(run.dropFirst()))
      return .number(String(run.prefix(1)), style: style)
    case nil, .close, .ampersand, .newRow, .sub, .sup: return .row([])
    default: return atom() ?? .row([])
    }
  }

  /// `{…}`
  mutating func group() -> Node {
    guard peek == .open else { return .row([]) }
    index += 1
    guard depth < Self.depthLimit else { return tooDeep() }
    depth += 1
    defer { depth -= 1 }
    let nodes = row()
    if peek == .close { index += 1 } else { say(.brokenTeX("'{' is not closed in a formula")) }
    return nodes.count == 1 ? nodes[0] : .row(nodes)
  }

  private mutating func tooDeep() -> Node {
    say(.brokenTeX("formula nested more than \(Self.depthLimit) deep"))
    index = tokens.count
    return .row([])
  }

  /// One atom.
  mutating func atom() -> Node? {
    guard let token = peek else { return nil }
    index += 1
    switch token {
    case .open:
      index -= 1
      return group()
    case .letter(let character): return letter(character)
    case .digits(let run): return .number(run, style: style)
    case .command(let name):
      guard depth < Self.depthLimit else { return tooDeep() }
      depth += 1
      defer { depth -= 1 }
      return command(name)
    case .ampersand, .newRow, .close, .sub, .sup: return nil
    }
  }

  private func letter(_ character: Character) -> Node {
    switch character {
    case "-": return .sign("−", attributes: "")
    case "*": return .sign("∗", attributes: "")
    case "(", ")", "[", "]": return .sign(String(character), attributes: " stretchy=\"false\"")
    case "|": return .sign("|", attributes: " stretchy=\"false\" lspace=\"0\" rspace=\"0\"")
    case "/": return .sign("/", attributes: " lspace=\"0\" rspace=\"0\"")
    case "~": return .space(0.33)
    case ":": return .sign(":", attributes: " lspace=\"0.2778em\" rspace=\"0.2778em\"")
    default:
      return character.isLetter
        ? .identifier(String(character), style: style) : .sign(String(character), attributes: "")
    }
  }

  mutating func say(_ problem: ReportProblem) {
    if !problems.contains(problem) { problems.append(problem) }
  }
}
