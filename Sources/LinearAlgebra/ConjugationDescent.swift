import COpenBLAS

/// The descent of `½‖A − Q B Qᵀ‖²` on the orthogonal matrices in single precision, along quasi-Newton directions.
///
/// A direction W is a skew-symmetric matrix that the last few gradients suggest (L-BFGS), and is followed along I + W + W²/2, which is
/// orthogonal to third order; Newton and Schulz's steps take off what is missing. So a descent is made of small matrix products
/// alone, which single precision does in half the time. It leads as near to a minimum as its gradient has digits, about 10⁻⁶ of the
/// distance; `OrthogonalTrustRegion` goes on from there.
///
/// Shapes: A, B and Q n×n.
///
/// Laws: the value never rises but for round-off; the determinant is kept.
///
/// Complexity: for each value five products of n×n matrices, and two more where a step is long.
///
/// References: liu1989 (L-BFGS), absil2007 (descent on manifolds), hager2005 (steps whose gain drowns in round-off).
public struct ConjugationDescent: Sendable {
  /// The side of the matrices.
  public let size: Int

  private let fixed: [Float]
  private let moving: [Float]
  private let skew: [Float]
  private let axes: [Float]

  /// The number of steps remembered.
  private static let memory = 6

  /// Makes the descent of an objective.
  ///
  /// Shapes: traps unless the symmetric part of A is diagonal, as it is where A is given in the eigenvectors of that part.
  public init(of objective: ConjugationObjective) {
    guard let diagonal = objective.diagonal else { preconditionFailure("descent without a diagonal symmetric part") }
    size = objective.size
    moving = objective.moving.entries.map { Float($0) }
    skew = objective.skew.entries.map { Float($0) }
    axes = diagonal.map { Float($0) }
    fixed = zip(objective.symmetric.entries, objective.skew.entries).map { Float($0 + $1) }
  }

  /// How far a descent has come.
  public struct Progress: Sendable {
    /// Q, row after row, orthogonal to single precision.
    public fileprivate(set) var point: [Float]
    /// ½‖A − Q B Qᵀ‖².
    public fileprivate(set) var value: Double
    /// The gradient's Frobenius norm.
    public fileprivate(set) var gradientNorm: Double
    /// The number of values computed.
    public fileprivate(set) var valueCount: Int
    /// The gradient above the diagonal, row after row.
    fileprivate var gradient: [Float]
    /// How far QᵀQ is from 1 at most, but for round-off.
    fileprivate var defect = 0.0
    /// The last steps, oldest first.
    fileprivate var steps: [Step] = []
    /// About one over the curvature along the rotation of each two axes, and the number of values when that was.
    fileprivate var weights: [Float]
    fileprivate var weighedAt = 0
  }

  /// A step, the change of the gradient along it, and their inner product.
  fileprivate struct Step: Sendable {
    let step: [Float]
    let change: [Float]
    let bend: Float
  }

  /// The beginning of a descent.
  ///
  /// Shapes: traps unless the point is n×n.
  public func start(at point: Matrix<Double>) -> Progress {
    precondition(point.rowCount == size && point.columnCount == size, "\(size)×\(size) descent from \(point.shapeText)")
    let entries = point.entries.map { Float($0) }
    var rooms = Rooms(size: size)
    var gradient = [Float](repeating: 0, count: size * (size - 1) / 2)
    let value = evaluate(entries, &gradient, &rooms)
    return Progress(
      point: entries, value: value, gradientNorm: norm(of: gradient), valueCount: 1, gradient: gradient,
      weights: inverseCurvatures(rooms))
  }

  /// Goes on until the gradient's norm is below the tolerance times √(2f), no step leads lower, or about so many more values are
  /// computed.
  public func advance(_ progress: inout Progress, valueCount limit: Int, gradientTolerance: Double) {
    var rooms = Rooms(size: size)
    var gradient = progress.gradient
    let last = progress.valueCount + limit
    while progress.gradientNorm > gradientTolerance * (2 * progress.value).squareRoot(), progress.valueCount < last {
      if progress.defect > orthogonalTolerance {
        straighten(&progress.point, &rooms)
        progress.defect = 0
        progress.value = evaluate(progress.point, &progress.gradient, &rooms)
        progress.valueCount += 1
      }
      var direction = direction(at: progress)
      var slope = 2 * Double(dot(direction, progress.gradient))
      if !(slope < 0) {
        progress.steps = []
        direction = self.direction(at: progress)
        slope = 2 * Double(dot(direction, progress.gradient))
      }
      guard step(&progress, along: &direction, slope: slope, &gradient, &rooms) else {
        // A poor memory may fail where the gradient itself does not.
        if progress.steps.isEmpty { return }
        progress.steps = []
        continue
      }
      if progress.valueCount >= progress.weighedAt + 20 {
        (progress.weights, progress.weighedAt) = (inverseCurvatures(rooms), progress.valueCount)
      }
    }
  }

