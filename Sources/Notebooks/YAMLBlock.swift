import Diagnostics
import Yams

/// A stretch of a source text that is YAML, made ready for the YAML library, with the way back from its marks to places.
struct YAMLBlock {
  let lines: SourceLines
  /// The stretch, as indices of scalars.
  let range: Range<Int>
  /// What the YAML library gets: `${name}` disguised, the line ends of YAML 1.1 that are none in 1.2 made spaces.
  let text: String
  private let firstLine: Int

  init(lines: SourceLines, range: Range<Int>) {
    self.lines = lines
    self.range = range
    firstLine = lines.position(range.lowerBound).line - 1
    var scalars = Array(lines.scalars[range])
    var index = 0
    while index < scalars.count {
      switch scalars[index] {
      case "\u{85}", "\u{2028}", "\u{2029}": scalars[index] = " "
      case "$":
        if let end = Self.substitutionEnd(in: scalars, at: index) {
          scalars[index + 1] = YAMLReader.openSign
          scalars[end - 1] = YAMLReader.closeSign
          index = end - 1
        }
      default: break
      }
      index += 1
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    text = String(view)
  }

  /// The index after `${name}` at a place, if that is what stands there.
  static func substitutionEnd(in scalars: [Unicode.Scalar], at start: Int) -> Int? {
    guard start + 3 < scalars.count, scalars[start] == "$", scalars[start + 1] == "{", scalars[start + 2].isASCIILetter
    else { return nil }
    var index = start + 3
    while index < scalars.count, scalars[index].isIdentifierPart { index += 1 }
    return index < scalars.count && scalars[index] == "}" ? index + 1 : nil
  }

  /// A value's text with `${name}` in its own letters again.
  func restored(_ text: String) -> String {
    guard text.unicodeScalars.contains(YAMLReader.openSign) else { return text }
    var view = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      view.append(scalar == YAMLReader.openSign ? "{" : scalar == YAMLReader.closeSign ? "}" : scalar)
    }
    return String(view)
  }

  // MARK: Places

  /// The index of the scalar at one of the library's marks.
  func index(of mark: Mark) -> Int? {
    let line = firstLine + mark.line - 1
    guard mark.line >= 1, mark.column >= 1, line < lines.count else { return nil }
    let base = mark.line == 1 ? range.lowerBound : lines.starts[line]
    return min(base + mark.column - 1, range.upperBound)
  }

  /// The index just after a range that was made by this block, or a floor where it was not.
  func end(of place: SourceRange?, after floor: Int) -> Int {
    guard let end = place?.end, end.line >= 1, end.line <= lines.count else { return floor }
    return max(floor, min(lines.starts[end.line - 1] + end.column - 1, range.upperBound))
  }

  /// Where a scalar stands, from its mark on.
  func range(ofScalar scalar: Node.Scalar, from mark: Int) -> SourceRange {
    let start = skippingProperties(from: mark)
    var index = start
    switch scalar.style {
    case .singleQuoted, .doubleQuoted:
      let quote: Unicode.Scalar = scalar.style == .singleQuoted ? "'" : "\""
      index += 1
      while index < range.upperBound {
        if quote == "\"", lines.scalars[index] == "\\" {
          index += 2
        } else if lines.scalars[index] != quote {
          index += 1
        } else if quote == "'", index + 1 < range.upperBound, lines.scalars[index + 1] == quote {
          index += 2
        } else {
          break
        }
      }
      index = min(index + 1, range.upperBound)
    case .literal, .folded:
      while index < range.upperBound, lines.scalars[index] != "\n" { index += 1 }
    case .plain, .any:
      // Folding changes white space only.
      var wanted = scalar.string.unicodeScalars.lazy.filter { !$0.isYAMLSpace }.count
      while wanted > 0, index < range.upperBound {
        if !lines.scalars[index].isYAMLSpace { wanted -= 1 }
        index += 1
      }
    }
    return lines.range(start..<max(start, index))
  }

  /// Where a list or mapping stands, from its mark to its closing bracket or its last item.
  func range(ofCollection mark: Int, lastItemEnd: Int, closing: Unicode.Scalar, isFlow: Bool) -> SourceRange {
    let start = skippingProperties(from: mark)
    var end = max(start, lastItemEnd)
    if start < range.upperBound, isFlow || lines.scalars[start] == "[" || lines.scalars[start] == "{" {
      var isComment = false
      while end < range.upperBound, isComment || lines.scalars[end] != closing {
        if lines.scalars[end] == "#" { isComment = true }
        if lines.scalars[end] == "\n" { isComment = false }
        end += 1
      }
      end = min(end + 1, range.upperBound)
    }
    return lines.range(start..<end)
  }

  /// The library's mark of an anchored or tagged value stands at the anchor or tag.
  private func skippingProperties(from start: Int) -> Int {
    var index = start
    while index < range.upperBound, lines.scalars[index] == "&" || lines.scalars[index] == "!" {
      while index < range.upperBound, !lines.scalars[index].isYAMLSpace { index += 1 }
      while index < range.upperBound, lines.scalars[index].isYAMLSpace { index += 1 }
    }
    return min(index, range.upperBound)
  }
}

extension Unicode.Scalar {
  var isYAMLSpace: Bool { self == " " || self == "\t" || self == "\n" }
}
