import LinearAlgebra

/// A way to say how alike the geometry of two systems is. Each system is prepared once, each pair compared once.
public protocol RepresentationMeasure: Sendable {
  /// What a comparison needs of one system.
  associatedtype Prepared: Sendable
  /// Whether it grows with likeness.
  var kind: RepresentationMeasureKind { get }
  /// Prepares one system.
  func prepared(_ representation: Representation) throws -> Prepared
  /// Compares two systems of equally many samples.
  func compared(_ first: Prepared, _ second: Prepared) throws -> Double
}

/// Whether a measure grows with likeness.
public enum RepresentationMeasureKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// 0 of a system and itself.
  case distance
  /// 1 of a system and itself.
  case similarity
}

extension RepresentationMeasure {
  /// The measure of every two of several systems.
  ///
  /// Shapes: k×k for k systems; symmetric, with the value of a system and itself on the diagonal.
  ///
  /// Laws: the numbers do not depend on the number of cores.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two systems; `.sizeMismatch` where their samples differ in number; what the measure
  /// throws.
  public func matrix(of representations: [Representation]) throws -> Matrix<Double> {
    let count = representations.count
    guard let first = representations.first, count >= 2 else {
      throw AnalysisError.tooFew("systems", count: count, minimum: 2)
    }
    for (index, other) in representations.enumerated() where other.sampleCount != first.sampleCount {
      throw AnalysisError.sizeMismatch(
        "number of samples of system \(index + 1)", size: "\(other.sampleCount)",
        expected: "\(first.sampleCount), as the first has")
    }
    let prepared = try concurrently(representations) { try self.prepared($0) }
    let pairs = (0..<count).flatMap { i in (0..<i).map { (first: i, second: $0) } }
    let found = try concurrently(pairs) { try compared(prepared[$0.first], prepared[$0.second]) }
    var matrix = Matrix<Double>(rowCount: count, columnCount: count, repeating: kind == .distance ? 0 : 1)
    for (pair, value) in zip(pairs, found) {
      matrix[pair.first, pair.second] = value
      matrix[pair.second, pair.first] = value
    }
    return matrix
  }
}
