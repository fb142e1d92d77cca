/// Determinants of the matrices in the last two axes.
struct Determinant: Operation {
  private func plan(_ shape: [Int]) throws(NodeFault) -> (size: Int, count: Int) {
    guard shape.count >= 2, shape[shape.count - 1] == shape[shape.count - 2] else {
      throw NodeFault("\(shape.written) does not end in square matrices")
    }
    let size = shape[shape.count - 1]
    guard size <= 4096 else { throw NodeFault("a determinant of size \(size) is beyond the limit of 4096") }
    return (size, shape.dropLast(2).reduce(1, *))
  }

  /// Gauss's elimination with row exchanges, in place; gives the determinant.
  private func eliminate(_ a: inout [Double], _ n: Int) -> Double {
    var determinant = 1.0
    for column in 0..<n {
      var pivot = column
      for row in column..<n where abs(a[row * n + column]) > abs(a[pivot * n + column]) { pivot = row }
      if pivot != column {
        for k in 0..<n { a.swapAt(pivot * n + k, column * n + k) }
        determinant = -determinant
      }
      let top = a[column * n + column]
      determinant *= top
      guard top != 0 else { return top }
      for row in (column + 1)..<max(n, column + 1) {
        let factor = a[row * n + column] / top
        guard factor != 0 else { continue }
        for k in column..<n { a[row * n + k] -= factor * a[column * n + k] }
      }
    }
    return determinant
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let x = try operands.real(0)
    let (n, count) = try plan(x.shape)
    let all = Double.converting(x.values)
    let values = (0..<count).map { index in
      var matrix = Array(all[(index * n * n)..<((index + 1) * n * n)])
      return eliminate(&matrix, n)
    }
    return [.real(NDArray(shape: Array(x.shape.dropLast(2)), values: S.converting(values)))]
  }

  /// The derivative by each entry: the determinant without its row and column, with its sign. It stays exact for
  /// matrices without an inverse.
  private func cofactors<S>(_ x: NDArray<S>) throws(NodeFault) -> [S] {
    let (n, count) = try plan(x.shape)
    guard n <= 64 else { throw NodeFault("the derivative of a determinant of size \(n) is beyond the limit of 64") }
    let all = Double.converting(x.values)
    var result: [Double] = []
    result.reserveCapacity(all.count)
    for index in 0..<count {
      let start = index * n * n
      for row in 0..<n {
        for column in 0..<n {
          var minor: [Double] = []
          minor.reserveCapacity((n - 1) * (n - 1))
          for p in 0..<n where p != row {
            for q in 0..<n where q != column { minor.append(all[start + p * n + q]) }
          }
          result.append(((row + column) % 2 == 0 ? 1 : -1) * eliminate(&minor, n - 1))
        }
      }
    }
    return S.converting(result)
  }

  private func loop(_ shape: [Int], count: Int, toMatrix: Bool) throws(NodeFault) -> StridedLoop {
    let (n, matrices) = try plan(shape)
    let (matrix, factor, single) = ([matrices * n * n, n * n, 1], [0, n * n, 1], [matrices, 1, 0])
    return StridedLoop(
      extents: [count, matrices, n * n], strides: toMatrix ? [single, factor, matrix] : [matrix, factor, single])
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let x = try site.operands.real(0)
    guard let full = directions[0]?.expanded(to: x.shape) else { return [nil] }
    var result = Directions<S>(zeros: full.count, shape: site.results[0].shape)
    try loop(x.shape, count: full.count, toMatrix: false)
      .weigh(full.values, weights: try cofactors(x), scale: 1, into: &result.values, assigning: false)
    return [result]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    let x = try site.operands.real(0)
    guard let full = directions[0]?.expanded(to: site.results[0].shape) else { return [nil] }
    var result = Directions<S>(zeros: full.count, shape: x.shape)
    try loop(x.shape, count: full.count, toMatrix: true)
      .weigh(full.values, weights: try cofactors(x), scale: 1, into: &result.values, assigning: false)
    return [result]
  }

  static let builders: [String: OperationCatalog.Builder] = ["Det": { _ in Determinant() }]
}
