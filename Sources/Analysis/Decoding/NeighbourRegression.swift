import LinearAlgebra

/// The mean of the nearest points' targets, weighted by the inverse of their distance; where the point itself has been seen, only that counts.
struct NeighbourRegression {
  private let nearest: Neighbours
  private let targets: Matrix<Double>

  /// Finds the nearest of the points, for every query.
  init(_ points: Matrix<Double>, _ targets: Matrix<Double>, queries: Matrix<Double>, upTo most: Int) throws {
    nearest = try NeighbourSearch(of: points).nearest(min(most, points.rowCount), to: queries)
    self.targets = targets
  }

  /// What so many neighbours tell, for each number of them.
  func predicted(counts: [Int]) -> [Matrix<Double>] {
    counts.map { count in
      var found = Matrix<Double>.zeros(nearest.queryCount, targets.columnCount)
      for query in 0..<nearest.queryCount {
        let used = min(count, nearest.count)
        let distances = nearest.distances(of: query).prefix(used)
        let isSeen = distances.first == 0
        var sum = 0.0
        for (other, distance) in zip(nearest.indices(of: query).prefix(used), distances) {
          let weight = isSeen ? (distance == 0 ? 1 : 0) : 1 / distance
          sum += weight
          for column in 0..<targets.columnCount { found[query, column] += weight * targets[Int(other), column] }
        }
        for column in 0..<targets.columnCount { found[query, column] /= sum }
      }
      return found
    }
  }
}
