/// What the command's exit status says.
public enum ExitStatus: Int32, Sendable, Hashable, Codable, CaseIterable {
  /// All is well.
  case ok = 0
  /// A cell failed; the rest of the report was written.
  case cellFailed = 1
  /// The notebook, or a reference in it, is wrong; nothing was measured.
  case notebookWrong = 2
  /// A check failed, or a regression was found.
  case checkFailed = 3
  /// Not reproducible, or stale.
  case notReproducible = 4
  /// There were warnings, under `--strict`.
  case warnings = 5
  /// The command line is wrong.
  case usage = 64
  /// An input is missing or damaged.
  case inputDamaged = 66
  /// A defect of Fieldbook's own.
  case internalError = 70
  /// Something could not be written.
  case cannotWrite = 73
  /// Another run holds the lock.
  case locked = 75
  /// Interrupted.
  case interrupted = 130
}
