import Diagnostics

extension Diagnostic {
  /// What was thrown, as a diagnostic. Errors that cannot speak for themselves are defects of ours.
  public init(thrown error: any Error, at range: SourceRange? = nil, file: String? = nil) {
    if let error = error as? any Diagnosable {
      self = error.diagnostic(at: range, file: file)
    } else {
      self.init(.error, "internal error: \(error)", at: range, file: file, status: .internalError)
    }
  }
}
