/// Every operation that can be evaluated, by its name in ONNX.
enum OperationCatalog {
  /// Makes an operation from a node's parameters.
  typealias Builder = @Sendable (Attributes) throws -> any Operation

  private static let families: [[String: Builder]] = [
    UnaryFunction.builders, Arithmetic.builders, Comparison.builders, Selection.builders, Reshaping.builders,
    Rearrangement.builders, Gathering.builders, Conversion.builders, ShapeQuestion.builders, Generator.builders,
    MatrixProduct.builders, Reduction.builders, CumulativeSum.builders, Einsum.builders, SoftmaxOperation.builders,
    Normalization.builders, Convolution.builders, Recurrence.builders, Attention.builders, DiscreteFourier.builders,
    Determinant.builders,
    Ranking.builders, Triangle.builders, Scattering.builders, ControlFlow.builders, RandomDraw.builders,
    Padding.builders, Resizing.builders, Pooling.builders,
  ]

  static let builders: [String: Builder] = families.reduce(into: [:]) { all, family in
    all.merge(family) { first, _ in first }
  }

  static let names: [String] = builders.keys.sorted()
}
