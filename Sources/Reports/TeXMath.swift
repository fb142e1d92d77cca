/// A formula in TeX, parsed into a tree that becomes MathML.
///
/// A sensible part of LaTeX's mathematics is known. An unknown command is shown by its name and said in `problems`;
/// nothing a person can write makes it fail.
struct TeXMath {
  /// A piece of a formula.
  indirect enum Node: Equatable {
    /// A variable, set italic when it is one letter unless upright.
    case identifier(String, style: Style)
    /// A number.
    case number(String, style: Style)
    /// A sign with MathML's own spacing, or with attributes that say otherwise.
    case sign(String, attributes: String)
    /// A word such as `log`; with limits above and below for `max` and the like.
    case function(String, takesLimits: Bool)
    /// Words.
    case words(String)
    /// Several in a row.
    case row([Node])
    /// A fraction, perhaps without a bar; `display` forces its size.
    case fraction(Node, Node, hasBar: Bool, display: Bool?)
    /// A root.
    case root(Node, index: Node?)
    /// Something with sub- and superscript, or with limits below and above.
    case scripts(Node, sub: Node?, sup: Node?, isLimits: Bool)
    /// Something with a mark above or below.
    case marked(Node, String, isBelow: Bool, stretches: Bool)
    /// Brackets that grow with what they hold.
    case fenced(String, [Node], String)
    /// A bracket of a given size, in em.
    case sized(String, Double)
    /// Rows of cells.
    case table([[Node]], alignment: [String], className: String)
    /// White space, in em.
    case space(Double)
    /// Set as in display, or not.
    case styled(Node, isDisplay: Bool)
    /// In a box, or there but not seen.
    case wrapped(Node, className: String)
  }

  /// How letters are set.
  enum Style: String, Equatable {
    case plain, upright, bold, boldItalic, calligraphic, doubleStruck, fraktur, sans, mono
  }

  /// The TeX as written.
  let tex: String
  /// The tree.
  let nodes: [Node]
  /// What is wrong with it.
  let problems: [ReportProblem]

  /// Longer formulas are shown as TeX.
  static let byteLimit = 20_000

  init(_ tex: String) {
    self.tex = tex
    guard tex.utf8.count <= Self.byteLimit else {
      nodes = [.words(tex)]
      problems = [.brokenTeX("formula of \(tex.utf8.count) bytes; the limit is \(Self.byteLimit)")]
      return
    }
    var parser = TeXMathParser(tex)
    nodes = parser.formula()
    problems = parser.problems
  }

  /// The formula's letters, without its layout.
  var plainText: String { nodes.map(Self.plain).joined() }

  /// A node's letters.
  static func plain(_ node: Node) -> String {
    switch node {
    case .identifier(let text, _), .number(let text, _), .sign(let text, _), .function(let text, _), .words(let text),
      .sized(let text, _):
      text
    case .row(let nodes): nodes.map(plain).joined()
    case .fraction(let top, let bottom, _, _): "\(plain(top))/\(plain(bottom))"
    case .root(let inner, _): "√\(plain(inner))"
    case .scripts(let base, let sub, let sup, _):
      plain(base) + (sub.map { "_\(plain($0))" } ?? "") + (sup.map { "^\(plain($0))" } ?? "")
    case .marked(let inner, _, _, _), .styled(let inner, _), .wrapped(let inner, _): plain(inner)
    case .fenced(let open, let inner, let close): open + inner.map(plain).joined() + close
    case .table(let rows, _, _): rows.map { $0.map(plain).joined(separator: " ") }.joined(separator: "; ")
    case .space: " "
    }
  }
}