  /// Takes a step along a direction, shortened until it leads lower; false if none does. The other gradient is room for the new one.
  private func step(
    _ progress: inout Progress, along direction: inout [Float], slope: Double, _ gradient: inout [Float],
    _ rooms: inout Rooms
  ) -> Bool {
    var (slope, length) = (slope, 1.0)
    while length > 1e-4 {
      let (moved, shortening, defect) = turned(progress.point, along: direction, &rooms)
      if shortening < 1 {
        scale(&direction, by: Float(shortening))
        slope *= shortening
      }
      let value = evaluate(moved, &gradient, &rooms)
      progress.valueCount += 1
      if value <= progress.value + 1e-4 * slope || isLower(value, gradient, than: progress, direction, slope) {
        remember(step: direction, change: gradient, in: &progress)
        progress.point = moved
        progress.value = value
        progress.defect += defect
        swap(&progress.gradient, &gradient)
        progress.gradientNorm = norm(of: progress.gradient)
        return true
      }
      // The parabola through both values and the slope has its lowest point there.
      let lowest = -slope / (2 * (value - progress.value - slope))
      let factor = min(0.5, max(0.1, lowest.isFinite ? lowest : 0.1))
      length *= factor
      scale(&direction, by: Float(factor))
      slope *= factor
    }
    return false
  }

  /// Whether a value that differs by round-off alone is lower by what the slopes at both ends of a step say.
  private func isLower(
    _ value: Double, _ gradient: [Float], than progress: Progress, _ direction: [Float], _ slope: Double
  ) -> Bool {
    guard value <= progress.value * (1 + 1e-6) else { return false }
    return 2 * Double(dot(direction, gradient)) <= -(1 - 2e-4) * slope
  }

  /// What L-BFGS makes of the gradient: minus the inverse of a curvature that agrees with the last steps.
  private func direction(at progress: Progress) -> [Float] {
    var direction = progress.gradient
    var shares = [Float]()
    for past in progress.steps.reversed() {
      let share = dot(past.step, direction) / past.bend
      add(-share, past.change, to: &direction)
      shares.append(share)
    }
    multiply(&direction, by: progress.weights)
    if let last = progress.steps.last {
      var change = last.change
      multiply(&change, by: progress.weights)
      scale(&direction, by: last.bend / dot(last.change, change))
    }
    for past in progress.steps {
      let share = shares.removeLast() - dot(past.change, direction) / past.bend
      add(share, past.step, to: &direction)
    }
    scale(&direction, by: -1)
    return direction
  }

  /// Keeps a step and the change of the gradient along it, if the function bends up there.
  private func remember(step: [Float], change gradient: [Float], in progress: inout Progress) {
    var change = gradient
    add(-1, progress.gradient, to: &change)
    let bend = dot(step, change)
    guard bend > 1e-8 * (dot(step, step) * dot(change, change)).squareRoot() else { return }
    progress.steps.append(Step(step: step, change: change, bend: bend))
    if progress.steps.count > Self.memory { progress.steps.removeFirst() }
  }

  /// Q turned along a skew matrix, which is shortened where it reaches farther than the series does.
  private func turned(
    _ point: [Float], along direction: [Float], _ rooms: inout Rooms
  ) -> (point: [Float], shortening: Double, defect: Double) {
    let n = size
    // W, from its entries above the diagonal.
    spread(direction, over: &rooms.second)
    Float.routines.omatcopy(
      CblasRowMajor, CblasTrans, Int32(n), Int32(n), -1, rooms.second, Int32(n), &rooms.first, Int32(n))
    spread(direction, over: &rooms.first)
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
    add(Float(shortening), rooms.second, to: &moved)
    add(Float(shortening * shortening / 2), rooms.third, to: &moved)
    while defect > orthogonalTolerance {
      straighten(&moved, &rooms)
      defect *= defect
    }
    return (moved, shortening, defect)
  }

  /// Writes entries to their places above the diagonal, and zeros onto it.
  private func spread(_ entries: [Float], over target: inout [Float]) {
    let n = size
    target.withUnsafeMutableBufferPointer { target in
      entries.withUnsafeBufferPointer { entries in
        guard let target = target.baseAddress, let entries = entries.baseAddress else { return }
        var next = 0
        for i in 0..<n {
          target[i * n + i] = 0
          (target + i * n + i + 1).update(from: entries + next, count: n - i - 1)
          next += n - i - 1
        }
      }
    }
  }

  /// What QᵀQ may differ from 1 by before it is put right.
  private var orthogonalTolerance: Double { 8 * Double(Float.ulpOfOne) }

  /// A step of Newton and Schulz towards the nearest orthogonal matrix.
  private func straighten(_ point: inout [Float], _ rooms: inout Rooms) {
    transpose(point, into: &rooms.first)
    multiply(1, point, rooms.first, into: &rooms.second)
    rooms.third = point
    multiply(-0.5, rooms.second, rooms.third, into: &point, keeping: 1.5)
  }

