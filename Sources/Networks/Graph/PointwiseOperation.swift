/// The derivative of a pointwise operation by one operand.
enum Partial<S: NetworkScalar>: Sendable {
  /// The same everywhere.
  case constant(S)
  /// An array that broadcasts to the result's shape.
  case array(NDArray<S>)
}

/// An operation with one result, each element of which depends on one element of each operand (after broadcasting).
protocol PointwiseOperation: PiecewiseOperation {
  /// The derivatives by the wanted operands; `nil` where it is zero throughout.
  func partials<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Partial<S>?]
}

extension PointwiseOperation {
  func pieces<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Piece<S>] {
    let extents = site.results[0].shape
    let partials = try partials(at: site, wanted: wanted)
    return wanted.indices.compactMap { operand in
      guard wanted[operand], let partial = partials[operand] else { return nil }
      var piece = Piece<S>(
        operand: operand, extents: extents,
        operandStrides: broadcastStrides(site.operandShape(operand), to: extents),
        resultStrides: packedStrides(extents))
      switch partial {
      case .constant(let scale): piece.scale = scale
      case .array(let array):
        piece.weights = array.values
        piece.weightStrides = broadcastStrides(array.shape, to: extents)
      }
      return piece
    }
  }
}
