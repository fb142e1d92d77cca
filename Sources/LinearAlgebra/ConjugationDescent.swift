import COpenBLAS

/// The descent of `½‖A − Q B Qᵀ‖²` on the orthogonal matrices along quasi-Newton directions, made of matrix products alone.
///
/// A direction W is a skew-symmetric matrix that the last few gradients suggest (L-BFGS). It is followed along I + W + W²/2, which
/// is orthogonal to third order; steps of Newton and Schulz take off what is missing. Single precision, in which products take half
/// the time, is enough to tell where a descent leads.
///
/// Shapes: A, B and Q n×n.
///
/// Conventions: only the diagonal of A's symmetric part S counts, as it is where A is given in the eigenvectors of S. With K its
/// skew part and Q B Qᵀ = T + L, the gradient [T, S] + [K, L] then takes three products.
///
/// Laws: the value never rises but for round-off; the determinant is kept.
///
/// Complexity: eight products of n×n matrices for each value at most, and as many values as it takes.
///
/// References: liu1989 (L-BFGS), absil2007 (descent on manifolds).
public struct ConjugationDescent<Scalar: RealScalar>: Sendable {
  /// The side of the matrices.
  public let size: Int
  /// The number of gradients remembered.
  public var memory = 6

  private let fixed: [Scalar]
  private let moving: [Scalar]
  private let skew: [Scalar]
  private let axes: [Scalar]