  /// f, and its gradient above the diagonal: with D = A − Q B Qᵀ instead of A in [K − L, L] − [S − T, T], which are the same as
  /// [D, K] and −[D, S] for the parts of D, so that it has all digits where D is small. D and its transpose stay in the rooms.
  private func evaluate(_ point: [Float], _ gradient: inout [Float], _ rooms: inout Rooms) -> Double {
    let n = size
    multiply(1, point, moving, into: &rooms.first)
    transpose(point, into: &rooms.third)
    rooms.second.withUnsafeMutableBufferPointer { target in
      fixed.withUnsafeBufferPointer { _ = target.update(fromContentsOf: $0) }
    }
    multiply(-1, rooms.first, rooms.third, into: &rooms.second, keeping: 1)
    let value = Double(dot(rooms.second, rooms.second)) / 2
    transpose(rooms.second, into: &rooms.third)
    rooms.first.withUnsafeMutableBufferPointer { target in
      rooms.second.withUnsafeBufferPointer { _ = target.update(fromContentsOf: $0) }
    }
    add(-1, rooms.third, to: &rooms.first)
    multiply(-0.5, skew, rooms.first, into: &rooms.fourth)
    transpose(rooms.fourth, into: &rooms.first)
    gradient.withUnsafeMutableBufferPointer { target in
      rooms.second.withUnsafeBufferPointer { residual in
        rooms.third.withUnsafeBufferPointer { mirrored in
          rooms.fourth.withUnsafeBufferPointer { product in
            rooms.first.withUnsafeBufferPointer { mirroredProduct in
              axes.withUnsafeBufferPointer { axes in
                var next = 0
                for i in 0..<n {
                  let own = axes[i]
                  for j in (i + 1)..<max(n, i + 1) {
                    let here = i * n + j
                    let even = (residual[here] + mirrored[here]) / 2
                    target[next] = even * (own - axes[j]) + (product[here] - mirroredProduct[here])
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
  private func inverseCurvatures(_ rooms: Rooms) -> [Float] {
    let n = size
    var rows = [Float](repeating: 0, count: n)
    var scale = [Float](repeating: 1, count: n * (n - 1) / 2)
    rooms.second.withUnsafeBufferPointer { residual in
      rooms.third.withUnsafeBufferPointer { mirrored in
        skew.withUnsafeBufferPointer { skew in
          scale.withUnsafeMutableBufferPointer { scale in
            for i in 0..<n {
              for j in (i * n)..<(i * n + n) { rows[i] += skew[j] * (skew[j] - (residual[j] - mirrored[j]) / 2) }
            }
            var (next, total) = (0, Float(0))
            for i in 0..<n {
              for j in (i + 1)..<max(n, i + 1) {
                let here = i * n + j
                let gap = axes[i] - axes[j]
                let stretch = gap * (gap - (residual[i * n + i] - residual[j * n + j]))
                let own = skew[here] * (2 * skew[here] - (residual[here] - mirrored[here]))
                scale[next] = abs(stretch + rows[i] + rows[j] - own)
                total += scale[next]
                next += 1
              }
            }
            let floor = max(0.3 * total / Float(max(1, scale.count)), 1e-12)
            for i in scale.indices { scale[i] = 1 / max(scale[i], floor) }
          }
        }
      }
    }
    return scale
  }

  /// Matrices to work in.
  private struct Rooms {
    var first: [Float]
    var second: [Float]
    var third: [Float]
    var fourth: [Float]

    init(size: Int) {
      first = [Float](repeating: 0, count: size * size)
      (second, third, fourth) = (first, first, first)
    }
  }

  private func multiply(
    _ factor: Float, _ left: [Float], _ right: [Float], into target: inout [Float], keeping share: Float = 0
  ) {
    BLASThreads.useOne()
    let n = Int32(size)
    Float.routines.gemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, factor, left, n, right, n, share, &target, n)
  }

  private func transpose(_ source: [Float], into target: inout [Float]) {
    Float.routines.omatcopy(
      CblasRowMajor, CblasTrans, Int32(size), Int32(size), 1, source, Int32(size), &target, Int32(size))
  }

  /// The Frobenius norm of a skew matrix from its entries above the diagonal.
  private func norm(of entries: [Float]) -> Double { (2 * Double(dot(entries, entries))).squareRoot() }

  private func dot(_ left: [Float], _ right: [Float]) -> Float {
    Float.routines.dot(Int32(left.count), left, 1, right, 1)
  }

  private func add(_ factor: Float, _ source: [Float], to target: inout [Float]) {
    Float.routines.axpy(Int32(target.count), factor, source, 1, &target, 1)
  }

  private func multiply(_ target: inout [Float], by factors: [Float]) {
    target.withUnsafeMutableBufferPointer { target in
      factors.withUnsafeBufferPointer { factors in
        for i in target.indices { target[i] *= factors[i] }
      }
    }
  }

  private func scale(_ target: inout [Float], by factor: Float) {
    Float.routines.scal(Int32(target.count), factor, &target, 1)
  }
}
