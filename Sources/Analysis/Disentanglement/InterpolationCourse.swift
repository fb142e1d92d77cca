import LinearAlgebra

/// How evenly what is decoded changes along a way between two latent points, and whether the way stays where latents are.
///
/// Shapes: latents places × latents; decoded places × whatever was decoded; an attribute for each place. Places lie evenly.
public struct InterpolationCourse: Sendable, Hashable, Codable {
  /// 1 − Σ(A − T)²/Σ(A − Ā)², T going straight from the attribute's first value to its last: at most 1; `nil` of an attribute that does not
  /// vary, or that is not given.
  public let determination: Double?
  /// The share of steps in which the attribute goes where it ends up, from 0 to 1; `nil` as before, or where it ends as it began.
  public let monotonicity: Double?
  /// Σ|Δ| over the distance between the ends of what was decoded: 1 on a straight line, else more; `nil` where the ends are one, or
  /// nothing was decoded.
  public let roughness: Double?
  /// |z|/√d − 1 of each place: 0 on the shell that Gaussian latents of d dimensions lie near; empty without latents.
  public let shellDeviations: [Double]

  /// Measures a course of three places or more.
  ///
  /// Throws: `AnalysisError.tooFew`, `.sizeMismatch`, `.outOfRange`; `LinearAlgebraError.notFinite`.
  public init(
    latents: Matrix<Double>? = nil, decoded: Matrix<Double>? = nil, attribute: [Double]? = nil
  ) throws {
    let given = [("latents", latents?.rowCount), ("decoded", decoded?.rowCount), ("attribute", attribute?.count)]
      .compactMap { name, count in count.map { (name, $0) } }
    guard let first = given.first else { throw AnalysisError.tooFew("courses", count: 0, minimum: 1) }
    guard first.1 >= 3 else { throw AnalysisError.tooFew("places", count: first.1, minimum: 3) }
    for (name, count) in given where count != first.1 {
      throw AnalysisError.sizeMismatch("number of places of \(name)", size: "\(count)", expected: "\(first.1)")
    }
    for matrix in [latents, decoded] { try matrix?.requireFinite() }
    for value in attribute ?? [] where !value.isFinite {
      throw AnalysisError.outOfRange("attribute", value, rule: "a finite number")
    }
    (determination, monotonicity) = Self.fit(attribute ?? [])
    roughness = decoded.flatMap { decoded in
      let rows = decoded.rowArrays
      func distance(_ left: [Double], _ right: [Double]) -> Double { norm(of: zip(left, right).map { $0 - $1 }) }
      let whole = distance(rows[0], rows[rows.count - 1])
      guard whole > 0 else { return nil }
      return zip(rows, rows.dropFirst()).reduce(0) { $0 + distance($1.0, $1.1) } / whole
    }
    shellDeviations = (latents?.rowArrays ?? []).map { row in
      row.isEmpty ? 0 : norm(of: row) / Double(row.count).squareRoot() - 1
    }
  }

  private static func fit(_ values: [Double]) -> (determination: Double?, monotonicity: Double?) {
    guard let first = values.first, let last = values.last, let least = values.min(), let most = values.max(),
      most > least
    else { return (nil, nil) }
    let mean = values.reduce(0, +) / Double(values.count)
    var (rest, whole) = (0.0, 0.0)
    for (place, value) in values.enumerated() {
      let wanted = first + Double(place) / Double(values.count - 1) * (last - first)
      rest += (value - wanted) * (value - wanted)
      whole += (value - mean) * (value - mean)
    }
    let steps = zip(values, values.dropFirst()).map { $1 - $0 }
    let along = steps.count { $0 * (last - first) > 0 }
    return (1 - rest / whole, last == first ? nil : Double(along) / Double(steps.count))
  }
}
