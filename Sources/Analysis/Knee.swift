/// The index of the knee of a falling, convex curve; `nil` when it has none.
///
/// Both axes are scaled to [0, 1]; the knee is the first local maximum of the curve's depth below the falling diagonal
/// that is followed by a drop by `sensitivity` mean steps before the next one rises as high.
///
/// Conventions: x ascends strictly. Curves of fewer than three points, or flat ones, have no knee.
///
/// References: satopaa2011.
public func knee(x: [Double], y: [Double], sensitivity: Double = 1) -> Int? {
  guard x.count == y.count, x.count >= 3, let low = y.min(), let high = y.max(), high > low,
    low.isFinite, high.isFinite, zip(x, x.dropFirst()).allSatisfy({ $0 < $1 })
  else { return nil }
  let width = x[x.count - 1] - x[0]
  let depths = zip(x, y).map { (high - $1) / (high - low) - ($0 - x[0]) / width }
  let meanStep = 1 / Double(x.count - 1)
  var candidate: (index: Int, bound: Double)?
  for i in 1..<depths.count {
    if i + 1 < depths.count, depths[i] >= depths[i - 1], depths[i] >= depths[i + 1] {
      candidate = (i, depths[i] - sensitivity * meanStep)
    } else if let found = candidate {
      if depths[i] < found.bound { return found.index }
      // Past a local minimum only a fall below the diagonal itself counts, until a new maximum is met.
      if i + 1 < depths.count, depths[i] <= depths[i - 1], depths[i] <= depths[i + 1] { candidate = (found.index, 0) }
    }
  }
  return nil
}
