import Notebooks

/// The report's numbers in forms that other programs read.
public struct ValuesFile: Sendable {
  /// Paths with their values, sorted by path.
  public var values: [(path: String, value: ValueLookup)]

  /// Makes a file of values. What is unknown or unavailable is left out.
  public init(_ values: [String: ValueLookup]) {
    self.values = values.sorted { $0.key < $1.key }.compactMap { path, value in
      switch value {
      case .number, .integer, .text: (path: path, value: value)
      case .unknown, .unavailable: nil
      }
    }
  }

  /// One `\newcommand` per value, so that a paper's numbers stay current: `gaps.final.width` is `\gapsFinalWidth`.
  ///
  /// TeX's names are letters only: digits are spelt out, and where two paths come to the same name, the later ones (by
  /// path) get `B`, `C` … at the end.
  public var tex: String {
    var taken: Set<String> = []
    var lines = ["% Written by fieldbook. \\input this file; do not change it."]
    for (path, value) in values {
      let base = Self.commandName(path)
      var name = base
      var turn = 1
      while !taken.insert(name).inserted {
        turn += 1
        name = base + Self.letters(turn)
      }
      lines.append("\\newcommand{\\\(name)}{\(Self.texText(value))}% \(Self.comment(path))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One JSON object, sorted by path. Numbers that are not finite are written as text.
  public var json: String {
    let lines = values.map { path, value in "  \(Self.quoted(path)): \(Self.jsonText(value))" }
    return "{\n" + lines.joined(separator: ",\n") + (lines.isEmpty ? "}\n" : "\n}\n")
  }

  // MARK: TeX

  private static let digits = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]

  private static func commandName(_ path: String) -> String {
    var name = ""
    var startsWord = false
    for scalar in path.unicodeScalars {
      if scalar.isASCII, scalar.properties.isAlphabetic {
        name += startsWord ? String(scalar).uppercased() : String(scalar)
        startsWord = false
      } else if scalar.isASCII, let digit = Int(String(scalar)) {
        name += digits[digit]
        startsWord = true
      } else {
        startsWord = !name.isEmpty
      }
    }
    return name.isEmpty ? "value" : name
  }

  /// 2 is `B`, 27 is `AA`.
  private static func letters(_ number: Int) -> String {
    var number = number
    var out = ""
    while number > 0 {
      out = String(UnicodeScalar(UInt8(65 + (number - 1) % 26))) + out
      number = (number - 1) / 26
    }
    return out
  }

  private static func texText(_ value: ValueLookup) -> String {
    switch value {
    case .integer(let number): number < 0 ? "\\ensuremath{\(number)}" : String(number)
    case .number(let number): texNumber(ValueFormat.standard.applied(to: number))
    case .text(let text): texEscaped(text)
    case .unknown, .unavailable: ""
    }
  }

  /// `−1.2 × 10⁻⁵` as `\ensuremath{-1.2 \times 10^{-5}}`.
  private static func texNumber(_ written: String) -> String {
    let superscripts = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    var out = ""
    var power = ""
    for character in written {
      switch character {
      case "−": out += "-"
      case "×": out += "\\times"
      case "∞": out += "\\infty"
      case "⁻": power += "-"
      case let raised where superscripts.contains(raised):
        power += String(superscripts.firstIndex(of: raised) ?? 0)
      default: out.append(character)
      }
    }
    if !power.isEmpty { out += "^{\(power)}" }
    return written.allSatisfy { $0.isASCII } ? out : "\\ensuremath{\(out)}"
  }

  private static func texEscaped(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "\\": out += "\\textbackslash{}"
      case "~": out += "\\textasciitilde{}"
      case "^": out += "\\textasciicircum{}"
      case "&", "%", "$", "#", "_", "{", "}": out += "\\\(character)"
      default: out += character.isNewline ? " " : String(character)
      }
    }
    return out
  }

  private static func comment(_ path: String) -> String { path.filter { !$0.isNewline } }

  // MARK: JSON

  private static func jsonText(_ value: ValueLookup) -> String {
    switch value {
    case .integer(let number): String(number)
    case .number(let number): number.isFinite ? ValueFormat.plain(number) : quoted("\(number)")
    case .text(let text): quoted(text)
    case .unknown, .unavailable: "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }
}
