/// The pairing of rows with columns of a square cost matrix whose total cost is least, by shortest augmenting paths.
///
/// Laws: the total cost is at most that of any other permutation; adding a number to a row or a column changes no pairing.
///
/// Complexity: O(n³) time, O(n) beside the costs.
///
/// References: jonker1987, kuhn1955.
public struct LinearAssignment: Sendable, Hashable {
  /// For each row its column.
  public let columns: [Int]
  /// The sum of the paired costs.
  public let cost: Double

  /// Pairs rows with columns.
  ///
  /// Throws: `LinearAlgebraError.notSquare`, `.notFinite`.
  public init(costs: Matrix<Double>) throws(LinearAlgebraError) {
    guard costs.rowCount == costs.columnCount else { throw .notSquare("assignment", shape: costs.shapeText) }
    try costs.requireFinite()
    let largest = costs.largestMagnitude
    // Costs of size 1 cannot overflow on their way along a path.
    let pairing = shortestAugmentingPaths(largest > 0 ? (1 / largest) * costs : costs)
    columns = pairing
    cost = pairing.enumerated().reduce(0) { $0 + costs[$1.offset, $1.element] }
  }
}

/// Rows enter one after the other; each frees a column along the path of least reduced cost, by Dijkstra's rule.
private func shortestAugmentingPaths(_ costs: Matrix<Double>) -> [Int] {
  let n = costs.rowCount
  // Column n is where each path starts: it holds the row that enters.
  var rowOfColumn = [Int](repeating: -1, count: n + 1)
  var (rowPrices, columnPrices) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n + 1))
  var (distances, previous) = ([Double](repeating: 0, count: n), [Int](repeating: n, count: n))
  var isScanned = [Bool](repeating: false, count: n)
  costs.entries.withUnsafeBufferPointer { costs in
    for entering in 0..<n {
      rowOfColumn[n] = entering
      for column in 0..<n {
        distances[column] = .infinity
        isScanned[column] = false
      }
      var scanned: [Int] = []
      var column = n
      repeat {
        let row = rowOfColumn[column]
        if column < n {
          isScanned[column] = true
          scanned.append(column)
        }
        var (nearest, shortest) = (n, Double.infinity)
        for other in 0..<n where !isScanned[other] {
          let reduced = costs[row * n + other] - rowPrices[row] - columnPrices[other]
          if reduced < distances[other] {
            distances[other] = reduced
            previous[other] = column
          }
          if distances[other] < shortest { (nearest, shortest) = (other, distances[other]) }
        }
        // The frontier's prices move by what the nearest column is away, so its own distance becomes 0.
        rowPrices[entering] += shortest
        for other in scanned {
          rowPrices[rowOfColumn[other]] += shortest
          columnPrices[other] -= shortest
        }
        for other in 0..<n where !isScanned[other] { distances[other] -= shortest }
        column = nearest
      } while rowOfColumn[column] >= 0
      while column != n {
        let before = previous[column]
        rowOfColumn[column] = rowOfColumn[before]
        column = before
      }
    }
  }
  var pairing = [Int](repeating: 0, count: n)
  for column in 0..<n { pairing[rowOfColumn[column]] = column }
  return pairing
}
