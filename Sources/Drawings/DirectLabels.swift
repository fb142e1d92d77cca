import Exhibits

/// Names beside the right ends of lines.
struct DirectLabels {
  /// One name and where it stands.
  struct Placed {
    var entry: LegendEntry
    /// The line's end.
    var end: Position
    /// The middle of the name's line.
    var middle: Double
  }

  var placed: [Placed]
  /// The width of the widest name.
  var width: Double

  /// How far a name may be moved from its line's end, over the pitch of lines.
  private static let reach = 0.9

  /// Names for every entry of the panel; `nil` where one of them is not a line that ends on the right, where they would
  /// take too much room, or where they would have to be moved too far to tell whose they are. Once the layout has settled
  /// on direct labels the last two no longer count, lest the words come and go with every change of size.
  init?(_ frame: PanelFrame, metrics: LegendMetrics, isSettled: Bool) {
    guard !frame.entries.isEmpty, frame.entries.count <= 8 else { return nil }
    var ends: [Placed] = []
    for entry in frame.entries {
      let name = frame.panel.layers[entry.layer].label
      let named = frame.panel.layers.filter { $0.label == name }
      // One line, perhaps with its points.
      let lines = named.compactMap { if case .line(let points) = $0.mark { points } else { nil } }
      guard lines.count == 1, named.allSatisfy({ $0.level == nil && $0.series == named[0].series }),
        named.allSatisfy({ $0.isLineOrPoints }), let end = Self.end(of: lines[0], in: frame)
      else { return nil }
      ends.append(Placed(entry: entry, end: end, middle: end.y))
    }
    width = ends.map { metrics.setter.extent($0.entry.label, size: metrics.size).width }.max() ?? 0
    guard isSettled || width <= 0.34 * frame.plot.width else { return nil }
    ends.sort { ($0.end.y, $0.entry.layer) < ($1.end.y, $1.entry.layer) }
    guard
      let middles = Self.spread(
        ends.map(\.end.y), pitch: metrics.pitch, within: frame.plot, reach: isSettled ? .infinity : Self.reach)
    else { return nil }
    for index in ends.indices { ends[index].middle = middles[index] }
    placed = ends
  }

  /// The last visible place of a line, when it lies at the right end of the area.
  private static func end(of points: [Mark.Point], in frame: PanelFrame) -> Position? {
    let visible = frame.plot.grown(by: 0.5)
    var last: Position?
    for point in points {
      guard let place = frame.place(point.x, point.y), visible.contains(place) else { continue }
      if place.x >= last?.x ?? -.infinity { last = place }
    }
    guard let last, last.x >= frame.plot.maxX - 0.06 * frame.plot.width else { return nil }
    return last
  }

  /// Moves places apart to at least the pitch; `nil` when one would move farther than it may.
  private static func spread(_ wanted: [Double], pitch: Double, within plot: Box, reach: Double) -> [Double]? {
    // Blocks of places that touch are centred on the mean of what their members want.
    var blocks: [(sum: Double, count: Int)] = []
    func start(_ block: (sum: Double, count: Int)) -> Double {
      let middle = block.sum / Double(block.count)
      let half = Double(block.count - 1) / 2 * pitch
      return min(plot.maxY - 2 * half, max(plot.y, middle - half))
    }
    for place in wanted {
      blocks.append((place, 1))
      while blocks.count > 1 {
        let (upper, lower) = (blocks[blocks.count - 2], blocks[blocks.count - 1])
        guard start(upper) + Double(upper.count) * pitch > start(lower) else { break }
        blocks.removeLast(2)
        blocks.append((upper.sum + lower.sum, upper.count + lower.count))
      }
    }
    var middles: [Double] = []
    for block in blocks { for index in 0..<block.count { middles.append(start(block) + Double(index) * pitch) } }
    for (middle, place) in zip(middles, wanted) where abs(middle - place) > reach * pitch { return nil }
    return middles
  }

  /// The names' ink.
  func ink(plot: Box, metrics: LegendMetrics) -> [Ink] {
    placed.map { name in
      .text(
        TextInk(
          name.entry.label, at: Position(plot.maxX + metrics.gap, name.middle + 0.36 * metrics.size),
          size: metrics.size, paint: name.entry.paint.strengthened(by: 0.35)))
    }
  }
}

extension Layer {
  fileprivate var isLineOrPoints: Bool {
    switch mark {
    case .line, .points: true
    default: false
    }
  }
}
