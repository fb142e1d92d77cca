import Analysis
import Diagnostics

/// What is wrong with a recording, and which one it is.
public struct RecordingTrouble: Diagnosable {
  let name: String
  let error: RecordingError

  /// Adds the recording's name to an error.
  public init(_ name: String, _ error: RecordingError) { (self.name, self.error) = (name, error) }

  /// What is the matter.
  public var message: String { "recording '\(name)': \(error.message)" }
  /// What to do about it.
  public var hint: String? { error.hint }
  /// A damaged input.
  public var status: ExitStatus { error.status }
}
