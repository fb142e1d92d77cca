/// Sets words in a theme's font: measures, wraps and shortens.
struct Typesetter {
  let measurer: any TextMeasurer
  let families: [String]

  func extent(_ text: RichText, size: Double) -> TextExtent {
    measurer.measure(text, size: size, families: families)
  }

  /// The height of a line of this size, the same for every text.
  func lineHeight(_ size: Double) -> TextExtent { measurer.measure("Ag", size: size, families: families) }

  /// The room that set words take on the drawing.
  func box(of ink: TextInk) -> Box {
    let extent = extent(ink.text, size: ink.size)
    let start =
      switch ink.anchor {
      case .start: 0.0
      case .middle: -extent.width / 2
      case .end: -extent.width
      }
    // Only quarter turns are ever set.
    if ink.angle == -90 {
      return Box(
        x: ink.at.x - extent.ascent, y: ink.at.y - start - extent.width, width: extent.height, height: extent.width)
    }
    if ink.angle == 90 {
      return Box(x: ink.at.x - extent.descent, y: ink.at.y + start, width: extent.height, height: extent.width)
    }
    return Box(x: ink.at.x + start, y: ink.at.y - extent.ascent, width: extent.width, height: extent.height)
  }

  /// The text, shortened with an ellipsis where it is wider than the room; empty where not even that fits.
  func shortened(_ text: RichText, size: Double, room: Double) -> RichText {
    guard extent(text, size: size).width > room else { return text }
    let count = text.runs.reduce(0) { $0 + $1.text.count }
    var (fits, fails) = (0, count)
    while fails - fits > 1 {
      let middle = (fits + fails) / 2
      if extent(text.prefix(middle) + "…", size: size).width <= room { fits = middle } else { fails = middle }
    }
    let short = text.prefix(fits).trimmed + "…"
    return extent(short, size: size).width <= room ? short : RichText("")
  }

  /// The text in lines of at most the room's width, broken at spaces; the last line is shortened if need be.
  func wrapped(_ text: RichText, size: Double, room: Double, lineCount: Int) -> [RichText] {
    guard !text.isEmpty else { return [] }
    var lines: [RichText] = []
    var rest = text
    while lines.count < lineCount - 1, extent(rest, size: size).width > room {
      guard let split = lastBreak(rest, size: size, room: room) else { break }
      lines.append(rest.prefix(split).trimmed)
      rest = rest.dropFirst(split + 1)
    }
    lines.append(shortened(rest, size: size, room: room))
    return lines.filter { !$0.isEmpty }
  }

  /// The place of the last space that leaves a first line within the room.
  private func lastBreak(_ text: RichText, size: Double, room: Double) -> Int? {
    var found: Int?
    for (index, sign) in text.plain.enumerated() where sign == " " {
      guard index > 0 else { continue }
      if extent(text.prefix(index), size: size).width > room { break }
      found = index
    }
    return found
  }
}

extension RichText {
  /// The first signs.
  func prefix(_ count: Int) -> RichText {
    var left = count
    var kept: [Run] = []
    for run in runs where left > 0 {
      var run = run
      if run.text.count > left { run.text = String(run.text.prefix(left)) }
      left -= run.text.count
      kept.append(run)
    }
    return RichText(kept)
  }

  /// Everything after the first signs.
  func dropFirst(_ count: Int) -> RichText {
    var left = count
    var kept: [Run] = []
    for run in runs {
      var run = run
      let length = run.text.count
      if left >= length {
        left -= length
        continue
      }
      run.text = String(run.text.dropFirst(left))
      left = 0
      kept.append(run)
    }
    return RichText(kept)
  }

  /// Without spaces at the end.
  var trimmed: RichText {
    var runs = runs
    while let last = runs.last {
      let text = String(last.text.reversed().drop { $0 == " " }.reversed())
      if text.isEmpty {
        runs.removeLast()
      } else {
        runs[runs.count - 1].text = text
        break
      }
    }
    return RichText(runs)
  }
}
