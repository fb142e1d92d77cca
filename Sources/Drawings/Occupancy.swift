/// Which parts of a plotting area carry ink, on a grid of small cells.
struct Occupancy {
  let area: Box
  private let columns: Int
  private let rows: Int
  private let cell: Double
  private var cells: [Bool]

  init(_ area: Box) {
    self.area = area
    cell = max(1.5, max(area.width, area.height) / 400)
    columns = max(1, Int((area.width / cell).rounded(.up)))
    rows = max(1, Int((area.height / cell).rounded(.up)))
    cells = [Bool](repeating: false, count: columns * rows)
  }

  private func range(_ low: Double, _ high: Double, _ count: Int) -> Range<Int> {
    let first = max(0, min(Double(count), (low / cell).rounded(.down)))
    let last = max(0, min(Double(count), (high / cell).rounded(.up)))
    return Int(first)..<max(Int(first), Int(last))
  }

  /// Marks a box.
  mutating func mark(_ box: Box) {
    let across = range(box.x - area.x, box.maxX - area.x, columns)
    for row in range(box.y - area.y, box.maxY - area.y, rows) {
      for column in across { cells[row * columns + column] = true }
    }
  }

  /// Marks a straight line.
  mutating func mark(from start: Position, to end: Position, width: Double) {
    guard let (start, end) = area.grown(by: 4).clip(start, end) else { return }
    let reach = max(abs(end.x - start.x), abs(end.y - start.y))
    let count = max(1, Int((reach / cell).rounded(.up)))
    for step in 0...count {
      let share = Double(step) / Double(count)
      let (x, y) = (start.x + share * (end.x - start.x), start.y + share * (end.y - start.y))
      mark(Box(x: x - width / 2, y: y - width / 2, width: width, height: width))
    }
  }

  /// How many cells of a box carry ink, as a share; 1 where the box leaves the area.
  func share(of box: Box) -> Double {
    guard area.grown(by: 0.01).contains(box) else { return 1 }
    let across = range(box.x - area.x, box.maxX - area.x, columns)
    let down = range(box.y - area.y, box.maxY - area.y, rows)
    guard !across.isEmpty, !down.isEmpty else { return 0 }
    var count = 0
    for row in down { for column in across where cells[row * columns + column] { count += 1 } }
    return Double(count) / Double(across.count * down.count)
  }
}

extension Box {
  /// The part of a straight line inside the box; `nil` when there is none.
  func clip(_ start: Position, _ end: Position) -> (Position, Position)? {
    var (enter, leave) = (0.0, 1.0)
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    for (speed, room) in [
      (-dx, start.x - x), (dx, maxX - start.x), (-dy, start.y - y), (dy, maxY - start.y),
    ] {
      if speed == 0 {
        if room < 0 { return nil }
      } else if speed < 0 {
        enter = max(enter, room / speed)
      } else {
        leave = min(leave, room / speed)
      }
    }
    guard enter <= leave else { return nil }
    return (
      enter == 0 ? start : Position(start.x + enter * dx, start.y + enter * dy),
      leave == 1 ? end : Position(start.x + leave * dx, start.y + leave * dy)
    )
  }
}
