import Foundation
import LinearAlgebra

/// The linear operator that best takes states to their successors, in the few coordinates in which the states lie, with its
/// eigenvalues and modes.
///
/// Shapes: of n units and rank r: encoder n×r, operator r×r, decoder r×n; a mode has n entries.
///
/// Conventions: a state x (a column) has the coordinates a = encoderᵀ x; a step takes a to A a; decoderᵀ a is a state
/// again. Eigenvalues come by falling modulus, then falling real part, of a pair the one above the real axis first; modes have
/// norm 1.
///
/// Laws: of states that a linear map of rank r moves without noise, the eigenvalues are the map's. An orthogonal change
/// of the units' coordinates changes neither operator (but for signs and order of coordinates) nor eigenvalues.
///
/// Data: at least as many pairs as the rank; for noisy ones several times as many.
///
/// Complexity: a decomposition of the L×n states, L n min(L, n); of few directions of many, L n r.
///
/// References: schmid2010, tu2014, hemati2017, dawson2016, askham2018, ostrow2023, akaike1974 (criterion).
public struct DynamicModeDecomposition: Sendable, Hashable {
  /// How the operator is fitted.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// Least squares; modes in the span of the successors.
    case exact
    /// Least squares; modes in the span of the states.
    case projected
    /// Errors in states and successors alike: states and successors are first projected on what both share.
    case totalLeastSquares = "total-least-squares"
    /// The mean, geometrically, of a fit forward in time and one backward.
    case forwardBackward = "forward-backward"
    /// Exponentials fitted to all samples of a trial at once; what ``OptimizedModeDecomposition`` does, in the coordinates.
    case optimized
    /// Ridge regression between coordinates of unit variance, the decomposition being that of all states: what
    /// dynamical similarity analysis compares.
    case eigenTimeDelay = "eigen-time-delay"
  }

  /// How the operator was fitted.
  public let method: Method
  /// A: the operator on coordinates, r×r.
  public let stateOperator: Matrix<Double>
  /// What gives the coordinates of a state: n×r.
  public let encoder: Matrix<Double>
  /// What gives a state from its coordinates: r×n.
  public let decoder: Matrix<Double>
  /// The eigenvalues of the operator.
  public let eigenvalues: [Complex<Double>]
  /// Right eigenvectors of the operator, one array for each eigenvalue.
  public let rightVectors: [[Complex<Double>]]
  /// Left eigenvectors of the operator, one array for each eigenvalue.
  public let leftVectors: [[Complex<Double>]]
  /// The modes in the units, one array for each eigenvalue.
  public let modes: [[Complex<Double>]]
  /// The singular values of the states that rank was chosen from; all, or the leading ones.
  public let singularValues: [Double]
  /// The share of the states' sum of squares in the kept directions, in [0, 1].
  public let explained: Double
  /// The time that the operator takes, in `timeUnit`.
  public let stepInterval: Double
  /// The unit of time; empty where samples are counted.
  public let timeUnit: String

  /// The number of coordinates r.
  public var rank: Int { stateOperator.rowCount }
  /// What each eigenvalue says in time.
  public var timings: [ModeTiming] {
    eigenvalues.map { ModeTiming(eigenvalue: $0, stepInterval: stepInterval) }
  }
  /// ‖AAᵀ − AᵀA‖/‖A‖²: 0 of a normal operator; above, transients grow before they decay.
  public var nonNormality: Double {
    let norm = stateOperator.frobeniusNorm
    return norm > 0 ? (stateOperator.rowGram - stateOperator.columnGram).frobeniusNorm / (norm * norm) : 0
  }

  /// Fits pairs of states and successors.
  ///
  /// - Parameters:
  ///   - basis: the states' decomposition, where it is known already.
  ///   - ridge: what `eigenTimeDelay` adds to the moments of coordinates of unit norm.
  /// - Throws: `DynamicsError`; `AnalysisError` for a rule out of range; `LinearAlgebraError`.
  public init(
    of pairs: SnapshotPairs, method: Method = .exact, rank rule: RankRule, basis: SnapshotBasis? = nil,
    ridge: Double = 0
  ) throws {
    let wanted: Int? = if case .count(let count) = rule { max(1, count) } else { nil }
    let basis = try basis ?? SnapshotBasis(of: Self.states(of: pairs, method), count: wanted)
    var rank = try basis.rank(by: rule)
    if rank > pairs.count {
      // The last successors of trials add directions, but no pairs: of fewer pairs than directions many operators fit alike.
      guard wanted == nil else {
        throw DynamicsError.rankAboveData(rank, rank: pairs.count, shape: pairs.past.shapeText)
      }
      rank = pairs.count
    }
    var encoder = basis.directions.columns(0..<rank)
    var decoder = encoder.transposed
    if method == .totalLeastSquares {
      // Few shared directions are nearer the truth than many: where there are more units than modes, both sides are
      // projected on the r directions of time that they share.
      encoder = try Self.sharedDirections(of: pairs, rank: rank)
      decoder = encoder.transposed
    } else if method == .eigenTimeDelay {
      encoder = encoder.mapColumns { $0 / basis.singularValues[$1] }
      decoder = decoder.transposed.mapColumns { $0 * basis.singularValues[$1] }.transposed
    }
    // With X V = U S least squares in the coordinates are solved by S⁻¹ Uᵀ.
    let isSolved = basis.isExact && [.exact, .projected, .forwardBackward].contains(method)
    let solved: Matrix<Double>? = isSolved ? try basis.leastSquares(pairs.future, rank: rank) : nil
    let past = isSolved ? basis.weighted(rank: rank) : pairs.past * encoder
    let fitted: Matrix<Double>
    switch (method, solved) {
    case (.exact, let solved?), (.projected, let solved?): fitted = (solved * encoder).transposed
    case (.forwardBackward, let solved?):
      let backward = try LeastSquares(pairs.future * encoder, past).solution.transposed
      fitted = try balanced(forward: (solved * encoder).transposed, backward: backward)
    case (.optimized, _): fitted = try Self.optimizedOperator(pairs, past: past, future: pairs.future * encoder)
    default: fitted = try Self.fitted(past, pairs.future * encoder, method, ridge: ridge)
    }
    let spectrum = try Eigendecomposition(of: fitted)
    self.method = method
    stateOperator = fitted
    self.encoder = encoder
    self.decoder = decoder
    eigenvalues = spectrum.values
    rightVectors = spectrum.rightVectors
    leftVectors = spectrum.leftVectors
    singularValues = basis.singularValues
    let kept = basis.singularValues.prefix(rank).reduce(0) { $0 + $1 * $1 }
    explained = basis.totalEnergy > 0 ? min(1, kept / basis.totalEnergy) : 0
    stepInterval = pairs.stepInterval
    timeUnit = pairs.timeUnit
    let lift: Matrix<Double>
    if method == .exact {
      // Yᵀ U S⁻¹ = Yᵀ P (PᵀP)⁻¹: the successors' own span.
      lift = try solved ?? LeastSquares(past, pairs.future).solution
    } else {
      lift = decoder
    }
    modes = spectrum.rightVectors.map { vector in normalized(lifted(vector, by: lift)) }
  }

  /// The dynamics of a ready operator on coordinates.
  ///
  /// Throws: `LinearAlgebraError` for an operator that is not square or not finite, or shapes that do not fit.
  public init(
    stateOperator: Matrix<Double>, encoder: Matrix<Double>, decoder: Matrix<Double>, method: Method = .projected,
    singularValues: [Double] = [], explained: Double = 1, stepInterval: Double = 1, timeUnit: String = ""
  ) throws {
    guard encoder.columnCount == stateOperator.rowCount, decoder.hasShape(of: encoder.transposed) else {
      throw LinearAlgebraError.shapeMismatch("operator with encoder", stateOperator.shapeText, encoder.shapeText)
    }
    let spectrum = try Eigendecomposition(of: stateOperator)
    self.method = method
    self.stateOperator = stateOperator
    self.encoder = encoder
    self.decoder = decoder
    eigenvalues = spectrum.values
    rightVectors = spectrum.rightVectors
    leftVectors = spectrum.leftVectors
    modes = spectrum.rightVectors.map { normalized(lifted($0, by: decoder)) }
    self.singularValues = singularValues
    self.explained = explained
    self.stepInterval = stepInterval
    self.timeUnit = timeUnit
  }

  /// The operator whose exponentials are nearest the coordinates, sought from what least squares and total least squares give.
  private static func optimizedOperator(
    _ pairs: SnapshotPairs, past: Matrix<Double>, future: Matrix<Double>
  ) throws -> Matrix<Double> {
    let recording = try coordinateRecording(pairs, past: past, future: future)
    var best: OptimizedModeDecomposition?
    for start in [Method.exact, .totalLeastSquares] {
      guard let first = try? fitted(past, future, start, ridge: 0) else { continue }
      let rates = try LinearAlgebra.eigenvalues(of: first).map { value -> Complex<Double> in
        // A real mode that changes sign from step to step is no exponential of real samples: its size is.
        let size = log(max(value.modulus, 1e-6)) / pairs.stepInterval
        return Complex(size, value.imaginary == 0 ? 0 : value.argument / pairs.stepInterval)
      }
      let fit = try OptimizedModeDecomposition(of: recording, start: rates)
      if fit.relativeResidual < best?.relativeResidual ?? .infinity { best = fit }
    }
    let refusal = DynamicsError.singularOperator(method: Method.optimized.rawValue, rank: past.columnCount)
    guard let best else { throw refusal }
    let form = RealModalForm(values: best.rates, vectors: best.modes)
    let steps = form.starts.map { start -> Complex<Double> in
      let rate = start.value
      return .polar(
        modulus: exp(rate.real * pairs.stepInterval), argument: rate.imaginary * pairs.stepInterval)
    }
    guard let fitted = try form.matrix(withValues: steps) else { throw refusal }
    return fitted
  }

  /// The coordinates of every trial's states and of its last successor.
  static func coordinateRecording(
    _ pairs: SnapshotPairs, past: Matrix<Double>, future: Matrix<Double>
  ) throws -> Recording {
    try Recording(
      pairs.trialRows.enumerated().map { index, rows in
        Trajectory(
          name: "\(index + 1)",
          samples: try past.rows(rows).stacked(above: future.rows((rows.upperBound - 1)..<rows.upperBound)))
      }, sampleInterval: pairs.stepInterval, timeUnit: pairs.timeUnit)
  }

  /// What the decomposition is of: of states, or with `eigenTimeDelay` of their last successors too.
  private static func states(of pairs: SnapshotPairs, _ method: Method) -> Matrix<Double> {
    guard method == .eigenTimeDelay else { return pairs.past }
    let width = pairs.stateSize
    var entries: [Double] = []
    entries.reserveCapacity(pairs.past.entries.count + pairs.trialRows.count * width)
    for rows in pairs.trialRows {
      entries.append(contentsOf: pairs.past.entries[(rows.lowerBound * width)..<(rows.upperBound * width)])
      entries.append(
        contentsOf: pairs.future.entries[((rows.upperBound - 1) * width)..<(rows.upperBound * width)])
    }
    return Matrix(rowCount: entries.count / width, columnCount: width, entries: entries)
  }

  private static func fitted(
    _ past: Matrix<Double>, _ future: Matrix<Double>, _ method: Method, ridge: Double
  ) throws -> Matrix<Double> {
    switch method {
    case .exact, .projected, .optimized: return try LeastSquares(past, future).solution.transposed
    case .eigenTimeDelay:
      guard ridge > 0 else { return try LeastSquares(past, future).solution.transposed }
      return try LinearMoments(past: past, future: future).fitted(by: method, ridge: ridge)
    case .totalLeastSquares:
      let joint = try past.beside(future)
      let right = try SingularValueDecomposition(of: joint).rightVectorsTransposed.rows(0..<past.columnCount)
      let (first, second) = (
        right.columns(0..<past.columnCount), right.columns(past.columnCount..<joint.columnCount)
      )
      let solved = try LeastSquares(first, second)
      guard solved.rank == past.columnCount else {
        throw DynamicsError.singularOperator(method: method.rawValue, rank: past.columnCount)
      }
      return solved.solution.transposed
    case .forwardBackward:
      let forward = try LeastSquares(past, future).solution.transposed
      let backward = try LeastSquares(future, past).solution.transposed
      return try balanced(forward: forward, backward: backward)
    }
  }

  /// The directions of the states after projection on the r directions of time that states and successors share.
  private static func sharedDirections(of pairs: SnapshotPairs, rank: Int) throws -> Matrix<Double> {
    let joint = try SnapshotBasis(of: try pairs.past.beside(pairs.future), count: rank)
    let shared = joint.coordinates.columns(0..<min(rank, joint.singularValues.count))
    let factors = try SingularValueDecomposition(of: try .product(shared, pairs.past, transposing: .left))
    return factors.rightVectorsTransposed.rows(0..<rank).transposed
  }

  /// How much of each right eigenvector there is in given states (rows), as real and imaginary parts, a column for each.
  /// Where eigenvectors are parallel, as of a Jordan block, it is 0.
  public func modalCoordinates(of states: Matrix<Double>) -> (real: Matrix<Double>, imaginary: Matrix<Double>) {
    let coordinates = states * encoder
    var (real, imaginary) = (Matrix<Double>.zeros(rank, rank), Matrix<Double>.zeros(rank, rank))
    for (column, (left, right)) in zip(leftVectors, rightVectors).enumerated() {
      let overlap = zip(left, right).reduce(Complex(0.0)) { $0 + $1.0.conjugate * $1.1 }
      guard overlap.modulus > 1e-12 else { continue }
      for row in 0..<rank {
        let weight = left[row].conjugate / overlap
        (real[row, column], imaginary[row, column]) = (weight.real, weight.imaginary)
      }
    }
    return (coordinates * real, coordinates * imaginary)
  }

  /// Akaike's criterion of one-step predictions of the first `unitCount` entries of a state, the newest ones of delays: ln(SSE/N) +
  /// 2 (r² + r p + 1)/N over N predicted values, with p inputs whose weights were fitted too. Lower is better; −∞ where there is no
  /// error.
  public func akaikeCriterion(on pairs: SnapshotPairs, unitCount: Int, inputCount: Int = 0) -> Double {
    let truth = pairs.future.columns(0..<unitCount)
    let error = (truth - advanced(pairs.past, steps: 1).columns(0..<unitCount)).frobeniusNorm
    let count = Double(max(1, truth.entries.count))
    return log(error * error / count) + 2 * Double(rank * (rank + inputCount) + 1) / count
  }

  /// The states `steps` steps after given ones: rows are states.
  public func advanced(_ states: Matrix<Double>, steps: Int) -> Matrix<Double> {
    var coordinates = states * encoder
    let turned = stateOperator.transposed
    for _ in 0..<max(0, steps) { coordinates = coordinates * turned }
    return coordinates * decoder
  }
}

