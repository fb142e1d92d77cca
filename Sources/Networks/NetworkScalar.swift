import CKernels
import COpenBLAS
import LinearAlgebra

/// A precision networks are evaluated in: `Float` or `Double`.
public protocol NetworkScalar: BinaryFloatingPoint & SIMDScalar & Codable & Sendable {
  /// The precision's name.
  static var precision: Precision { get }
  /// The loops over elements, compiled for this precision.
  static var kernels: Kernels<Self> { get }
}

extension NetworkScalar {
  static func converting<Other: NetworkScalar>(_ values: [Other]) -> [Self] {
    if let same = values as? [Self] { return same }
    if let singles = values as? [Float] { return singles.map { Self($0) } }
    if let doubles = values as? [Double] { return doubles.map { Self($0) } }
    return values.map { Self($0) }
  }

  // Loops over whole arrays in concrete types: the generic ones are not specialised and a hundred times slower.

  static func converting(whole values: [Int]) -> [Self] {
    if Self.self == Float.self { return values.map { Float($0) } as? [Self] ?? [] }
    return converting(values.map { Double($0) })
  }

  /// Towards zero; what is not a number becomes 0, what is too large the largest.
  static func truncating(_ values: [Self]) -> [Int] {
    Double.converting(values).map { value in
      value.isNaN ? 0 : (value >= 0x1p63 ? Int.max : (value <= -0x1p63 ? Int.min : Int(value)))
    }
  }

  /// 1 where a value is not zero, else 0.
  static func truth(_ values: [Self]) -> [Int] {
    if let singles = values as? [Float] { return singles.map { $0 != 0 ? 1 : 0 } }
    return Double.converting(values).map { $0 != 0 ? 1 : 0 }
  }
}

extension UnsafeMutablePointer where Pointee: NetworkScalar {
  /// Writes one number everywhere, by a loop compiled for the precision.
  func fill(with value: Pointee, count: Int) {
    guard count > 0 else { return }
    withUnsafePointer(to: value) { Pointee.kernels.copy(1, [count], $0, [0], self, [1]) }
  }
}

extension Float: NetworkScalar {
  /// 32 bits.
  public static var precision: Precision { .float32 }
  /// The loops in single precision.
  public static let kernels = Kernels<Float>(
    map: fbk_map_f32, slope: fbk_slope_f32, binary: fbk_binary_f32, weigh: fbk_weigh_f32, copy: fbk_copy_f32,
    reduce: fbk_reduce_f32, softmax: fbk_softmax_f32, softmaxSlope: fbk_softmax_slope_f32,
    normalize: fbk_normalize_f32, normalizeSlope: fbk_normalize_slope_f32, gather: fbk_gather_f32,
    scatter: fbk_scatter_f32, transpose: fbk_transpose_f32, nonzeros: fbk_nonzeros_f32,
    mix: fbk_mix_f32, unfold: fbk_unfold_f32, fold: fbk_fold_f32, spread: fbk_spread_f32,
    correlate: fbk_correlate_f32, largest: fbk_largest_f32,
    multiply: { call in
      call.run(
        row: cblas_sgemv, general: cblas_sgemm, correlate: fbk_correlate_f32, transpose: fbk_transpose_f32)
    },
    operations: OperationCalls(
      values: { (operation, operands) throws(NodeFault) in try operation.values(of: operands) },
      pushForward: { (operation, given, site) throws(NodeFault) in try operation.pushForward(given, at: site) },
      pullBack: { (operation, given, site, wanted) throws(NodeFault) in
        try operation.pullBack(given, at: site, wanted: wanted)
      },
      run: { (evaluation, chosen, values, keeping) throws(NetworkError) in
        try evaluation.work(off: chosen, values: &values, keeping: keeping)
      }))
}

extension Double: NetworkScalar {
  /// 64 bits.
  public static var precision: Precision { .float64 }
  /// The loops in double precision.
  public static let kernels = Kernels<Double>(
    map: fbk_map_f64, slope: fbk_slope_f64, binary: fbk_binary_f64, weigh: fbk_weigh_f64, copy: fbk_copy_f64,
    reduce: fbk_reduce_f64, softmax: fbk_softmax_f64, softmaxSlope: fbk_softmax_slope_f64,
    normalize: fbk_normalize_f64, normalizeSlope: fbk_normalize_slope_f64, gather: fbk_gather_f64,
    scatter: fbk_scatter_f64, transpose: fbk_transpose_f64, nonzeros: fbk_nonzeros_f64,
    mix: fbk_mix_f64, unfold: fbk_unfold_f64, fold: fbk_fold_f64, spread: fbk_spread_f64,
    correlate: fbk_correlate_f64, largest: fbk_largest_f64,
    multiply: { call in
      call.run(
        row: cblas_dgemv, general: cblas_dgemm, correlate: fbk_correlate_f64, transpose: fbk_transpose_f64)
    },
    operations: OperationCalls(
      values: { (operation, operands) throws(NodeFault) in try operation.values(of: operands) },
      pushForward: { (operation, given, site) throws(NodeFault) in try operation.pushForward(given, at: site) },
      pullBack: { (operation, given, site, wanted) throws(NodeFault) in
        try operation.pullBack(given, at: site, wanted: wanted)
      },
      run: { (evaluation, chosen, values, keeping) throws(NetworkError) in
        try evaluation.work(off: chosen, values: &values, keeping: keeping)
      }))
}
