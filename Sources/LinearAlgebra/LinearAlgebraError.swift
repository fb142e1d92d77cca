import Diagnostics

/// What linear algebra refuses to compute, and why.
public enum LinearAlgebraError: Diagnosable, Hashable, Sendable {
  /// An entry is NaN or infinite. Rows and columns count from 0.
  case notFinite(row: Int, column: Int, value: String)
  /// Two shapes do not fit the operation.
  case shapeMismatch(_ operation: String, _ left: String, _ right: String)
  /// The operation is for square matrices.
  case notSquare(_ operation: String, shape: String)
  /// A row's length differs from the first one's.
  case raggedRows(row: Int, length: Int, expected: Int)
  /// An iteration ended before it reached its tolerance.
  case notConverged(_ operation: String, shape: String)
  /// A dimension is larger than LAPACK's 32-bit integers can hold.
  case tooLarge(_ operation: String, shape: String)

  /// What is the matter, with the offending sizes and values.
  public var message: String {
    switch self {
    case .notFinite(let row, let column, let value):
      "entry in row \(row), column \(column) is \(value); every entry must be a finite number"
    case .shapeMismatch(let operation, let left, let right):
      "\(operation) of \(left) and \(right): the shapes do not fit"
    case .notSquare(let operation, let shape):
      "\(operation) of a \(shape) matrix: the matrix must be square"
    case .raggedRows(let row, let length, let expected):
      "row \(row) has \(length) entries; every row must have \(expected) as the first has"
    case .notConverged(let operation, let shape):
      "\(operation) of a \(shape) matrix did not converge"
    case .tooLarge(let operation, let shape):
      "\(operation) of a \(shape) matrix: larger than LAPACK's 32-bit sizes allow"
    }
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .notFinite: "look where the first such number arises: a noise level of 0, a division, a damaged checkpoint"
    case .shapeMismatch, .notSquare, .raggedRows: nil
    case .notConverged: "scale the entries towards 1, or compute in double precision"
    case .tooLarge: "use fewer points or project to fewer dimensions first"
    }
  }

  /// A cell that meets this fails; the rest of the report stands.
  public var status: ExitStatus { .cellFailed }
}
