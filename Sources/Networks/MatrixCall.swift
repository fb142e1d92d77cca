import CKernels
import COpenBLAS
import LinearAlgebra

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

  typealias RowProduct = (
    CBLAS_ORDER, CBLAS_TRANSPOSE, Int32, Int32, Scalar, UnsafePointer<Scalar>, Int32, UnsafePointer<Scalar>, Int32,
    Scalar, UnsafeMutablePointer<Scalar>, Int32
  ) -> Void
  typealias Product = (
    CBLAS_ORDER, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, Int32, Int32, Int32, Scalar, UnsafePointer<Scalar>, Int32,
    UnsafePointer<Scalar>, Int32, Scalar, UnsafeMutablePointer<Scalar>, Int32
  ) -> Void
  typealias Correlation = (
    Int, Int, UnsafePointer<Int>, Int, Int, Int, UnsafePointer<Scalar>, UnsafePointer<Scalar>, Int,
    UnsafeMutablePointer<Scalar>, Int, Int32
  ) -> Void
  typealias Transposition = (Int, Int, UnsafePointer<Scalar>, Int, UnsafeMutablePointer<Scalar>, Int) -> Void

  /// Multiplies by the route that suits the shapes.
  func run(row: RowProduct, general: Product, correlate kernel: Correlation, transpose: Transposition) {
    BLASThreads.useOne()
    if rows == 1 {
      // One row goes past the packing of the matrix, which would double the memory to be read.
      let (m, n) = transposesRight ? (columns, depth) : (depth, columns)
      row(
        CblasRowMajor, transposesRight ? CblasNoTrans : CblasTrans, Int32(m), Int32(n), scale, right,
        Int32(rightStride), left, transposesLeft ? Int32(leftStride) : 1, accumulates ? 1 : 0, result, 1)
    } else if isSmall {
      correlate(kernel)
    } else if isFlat {
      correlateTransposed(kernel, transpose)
    } else {
      general(
        CblasRowMajor, transposesLeft ? CblasTrans : CblasNoTrans, transposesRight ? CblasTrans : CblasNoTrans,
        Int32(rows), Int32(columns), Int32(depth), scale, left, Int32(leftStride), right, Int32(rightStride),
        accumulates ? 1 : 0, result, Int32(resultStride ?? columns))
    }
  }

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
