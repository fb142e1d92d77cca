extension TeXMathParser {
  private static let styles: [String: TeXMath.Style] = [
    "mathrm": .upright, "mathbf": .bold, "boldsymbol": .boldItalic, "bm": .boldItalic, "mathcal": .calligraphic,
    "mathscr": .calligraphic, "mathbb": .doubleStruck, "mathds": .doubleStruck, "mathfrak": .fraktur, "mathsf": .sans,
    "mathtt": .mono, "mathit": .plain, "mathnormal": .plain, "rm": .upright, "bf": .bold,
  ]
  private static let spaces: [String: Double] = [
    ",": 0.1667, ":": 0.2222, ">": 0.2222, ";": 0.2778, "!": -0.1667, " ": 0.3333, "quad": 1, "qquad": 2,
    "thinspace": 0.1667, "enspace": 0.5, "medspace": 0.2222, "thickspace": 0.2778, "negthinspace": -0.1667,
  ]
  private static let sizes: [String: Double] = ["big": 1.2, "Big": 1.8, "bigg": 2.4, "Bigg": 3]
  private static let ignored: Set = ["nonumber", "notag", "hline", "left.", "relax", "-", "/", "scriptstyle", "strut"]

  /// What a command makes.
  mutating func command(_ name: String) -> Node? {
    if name.hasPrefix(" ") { return .words(String(name.dropFirst())) }
    if let symbol = TeXSymbols.symbols[name] { return symbol.node(style: style) }
    if let function = TeXSymbols.functions[name] {
      return .function(function, takesLimits: TeXSymbols.limitFunctions.contains(name))
    }
    if let width = Self.spaces[name] { return .space(width) }
    if let accent = TeXSymbols.accents[name] {
      return .marked(argument(), accent.mark, isBelow: accent.isBelow, stretches: accent.stretches)
    }
    if let wanted = Self.styles[name] { return styled(wanted) }
    if Self.ignored.contains(name) { return nil }
    switch name {
    case "frac", "dfrac", "tfrac", "cfrac":
      let top = argument()
      let display: Bool? = name == "frac" ? nil : name != "tfrac"
      return .fraction(top, argument(), hasBar: true, display: display)
    case "binom", "dbinom", "tbinom":
      let top = argument()
      return .fenced("(", [.fraction(top, argument(), hasBar: false, display: nil)], ")")
    case "sqrt":
      let index = bracketed()
      return .root(argument(), index: index)
    case "text", "textrm", "mbox", "textbf", "textit", "operatorname", "operatorname*": return words(name)
    case "left": return fence()
    case "begin": return environment()
    case "overset", "stackrel":
      let top = argument()
      return .scripts(argument(), sub: nil, sup: top, isLimits: true)
    case "underset":
      let bottom = argument()
      return .scripts(argument(), sub: bottom, sup: nil, isLimits: true)
    case "xrightarrow", "xleftarrow":
      let below = bracketed()
      let arrow = Node.sign(name == "xrightarrow" ? "→" : "←", attributes: " stretchy=\"true\"")
      return .scripts(arrow, sub: below, sup: argument(), isLimits: true)
    case "substack":
      guard peek == .open else { return argument() }
      index += 1
      let rows = rows { $0 == .close }
      if peek == .close { index += 1 }
      return .table(rows, alignment: ["c"], className: "stack")
    case "not": return negated()
    case "pmod":
      return .row([
        .space(0.5), .sign("(", attributes: ""), .identifier("mod", style: .upright), .space(0.33), argument(),
        .sign(")", attributes: ""),
      ])
    case "bmod", "mod": return .sign("mod", attributes: " lspace=\"0.22em\" rspace=\"0.22em\"")
    case "phantom", "hphantom", "vphantom": return .wrapped(argument(), className: "phantom")
    case "boxed", "fbox": return .wrapped(argument(), className: "boxed")
    case "mathop", "mathrel", "mathbin", "mathord", "mathopen", "mathclose": return argument()
    case "label", "tag":
      _ = argument()
      return nil
    default:
      if let size = Self.sizes[
        name.last == "l" || name.last == "r" || name.last == "m" ? String(name.dropLast()) : name]
      {
        return .sized(delimiter(), size)
      }
      say(.unknownTeX(command: name))
      return .words("\\" + name)
    }
  }

  /// A style for the next argument; `\bf` and `\rm` hold to the end of the group.
  private mutating func styled(_ wanted: TeXMath.Style) -> Node {
    if case .command(let words)? = peek, words.hasPrefix(" ") {
      index += 1
      let word = words.dropFirst().filter { !$0.isWhitespace }
      return word.allSatisfy(\.isLetter)
        ? .identifier(String(word), style: wanted) : .number(String(word), style: wanted)
    }
    let before = style
    style = wanted
    defer { style = before }
    return argument()
  }

  private mutating func words(_ name: String) -> Node {
    let content: String
    if case .command(let words)? = peek, words.hasPrefix(" ") {
      index += 1
      content = String(words.dropFirst())
    } else {
      let before = style
      style = .upright
      defer { style = before }
      let node = argument()
      guard name.hasPrefix("operatorname") else { return node }
      content = TeXMath.plain(node)
    }
    if name.hasPrefix("operatorname") { return .function(content, takesLimits: name.hasSuffix("*")) }
    return name == "textbf" ? .wrapped(.words(content), className: "bold") : .words(content)
  }

  /// `[…]` after a command.
  private mutating func bracketed() -> Node? {
    guard peek == .letter("[") else { return nil }
    index += 1
    let nodes = row { $0 == .letter("]") }
    if peek == .letter("]") { index += 1 }
    return .row(nodes)
  }

  /// The bracket after `\left`, `\right` and the like; empty for a dot.
  private mutating func delimiter() -> String {
    guard let token = peek else { return "" }
    index += 1
    switch token {
    case .letter("."): return ""
    case .letter("<"): return "⟨"
    case .letter(">"): return "⟩"
    case .letter(let character): return String(character)
    case .command(let name):
      if case .sign(let sign, _)? = TeXSymbols.symbols[name]?.node(style: .plain) { return sign }
      say(.unknownTeX(command: name))
      return ""
    default: return ""
    }
  }

  /// `\left( … \middle| … \right)`
  private mutating func fence() -> Node {
    let open = delimiter()
    var nodes = row()
    while case .command("middle")? = peek {
      index += 1
      nodes.append(.sign(delimiter(), attributes: " stretchy=\"true\" fence=\"true\""))
      nodes += row()
    }
    guard case .command("right")? = peek else {
      say(.brokenTeX("'\\left' without '\\right' in a formula"))
      return .fenced(open, nodes, "")
    }
    index += 1
    return .fenced(open, nodes, delimiter())
  }

  private mutating func negated() -> Node {
    let node = atom() ?? .row([])
    if case .sign(let sign, let attributes) = node {
      // The negated signs that Unicode has of its own look better than a stroke laid over.
      return .sign(TeXSymbols.negated[sign] ?? sign + "\u{338}", attributes: attributes)
    }
    return node
  }

  // MARK: Environments

  private static let matrices: [String: (open: String, close: String)] = [
    "matrix": ("", ""), "smallmatrix": ("", ""), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"), "Vmatrix": ("‖", "‖"), "cases": ("{", ""), "rcases": ("", "}"),
  ]

  private mutating func environmentName() -> String {
    guard peek == .open else { return "" }
    index += 1
    var name = ""
    while case .letter(let character)? = peek {
      name.append(character)
      index += 1
    }
    if peek == .close { index += 1 }
    return name
  }

  private mutating func environment() -> Node? {
    let name = environmentName()
    let plain = name.last == "*" ? String(name.dropLast()) : name
    var alignment: [String] = []
    if plain == "array" {
      if peek == .open {
        index += 1
        while let token = peek, token != .close {
          if case .letter(let letter) = token, "lcr".contains(letter) { alignment.append(String(letter)) }
          index += 1
        }
        index += peek == nil ? 0 : 1
      }
    }
    let rows = rows { if case .command("end") = $0 { true } else { false } }
    if case .command("end")? = peek {
      index += 1
      let end = environmentName()
      if end != name { say(.brokenTeX("'\\begin{\(name)}' is ended by '\\end{\(end)}' in a formula")) }
    } else {
      say(.brokenTeX("'\\begin{\(name)}' is not ended in a formula"))
    }
    if let fences = Self.matrices[plain] {
      let isCases = plain.hasSuffix("cases")
      let table = Node.table(rows, alignment: isCases ? ["l"] : ["c"], className: isCases ? "cases" : "matrix")
      return fences.open.isEmpty && fences.close.isEmpty ? table : .fenced(fences.open, [table], fences.close)
    }
    switch plain {
    case "aligned", "align", "split", "alignat", "alignedat", "eqnarray":
      return .table(rows, alignment: ["r", "l"], className: "aligned")
    case "gathered", "gather", "multline", "equation", "displaymath":
      return .table(rows, alignment: ["c"], className: "aligned")
    case "array": return .table(rows, alignment: alignment.isEmpty ? ["c"] : alignment, className: "matrix")
    default:
      say(.unknownTeX(command: "begin{\(name)}"))
      return .table(rows, alignment: ["c"], className: "matrix")
    }
  }

  /// Rows of cells, up to a token that ends them, which stays.
  private mutating func rows(until isEnd: (Token) -> Bool) -> [[Node]] {
    var rows: [[Node]] = [[]]
    while true {
      let nodes = row { $0 == .ampersand || $0 == .newRow || isEnd($0) }
      rows[rows.count - 1].append(.row(nodes))
      if peek == .ampersand {
        index += 1
      } else if peek == .newRow {
        index += 1
        _ = bracketed()
        rows.append([])
      } else {
        break
      }
    }
    if rows.count > 1, rows[rows.count - 1] == [.row([])] { rows.removeLast() }
    return rows
  }
}
