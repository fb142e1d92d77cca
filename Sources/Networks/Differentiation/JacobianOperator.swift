import Dispatch
import Foundation
import LinearAlgebra
import Synchronization

/// The derivative of one output by one input at a point, as a map on directions: the network is linearised once, and every
/// product is a pass forward or back through that linearisation.
///
/// Shapes: outputs × inputs, of one sample; blocks hold one direction a column.
///
/// Complexity: a product costs about one evaluation a direction; a block's directions pass together, in shares for the
/// processor's cores. Memory: the values of one evaluation, and the widest cut of the graph times the block.
public struct JacobianOperator<Scalar: NetworkScalar>: LinearOperator {
  /// The size of one sample of the output.
  public let rowCount: Int
  /// The size of one sample of the input.
  public let columnCount: Int
  private let linearization: Linearization<Scalar>
  /// 8 where directions make slim products, 2 where each has many places of its own.
  public let blockSize: Int
  private let shareCount: Int

  /// Rather fewer cores than fewer directions.
  private var leastShare: Int { blockSize / 2 }

  fileprivate init(_ linearization: Linearization<Scalar>, isAlone: Bool) {
    self.linearization = linearization
    shareCount = isAlone ? Processors.all : 1
    blockSize = linearization.isSlim ? 8 : 2
    rowCount = linearization.result.shape.dropFirst().reduce(1, *)
    columnCount = linearization.inputShape.dropFirst().reduce(1, *)
  }

  /// J X.
  public func applied(to block: Matrix<Double>) throws -> Matrix<Double> {
    try passed(block, from: linearization.inputShape, to: linearization.result.shape) {
      (seed) throws(NetworkError) in try linearization.pushForward(seed)
    }
  }

  /// Jᵀ X.
  public func transposeApplied(to block: Matrix<Double>) throws -> Matrix<Double> {
    try passed(block, from: linearization.result.shape, to: linearization.inputShape) {
      (seed) throws(NetworkError) in try linearization.pullBack(seed)
    }
  }

  private func passed(
    _ block: Matrix<Double>, from source: [Int], to target: [Int],
    _ pass: @Sendable (Directions<Scalar>) throws(NetworkError) -> Directions<Scalar>
  ) throws(NetworkError) -> Matrix<Double> {
    // The samples are independent, and a direction that is the same at all of them gives at the first what it gives alone.
    let row = [1] + source.dropFirst()
    let (size, targetSize) = (row.reduce(1, *), target.dropFirst().reduce(1, *))
    guard block.rowCount == size else {
      throw .wrongDirections(shape: [block.columnCount, block.rowCount], expected: Array(row))
    }
    let rows = Scalar.converting(block.transposed.entries)
    let count = block.columnCount
    let shares = max(1, min(shareCount, count / leastShare))
    let results = Mutex([Result<[Double], NetworkError>?](repeating: nil, count: shares))
    DispatchQueue.concurrentPerform(iterations: shares) { share in
      let range = (count * share / shares)..<(count * (share + 1) / shares)
      // The processors are shared out here, and not once more within a share.
      let result = Processors.$count.withValue(max(1, shareCount / shares)) {
        Result { () throws(NetworkError) -> [Double] in
          let seed = Directions(
            count: range.count, shape: row, values: Array(rows[(range.lowerBound * size)..<(range.upperBound * size)]))
          let passed = try pass(seed)
          // The first sample of each direction.
          let stride = passed.elementCount
          let first =
            stride == targetSize
            ? passed.values
            : (0..<range.count).flatMap { passed.values[($0 * stride)..<($0 * stride + targetSize)] }
          return Double.converting(first)
        }
      }
      results.withLock { $0[share] = result }
    }
    var entries: [Double] = []
    for result in results.withLock({ $0 }) { if let result { entries += try result.get() } }
    return Matrix(rowCount: count, columnCount: targetSize, entries: entries).transposed
  }
}

extension Network {
  /// The derivative of one output by one input at one point, without its matrix.
  ///
  /// Shapes: the input is 1 × …, one sample. `isAlone` says that no other work runs beside it, so that it may use all cores.
  ///
  /// Throws: ``NetworkError``.
  public func jacobianOperator<S: NetworkScalar>(
    of output: String, withRespectTo input: String, at inputs: [String: NDArray<S>], isAlone: Bool = true
  ) throws(NetworkError) -> JacobianOperator<S> {
    let pair = try DifferentiablePair(self, output: output, input: input)
    let batch = try Batch(self, inputs, axisOf: pair.inputName)
    guard let point = inputs[pair.inputName], point.shape.first == 1 else {
      throw .wrongInputShape(
        name: pair.inputName, shape: inputs[pair.inputName]?.shape ?? [],
        expected: "1×"
          + self.inputs[pair.inputIndex].shape.dropFirst().map { $0.map(String.init) ?? "…" }
          .joined(separator: "×"))
    }
    let linearization: Linearization<S> = try pair.linearization(self, try batch.values(0..<1))
    guard linearization.result.shape.first == batch.rowCount(0..<1) else {
      throw .batchMismatch(
        what: "output '\(pair.outputName)'", shape: linearization.result.shape, batch: batch.rowCount(0..<1))
    }
    return JacobianOperator(linearization, isAlone: isAlone)
  }
}
