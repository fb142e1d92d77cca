import Diagnostics

/// A source text laid out for scanning: Unicode scalars with the starts of lines, so that every place has a line and a
/// column. Line ends are `\n` alone and a byte-order mark is dropped.
struct SourceLines: Sendable {
  let file: String
  /// The scalars, each line but the last ending in `\n`.
  let scalars: [Unicode.Scalar]
  /// The index of each line's first scalar.
  let starts: [Int]

  init(_ source: SourceText) {
    file = source.name
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(source.text.utf8.count)
    var starts = [0]
    var afterReturn = false
    for (index, scalar) in source.text.unicodeScalars.enumerated() {
      if index == 0, scalar == "\u{FEFF}" { continue }
      if scalar == "\n", afterReturn {
        afterReturn = false
        continue
      }
      afterReturn = scalar == "\r"
      if scalar == "\n" || scalar == "\r" {
        scalars.append("\n")
        starts.append(scalars.count)
      } else {
        scalars.append(scalar)
      }
    }
    self.scalars = scalars
    self.starts = starts
  }

  /// The number of lines; an empty text has one.
  var count: Int { starts.count }

  /// Where a line's scalars stand, without its line end. Lines count from 0 here.
  func indices(ofLine line: Int) -> Range<Int> {
    let start = starts[line]
    return start..<(line + 1 < starts.count ? starts[line + 1] - 1 : scalars.count)
  }

  /// A line's text.
  func line(_ line: Int) -> String { text(indices(ofLine: line)) }

  /// The text between two places.
  func text(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[range])
    return String(text)
  }

  /// The place of a scalar.
  func position(_ index: Int) -> SourcePosition {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= index { low = middle } else { high = middle }
    }
    return SourcePosition(line: low + 1, column: index - starts[low] + 1)
  }

  /// The places of a stretch; at least one column wide.
  func range(_ indices: Range<Int>) -> SourceRange {
    let end = indices.isEmpty ? nil : position(indices.upperBound)
    return SourceRange(file: file, start: position(indices.lowerBound), end: end)
  }

  /// Where some words stand, at or after a line and before the next empty one; else that line.
  func place(of words: String, fromLine wanted: Int) -> SourceRange {
    let first = min(max(0, wanted), count - 1)
    let letters = Array(words.unicodeScalars)
    for line in first..<count {
      let indices = indices(ofLine: line)
      if indices.isEmpty { break }
      guard let head = letters.first, letters.count <= indices.count else { continue }
      for start in indices where scalars[start] == head && start + letters.count <= indices.upperBound {
        if scalars[start..<start + letters.count].elementsEqual(letters) { return range(start..<start + letters.count) }
      }
    }
    return range(indices(ofLine: first))
  }

  /// The text with the line ends this type uses.
  var normalized: SourceText { SourceText(name: file, text: text(0..<scalars.count)) }
}
