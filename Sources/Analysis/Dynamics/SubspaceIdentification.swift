import LinearAlgebra

/// Hidden linear dynamics behind outputs that inputs drive: s(t + 1) = A s + B u, y = C s + D u, found from the subspace
/// that past inputs and outputs span (N4SID).
///
/// Shapes: of n outputs, p inputs and order r: A r×r, B r×p, C n×r, D n×p.
///
/// Conventions: the hidden coordinates are those of the balanced decomposition of the oblique projection, its squares taken as means over
/// windows, so that a longer recording has the same; only what does not depend on their choice (eigenvalues, responses) means
/// something by itself. An orthogonal change of the outputs' coordinates leaves them but for signs.
///
/// Laws: of outputs of such a system without noise, at its order and with exciting inputs, the eigenvalues are those of A.
///
/// Data: windows of 2 k samples, k block rows; several times more windows than 2 k (n + p).
///
/// References: vanoverschee1996.
public struct SubspaceIdentification: Sendable, Hashable {
  /// A.
  public let stateOperator: Matrix<Double>
  /// B.
  public let inputOperator: Matrix<Double>
  /// C.
  public let outputOperator: Matrix<Double>
  /// D.
  public let feedthrough: Matrix<Double>
  /// The singular values of the oblique projection, from which the order was chosen; all, or the leading hundred.
  public let singularValues: [Double]
  /// The largest order that the projection allows.
  public let greatestOrder: Int
  /// k: the samples of past and of future in a window.
  public let blockRows: Int
  /// The number of windows.
  public let windowCount: Int
  /// What gives the hidden coordinates from k inputs and k outputs before them, inputs first: k(p + n)×r.
  public let encoder: Matrix<Double>
  /// The eigenvalues of A.
  public let eigenvalues: [Complex<Double>]

  /// So many singular values are found, where there are as many.
  private static let shownValues = 100

  /// Identifies a system from outputs and inputs, trial by trial time × channels.
  ///
  /// - Parameters:
  ///   - blockRows: k, the samples of past and of future; the order is at most k n.
  ///   - order: how many hidden coordinates.
  /// - Throws: `RecordingError.tooShort`; `DynamicsError.inputsNotExciting`, `.inputs`; `AnalysisError`.
  public init(outputs: Recording, inputs: Recording, blockRows: Int, order rule: RankRule) throws {
    guard blockRows >= 1 else { throw AnalysisError.tooFew("block rows", count: blockRows, minimum: 1) }
    self.blockRows = blockRows
    let windows = try Windows(outputs: outputs, inputs: inputs, blockRows: blockRows)
    let (n, p, k) = (outputs.unitCount, inputs.unitCount, blockRows)
    // Rows are windows. The triangle of [U_f, U_p Y_p, Y_f] has all that the projections need.
    let (futureInputs, past, futureOutputs) = (k * p, k * (n + p), k * n)
    let whole = try windows.futureInputs.beside(windows.past).beside(windows.futureOutputs)
    let needed = futureInputs + past
    guard whole.rowCount > needed else {
      throw RecordingError.tooShort(
        longest: outputs.longestSampleCount, needed: needed + 2 * k,
        for: "\(k) block rows of \(n) outputs and \(p) inputs take")
    }
    let inputRank = try SingularValueDecomposition(of: windows.futureInputs).rank(relativeTolerance: 1e-10)
    guard inputRank == futureInputs else {
      throw DynamicsError.inputsNotExciting(rank: inputRank, needed: futureInputs)
    }
    let triangle = try QRFactorization.triangle(of: whole)
    // In the order of columns: U_f, Z_p, Y_f; R22 and R23 are what is left once U_f is taken out.
    let rows = futureInputs..<min(futureInputs + past, triangle.rowCount)
    let r22 = triangle.rows(rows).columns(futureInputs..<(futureInputs + past))
    let r23 = triangle.rows(rows).columns(needed..<(needed + futureOutputs))
    // Noise-free data have past of less than full rank: only what stands above round-off is inverted.
    let projector = try LeastSquares(r22, r23, relativeTolerance: 1e-9).solution
    // The projection is Z_p P; with Z_p = Q R its singular values and right vectors are those of the smaller R P.
    let wanted: Int? = if case .count(let count) = rule { max(count, Self.shownValues) } else { nil }
    let core = triangle.rows(0..<rows.upperBound).columns(futureInputs..<needed) * projector
    let factors = try SnapshotBasis(of: core, count: wanted)
    let order = try factors.rank(by: rule)
    singularValues = factors.singularValues
    greatestOrder = factors.numericalRank
    // Y_f ≈ S Γᵀ with S = U √L (σ/√L)^½ (windows × r) for L windows.
    let length = Double(windows.past.rowCount).squareRoot()
    let scales = factors.singularValues.prefix(order).map { (length / $0).squareRoot() }
    encoder = projector * factors.directions.columns(0..<order).mapColumns { $0 * scales[$1] }
    let states = windows.past * encoder
    // The state of a window and of the one a sample later in the same trial.
    let (earlier, later) = windows.successions
    let (now, after) = (states.selectingRows(earlier), states.selectingRows(later))
    let inputsNow = windows.firstInputs.selectingRows(earlier)
    let next = try LeastSquares(try now.beside(inputsNow), after).solution
    stateOperator = next.rows(0..<order).transposed
    inputOperator = next.rows(order..<(order + p)).transposed
    windowCount = windows.past.rowCount
    let all = try states.beside(windows.firstInputs)
    let seen = try LeastSquares(all, windows.futureOutputs.columns(0..<n)).solution
    outputOperator = seen.rows(0..<order).transposed
    feedthrough = seen.rows(order..<(order + p)).transposed
    eigenvalues = try LinearAlgebra.eigenvalues(of: stateOperator)
  }

