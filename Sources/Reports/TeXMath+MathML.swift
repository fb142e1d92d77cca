extension TeXMath {
  /// The formula as one `<math>` element, with its TeX for those who copy it.
  func mathML(isDisplay: Bool) -> String {
    "<math\(isDisplay ? " display=\"block\"" : "")><semantics><mrow>\(Self.row(nodes))</mrow>"
      + "<annotation encoding=\"application/x-tex\">\(HTMLText.escaped(tex))</annotation></semantics></math>"
  }

  /// Nodes in a row, with thin spaces around functions where TeX has them.
  private static func row(_ nodes: [Node]) -> String {
    var out = ""
    for (index, node) in nodes.enumerated() {
      if isFunction(node), index > 0, isOrdinary(nodes[index - 1]) { out += element(.space(0.1667)) }
      out += element(node)
      if isFunction(node), index + 1 < nodes.count, isOrdinary(nodes[index + 1]) || isFunction(nodes[index + 1]) {
        out += element(.space(0.1667))
      }
    }
    return out
  }

  private static func isFunction(_ node: Node) -> Bool {
    switch node {
    case .function: true
    case .scripts(let base, _, _, _): isFunction(base)
    default: false
    }
  }

  private static func isOrdinary(_ node: Node) -> Bool {
    switch node {
    case .identifier, .number, .fraction, .root, .marked: true
    case .scripts(let base, _, _, _): isOrdinary(base)
    default: false
    }
  }

  /// One node as exactly one element, so that it can be an argument.
  private static func single(_ node: Node) -> String {
    if case .row(let nodes) = node { return nodes.count == 1 ? single(nodes[0]) : "<mrow>\(row(nodes))</mrow>" }
    return element(node)
  }

  private static func element(_ node: Node) -> String {
    switch node {
    case .identifier(let text, let style): letters(text, style, tag: "mi")
    case .number(let text, let style): letters(text, style, tag: "mn")
    case .sign(let text, let attributes): "<mo\(attributes)>\(HTMLText.escaped(text))</mo>"
    case .function(let text, let takesLimits):
      takesLimits
        ? "<mo movablelimits=\"true\" lspace=\"0\" rspace=\"0\">\(HTMLText.escaped(text))</mo>"
        : "<mi mathvariant=\"normal\">\(HTMLText.escaped(text))</mi>"
    case .words(let text):
      // MathML trims the spaces of its words.
      "<mtext>\(HTMLText.escaped(text.replacing(" ", with: "\u{A0}")))</mtext>"
    case .row(let nodes): "<mrow>\(row(nodes))</mrow>"
    case .fraction(let top, let bottom, let hasBar, let display):
      styled("<mfrac\(hasBar ? "" : " linethickness=\"0\"")>\(single(top))\(single(bottom))</mfrac>", display)
    case .root(let inner, let index):
      index.map { "<mroot>\(single(inner))\(single($0))</mroot>" } ?? "<msqrt>\(single(inner))</msqrt>"
    case .scripts(let base, let sub, let sup, let isLimits): scripts(base, sub, sup, isLimits)
    case .marked(let inner, let mark, let isBelow, let stretches):
      isBelow
        ? "<munder>\(single(inner))<mo stretchy=\"\(stretches)\">\(mark)</mo></munder>"
        : "<mover accent=\"true\">\(single(inner))<mo stretchy=\"\(stretches)\">\(HTMLText.escaped(mark))</mo></mover>"
    case .fenced(let open, let inner, let close):
      "<mrow>\(fence(open, "prefix"))\(row(inner))\(fence(close, "postfix"))</mrow>"
    case .sized(let sign, let size):
      "<mo stretchy=\"true\" minsize=\"\(size)em\" maxsize=\"\(size)em\" lspace=\"0\" rspace=\"0\">\(HTMLText.escaped(sign))</mo>"
    case .table(let rows, let alignment, let className): table(rows, alignment, className)
    case .space(let width): "<mspace width=\"\(width)em\"></mspace>"
    case .styled(let inner, let isDisplay): styled(single(inner), isDisplay)
    case .wrapped(let inner, let className): "<mrow class=\"\(className)\">\(single(inner))</mrow>"
    }
  }

  private static func styled(_ element: String, _ isDisplay: Bool?) -> String {
    isDisplay.map { "<mstyle displaystyle=\"\($0)\">\(element)</mstyle>" } ?? element
  }

  private static func fence(_ sign: String, _ form: String) -> String {
    sign.isEmpty ? "" : "<mo stretchy=\"true\" fence=\"true\" form=\"\(form)\">\(HTMLText.escaped(sign))</mo>"
  }

  private static func scripts(_ base: Node, _ sub: Node?, _ sup: Node?, _ isLimits: Bool) -> String {
    let names = isLimits ? ("munder", "mover", "munderover") : ("msub", "msup", "msubsup")
    switch (sub, sup) {
    case (let sub?, let sup?): return "<\(names.2)>\(single(base))\(single(sub))\(single(sup))</\(names.2)>"
    case (let sub?, nil): return "<\(names.0)>\(single(base))\(single(sub))</\(names.0)>"
    case (nil, let sup?): return "<\(names.1)>\(single(base))\(single(sup))</\(names.1)>"
    case (nil, nil): return single(base)
    }
  }

  private static func table(_ rows: [[Node]], _ alignment: [String], _ className: String) -> String {
    var out = "<mtable class=\"\(className)\"\(className == "aligned" ? " displaystyle=\"true\"" : "")>"
    for row in rows {
      out += "<mtr>"
      for (column, cell) in row.enumerated() {
        let letter = alignment.isEmpty ? "c" : alignment[column % alignment.count]
        out += "<mtd class=\"\(letter)\">\(single(cell))</mtd>"
      }
      out += "</mtr>"
    }
    return out + "</mtable>"
  }

  private static func letters(_ text: String, _ style: Style, tag: String) -> String {
    let plain = HTMLText.escaped(text)
    switch style {
    case .plain: return "<\(tag)>\(plain)</\(tag)>"
    case .upright: return "<\(tag) mathvariant=\"normal\">\(plain)</\(tag)>"
    case .bold: return "<\(tag) mathvariant=\"normal\" class=\"bold\">\(plain)</\(tag)>"
    case .boldItalic: return "<\(tag) class=\"bold\">\(plain)</\(tag)>"
    case .sans: return "<\(tag) mathvariant=\"normal\" class=\"sans\">\(plain)</\(tag)>"
    case .mono: return "<\(tag) mathvariant=\"normal\" class=\"mono\">\(plain)</\(tag)>"
    case .calligraphic, .doubleStruck, .fraktur:
      let mapped = HTMLText.escaped(MathAlphabet.mapped(text, style))
      return "<\(tag) mathvariant=\"normal\">\(mapped)</\(tag)>"
    }
  }
}

