import Analysis
import LinearAlgebra

/// The distances of every two operators by one score, and how sure they are.
///
/// Conventions: all operators are filled up with zeros to the largest one's size; angular distances are sought between operators of
/// norm 1, so that their spread is nearly an angle.
struct SystemComparison {
  let size: Int
  let sides: [Int]
  let distances: Matrix<Double>
  let lowerBounds: Matrix<Double>
  let spread: Matrix<Double>
  let converged: [[Bool]]
  let certified: [[Bool]]

  init(
    of operators: [Matrix<Double>], names: [String], score: DynamicalSimilarity.Score, search: AlignmentSearch
  ) throws {
    sides = operators.map(\.rowCount)
    let largest = sides.max() ?? 0
    size = largest
    let count = operators.count
    if score == .wasserstein {
      let spectra = try operators.map { matrix in
        try eigenvalues(of: matrix) + Array(repeating: Complex(0), count: largest - matrix.rowCount)
      }
      let pairs = (0..<count).flatMap { i in (0..<i).map { (first: $0, second: i) } }
      let found = try concurrently(pairs) { pair in
        try SpectralTransport(spectra[pair.first], spectra[pair.second]).distance
      }
      var matrix = Matrix<Double>.zeros(count, count)
      for (pair, distance) in zip(pairs, found) {
        matrix[pair.first, pair.second] = distance
        matrix[pair.second, pair.first] = distance
      }
      let sure = Array(repeating: Array(repeating: true, count: count), count: count)
      (distances, lowerBounds, spread) = (matrix, matrix, .zeros(count, count))
      (converged, certified) = (sure, sure)
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
      try DynamicalSimilarityMeasurement.located(names[index]) {
        try PreparedOperator(compared[index], paddedTo: largest)
      }
    }
    let found = try OperatorDistances(prepared, search: search)
    distances = score == .angular ? found.angles ?? found.distances : found.distances
    lowerBounds = score == .angular ? found.angleLowerBounds ?? found.distanceLowerBounds : found.distanceLowerBounds
    spread = found.spread
    (converged, certified) = (found.converged, found.certified)
  }
}
