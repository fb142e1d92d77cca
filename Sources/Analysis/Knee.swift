/// The index of the knee of a falling, convex curve; `nil` when it has none.
///
/// Both axes are scaled to [0, 1]; the knee is the first local maximum of the curve's depth below the falling diagonal
/// that is followed, before the next local minimum, by a drop of `sensitivity` mean steps.
///
/// Conventions: x ascends strictly. Curves of fewer than three points, or flat ones, have no knee; nor is an end one.
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
    if let found = candidate, depths[i] < found.bound { return found.index }
    guard i + 1 < depths.count else { break }
    if depths[i] >= depths[i - 1], depths[i] >= depths[i + 1] {
      candidate = (i, depths[i] - sensitivity * meanStep)
    }
    // Past a local minimum only a new maximum can be the knee; a plateau is both and counts as none.
    if depths[i] <= depths[i - 1], depths[i] <= depths[i + 1] { candidate = nil }
  }
  return nil
}
