/// The small markup of labels: `_{…}` lowers, `^{…}` raises, `*…*` slants, and a backslash takes the next sign as itself.
///
/// Every text has a reading: a sign that opens nothing, or is never closed, stands for itself. Without braces a single
/// letter or digit is lowered or raised only where it follows a letter, digit or closing bracket: `σ_1`, `x^2`.
public enum LabelMarkup {
  /// The rich text that a label stands for.
  public static func parse(_ label: String) -> RichText {
    var reader = Reader(Array(label.prefix(longest)), depth: 0)
    var runs = reader.runs()
    if label.dropFirst(longest).first != nil { runs.append(RichText.Run("…")) }
    return RichText(runs)
  }

  /// The words of a label without its markup.
  public static func plain(_ label: String) -> String { parse(label).plain }

  /// Longer labels are cut: nobody reads them, and the reading time grows with the square.
  private static let longest = 600

  private struct Reader {
    let signs: [Character]
    let depth: Int
    var place = 0
    var found: [RichText.Run] = []
    var pending = ""
    var isItalic = false

    init(_ signs: [Character], depth: Int) {
      self.signs = signs
      self.depth = depth
    }

    mutating func runs() -> [RichText.Run] {
      while place < signs.count {
        let sign = signs[place]
        switch sign {
        case "\\" where place + 1 < signs.count && "\\_^*{}".contains(signs[place + 1]):
          pending.append(signs[place + 1])
          place += 2
        case "*" where isItalic || closes(from: place + 1):
          flush(.line)
          isItalic.toggle()
          place += 1
        case "_", "^":
          readShift(sign == "_" ? .lowered : .raised)
        case "\n", "\r", "\t", "\r\n":
          pending.append(" ")
          place += 1
        default:
          pending.append(sign)
          place += 1
        }
      }
      flush(.line)
      return found
    }

    /// Whether an italic stretch that begins here ends before the text does, and has something in it.
    private func closes(from start: Int) -> Bool {
      guard start < signs.count, signs[start] != "*", signs[start] != " " else { return false }
      var index = start
      while index < signs.count {
        if signs[index] == "\\" { index += 1 } else if signs[index] == "*" { return signs[index - 1] != " " }
        index += 1
      }
      return false
    }

    private mutating func readShift(_ level: RichText.Level) {
      let next = place + 1
      if next < signs.count, signs[next] == "{", depth < 4, let end = brace(from: next) {
        flush(.line)
        var inner = Reader(Array(signs[(next + 1)..<end]), depth: depth + 1)
        inner.isItalic = isItalic
        for run in inner.runs() { append(RichText.Run(run.text, level: level, isItalic: run.isItalic)) }
        place = end + 1
      } else if place > 0, next < signs.count, isBare(next) {
        flush(.line)
        append(RichText.Run(String(signs[next]), level: level, isItalic: isItalic))
        place = next + 1
      } else {
        pending.append(signs[place])
        place += 1
      }
    }

    /// Whether the sign at `next` may be shifted without braces: alone, after something that can carry an index.
    private func isBare(_ next: Int) -> Bool {
      let before = signs[place - 1]
      guard before.isLetter || before.isNumber || ")]}*".contains(before) else { return false }
      guard signs[next].isLetter || signs[next].isNumber else { return false }
      // A longer word after the sign is a name such as `test_loss`, not an index.
      return next + 1 >= signs.count
        || !(signs[next + 1].isLetter || signs[next + 1].isNumber || signs[next + 1] == "_")
    }

    private func brace(from open: Int) -> Int? {
      var depth = 0
      var index = open
      while index < signs.count {
        switch signs[index] {
        case "\\": index += 1
        case "{": depth += 1
        case "}":
          depth -= 1
          if depth == 0 { return index }
        default: break
        }
        index += 1
      }
      return nil
    }

    private mutating func flush(_ level: RichText.Level) {
      guard !pending.isEmpty else { return }
      append(RichText.Run(pending, level: level, isItalic: isItalic))
      pending = ""
    }

    private mutating func append(_ run: RichText.Run) {
      if let last = found.last, last.level == run.level, last.isItalic == run.isItalic {
        found[found.count - 1].text += run.text
      } else if !run.text.isEmpty {
        found.append(run)
      }
    }
  }
}
