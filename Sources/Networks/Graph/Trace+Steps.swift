import CKernels

/// Steps that many composed operations are made of.
extension Trace {
  func sum(_ x: Variable, _ y: Variable) throws(NodeFault) -> Variable { try apply(Arithmetic(kind: .add), x, y) }

  func difference(_ x: Variable, _ y: Variable) throws(NodeFault) -> Variable {
    try apply(Arithmetic(kind: .subtract), x, y)
  }

  func product(_ x: Variable, _ y: Variable) throws(NodeFault) -> Variable {
    try apply(Arithmetic(kind: .multiply), x, y)
  }

  func scaled(_ x: Variable, by factor: Double) throws(NodeFault) -> Variable {
    try product(x, number(factor))
  }

  /// x · y, or x · yᵀ.
  func matrixProduct(_ x: Variable, _ y: Variable, transposed: Bool = false) throws(NodeFault) -> Variable {
    try apply(MatrixProduct(transposesRight: transposed), x, y)
  }

  /// A single number that does not vary.
  func number(_ value: Double) -> Variable { Variable(.real(NDArray(shape: [], values: [S(value)]))) }

  func zeros(_ shape: [Int]) throws(NodeFault) -> Variable {
    _ = try elementCount(shape)
    return Variable(.real(NDArray(shape: shape, repeating: 0)))
  }

  func reshaped(_ x: Variable, to shape: [Int]) throws(NodeFault) -> Variable {
    x.shape == shape ? x : try apply(Reshaping(kind: .fixed(shape)), x)
  }

  func transposed(_ x: Variable, _ order: [Int]) throws(NodeFault) -> Variable {
    try apply(Rearrangement(kind: .transpose(order: order)), x)
  }

  func slice(_ x: Variable, axis: Int, _ range: Range<Int>) throws(NodeFault) -> Variable {
    guard range != 0..<x.shape[axis] else { return x }
    return try apply(
      Rearrangement(kind: .slice(starts: [range.lowerBound], ends: [range.upperBound], axes: [axis])), x)
  }

  /// Parts of given extents along an axis.
  func split(_ x: Variable, axis: Int, sizes: [Int]) throws(NodeFault) -> [Variable] {
    if sizes.count == 1 { return [x] }
    return try run(
      Rearrangement(kind: .split(axis: axis, sizes: sizes, count: nil), resultCount: sizes.count), [x])
  }

  func joined(_ parts: [Variable], axis: Int) throws(NodeFault) -> Variable {
    if let first = parts.first, parts.count == 1 { return first }
    guard let joined = try run(Rearrangement(kind: .concat(axis: axis)), parts).first else {
      throw NodeFault("there is nothing to join")
    }
    return joined
  }
}