  /// Makes the descent of an objective whose A has a diagonal symmetric part.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public init(of objective: ConjugationObjective) {
    size = objective.size
    moving = objective.moving.entries.map { Scalar($0) }
    skew = objective.skew.entries.map { Scalar($0) }
    axes = objective.symmetric.diagonalEntries.map { Scalar($0) }
    fixed = zip(objective.symmetric.entries, objective.skew.entries).map { Scalar($0 + $1) }
  }

  /// Where a descent stands.
  public struct Stand: Sendable {
    /// Q, row after row, orthogonal to the precision computed in.
    public var point: [Scalar]
    /// ½‖A − Q B Qᵀ‖².
    public var value: Double
    /// The gradient's Frobenius norm.
    public var gradientNorm: Double
    /// The number of values computed.
    public var valueCount: Int
    /// Whether the gradient or the value came below its tolerance, or no step led lower.
    public var hasEnded: Bool
    /// The gradient above the diagonal, row after row.
    fileprivate var gradient: [Scalar]
    /// How far QᵀQ is from 1 at most, but for round-off.
    fileprivate var defect = 0.0
    /// The last steps, oldest first.
    fileprivate var steps: [Step] = []
    /// About one over the curvature along the rotation of each two axes, and the number of values when that was.
    fileprivate var weights: [Scalar]
    fileprivate var weighedAt = 0
  }

  /// A step, the change of the gradient along it, and their inner product.
  fileprivate struct Step: Sendable {
    let step: [Scalar]
    let change: [Scalar]
    let bend: Scalar
  }

  /// The stand before the first step.
  ///
  /// Shapes: traps unless the point is n×n.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func stand(at point: Matrix<Double>) -> Stand {
    precondition(point.rowCount == size && point.columnCount == size, "descent of \(size)×\(size) from \(point.shapeText)")
    let entries = point.entries.map { Scalar($0) }
    var rooms = Rooms(size: size)
    var gradient = [Scalar](repeating: 0, count: size * (size - 1) / 2)
    let value = evaluate(entries, &gradient, &rooms)
    return Stand(
      point: entries, value: value, gradientNorm: (2 * Double(dot(gradient, gradient))).squareRoot(), valueCount: 1,
      hasEnded: false, gradient: gradient, weights: inverseCurvatures(rooms))
  }

  /// A descent's stand taken over from one in another precision, with all that it remembers.
  @specialized(where Scalar == Double)
  public func stand(of other: ConjugationDescent<Float>.Stand) -> Stand {
    func taken(_ entries: [Float]) -> [Scalar] { entries.map { Scalar($0) } }
    var rooms = Rooms(size: size)
    var stand = Stand(
      point: taken(other.point), value: other.value, gradientNorm: other.gradientNorm, valueCount: other.valueCount,
      hasEnded: size < 2, gradient: taken(other.gradient), weights: taken(other.weights))
    // Twice, so that what single precision left is gone.
    for _ in 0..<2 where size > 1 { straighten(&stand, &rooms) }
    stand.steps = other.steps.map { Step(step: taken($0.step), change: taken($0.change), bend: Scalar($0.bend)) }
    return stand
  }

  /// Goes on until the gradient's norm is below the tolerance times √(2f), the value is sufficient, no step leads lower, or so many more
  /// values are computed.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func advance(
    _ stand: inout Stand, valueCount limit: Int, gradientTolerance: Double, sufficientValue: Double = -.infinity
  ) {
    guard size > 1 else {
      stand.hasEnded = true
      return
    }
    var rooms = Rooms(size: size)
    var gradient = stand.gradient
    let last = stand.valueCount + limit
    while !stand.hasEnded {
      if stand.value <= sufficientValue || stand.gradientNorm <= gradientTolerance * (2 * stand.value).squareRoot() {
        stand.hasEnded = true
        return
      }
      guard stand.valueCount < last else { return }
      if stand.defect > orthogonalTolerance { straighten(&stand, &rooms) }
      var direction = direction(at: stand)
      var slope = 2 * Double(dot(direction, stand.gradient))
      if !(slope < 0) {
        stand.steps = []
        direction = self.direction(at: stand)
        slope = 2 * Double(dot(direction, stand.gradient))
      }
      // The direction may be shortened again and again; it stays what the steps are measured in.
      var length = 1.0
      while true {
        let (moved, shortening, defect) = turned(stand.point, along: direction, &rooms)
        if shortening < 1 {
          scale(&direction, by: Scalar(shortening))
          slope *= shortening
        }
        let value = evaluate(moved, &gradient, &rooms)
        stand.valueCount += 1
        if value <= stand.value + 1e-4 * slope {
          remember(step: direction, change: gradient, in: &stand)
          stand.point = moved
          stand.value = value
          stand.defect += defect
          swap(&stand.gradient, &gradient)
          stand.gradientNorm = (2 * Double(dot(stand.gradient, stand.gradient))).squareRoot()
          if stand.valueCount >= stand.weighedAt + 20 {
            (stand.weights, stand.weighedAt) = (inverseCurvatures(rooms), stand.valueCount)
          }
          break
        }
        // The parabola through both values and the slope has its lowest point there.
        let lowest = -slope / (2 * (value - stand.value - slope))
        let factor = min(0.5, max(0.1, lowest.isFinite ? lowest : 0.1))
        length *= factor
        guard length > 1e-4, stand.valueCount < last + 20 else {
          // Steps of a poor memory fail where the gradient itself may not.
          if stand.steps.isEmpty { stand.hasEnded = true }
          stand.steps = []
          break
        }
        scale(&direction, by: Scalar(factor))
        slope *= factor
      }
    }
  }

  /// What L-BFGS makes of the gradient: minus the inverse of a curvature that agrees with the last steps.
  private func direction(at stand: Stand) -> [Scalar] {
    var direction = stand.gradient
    var shares = [Scalar]()
    for past in stand.steps.reversed() {
      let share = dot(past.step, direction) / past.bend
      add(-share, past.change, to: &direction)
      shares.append(share)
    }
    multiply(&direction, by: stand.weights)
    if let last = stand.steps.last {
      var change = last.change
      multiply(&change, by: stand.weights)
      scale(&direction, by: last.bend / dot(last.change, change))
    }
    for past in stand.steps {
      let share = shares.removeLast() - dot(past.change, direction) / past.bend
      add(share, past.step, to: &direction)
    }
    scale(&direction, by: -1)
    return direction
  }

  /// Keeps a step and the change of the gradient along it, if the function bends up there.
  private func remember(step: [Scalar], change gradient: [Scalar], in stand: inout Stand) {
    var change = gradient
    add(-1, stand.gradient, to: &change)
    let bend = dot(step, change)
    guard bend > 1e-8 * (dot(step, step) * dot(change, change)).squareRoot() else { return }
    stand.steps.append(Step(step: step, change: change, bend: bend))
    if stand.steps.count > memory { stand.steps.removeFirst() }
  }

  /// Q turned along a skew matrix, which is shortened where it reaches farther than the series does.
  private func turned(
    _ point: [Scalar], along direction: [Scalar], _ rooms: inout Rooms
  ) -> (point: [Scalar], shortening: Double, defect: Double) {
    let n = size
    // W, from its entries above the diagonal.
    rooms.first.withUnsafeMutableBufferPointer { target in
      direction.withUnsafeBufferPointer { source in
        var next = 0
        for i in 0..<n {
          for j in 0...i { target[i * n + j] = 0 }
          for j in (i + 1)..<max(n, i + 1) {
            target[i * n + j] = source[next]
            next += 1
          }
        }
      }
    }
    transpose(rooms.first, into: &rooms.second)
    add(-1, rooms.second, to: &rooms.first)
    multiply(1, rooms.first, point, into: &rooms.second)
    multiply(1, rooms.first, rooms.second, into: &rooms.third)
    // (I + W + W²/2)ᵀ(I + W + W²/2) = I + W⁴/4, and W⁴ is at most so large.
    var defect = Double(dot(rooms.third, rooms.third)) / 4
    var shortening = 1.0
    if !(defect < 0.5) {
      shortening = defect.isFinite ? (0.4 / defect).squareRoot().squareRoot() : 0
      defect = 0.4
    }
    var moved = point
    add(Scalar(shortening), rooms.second, to: &moved)
    add(Scalar(shortening * shortening / 2), rooms.third, to: &moved)
    while defect > orthogonalTolerance {
      straighten(&moved, &rooms)
      defect *= defect
    }
    return (moved, shortening, defect)
  }

  /// What QᵀQ may differ from 1 by before it is put right.
  private var orthogonalTolerance: Double { max(8 * Double(Scalar.ulpOfOne), 1e-9) }

  /// A step of Newton and Schulz towards the nearest orthogonal matrix.
  private func straighten(_ point: inout [Scalar], _ rooms: inout Rooms) {
    transpose(point, into: &rooms.first)
    multiply(1, point, rooms.first, into: &rooms.second)
    rooms.third = point
    multiply(-0.5, rooms.second, rooms.third, into: &point, keeping: 1.5)
  }

  private func straighten(_ stand: inout Stand, _ rooms: inout Rooms) {
    straighten(&stand.point, &rooms)
    stand.defect = 0
    stand.value = evaluate(stand.point, &stand.gradient, &rooms)
    stand.gradientNorm = (2 * Double(dot(stand.gradient, stand.gradient))).squareRoot()
    stand.valueCount += 1
  }

  /// f, and its gradient above the diagonal.
  private func evaluate(_ point: [Scalar], _ gradient: inout [Scalar], _ rooms: inout Rooms) -> Double {
    let n = size
    multiply(1, point, moving, into: &rooms.first)
    transpose(point, into: &rooms.third)
    multiply(1, rooms.first, rooms.third, into: &rooms.second)
    rooms.first = fixed
    add(-1, rooms.second, to: &rooms.first)
    let value = Double(dot(rooms.first, rooms.first)) / 2
    // T + L and its transpose, then K L and its own.
    transpose(rooms.second, into: &rooms.third)
    rooms.first = rooms.second
    add(-1, rooms.third, to: &rooms.first)
    multiply(0.5, skew, rooms.first, into: &rooms.fourth)
    transpose(rooms.fourth, into: &rooms.first)
    gradient.withUnsafeMutableBufferPointer { target in
      rooms.second.withUnsafeBufferPointer { turned in
        rooms.third.withUnsafeBufferPointer { mirrored in
          rooms.fourth.withUnsafeBufferPointer { product in
            rooms.first.withUnsafeBufferPointer { mirroredProduct in
              axes.withUnsafeBufferPointer { axes in
                var next = 0
                for i in 0..<n {
                  let own = axes[i]
                  for j in (i + 1)..<max(n, i + 1) {
                    let here = i * n + j
                    let even = (turned[here] + mirrored[here]) / 2
                    target[next] = even * (axes[j] - own) + (product[here] - mirroredProduct[here])
                    next += 1
                  }
                }
              }
            }
          }
        }
      }
    }
    return value
  }

  /// One over the curvature along the rotation of each two axes alone, (sᵢ − sⱼ)(tᵢ − tⱼ) + rᵢ + rⱼ − 2KᵢⱼLᵢⱼ with r the row sums of K ∘ L,
  /// kept away from 0.
  private func inverseCurvatures(_ rooms: Rooms) -> [Scalar] {
    let n = size
    var rows = [Scalar](repeating: 0, count: n)
    var scale = [Scalar](repeating: 1, count: n * (n - 1) / 2)
    rooms.second.withUnsafeBufferPointer { turned in
      rooms.third.withUnsafeBufferPointer { mirrored in
        skew.withUnsafeBufferPointer { skew in
          scale.withUnsafeMutableBufferPointer { scale in
            for i in 0..<n {
              for j in (i * n)..<(i * n + n) { rows[i] += skew[j] * (turned[j] - mirrored[j]) / 2 }
            }
            var (next, total) = (0, Scalar(0))
            for i in 0..<n {
              for j in (i + 1)..<max(n, i + 1) {
                let here = i * n + j
                let stretch = (axes[i] - axes[j]) * (turned[i * n + i] - turned[j * n + j])
                scale[next] = abs(stretch + rows[i] + rows[j] - skew[here] * (turned[here] - mirrored[here]))
                total += scale[next]
                next += 1
              }
            }
            let floor = max(0.3 * total / Scalar(max(1, scale.count)), 1e-12)
            for i in scale.indices { scale[i] = 1 / max(scale[i], floor) }
          }
        }
      }
    }
    return scale
  }

  /// Matrices to work in.
  private struct Rooms {
    var first: [Scalar]
    var second: [Scalar]
    var third: [Scalar]
    var fourth: [Scalar]

    init(size: Int) {
      first = [Scalar](repeating: 0, count: size * size)
      (second, third, fourth) = (first, first, first)
    }
  }

  private func multiply(
    _ factor: Scalar, _ left: [Scalar], _ right: [Scalar], into target: inout [Scalar], keeping share: Scalar = 0
  ) {
    BLASThreads.useOne()
    let n = Int32(size)
    Scalar.routines.gemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, factor, left, n, right, n, share, &target, n)
  }

  private func transpose(_ source: [Scalar], into target: inout [Scalar]) {
    Scalar.routines.omatcopy(
      CblasRowMajor, CblasTrans, Int32(size), Int32(size), 1, source, Int32(size), &target, Int32(size))
  }

  private func dot(_ left: [Scalar], _ right: [Scalar]) -> Scalar {
    Scalar.routines.dot(Int32(left.count), left, 1, right, 1)
  }

  private func add(_ factor: Scalar, _ source: [Scalar], to target: inout [Scalar]) {
    Scalar.routines.axpy(Int32(target.count), factor, source, 1, &target, 1)
  }

  private func multiply(_ target: inout [Scalar], by factors: [Scalar]) {
    target.withUnsafeMutableBufferPointer { target in
      factors.withUnsafeBufferPointer { factors in
        for i in target.indices { target[i] *= factors[i] }
      }
    }
  }

  private func scale(_ target: inout [Scalar], by factor: Scalar) {
    Scalar.routines.scal(Int32(target.count), factor, &target, 1)
  }
}
