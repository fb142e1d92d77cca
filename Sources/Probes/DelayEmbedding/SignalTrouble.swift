import Analysis
import Diagnostics

/// What is wrong with a signal, and which one it is.
struct SignalTrouble: Diagnosable {
  let recording: String
  let unit: String
  let error: SignalError

  init(_ recording: String, _ unit: String, _ error: SignalError) {
    (self.recording, self.unit, self.error) = (recording, unit, error)
  }

  var message: String { "unit '\(unit)' of recording '\(recording)': \(error.message)" }
  var hint: String? { error.hint }
  var status: ExitStatus { error.status }
}
