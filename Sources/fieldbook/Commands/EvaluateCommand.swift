import ArgumentParser
import Checkpoints
import Diagnostics
import Fieldwork
import Foundation
import Networks
import Probing

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Run a network, and differentiate it, on arrays.",
    discussion: """
      Writes every output under its name, and under 'jacobian' an array of batch × output size × input size; the first axis
      of the input is taken as independent samples. Inputs and outputs go by name or by position, values inside the graph by
      the names that 'inspect --values' lists.
      """)

  @Argument(help: "An ONNX or .pt2 file, a whole PyTorch module, a recipe, or a model's folder with its config.json.")
  var network: String

  @Option(help: "An input: name=x.npy, 0=x.npz:test, or a number for every sample. May be repeated.")
  var input: [String] = []

  @Option(help: "Also a value inside the graph, by its name. May be repeated.")
  var value: [String] = []

  @Option(help: "Also the Jacobian of an output by an input: OUT/IN.")
  var jacobian: String?

  @Option(help: "First hold the network to the recorded pairs in this .probe.npz file.")
  var probe: String?

  @Option(help: "float64 or float32.")
  var precision: Precision = .float64

  @Option(help: "The .npz file to write.")
  var output: String

  @Flag(name: [.customShort("q"), .long], help: "Say nothing but errors.")
  var quiet = false

  func run() throws {
    let console = Console(isQuiet: quiet)
    try console.run(hasNotebook: false) {
      let shelf = SourceShelf(workspace: DiskWorkspace())
      let network = try shelf.network(at: self.network).network
      if let probe { console.progress("state: \(try state(of: network, recordedIn: probe).words)") }
      let slope = try jacobian.map { try ports($0, of: network) }
      let bench = SourceBench(shelf: shelf)
      var inputs: [String: NDArray<Double>] = [:]
      for pair in input {
        guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex,
          equals < pair.index(before: pair.endIndex)
        else {
          throw Refusal("'--input \(pair)' has no value", hint: "write '--input NAME=FILE.npy'")
        }
        let name = try network.inputName(String(pair[..<equals]))
        let text = String(pair[pair.index(after: equals)...])
        guard inputs[name] == nil else { throw Refusal("input '\(name)' is given twice") }
        if let number = Double(text), number.isFinite, !DiskWorkspace().exists(text) {
          let rank = network.inputs.first { $0.name == name }?.shape.count ?? 0
          inputs[name] = NDArray(shape: Array(repeating: 1, count: rank), values: [number])
        } else {
          inputs[name] = try bench.array(SourceReference(text))
        }
      }
      for port in network.inputs where inputs[port.name] == nil {
        throw Refusal("input '\(port.name)' is missing", hint: "give it with '--input \(port.name)=FILE.npy'")
      }
      let tensors: [Tensor]
      do {
        tensors =
          switch precision {
          case .float64:
            try results(network, inputs, slope, as: Double.self) {
              Tensor(name: $0, shape: $1.shape, doubles: $1.values)
            }
          case .float32:
            try results(network, inputs, slope, as: Float.self) { Tensor(name: $0, shape: $1.shape, floats: $1.values) }
          }
      } catch let error as NetworkError {
        // What goes wrong inside a graph goes wrong in its file.
        guard case .node = error else { throw error }
        throw Refusal([error.diagnostic(file: self.network)])
      }
      try Interruption.waiting { try NumPyArchive.write(tensors, to: output) }
      for tensor in tensors {
        console.progress("\(tensor.name): \(tensor.shape.map(String.init).joined(separator: "×"))")
      }
      return .ok
    }
  }

  private func results<Scalar: NetworkScalar>(
    _ network: Network, _ inputs: [String: NDArray<Double>], _ slope: (output: String, input: String)?,
    as type: Scalar.Type,
    _ tensor: (String, NDArray<Scalar>) -> Tensor
  ) throws -> [Tensor] {
    let converted = inputs.mapValues { $0.converted(to: type) }
    let repeated = repeated(converted, for: network)
    let outputs = network.outputs.map(\.name)
    let inner = try value.map { try network.valueName($0) }.filter { !outputs.contains($0) }
    let values = try network.evaluate(repeated, only: outputs + inner)
    var tensors = (outputs + Set(inner).sorted()).compactMap { name in values[name].map { tensor(name, $0) } }
    if let slope {
      let array = try network.jacobian(of: slope.output, withRespectTo: slope.input, at: repeated)
      for kink in try network.kinks(of: slope.output, withRespectTo: slope.input, at: repeated) {
        Console(isQuiet: quiet).progress("note: \(kink.sentence)")
      }
      tensors.append(tensor("jacobian", array))
    }
    return tensors
  }

  /// The names that `OUT/IN` means.
  private func ports(_ jacobian: String, of network: Network) throws -> (output: String, input: String) {
    let parts = jacobian.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
      throw Refusal(
        "'--jacobian \(jacobian)' is not of the form OUT/IN", hint: "write '--jacobian 0/0' or '--jacobian out/x'")
    }
    return (try network.outputName(parts[0]), try network.inputName(parts[1]))
  }

  /// What pairs in another place say of the network; refuses one that they contradict.
  private func state(of network: Network, recordedIn path: String) throws -> NetworkState {
    let bytes = try DiskWorkspace().bytes(at: path)
    let state: NetworkState
    do throws(NetworkError) {
      state = try NetworkState(of: network, pairs: try ProbePairs(decoding: bytes))
    } catch {
      throw Refusal([error.diagnostic(file: path)])
    }
    if let fault = state.fault { throw Refusal([fault.diagnostic(file: self.network)]) }
    return state
  }

  /// One-sample inputs repeated to the batch of the others, where the network wants one for each.
  private func repeated<Scalar: NetworkScalar>(
    _ inputs: [String: NDArray<Scalar>], for network: Network
  ) -> [String: NDArray<Scalar>] {
    let batch = inputs.values.compactMap { $0.shape.first }.max() ?? 1
    var repeated = inputs
    for port in network.inputs {
      guard let array = inputs[port.name], array.shape.first == 1, batch > 1, port.shape.first == .some(nil) else {
        continue
      }
      repeated[port.name] = NDArray(
        shape: [batch] + array.shape.dropFirst(), values: Array((0..<batch).map { _ in array.values }.joined()))
    }
    return repeated
  }
}

extension Precision: ExpressibleByArgument {}
