import CLAPACKE
import COpenBLAS

/// The routines of BLAS and LAPACK in one precision, under their common names.
///
/// LAPACK speaks of columns where `Matrix` speaks of rows. So most routines here are handed the transpose, as it lies in
/// memory, and the result is read the other way round: no entry is moved for it.
public struct LAPACKRoutines<Scalar>: Sendable {
  typealias Input = UnsafePointer<Scalar>?
  typealias Output = UnsafeMutablePointer<Scalar>?

  /// Product of matrices.
  let gemm:
    @Sendable (
      CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, Int32, Int32, Int32, Scalar, Input, Int32, Input, Int32, Scalar,
      Output, Int32
    ) -> Void
  /// Product of a matrix and a vector.
  let gemv:
    @Sendable (
      CBLAS_ORDER, CBLAS_TRANSPOSE, Int32, Int32, Scalar, Input, Int32, Input, Int32, Scalar, Output, Int32
    ) -> Void
  /// Transpose, or copy, of a matrix.
  let omatcopy: @Sendable (CBLAS_ORDER, CBLAS_TRANSPOSE, Int32, Int32, Scalar, Input, Int32, Output, Int32) -> Void
  /// Inner product of vectors.
  let dot: @Sendable (Int32, Input, Int32, Input, Int32) -> Scalar
  /// Addition of a multiple of a vector to another.
  let axpy: @Sendable (Int32, Scalar, Input, Int32, Output, Int32) -> Void
  /// Multiplication of a vector by a number.
  let scal: @Sendable (Int32, Scalar, Output, Int32) -> Void
  /// Singular values and vectors by divide and conquer.
  let gesdd: @Sendable (Int32, CChar, Int32, Int32, Output, Int32, Output, Output, Int32, Output, Int32) -> Int32
  /// Singular values and vectors by QR iteration, slower and more patient.
  let gesvd:
    @Sendable (Int32, CChar, CChar, Int32, Int32, Output, Int32, Output, Output, Int32, Output, Int32, Output) -> Int32
  /// Eigenvalues and vectors of a symmetric matrix by divide and conquer.
  let syevd: @Sendable (Int32, CChar, CChar, Int32, Output, Int32, Output) -> Int32
  /// Eigenvalues and vectors of any square matrix.
  let geev: @Sendable (Int32, CChar, CChar, Int32, Output, Int32, Output, Output, Output, Int32, Output, Int32) -> Int32
  /// Factorisation into a lower triangle and orthonormal rows.
  let gelqf: @Sendable (Int32, Int32, Int32, Output, Int32, Output) -> Int32
  /// The orthonormal rows that `gelqf` left implicit.
  let orglq: @Sendable (Int32, Int32, Int32, Int32, Output, Int32, Input) -> Int32
  /// Solution of a square system by elimination with pivots.
  let gesv: @Sendable (Int32, Int32, Int32, Output, Int32, UnsafeMutablePointer<Int32>?, Output, Int32) -> Int32
  /// Least squares of least norm by divide and conquer.
  let gelsd:
    @Sendable (
      Int32, Int32, Int32, Int32, Output, Int32, Output, Int32, Output, Scalar, UnsafeMutablePointer<Int32>?
    ) -> Int32
}

extension Float {
  /// The routines of BLAS and LAPACK in single precision.
  public static let routines = LAPACKRoutines<Float>(
    gemm: { cblas_sgemm($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) },
    gemv: { cblas_sgemv($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) },
    omatcopy: { cblas_somatcopy($0, $1, $2, $3, $4, $5, $6, $7, $8) },
    dot: { cblas_sdot($0, $1, $2, $3, $4) },
    axpy: { cblas_saxpy($0, $1, $2, $3, $4, $5) },
    scal: { cblas_sscal($0, $1, $2, $3) },
    gesdd: { LAPACKE_sgesdd($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) },
    gesvd: { LAPACKE_sgesvd($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) },
    syevd: { LAPACKE_ssyevd($0, $1, $2, $3, $4, $5, $6) },
    geev: { LAPACKE_sgeev($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) },
    gelqf: { LAPACKE_sgelqf($0, $1, $2, $3, $4, $5) },
    orglq: { LAPACKE_sorglq($0, $1, $2, $3, $4, $5, $6) },
    gesv: { LAPACKE_sgesv($0, $1, $2, $3, $4, $5, $6, $7) },
    gelsd: { LAPACKE_sgelsd($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) })
}

extension Double {
  /// The routines of BLAS and LAPACK in double precision.
  public static let routines = LAPACKRoutines<Double>(
    gemm: { cblas_dgemm($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) },
    gemv: { cblas_dgemv($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) },
    omatcopy: { cblas_domatcopy($0, $1, $2, $3, $4, $5, $6, $7, $8) },
    dot: { cblas_ddot($0, $1, $2, $3, $4) },
    axpy: { cblas_daxpy($0, $1, $2, $3, $4, $5) },
    scal: { cblas_dscal($0, $1, $2, $3) },
    gesdd: { LAPACKE_dgesdd($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) },
    gesvd: { LAPACKE_dgesvd($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) },
    syevd: { LAPACKE_dsyevd($0, $1, $2, $3, $4, $5, $6) },
    geev: { LAPACKE_dgeev($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) },
    gelqf: { LAPACKE_dgelqf($0, $1, $2, $3, $4, $5) },
    orglq: { LAPACKE_dorglq($0, $1, $2, $3, $4, $5, $6) },
    gesv: { LAPACKE_dgesv($0, $1, $2, $3, $4, $5, $6, $7) },
    gelsd: { LAPACKE_dgelsd($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) })
}

/// The order LAPACK reads memory in: columns, that is the transpose of every `Matrix`.
let columnMajor = LAPACK_COL_MAJOR

/// A job letter as LAPACK wants it.
func job(_ letter: Unicode.Scalar) -> CChar { CChar(UInt8(ascii: letter)) }

/// Sizes as LAPACK wants them; refuses what its 32-bit work space sizes cannot hold.
func lapackSizes<Scalar: RealScalar>(
  _ operation: String, of matrix: Matrix<Scalar>
) throws(LinearAlgebraError) -> (rows: Int32, columns: Int32) {
  let (rows, columns) = (matrix.rowCount, matrix.columnCount)
  let (longer, shorter) = (max(rows, columns), min(rows, columns))
  // dgesdd asks for up to 4 k² + 7 k numbers of work space beside a few rows of the longer side.
  guard longer <= Int(Int32.max) / 8, shorter <= 20_000 else {
    throw .tooLarge(operation, shape: matrix.shapeText)
  }
  return (Int32(rows), Int32(columns))
}
