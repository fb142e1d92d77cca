import LinearAlgebra

/// The mean and the deviation of every column, to bring others to the same scale.
struct ColumnScaling: Sendable, Hashable {
  let means: [Double]
  /// 1 where a column does not vary.
  let deviations: [Double]

  /// - Parameter scale: whether columns have deviations of their own, or all of them one.
  init(of rows: Matrix<Double>, _ scale: Decoding.FeatureScale = .ofEach) {
    means = rows.columnMeans
    let centred = rows.centredColumns
    let count = Double(max(1, rows.rowCount))
    var squares = [Double](repeating: 0, count: rows.columnCount)
    for row in 0..<centred.rowCount {
      for (column, value) in centred.row(row).enumerated() { squares[column] += value * value }
    }
    let means = means
    if scale == .ofAll {
      let deviation = (squares.reduce(0, +) / (count * Double(max(1, squares.count)))).squareRoot()
      deviations = Array(repeating: deviation > 0 ? deviation : 1, count: squares.count)
      return
    }
    deviations = squares.enumerated().map { column, square in
      let deviation = (square / count).squareRoot()
      return deviation > 1e-12 * abs(means[column]) && deviation > 0 ? deviation : 1
    }
  }

  func scaled(_ rows: Matrix<Double>) -> Matrix<Double> {
    let width = rows.columnCount
    var entries = rows.entries
    for place in entries.indices {
      entries[place] = (entries[place] - means[place % width]) / deviations[place % width]
    }
    return Matrix(rowCount: rows.rowCount, columnCount: width, entries: entries)
  }

  func unscaled(_ rows: Matrix<Double>) -> Matrix<Double> {
    let width = rows.columnCount
    var entries = rows.entries
    for place in entries.indices { entries[place] = entries[place] * deviations[place % width] + means[place % width] }
    return Matrix(rowCount: rows.rowCount, columnCount: width, entries: entries)
  }
}
