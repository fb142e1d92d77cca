import Foundation

/// Text written for TeX, as in BibTeX fields, turned into Unicode. Mathematics between dollar signs stays TeX.
enum TeXText {
  private static let accents: [Character: String] = [
    "\"": "\u{308}", "'": "\u{301}", "`": "\u{300}", "^": "\u{302}", "~": "\u{303}", "=": "\u{304}", ".": "\u{307}",
    "u": "\u{306}", "v": "\u{30C}", "H": "\u{30B}", "c": "\u{327}", "k": "\u{328}", "r": "\u{30A}", "d": "\u{323}",
    "b": "\u{331}", "t": "\u{361}",
  ]
  private static let letters: [String: String] = [
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "S": "§", "P": "¶", "dots": "…",
    "ldots": "…", "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "copyright": "©",
    "pounds": "£", "TeX": "TeX", "LaTeX": "LaTeX",
  ]

  /// The text in Unicode, without braces, white space collapsed.
  static func plain(_ text: String) -> String {
    var out = ""
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\\": out += command(&rest)
      case "{", "}": break
      case "~": out.append("\u{A0}")
      case "$":
        let tex = rest.prefix { $0 != "$" }
        rest.removeFirst(tex.count)
        if rest.popFirst() == nil { out += "$" + plain(String(tex)) } else { out += "$\(tex)$" }
      case "-" where rest.first == "-":
        rest.removeFirst()
        if rest.first == "-" {
          rest.removeFirst()
          out.append("—")
        } else {
          out.append("–")
        }
      case "`" where rest.first == "`":
        rest.removeFirst()
        out.append("“")
      case "'" where rest.first == "'":
        rest.removeFirst()
        out.append("”")
      default: out.append(character)
      }
    }
    let words = out.split { $0 == " " || $0.isNewline || $0 == "\t" }
    return words.joined(separator: " ").precomposedStringWithCanonicalMapping
  }

  /// What a backslash and what follows it stand for.
  private static func command(_ rest: inout Substring) -> String {
    guard let first = rest.first else { return "" }
    if !first.isLetter || !first.isASCII {
      rest.removeFirst()
      guard let accent = accents[first] else { return first == "\\" ? " " : String(first) }
      return accented(&rest, accent)
    }
    let name = String(rest.prefix { $0.isASCII && $0.isLetter })
    if let letter = letters[name] {
      rest.removeFirst(name.count)
      rest = rest.drop { $0 == " " }
      return letter
    }
    if name.count == 1, let accent = accents[first] {
      rest.removeFirst()
      return accented(&rest, accent)
    }
    // `\emph{…}`, `\textit{…}`, `\url{…}`: what is inside.
    rest.removeFirst(name.count)
    return ""
  }

  private static func accented(_ rest: inout Substring, _ accent: String) -> String {
    rest = rest.drop { $0 == " " || $0 == "{" }
    guard let base = rest.popFirst() else { return "" }
    if base == "\\", let dotless = rest.first, dotless == "i" || dotless == "j" {
      rest.removeFirst()
      return String(dotless) + accent
    }
    return String(base) + accent
  }
}