  /// The hidden coordinates at every time of a trial (time × outputs, time × inputs) that has k samples before it, and at
  /// the time after its last: (T − k + 1)×r.
  ///
  /// Throws: `AnalysisError.sizeMismatch` for other numbers of outputs and inputs than were identified; `RecordingError.tooShort`.
  public func hiddenStates(outputs: Matrix<Double>, inputs: Matrix<Double>) throws -> Matrix<Double> {
    let (n, p) = (outputOperator.rowCount, inputOperator.columnCount)
    guard outputs.columnCount == n, inputs.columnCount == p, inputs.rowCount == outputs.rowCount else {
      throw AnalysisError.sizeMismatch(
        "trial", size: "\(outputs.shapeText) with inputs \(inputs.shapeText)",
        expected: "time × \(n) with inputs time × \(p)")
    }
    let count = outputs.rowCount - blockRows + 1
    guard count >= 1 else {
      throw RecordingError.tooShort(
        longest: outputs.rowCount, needed: blockRows, for: "a past of \(blockRows) samples takes")
    }
    var past: [Double] = []
    for start in 0..<count {
      let end = start + blockRows
      past += inputs.entries[(start * p)..<(end * p)]
      past += outputs.entries[(start * n)..<(end * n)]
    }
    return Matrix(rowCount: count, columnCount: blockRows * (n + p), entries: past) * encoder
  }
}

/// Windows of 2 k samples, cut into past and future; rows are windows.
private struct Windows {
  var futureInputs: Matrix<Double>
  var past: Matrix<Double>
  var futureOutputs: Matrix<Double>
  /// The input at each window's first future sample.
  var firstInputs: Matrix<Double>
  /// Rows, and the rows of the windows a sample later.
  var successions: (earlier: [Int], later: [Int])

  init(outputs: Recording, inputs: Recording, blockRows k: Int) throws {
    try outputs.requireInputs(inputs)
    var rows: (futureInputs: [Double], past: [Double], futureOutputs: [Double], first: [Double]) = ([], [], [], [])
    var (count, earlier, later) = (0, [Int](), [Int]())
    let (n, p) = (outputs.unitCount, inputs.unitCount)
    for (output, input) in zip(outputs.trajectories, inputs.trajectories) {
      let windows = output.sampleCount - 2 * k + 1
      guard windows > 1 else { continue }
      let (y, u) = (output.samples.entries, input.samples.entries)
      for start in 0..<windows {
        let middle = start + k
        rows.futureInputs += u[(middle * p)..<((middle + k) * p)]
        rows.past += u[(start * p)..<(middle * p)]
        rows.past += y[(start * n)..<(middle * n)]
        rows.futureOutputs += y[(middle * n)..<((middle + k) * n)]
        rows.first += u[(middle * p)..<((middle + 1) * p)]
        if start + 1 < windows {
          earlier.append(count)
          later.append(count + 1)
        }
        count += 1
      }
    }
    guard count > 0 else {
      throw RecordingError.tooShort(
        longest: outputs.longestSampleCount, needed: 2 * k + 1, for: "past and future of \(k) samples each take")
    }
    func matrix(_ entries: [Double]) -> Matrix<Double> {
      Matrix(rowCount: count, columnCount: entries.count / count, entries: entries)
    }
    (futureInputs, past) = (matrix(rows.futureInputs), matrix(rows.past))
    (futureOutputs, firstInputs) = (matrix(rows.futureOutputs), matrix(rows.first))
    successions = (earlier, later)
  }
}
