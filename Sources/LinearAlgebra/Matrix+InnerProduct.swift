extension Matrix {
  /// The sum of the products of all entries: tr(AᵀB).
  ///
  /// Shapes: both alike; traps where they are not.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func innerProduct(with other: Matrix) -> Scalar {
    precondition(hasShape(of: other), "inner product of \(shapeText) and \(other.shapeText)")
    return entries.withUnsafeBufferPointer { left in
      other.entries.withUnsafeBufferPointer { right in
        var sums = (Scalar(0), Scalar(0), Scalar(0), Scalar(0))
        var i = 0
        // Four sums, so that each addition need not wait for the last.
        while i + 4 <= left.count {
          sums.0 += left[i] * right[i]
          sums.1 += left[i + 1] * right[i + 1]
          sums.2 += left[i + 2] * right[i + 2]
          sums.3 += left[i + 3] * right[i + 3]
          i += 4
        }
        while i < left.count {
          sums.0 += left[i] * right[i]
          i += 1
        }
        return (sums.0 + sums.1) + (sums.2 + sums.3)
      }
    }
  }

  /// Adds a multiple of another matrix in place.
  ///
  /// Shapes: both alike; traps where they are not.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public mutating func add(_ factor: Scalar, times other: Matrix) {
    precondition(hasShape(of: other), "sum of \(shapeText) and \(other.shapeText)")
    entries.withUnsafeMutableBufferPointer { target in
      other.entries.withUnsafeBufferPointer { source in
        for i in target.indices { target[i] += factor * source[i] }
      }
    }
  }

  /// `(A − Aᵀ)/2` of a square matrix.
  public var skewPart: Matrix {
    @specialized(where Scalar == Float) @specialized(where Scalar == Double)
    get {
      precondition(rowCount == columnCount, "skew part of \(shapeText)")
      var part = self
      for i in 0..<rowCount {
        part[i, i] = 0
        for j in 0..<i {
          let half = self[i, j] / 2 - self[j, i] / 2
          part[i, j] = half
          part[j, i] = -half
        }
      }
      return part
    }
  }
}
