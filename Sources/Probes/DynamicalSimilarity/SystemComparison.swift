import Analysis
import LinearAlgebra

/// The distances of every two operators by one score, and how sure they are.
///
/// Conventions: all operators are filled up with zeros to the largest one's size; angular distances are sought between operators of
/// norm 1, so that their spread is nearly an angle.
struct SystemComparison {
  let size: Int
  let distances: Matrix<Double>
  let lowerBounds: Matrix<Double>
  let spread: Matrix<Double>
  let converged: [[Bool]]
  let certified: [[Bool]]
}

extension SystemComparison {
  init(
    of operators: [Matrix<Double>], names: [String], score: DynamicalSimilarity.Score, search: AlignmentSearch
  ) throws {
    let largest = operators.map(\.rowCount).max() ?? 0
    let count = operators.count
    if score == .wasserstein {
      let spectra = try operators.map { matrix in
        try eigenvalues(of: matrix) + Array(repeating: Complex(0), count: largest - matrix.rowCount)
      }
      let pairs = (0..<count).flatMap { i in (0..<i).map { (first: $0, second: i) } }
      let found = try concurrently(pairs) { pair in
        try SpectralTransport(spectra[pair.first], spectra[pair.second]).distance
      }
      self.init(proven: found, of: pairs, count: count, size: largest)
      return
    }
    let compared = try operators.indices.map { index -> Matrix<Double> in
      let norm = operators[index].frobeniusNorm
      guard score == .angular else { return operators[index] }
      guard norm > 1e-150 else {
        throw SystemTrouble(
          names[index], AnalysisError.outOfRange("norm of the operator", norm, rule: "above 0: 0 has no angle"))
      }
      return (1 / norm) * operators[index]
    }
    let prepared = try compared.indices.map { index in
      try SystemTrouble.locating(names[index]) {
        try PreparedOperator(compared[index], paddedTo: largest)
      }
    }
    let found = try OperatorDistances(prepared, search: search)
    let isAngular = score == .angular
    self.init(
      size: largest, distances: isAngular ? found.angles ?? found.distances : found.distances,
      lowerBounds: isAngular ? found.angleLowerBounds ?? found.distanceLowerBounds : found.distanceLowerBounds,
      spread: found.spread, converged: found.converged, certified: found.certified)
  }

  /// Compares matrices whose rows are the state's coordinates, each pair up to an orthogonal change of them; that is solved exactly.
  ///
  /// Angles unless the score is another: what has no eigenvalues is compared by the norm of the difference.
  init(ofFrames frames: [Matrix<Double>], names: [String], score: DynamicalSimilarity.Score) throws {
    if score == .angular, let bad = frames.firstIndex(where: { !($0.frobeniusNorm > 1e-150) }) {
      throw SystemTrouble(
        names[bad],
        AnalysisError.outOfRange(
          "norm of the input matrix", frames[bad].frobeniusNorm, rule: "above 0: 0 has no angle"))
    }
    let pairs = (0..<frames.count).flatMap { i in (0..<i).map { (first: $0, second: i) } }
    let found = try concurrently(pairs) { pair in
      let alignment = try FrameAlignment(frames[pair.first], frames[pair.second])
      return score == .angular ? alignment.angle ?? 0 : alignment.distance
    }
    self.init(proven: found, of: pairs, count: frames.count, size: frames.map(\.rowCount).max() ?? 0)
  }

  /// The distances of pairs that are known to be the least.
  private init(proven found: [Double], of pairs: [(first: Int, second: Int)], count: Int, size: Int) {
    var matrix = Matrix<Double>.zeros(count, count)
    for (pair, distance) in zip(pairs, found) {
      matrix[pair.first, pair.second] = distance
      matrix[pair.second, pair.first] = distance
    }
    let sure = Array(repeating: Array(repeating: true, count: count), count: count)
    self.init(
      size: size, distances: matrix, lowerBounds: matrix, spread: .zeros(count, count), converged: sure,
      certified: sure)
  }
}
