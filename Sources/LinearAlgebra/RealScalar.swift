/// A real number type that OpenBLAS computes in: `Float` or `Double`.
public protocol RealScalar: BinaryFloatingPoint, Sendable, Hashable, Codable, SIMDScalar {
  /// The routines of BLAS and LAPACK in this precision.
  static var routines: LAPACKRoutines<Self> { get }
}

extension Float: RealScalar {}
extension Double: RealScalar {}
