import Checkpoints

/// Inputs with the outputs that a network must give for them, as `checkpoints/recipes/export.py` records them.
///
/// The archive's members are `k/part/NAME` for pairs k from 0; the parts are `input`, `output`, `output64`, `direction` and
/// `jvp`. They stand in the order of the module's ports.
public struct ProbePairs: Sendable {
  /// One evaluation of the module, and its derivative if that was recorded.
  struct Pair: Sendable {
    var inputs: [Tensor] = []
    var outputs: [Tensor] = []
    var wideOutputs: [Tensor] = []
    var directions: [Tensor] = []
    var products: [Tensor] = []
  }

  let pairs: [Pair]

  /// Reads the pairs of a `.probe.npz` file.
  ///
  /// Throws: ``NetworkError/probe(reason:)``.
  public init(decoding bytes: Bytes) throws(NetworkError) {
    let tensors: [Tensor]
    do throws(CheckpointError) {
      tensors = try Checkpoint(decoding: bytes).tensors
    } catch {
      throw .probe(reason: error.message)
    }
    var pairs: [Int: Pair] = [:]
    for tensor in tensors {
      let parts = tensor.name.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, let index = Int(parts[0]), index >= 0 else {
        throw .probe(reason: "member '\(tensor.name)' is not named 'PAIR/PART/NAME'")
      }
      let port = tensor.renamed(String(parts[2]))
      switch parts[1] {
      case "input": pairs[index, default: Pair()].inputs.append(port)
      case "output": pairs[index, default: Pair()].outputs.append(port)
      case "output64": pairs[index, default: Pair()].wideOutputs.append(port)
      case "direction": pairs[index, default: Pair()].directions.append(port)
      case "jvp": pairs[index, default: Pair()].products.append(port)
      default: throw .probe(reason: "member '\(tensor.name)' is of the unknown part '\(parts[1])'")
      }
    }
    self.pairs = pairs.sorted { $0.key < $1.key }.map(\.value)
    for (index, pair) in self.pairs.enumerated() where pair.outputs.isEmpty && pair.wideOutputs.isEmpty {
      throw .probe(reason: "pair \(index) has no outputs")
    }
    guard !self.pairs.isEmpty else { throw .probe(reason: "it holds no pairs") }
  }
}

extension Tensor {
  fileprivate func renamed(_ name: String) -> Tensor {
    Tensor(name: name, elementType: elementType, shape: shape, bytes: bytes)
  }
}

extension ProbePairs.Pair {
  /// The inputs under the network's own names: by name where all are known, else by position.
  func inputs(of network: Network) throws(NetworkError) -> [String: NDArray<Double>] {
    try Self.arrays(inputs, of: network.inputs, kind: "input")
  }

  /// Arrays under the names of a network's ports.
  static func arrays(
    _ tensors: [Tensor], of ports: [Network.Port], kind: String
  ) throws(NetworkError) -> [String: NDArray<Double>] {
    let known = Set(ports.map(\.name))
    let isNamed = tensors.allSatisfy { known.contains($0.name) }
    guard isNamed || tensors.count == ports.count else {
      throw .probe(reason: "it has \(tensors.count) \(kind)s; the network has \(ports.count)")
    }
    var arrays: [String: NDArray<Double>] = [:]
    for (index, tensor) in tensors.enumerated() {
      do throws(CheckpointError) {
        arrays[isNamed ? tensor.name : ports[index].name] = NDArray(
          shape: tensor.shape, values: try tensor.doubles())
      } catch {
        throw .probe(reason: error.message)
      }
    }
    return arrays
  }
}
