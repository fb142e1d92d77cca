import Diagnostics

/// A stretch of prose that Markdown must not touch, because it has its own syntax: a formula, a value, a reference, a
/// citation, a heading's id.
struct ProseSpan {
  enum Content {
    case math(MathText)
    case value(InlineValue)
    case reference(CrossReference)
    case citation(Citation)
    case headingID(String)
    /// Not what it looked like: shown as written.
    case literal
  }

  var content: Content
  /// Where it stands in the scanned text, as indices of scalars.
  var range: Range<Int>
  /// The text as written.
  var raw: String
  /// What is wrong with it; said only where the span turns out to be in running text.
  var problem: NotebookProblem?
  /// Its scalars that are not line ends.
  var signCount: Int
}

/// Prose with every span replaced, scalar for scalar, by signs that mean nothing to Markdown, so that places stay true.
struct ProtectedProse {
  /// The first sign of span `i` is this plus `i`; the others are `pad`.
  static let firstSign: UInt32 = 0x10_0000
  static let spanLimit = 0xF000
  static let pad: Unicode.Scalar = "\u{10FF02}"

  /// `[^label]` in running text, or `[^label]:` where the note's text begins.
  struct FootnoteMention {
    var label: String
    var range: Range<Int>
    var isDefinition: Bool
  }

  let footnotes: [FootnoteMention]
  private(set) var scalars: [Unicode.Scalar]
  private(set) var spans: [ProseSpan]
  /// Whether there were more spans than there are signs.
  private(set) var isOverfull = false

  init(scalars: [Unicode.Scalar], spans: [ProseSpan], footnotes: [FootnoteMention]) {
    self.scalars = scalars
    self.footnotes = footnotes
    self.spans = Array(spans.prefix(Self.spanLimit))
    isOverfull = spans.count > Self.spanLimit
    for (number, span) in self.spans.enumerated() {
      var isFirst = true
      for index in span.range where scalars[index] != "\n" {
        self.scalars[index] = isFirst ? Unicode.Scalar(Self.firstSign + UInt32(number)) ?? Self.pad : Self.pad
        isFirst = false
      }
    }
  }

  /// The number of the span whose first sign this is.
  func number(of scalar: Unicode.Scalar) -> Int? {
    guard scalar.value >= Self.firstSign else { return nil }
    let number = Int(scalar.value - Self.firstSign)
    return number < spans.count ? number : nil
  }

  /// The footnotes mentioned that have no text.
  var unknownFootnotes: [FootnoteMention] {
    let known = Set(footnotes.lazy.filter(\.isDefinition).map { $0.label.lowercased() })
    return footnotes.filter { !$0.isDefinition && !known.contains($0.label.lowercased()) }
  }

  /// A text that Markdown took literally after all, as it was written.
  func restored(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.value >= Self.firstSign }) else { return text }
    var out = String.UnicodeScalarView()
    var pads = 0
    for scalar in text.unicodeScalars {
      if let number = number(of: scalar) {
        out.append(contentsOf: spans[number].raw.unicodeScalars)
        pads = spans[number].signCount - 1
      } else if pads > 0 {
        // The line ends inside the span came with its raw text.
        if scalar == Self.pad { pads -= 1 }
      } else if scalar != Self.pad {
        out.append(scalar)
      }
    }
    return String(out)
  }
}