/// Unicode's mathematical alphabets.
enum MathAlphabet {
  /// Letters that had a place before the alphabets came.
  private static let exceptions: [TeXMath.Style: [Character: Character]] = [
    .calligraphic: [
      "B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ", "e": "ℯ", "g": "ℊ", "o": "ℴ",
    ],
    .doubleStruck: ["C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"],
    .fraktur: ["C": "ℭ", "H": "ℌ", "I": "ℑ", "R": "ℜ", "Z": "ℨ"],
  ]
  private static let starts: [TeXMath.Style: UInt32] = [
    .calligraphic: 0x1D49C, .doubleStruck: 0x1D538, .fraktur: 0x1D504,
  ]

  static func mapped(_ text: String, _ style: TeXMath.Style) -> String {
    String(
      text.map { character in
        if let exception = exceptions[style]?[character] { return exception }
        guard let start = starts[style], let ascii = character.asciiValue else { return character }
        let offset: UInt32
        switch character {
        case "A"..."Z": offset = UInt32(ascii) - 65
        case "a"..."z": offset = UInt32(ascii) - 97 + 26
        case "0"..."9" where style == .doubleStruck:
          return Unicode.Scalar(0x1D7D8 + UInt32(ascii) - 48).map(Character.init) ?? character
        default: return character
        }
        return Unicode.Scalar(start + offset).map(Character.init) ?? character
      })
  }
}
