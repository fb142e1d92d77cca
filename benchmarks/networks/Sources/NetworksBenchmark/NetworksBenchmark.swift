import Dispatch
import Foundation
import Networks

/// Times evaluations and Jacobians of a network, one round for each line on standard input.
///
///     NetworksBenchmark forward|jacobian MODEL.onnx FOLDER BATCH
///
/// The inputs are read from FOLDER/0, FOLDER/1, … as 32-bit floats, BATCH samples each. A line `write` writes the result
/// to FOLDER/result: 32-bit floats of an evaluation, 64-bit ones of the Jacobian by the first input.
@main enum NetworksBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 4, let batch = Int(words[3]) else {
      FileHandle.standardError.write(Data("forward|jacobian MODEL.onnx FOLDER BATCH\n".utf8))
      exit(2)
    }
    let network = try Network.load(path: words[1])
    if words[0] == "forward" {
      let inputs = try inputs(of: network, in: words[2], batch: batch, Float.self)
      try rounds(folder: words[2]) { try network.evaluate(inputs)[network.outputs[0].name]?.values ?? [] }
    } else {
      let inputs = try inputs(of: network, in: words[2], batch: batch, Double.self)
      try rounds(folder: words[2]) { try network.jacobian(of: "0", withRespectTo: "0", at: inputs).values }
    }
  }

  static func inputs<S: NetworkScalar>(
    of network: Network, in folder: String, batch: Int, _ type: S.Type
  ) throws -> [String: NDArray<S>] {
    var inputs: [String: NDArray<S>] = [:]
    for (index, port) in network.inputs.enumerated() {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(index)"))
      let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      let shape = [batch] + port.shape.dropFirst().map { $0 ?? 1 }
      inputs[port.name] = NDArray(shape: shape, values: numbers).converted(to: S.self)
    }
    return inputs
  }

  static func rounds<S>(folder: String, _ body: () throws -> [S]) throws {
    while let line = readLine() {
      let start = DispatchTime.now().uptimeNanoseconds
      let result = try body()
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      if line == "write" { try result.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: "\(folder)/result")) }
      FileHandle.standardOutput.write(Data("\(seconds)\n".utf8))
    }
  }
}
