import LinearAlgebra

/// How far eigenvalues are from being ones of the true dynamics, and how far any number is: spurious modes stand out.
///
/// The states' coordinates are taken as observables, P of the states and F of their successors. The residual of (λ, g) is
/// ‖(F − λ P) g‖/‖P g‖, where g weighs the observables; the pseudospectrum at z is its least value over g.
///
/// Units: residuals are distances in the plane of eigenvalues.
///
/// Laws: 0 for the eigenvalues of dynamics that are linear in the observables; the pseudospectrum at an eigenvalue is at most
/// its residual.
///
/// References: colbrook2024.
public struct ModeResiduals: Sendable, Hashable {
  /// The residual of each eigenvalue, in the decomposition's order.
  public let residuals: [Double]
  /// P and F in a frame in which P has orthonormal columns, 2k×k each at most.
  private let past: Matrix<Double>
  private let future: Matrix<Double>

  /// Measures the residuals of a decomposition on pairs, those it was fitted to or others.
  ///
  /// Throws: `LinearAlgebraError`; `DynamicsError.standstill` where the states have no coordinates.
  public init(of decomposition: DynamicModeDecomposition, on pairs: SnapshotPairs) throws {
    // With uᴴ A = λ uᴴ, the observable ⟨conj u, a⟩ of a state moves by λ.
    let observables = decomposition.leftVectors.map { $0.map(\.conjugate) }
    try self.init(
      past: pairs.past * decomposition.encoder, future: pairs.future * decomposition.encoder,
      eigenvalues: decomposition.eigenvalues, observables: observables)
  }

  /// Measures the residuals of eigenpairs of observables.
  ///
  /// Shapes: past and future L×k, each observable's weights k numbers.
  ///
  /// Throws: `LinearAlgebraError`; `DynamicsError.standstill`.
  public init(
    past: Matrix<Double>, future: Matrix<Double>, eigenvalues: [Complex<Double>], observables: [[Complex<Double>]]
  ) throws {
    residuals = zip(eigenvalues, observables).map { value, weights in
      let now = lifted(weights, by: past.transposed)
      let next = lifted(weights, by: future.transposed)
      let (size, rest) = zip(now, next).reduce((0.0, 0.0)) { sums, pair in
        (sums.0 + pair.0.squaredModulus, sums.1 + (pair.1 - value * pair.0).squaredModulus)
      }
      return size > 0 ? (rest / size).squareRoot() : .infinity
    }
    let factors = try SingularValueDecomposition(of: past)
    let rank = factors.rank()
    guard rank > 0 else { throw DynamicsError.standstill }
    let scale = factors.rightVectorsTransposed.rows(0..<rank).transposed.mapColumns { $0 / factors.values[$1] }
    let (white, advanced) = (past * scale, future * scale)
    // Only inner products among the columns of both matter: their triangle has them all.
    let triangle = try QRFactorization.triangle(of: try white.beside(advanced))
    self.past = triangle.columns(0..<rank)
    self.future = triangle.columns(rank..<(2 * rank))
  }

  /// The least residual that any observable has with each of some numbers.
  ///
  /// Complexity: a decomposition of a real 4k×2k matrix for each; shared out among the cores.
  public func pseudospectrum(at points: [Complex<Double>]) throws -> [Double] {
    // A complex matrix M = A + iB has the singular values of [A −B; B A], each twice.
    let matrices = points.map { point in
      let real = future - point.real * past
      let imaginary = -(point.imaginary * past)
      let (rows, columns) = (real.rowCount, real.columnCount)
      var whole = Matrix<Double>.zeros(2 * rows, 2 * columns)
      for row in 0..<rows {
        for column in 0..<columns {
          whole[row, column] = real[row, column]
          whole[rows + row, columns + column] = real[row, column]
          whole[rows + row, column] = imaginary[row, column]
          whole[row, columns + column] = -imaginary[row, column]
        }
      }
      return whole
    }
    return try LinearAlgebra.singularValues(ofEach: matrices).map { $0.last ?? 0 }
  }
}