/// A complex vector of r coordinates through a real r×n matrix.
func lifted(_ vector: [Complex<Double>], by matrix: Matrix<Double>) -> [Complex<Double>] {
  var rows = Matrix<Double>.zeros(2, vector.count)
  for (index, value) in vector.enumerated() {
    rows[0, index] = value.real
    rows[1, index] = value.imaginary
  }
  let image = rows * matrix
  return (0..<matrix.columnCount).map { Complex(image[0, $0], image[1, $0]) }
}

/// The vector of norm 1 whose entry of largest modulus is real and positive; zero stays zero.
func normalized(_ vector: [Complex<Double>]) -> [Complex<Double>] {
  let size = norm(of: vector.flatMap { [$0.real, $0.imaginary] })
  guard size > 0, let top = vector.max(by: { $0.squaredModulus < $1.squaredModulus }) else { return vector }
  let turn = Complex(1 / size) * (top.conjugate / Complex(top.modulus))
  return vector.map { $0 * turn }
}

extension Matrix where Scalar == Double {
  /// This matrix with another's columns to its right.
  func beside(_ other: Matrix) throws(LinearAlgebraError) -> Matrix {
    guard rowCount == other.rowCount else { throw .shapeMismatch("setting side by side", shapeText, other.shapeText) }
    let width = columnCount + other.columnCount
    let joined = [Double](unsafeUninitializedCapacity: rowCount * width) { target, filled in
      guard let start = target.baseAddress else { return }
      entries.withUnsafeBufferPointer { left in
        other.entries.withUnsafeBufferPointer { right in
          for row in 0..<rowCount {
            if let from = left.baseAddress {
              (start + row * width).update(from: from + row * columnCount, count: columnCount)
            }
            if let from = right.baseAddress {
              (start + row * width + columnCount).update(
                from: from + row * other.columnCount, count: other.columnCount)
            }
          }
        }
      }
      filled = rowCount * width
    }
    return Matrix(rowCount: rowCount, columnCount: width, entries: joined)
  }
}
