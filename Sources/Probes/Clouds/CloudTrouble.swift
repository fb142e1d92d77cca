import Diagnostics
import Probing

/// What is wrong with one of the clouds, and which one it is.
struct CloudTrouble: Diagnosable {
  let name: String
  let error: any Diagnosable

  /// Adds a cloud's name to what an error says, but for parameters at fault.
  static func locating<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ParameterError {
      throw error
    } catch let error as any Diagnosable { throw CloudTrouble(name: name, error: error) }
  }

  var message: String { "cloud '\(name)': \(error.message)" }
  var hint: String? { error.hint }
  var status: ExitStatus { error.status }
}
