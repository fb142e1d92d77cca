import LinearAlgebra

/// The squared distance ‖A − P B Pᵀ‖² as a function of a permutation.
struct QuadraticAssignment {
  let fixed: Matrix<Double>
  let moving: Matrix<Double>
  /// What axis i of A costs at least where axis j of B takes its place, half of each off-diagonal entry's cost counted with either axis.
  let shares: Matrix<Double>

  init(_ fixed: Matrix<Double>, _ moving: Matrix<Double>) {
    self.fixed = fixed
    self.moving = moving
    let n = fixed.rowCount
    // Of numbers on a line, sorted ones are paired at least squared distance.
    func sorted(_ matrix: Matrix<Double>) -> [[Double]] {
      (0..<n).map { i in (0..<n).filter { $0 != i }.map { matrix[i, $0] }.sorted() }
    }
    let (rows, columns) = (sorted(fixed), sorted(fixed.transposed))
    let (otherRows, otherColumns) = (sorted(moving), sorted(moving.transposed))
    var shares = Matrix<Double>.zeros(n, n)
    for i in 0..<n {
      for j in 0..<n {
        var sum = 0.0
        for k in 0..<(n - 1) {
          let (row, column) = (rows[i][k] - otherRows[j][k], columns[i][k] - otherColumns[j][k])
          sum += row * row + column * column
        }
        let own = fixed[i, i] - moving[j, j]
        shares[i, j] = own * own + sum / 2
      }
    }
    self.shares = shares
  }

  /// P B Pᵀ.
  func permuted(by permutation: [Int]) -> Matrix<Double> { moving.reordered(rows: permutation, columns: permutation) }

  func cost(of permutation: [Int]) -> Double {
    let difference = fixed - permuted(by: permutation)
    return difference.innerProduct(with: difference)
  }

  /// A good permutation: the best of several descents, each to where no exchange of two axes helps.
  func heuristic(using random: inout SeededGenerator) throws(LinearAlgebraError) -> [Int] {
    let n = fixed.rowCount
    var starts = [try LinearAssignment(costs: shares).columns, try relaxed()]
    for _ in 0..<8 { starts.append(random.shuffled(Array(0..<n))) }
    var best: (cost: Double, permutation: [Int])?
    for start in starts {
      let end = exchanged(start)
      let cost = cost(of: end)
      if cost < best?.cost ?? .infinity { best = (cost, end) }
    }
    return best?.permutation ?? Array(0..<n)
  }

  /// Exchanges two axes as long as that lowers the cost.
  private func exchanged(_ start: [Int]) -> [Int] {
    let n = start.count
    var permutation = start
    for _ in 0..<(20 * n) {
      var hasMoved = false
      for first in 0..<n {
        for second in (first + 1)..<max(first + 1, n) where change(permutation, first, second) < -1e-14 {
          permutation.swapAt(first, second)
          hasMoved = true
        }
      }
      if !hasMoved { break }
    }
    return permutation
  }

  /// How much the cost changes when two axes exchange their partners.
  private func change(_ p: [Int], _ first: Int, _ second: Int) -> Double {
    func square(_ i: Int, _ j: Int, _ q: Int, _ r: Int) -> Double {
      let difference = fixed[i, j] - moving[q, r]
      return difference * difference
    }
    let (q, r) = (p[first], p[second])
    var change = 0.0
    for k in p.indices where k != first && k != second {
      change += square(first, k, r, p[k]) + square(k, first, p[k], r) + square(second, k, q, p[k])
      change += square(k, second, p[k], q) - square(first, k, q, p[k]) - square(k, first, p[k], q)
      change -= square(second, k, r, p[k]) + square(k, second, p[k], r)
    }
    change += square(first, first, r, r) + square(second, second, q, q) + square(first, second, r, q)
    change += square(second, first, q, r) - square(first, first, q, q) - square(second, second, r, r)
    return change - square(first, second, q, r) - square(second, first, r, q)
  }

  /// The permutation nearest to where Frank and Wolfe's steps lead from the barycentre of all permutations.
  private func relaxed() throws(LinearAlgebraError) -> [Int] {
    let n = fixed.rowCount
    func product(_ left: Matrix<Double>, _ right: Matrix<Double>) -> Double { left.innerProduct(with: right) }
    var place = Matrix<Double>(rowCount: n, columnCount: n, repeating: 1 / Double(n))
    for _ in 0..<30 {
      let gradient =
        try Matrix.product(fixed * place, moving, transposing: .right)
        + Matrix.product(fixed, place * moving, transposing: .left)
      let corner = permutationMatrix(try LinearAssignment(costs: -gradient).columns)
      let step = corner - place
      // The height along the step is a parabola: a + b t + c t².
      let slope = product(gradient, step)
      let bend = product(fixed, try Matrix.product(step * moving, step, transposing: .right))
      let stride = bend < 0 ? min(1, -slope / (2 * bend)) : 1
      guard slope > 1e-12, stride > 1e-9 else { break }
      place.add(stride, times: step)
    }
    return try LinearAssignment(costs: -place).columns
  }

  private func permutationMatrix(_ columns: [Int]) -> Matrix<Double> {
    var matrix = Matrix<Double>.zeros(columns.count, columns.count)
    for (row, column) in columns.enumerated() { matrix[row, column] = 1 }
    return matrix
  }

  /// A permutation of lower cost than a given one if there is any, by depth-first search with bounds; not complete when the
  /// limit on nodes is reached.
  func proven(better known: [Int], nodeLimit: Int) -> (permutation: [Int]?, isComplete: Bool) {
    let n = fixed.rowCount
    var least = cost(of: known) * (1 - 1e-12) - 1e-26
    guard least > 0 else { return (nil, true) }
    // What the axes from each depth on cost at least.
    var tails = [Double](repeating: 0, count: n + 1)
    for i in stride(from: n - 1, through: 0, by: -1) {
      tails[i] = tails[i + 1] + (0..<n).reduce(Double.infinity) { min($0, shares[i, $1]) }
    }
    var (best, nodes) = ([Int]?.none, 0)
    var (chosen, isUsed) = ([Int](repeating: -1, count: n), [Bool](repeating: false, count: n))
    var costs = [Double](repeating: 0, count: n + 1)
    var depth = 0
    while depth >= 0 {
      if depth == n {
        (best, least) = (chosen, costs[n])
        depth -= 1
        continue
      }
      if chosen[depth] >= 0 { isUsed[chosen[depth]] = false }
      var candidate = chosen[depth] + 1
      var hasEntered = false
      while candidate < n {
        defer { candidate += 1 }
        guard !isUsed[candidate] else { continue }
        nodes += 1
        if nodes > nodeLimit { return (best, false) }
        let own = fixed[depth, depth] - moving[candidate, candidate]
        var sum = costs[depth] + own * own
        for k in 0..<depth {
          let (across, down) = (
            fixed[depth, k] - moving[candidate, chosen[k]], fixed[k, depth] - moving[chosen[k], candidate]
          )
          sum += across * across + down * down
        }
        guard sum + tails[depth + 1] < least else { continue }
        chosen[depth] = candidate
        isUsed[candidate] = true
        costs[depth + 1] = sum
        hasEntered = true
        break
      }
      if hasEntered {
        depth += 1
      } else {
        chosen[depth] = -1
        depth -= 1
      }
    }
    return (best, true)
  }
}
