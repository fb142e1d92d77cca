import Checkpoints
import Diagnostics

/// The weights that lie beside the file that is read. Their name is the file's, and not to be trusted.
struct WeightsBeside {
  private let companion: Network.Companion?

  init(_ companion: Network.Companion?) { self.companion = companion }

  /// Reads the weights in a file of a name.
  func checkpoint(_ name: String) throws(NetworkError) -> Checkpoint {
    func fault(_ reason: String) -> NetworkError {
      // The name comes from a file, and goes to a terminal.
      let shown = name.unicodeScalars.prefix(200).map { $0.value < 32 || $0.value == 127 ? "?" : String($0) }
      return .weightsBeside(location: shown.joined(), reason: reason)
    }
    guard ExternalDataFolder.isPlain(name) else { throw fault("only files in the same folder are read") }
    guard let companion else { throw fault("no other file can be read here") }
    do {
      return try Checkpoint(decoding: try companion(name))
    } catch {
      throw fault(Self.reason(error))
    }
  }

  /// What is the matter, without the file's name, which is said anyway.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case CheckpointError.inFile(_, let inner): reason(inner)
    case NetworkError.file(let inner): reason(inner)
    case let error as any Diagnosable: error.message
    default: "\(error)"
    }
  }

  /// Refuses weights that a configuration has no place for: they are of another function than the one that is written.
  static func check(
    _ checkpoint: Checkpoint, areAllIn writer: DescriptionWriter, except isKnown: (String) -> Bool = { _ in false }
  ) throws(NetworkError) {
    let used = Set(writer.model.tensors.map { Array($0.name.utf8) })
    if let left = checkpoint.tensors.first(where: { !used.contains(Array($0.name.utf8)) && !isKnown($0.name) }) {
      throw .architecture(
        reason: "config.json has no place for the tensor '\(left.name.prefix(80))' of the weights",
        hint: "export the model with torch.export or ONNX")
    }
  }

  /// Reads the first of several files that is there; the first one's fault where none is.
  func first(of names: [String]) throws(NetworkError) -> (name: String, checkpoint: Checkpoint) {
    var fault: NetworkError?
    for name in names {
      do throws(NetworkError) {
        return (name, try checkpoint(name))
      } catch {
        guard case .weightsBeside(_, "no such file") = error else { throw error }
        fault = fault ?? error
      }
    }
    throw fault ?? .architecture(reason: "no weights are named", hint: nil)
  }
}
