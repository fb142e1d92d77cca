import CKernels

/// The loops over elements that evaluation and differentiation are made of, for one precision.
public struct Kernels<Scalar: NetworkScalar>: Sendable {
  typealias Source = UnsafePointer<Scalar>
  typealias Target = UnsafeMutablePointer<Scalar>
  typealias Sizes = UnsafePointer<Int>

  let map: @Sendable (Int32, Int, Source, Target, Double, Double) -> Void
  let slope: @Sendable (Int32, Int, Source, Target, Double, Double) -> Void
  let binary: @Sendable (Int32, Int32, Sizes, Source, Sizes, Source, Sizes, Target) -> Void
  let weigh: @Sendable (Int32, Sizes, Source, Sizes, Source?, Sizes, Scalar, Target, Sizes, Int32) -> Void
  let copy: @Sendable (Int32, Sizes, Source, Sizes, Target, Sizes) -> Void
  let reduce: @Sendable (Int32, Int, Int, Source, Target) -> Void
  let softmax: @Sendable (Int, Int, Source, Target) -> Void
  let softmaxSlope: @Sendable (Int, Int, Int, Source, Source, Target) -> Void
  let normalize: @Sendable (Int, Int, Source, Double, Int32, Target, Target) -> Void
  let normalizeSlope: @Sendable (Int, Int, Int, Source, Source, Int32, Source, Target) -> Void
  let gather: @Sendable (Int, Int, Int, Int, Sizes, Source, Target) -> Void
  let scatter: @Sendable (Int, Int, Int, Int, Sizes, Source, Target) -> Void
  let transpose: @Sendable (Int, Int, Source, Int, Target, Int) -> Void
  let nonzeros: @Sendable (Int, Source, Int, UnsafeMutablePointer<Int>) -> Int
  let mix: @Sendable (Int, Int, Int, Int, Sizes, Sizes, UnsafePointer<Double>, Source, Target) -> Void
  let unfold: @Sendable (Int, UnsafePointer<fbk_window>, Int, Int, Source, Target, Int) -> Void
  let fold: @Sendable (Int, UnsafePointer<fbk_window>, Int, Int, Source, Int, Target) -> Void
  let spread: @Sendable (Int, UnsafePointer<fbk_window>, Int, Int, Source, Target) -> Void
  let correlate: @Sendable (Int, Int, Sizes, Int, Int, Int, Source, Source, Int, Target, Int, Int32) -> Void
  let largest: @Sendable (Int, UnsafePointer<fbk_window>, Source, Target, UnsafeMutablePointer<Int>) -> Int32
  let multiply: @Sendable (MatrixCall<Scalar>) -> Void
  let operations: OperationCalls<Scalar>
}

/// The methods of any operation as they are compiled for one precision.
struct OperationCalls<S: NetworkScalar>: Sendable {
  let values: @Sendable (any Operation, Operands<S>) throws(NodeFault) -> [Value<S>]
  let pushForward: @Sendable (any Operation, [Directions<S>?], Site<S>) throws(NodeFault) -> [Directions<S>?]
  let pullBack: @Sendable (any Operation, [Directions<S>?], Site<S>, [Bool]) throws(NodeFault) -> [Directions<S>?]
  let run: @Sendable (Evaluation, [Int], inout [Value<S>?], Set<Int>?) throws(NetworkError) -> Void
}

/// A product of two matrices in C order: result (rows × columns) = scale · left (rows × depth) · right (depth × columns).
struct MatrixCall<Scalar: NetworkScalar> {
  var rows: Int
  var columns: Int
  var depth: Int
  var scale: Scalar = 1
  var left: UnsafePointer<Scalar>
  var leftStride: Int
  var transposesLeft = false
  var right: UnsafePointer<Scalar>
  var rightStride: Int
  var transposesRight = false
  var result: UnsafeMutablePointer<Scalar>
  /// How far rows of the result lie apart; its columns where it is `nil`.
  var resultStride: Int?
  var accumulates = false
}

extension MatrixCall {
  /// Whether the right matrix fits into the cache and is read faster where it lies than it is packed.
  var isSmall: Bool {
    let step = FBK_OVERREAD
    return !transposesLeft && !transposesRight && scale == 1 && rows <= 1 << 9 && depth > 0
      && depth * columns <= 1 << 16
      && (columns >= 3 * step || columns > 0 && columns % step == 0)
  }

  /// Whether the left matrix has so few rows that packing the right one, read by rows, is a good part of the work.
  var isFlat: Bool {
    transposesRight && !transposesLeft && scale == 1 && (16...96).contains(rows) && depth >= 64 && columns >= 64
  }

  typealias Correlation = (
    Int, Int, UnsafePointer<Int>, Int, Int, Int, UnsafePointer<Scalar>, UnsafePointer<Scalar>, Int,
    UnsafeMutablePointer<Scalar>, Int, Int32
  ) -> Void
  typealias Transposition = (Int, Int, UnsafePointer<Scalar>, Int, UnsafeMutablePointer<Scalar>, Int) -> Void

  /// The transposed product, right · leftᵀ, as a correlation; only the left matrix and the result are turned.
  func correlateTransposed(_ kernel: Correlation, _ transpose: Transposition) {
    let step = resultStride ?? columns
    let offsets = (0..<depth).map { $0 * rows }
    let scratch = UnsafeMutablePointer<Scalar>.allocate(capacity: rows * (depth + columns) + FBK_OVERREAD)
    defer { scratch.deallocate() }
    let turned = scratch + rows * columns
    transpose(rows, depth, left, leftStride, turned, rows)
    if accumulates { transpose(rows, columns, result, step, scratch, rows) }
    kernel(columns, depth, offsets, 1, rows, rows, turned, right, rightStride, scratch, rows, accumulates ? 0 : 1)
    transpose(columns, rows, scratch, rows, result, step)
  }

  /// The product as a correlation in which each line of the right matrix is seen at its own shift.
  func correlate(_ kernel: Correlation) {
    let offsets = (0..<depth).map { $0 * rightStride }
    kernel(
      rows, depth, offsets, 1, columns, columns, right, left, leftStride, result, resultStride ?? columns,
      accumulates ? 0 : 1)
  }
}
