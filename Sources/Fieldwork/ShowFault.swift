import Diagnostics

/// What can be wrong with showing a finding.
enum ShowFault: Diagnosable, Hashable {
  /// No exhibit of that name.
  case unknownExhibit(String, known: [String])
  /// An exhibit of another kind than the cell shows.
  case wrongExhibit(String, expected: String, found: String)
  /// A value that is no number, or holds some that are none.
  case notNumbers(String)
  /// Columns of different length.
  case unequal(String, Int, String, Int)

  var message: String {
    switch self {
    case .unknownExhibit(let path, _): "unknown exhibit '\(path)'"
    case .wrongExhibit(let path, let expected, let found): "exhibit '\(path)' is \(found); it must be \(expected)"
    case .notNumbers(let path): "value '\(path)' is not a number or a list of numbers"
    case .unequal(let left, let leftCount, let right, let rightCount):
      "columns '\(left)' and '\(right)' have \(leftCount) and \(rightCount) values; they must have equally many"
    }
  }

  var hint: String? {
    switch self {
    case .unknownExhibit(let path, let known): nearMissHint(for: path, among: known)
    default: nil
    }
  }

  var status: ExitStatus { .notebookWrong }
}
