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
