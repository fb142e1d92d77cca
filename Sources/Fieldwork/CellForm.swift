import Diagnostics
import Probing

/// What a cell that is not a probe may say: stored properties are its keys.
public protocol CellForm: Codable, Hashable, Sendable {
  /// The kind under which notebooks ask for it.
  static var kind: String { get }
  /// The keys where the notebook is silent.
  static var standard: Self { get }
  /// Refuses keys that make no sense.
  func validate() throws(ParameterError)
}

extension CellForm {
  /// The form with the written keys laid over `standard`, checked; and what the keys refer to.
  static func reading(_ body: WrittenValue) throws(ParameterError) -> (form: Self, references: [WrittenReference]) {
    let reading = try ParameterReader.read(Self.self, from: body, over: standard)
    do {
      try reading.value.validate()
    } catch {
      throw error.located(in: body)
    }
    return (reading.value, reading.references)
  }
}
