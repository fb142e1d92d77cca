extension Network {
  /// Called with the number of finished and of all parts of a computation, from any thread.
  public typealias Progress = @Sendable (_ done: Int, _ total: Int) -> Void

  /// The derivative of one output by one input at a batch of points, which are taken as independent samples.
  ///
  /// Shapes: the input is batch × …, the output batch × …; the result batch × output size × input size. Other inputs
  /// share the batch axis, or are single numbers or one row, and are then repeated for every sample.
  ///
  /// Throws: ``NetworkError``; ``NetworkError/samplesMixed(output:change:)`` when the samples are not independent.
  public func jacobian<S: NetworkScalar>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>], mode: JacobianMode = .automatic,
    progress: Progress? = nil
  ) throws(NetworkError) -> NDArray<S> {
    NDArray(shape: [0], values: [])
  }

  /// J v for a stack of directions.
  ///
  /// Shapes: directions are directions × input shape (or one direction: the input's shape); the result is
  /// directions × output shape (or the output's shape).
  ///
  /// Throws: ``NetworkError``.
  public func jacobianVectorProduct<S: NetworkScalar>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>], along directions: NDArray<S>
  ) throws(NetworkError) -> NDArray<S> {
    directions
  }

  /// Jᵀ u for a stack of directions.
  ///
  /// Shapes: directions are directions × output shape (or one direction: the output's shape); the result is
  /// directions × input shape (or the input's shape).
  ///
  /// Throws: ``NetworkError``.
  public func vectorJacobianProduct<S: NetworkScalar>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>], along directions: NDArray<S>
  ) throws(NetworkError) -> NDArray<S> {
    directions
  }

  /// How far forward and reverse differentiation disagree: |⟨u, J v⟩ − ⟨Jᵀ u, v⟩| / (‖u‖ ‖J v‖), for random u and v.
  ///
  /// Range: rounding error (about 1e-15 in double, 1e-7 in single precision) when all is well.
  ///
  /// Throws: ``NetworkError``.
  public func adjointDefect<S: NetworkScalar>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>],
    using random: inout some RandomNumberGenerator
  ) throws(NetworkError) -> Double {
    0
  }
}
