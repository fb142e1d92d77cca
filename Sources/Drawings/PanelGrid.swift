/// Where panels stand: rows and columns in reading order.
struct PanelGrid {
  let count: Int
  let columnCount: Int
  var rowCount: Int { (count + columnCount - 1) / max(1, columnCount) }

  /// - Parameters:
  ///   - asked: the columns the figure asks for, if it does.
  ///   - most: the most columns that the width carries.
  init(count: Int, asked: Int?, most: Int) {
    self.count = count
    let limit = max(1, min(count, most))
    if let asked {
      columnCount = max(1, min(asked, max(1, count)))
      return
    }
    // Few rows, few holes.
    var best = (cost: Double.infinity, columns: 1)
    for columns in 1...limit {
      let rows = (count + columns - 1) / columns
      let cost = Double(rows) + 0.9 * Double(rows * columns - count)
      if cost <= best.cost { best = (cost, columns) }
    }
    columnCount = best.columns
  }

  func row(_ index: Int) -> Int { index / columnCount }
  func column(_ index: Int) -> Int { index % columnCount }
  /// The panel under this one.
  func below(_ index: Int) -> Int? { index + columnCount < count ? index + columnCount : nil }
  /// The panel to the left.
  func left(of index: Int) -> Int? { column(index) > 0 ? index - 1 : nil }
  func index(row: Int, column: Int) -> Int? {
    let index = row * columnCount + column
    return column < columnCount && index < count ? index : nil
  }
}
