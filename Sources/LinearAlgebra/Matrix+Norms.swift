extension Matrix {
  /// The square root of the sum of squares, without overflow or underflow on the way.
  public var frobeniusNorm: Scalar { norm(of: entries) }

  /// The largest absolute entry; 0 of an empty matrix.
  public var largestMagnitude: Scalar {
    entries.reduce(0) { Swift.max($0, abs($1)) }
  }

  /// Whether the difference's Frobenius norm is at most `tolerance` times the larger of 1 and this matrix's own norm.
  ///
  /// Conventions: matrices of different shapes, or with entries that are not finite, are never approximately equal.
  public func isApproximatelyEqual(to other: Matrix, tolerance: Scalar) -> Bool {
    guard hasShape(of: other) else { return false }
    return (self - other).frobeniusNorm <= tolerance * Swift.max(1, frobeniusNorm)
  }

  /// ‖A − Aᵀ‖ / ‖A + Aᵀ‖: 0 for a symmetric matrix, 1 where neither part prevails, infinite for an antisymmetric one.
  public var symmetryDefect: Scalar {
    precondition(rowCount == columnCount, "symmetry defect of \(shapeText)")
    let turned = transposed
    let difference = (self - turned).frobeniusNorm
    return difference == 0 ? 0 : difference / (self + turned).frobeniusNorm
  }

  /// Refuses the first entry that is not a finite number, by its row and column.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func requireFinite() throws(LinearAlgebraError) {
    let place = entries.withUnsafeBufferPointer { numbers in numbers.firstIndex { !$0.isFinite } }
    guard let place else { return }
    throw .notFinite(
      row: place / columnCount, column: place % columnCount, value: "\(entries[place])")
  }
}

/// The Euclidean norm of a vector, without overflow or underflow on the way.
@specialized(where Scalar == Float) @specialized(where Scalar == Double)
public func norm<Scalar: RealScalar>(of vector: [Scalar]) -> Scalar {
  let largest = vector.withUnsafeBufferPointer { $0.reduce(0) { Swift.max($0, abs($1)) } }
  guard largest > 0, largest.isFinite else { return vector.contains { $0.isNaN } ? .nan : largest }
  let sum = vector.withUnsafeBufferPointer { numbers in
    numbers.reduce(Scalar(0)) { (total: Scalar, entry: Scalar) in
      let scaled = entry / largest
      return total + scaled * scaled
    }
  }
  return largest * sum.squareRoot()
}
