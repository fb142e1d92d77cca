/// The descent of half a squared distance on the orthogonal matrices to a local minimum, by Newton steps within a trusted region.
///
/// Each step minimises the quadratic model of the function by conjugate gradients, cut off where the model bends down or the
/// region ends, and is taken as a Cayley rotation. The determinant of the starting matrix is kept.
///
/// Laws: the value never rises; near a minimum with positive curvature the gradient's digits double with each step.
///
/// Complexity: a step costs a few rotations of n³ and as many curvature products as its model needs.
///
/// References: absil2007 (trust regions on manifolds), steihaug1983 (the cut-off).
public struct OrthogonalTrustRegion: Sendable, Hashable {
  /// The largest number of steps, taken or refused.
  public var maximumStepCount: Int
  /// The largest number of curvature products within a step.
  public var maximumProductCount: Int
  /// The gradient's Frobenius norm, over the distance √(2f), at which a place counts as stationary.
  public var gradientTolerance: Double
  /// A value of the function that is low enough to stop at.
  public var sufficientValue: Double
  /// The first region's radius, in the norm that the function's curvature scale defines.
  public var initialRadius = 0.5

  /// Makes a descent.
  public init(
    maximumStepCount: Int = 200, maximumProductCount: Int = 200, gradientTolerance: Double = 1e-5,
    sufficientValue: Double = -.infinity
  ) {
    self.maximumStepCount = maximumStepCount
    self.maximumProductCount = maximumProductCount
    self.gradientTolerance = gradientTolerance
    self.sufficientValue = sufficientValue
  }

  /// Descends from an orthogonal matrix.
  ///
  /// Throws: `LinearAlgebraError.notFinite` when the function's derivatives are no numbers; `.tooLarge`.
  public func minimum<Objective: OrthogonalObjective>(
    of objective: Objective, from start: Matrix<Double>
  ) throws(LinearAlgebraError) -> OrthogonalMinimum {
    var point = start
    var place = objective.place(point)
    var value = objective.value(at: place)
    var gradient = objective.gradient(at: place)
    var radius = initialRadius
    var (steps, products) = (0, 0)
    func threshold() -> Double { gradientTolerance * (2 * max(0, value)).squareRoot() }
    func length() -> Double { gradient.innerProduct(with: gradient).squareRoot() }
    func isDone() -> Bool { value <= sufficientValue || length() <= threshold() }
    while steps < maximumStepCount, radius > 1e-12, !isDone() {
      steps += 1
      let model = QuadraticStep(
        of: objective, at: place, gradient: gradient, radius: radius, tolerance: 0.1 * threshold(),
        maximumProductCount: maximumProductCount)
      products += model.productCount
      let moved = try cayleyRotation(by: model.direction) * point
      let movedPlace = objective.place(moved)
      let movedValue = objective.value(at: movedPlace)
      // Close to the minimum both decreases drown in round-off; the slack lets such steps pass as good ones.
      let slack = 1e-15 * abs(value)
      let ratio = (value - movedValue + slack) / (model.decrease + slack)
      if ratio < 0.25 || !ratio.isFinite {
        radius = model.length / 4
      } else if ratio > 0.75, model.reachesRadius {
        radius = min(2 * radius, 8)
      }
      guard ratio > 0.05, movedValue <= value + slack else { continue }
      let isStalled = model.decrease <= slack
      (point, place, value) = (moved, movedPlace, movedValue)
      let before = length()
      gradient = objective.gradient(at: place)
      if isStalled, length() > before / 2 { break }
    }
    return OrthogonalMinimum(
      point: point, value: value, gradientNorm: length(), stepCount: steps, productCount: products,
      hasConverged: isDone())
  }
}

/// Where a descent on the orthogonal matrices ended.
public struct OrthogonalMinimum: Sendable, Hashable {
  /// The orthogonal matrix.
  public let point: Matrix<Double>
  /// The function's value there.
  public let value: Double
  /// The Frobenius norm of the gradient there.
  public let gradientNorm: Double
  /// The number of steps, taken or refused.
  public let stepCount: Int
  /// The number of products with the curvature.
  public let productCount: Int
  /// Whether the gradient, or the value, came below its tolerance.
  public let hasConverged: Bool
}

/// The minimum of ⟨G, W⟩ + ½⟨W, H W⟩ within a radius, as far as conjugate gradients find it.
private struct QuadraticStep {
  /// W.
  var direction: Matrix<Double>
  /// How much lower the model is at W.
  var decrease = 0.0
  /// The length of W in the scaled norm.
  var length = 0.0
  var reachesRadius = false
  var productCount = 0

  init<Objective: OrthogonalObjective>(
    of objective: Objective, at place: Objective.Place, gradient: Matrix<Double>, radius: Double, tolerance: Double,
    maximumProductCount: Int
  ) {
    let n = gradient.rowCount
    let weights = objective.inverseCurvatures(at: place)
    direction = .zeros(n, n)
    var residual = gradient
    var scaled = gradient.weighted(by: weights)
    var search = -scaled
    var (stepStep, stepSearch, searchSearch) = (0.0, 0.0, residual.product(with: scaled))
    var product = searchSearch
    let first = gradient.product(with: gradient)
    let goal = max(first * min(0.01, first), tolerance * tolerance)
    while productCount < maximumProductCount {
      let curved = objective.curvature(at: place, along: search)
      productCount += 1
      let curvature = search.product(with: curved)
      let stride = product / curvature
      let reached = stepStep + 2 * stride * stepSearch + stride * stride * searchSearch
      if !(curvature > 0) || !(reached < radius * radius) {
        let root = (stepSearch * stepSearch + searchSearch * (radius * radius - stepStep)).squareRoot()
        let last = (root - stepSearch) / searchSearch
        direction.accumulate(last, times: search)
        residual.accumulate(last, times: curved)
        stepStep = radius * radius
        reachesRadius = true
        break
      }
      direction.accumulate(stride, times: search)
      residual.accumulate(stride, times: curved)
      stepStep = reached
      if residual.product(with: residual) <= goal { break }
      scaled = residual.weighted(by: weights)
      let next = residual.product(with: scaled)
      let ratio = next / product
      product = next
      search.scale(by: ratio, less: scaled)
      stepSearch = ratio * (stepSearch + stride * searchSearch)
      searchSearch = product + ratio * ratio * searchSearch
    }
    // The residual is G + H W.
    decrease = -0.5 * (gradient.product(with: direction) + direction.product(with: residual))
    length = stepStep.squareRoot()
  }
}

extension Matrix<Double> {
  /// The sum of the products of all entries.
  fileprivate func product(with other: Matrix) -> Double {
    Double.routines.dot(Int32(entries.count), entries, 1, other.entries, 1)
  }

  /// Adds a multiple of another matrix.
  fileprivate mutating func accumulate(_ factor: Double, times other: Matrix) {
    Double.routines.axpy(Int32(entries.count), factor, other.entries, 1, &entries, 1)
  }

  /// Entry by entry product.
  fileprivate func weighted(by weights: Matrix) -> Matrix {
    var result = self
    result.entries.withUnsafeMutableBufferPointer { target in
      weights.entries.withUnsafeBufferPointer { weights in
        for i in target.indices { target[i] *= weights[i] }
      }
    }
    return result
  }

  /// This matrix times a number, less another.
  fileprivate mutating func scale(by factor: Double, less other: Matrix) {
    entries.withUnsafeMutableBufferPointer { target in
      other.entries.withUnsafeBufferPointer { source in
        for i in target.indices { target[i] = factor * target[i] - source[i] }
      }
    }
  }
}
