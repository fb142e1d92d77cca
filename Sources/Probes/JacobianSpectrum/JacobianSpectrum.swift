import Diagnostics
import LinearAlgebra
import Networks
import Probing

/// Singular values of any network's Jacobian at given points.
///
/// Shapes: points are `count × in`; the Jacobian at each is `out × in`, exact, by forward or reverse differentiation.
public struct JacobianSpectrum: Probe {
  public static let card = ProbeCard(
    name: "jacobian-spectrum", version: 1,
    question: "How strongly, and along how many directions, does a network's output follow its input at given points?",
    citations: ["pennington2017"],
    parameters: [
      ParameterNote("network", "the network: a source cell or an ONNX file"),
      ParameterNote("points", "where to differentiate: a source, or {from, count}"),
      ParameterNote("input", "the input to differentiate by, by name or position; default: the first"),
      ParameterNote("output", "the output to differentiate, by name or position; default: the first"),
      ParameterNote("given", "values of the other inputs: {name: number}"),
      ParameterNote("precision", "float64 (default) or float32"),
    ])
  public static let standard = JacobianSpectrum(network: "", points: PointSelection(from: ""))

  /// The network.
  public var network: SourceReference
  /// Where to differentiate.
  public var points: PointSelection
  /// The input to differentiate by.
  public var input: String?
  /// The output to differentiate.
  public var output: String?
  /// Values of the other inputs.
  public var given: [String: Double]?
  /// The precision of evaluation and differentiation.
  public var precision: Precision = .float64

  /// What one measurement needs.
  public struct Subject: Sendable {
    let network: Network
    let input: Network.Port
    let output: Network.Port
    let points: NDArray<Double>
    let others: [String: NDArray<Double>]
  }

  public func validate() throws(ParameterError) {
    if network.isEmpty { throw .missing("network", "name a network source or an ONNX file") }
    try points.validate()
  }

  public func gather(from bench: some Bench) throws -> Subject {
    let network = try bench.network(self.network).network
    let inputName = try network.inputName(input ?? "0")
    let outputName = try network.outputName(output ?? "0")
    guard let input = network.inputs.first(where: { $0.name == inputName }),
      let output = network.outputs.first(where: { $0.name == outputName })
    else { throw BenchError.wrongKind(self.network.name, expected: "a network with inputs and outputs", found: "empty") }
    var others: [String: NDArray<Double>] = [:]
    for (name, value) in given ?? [:] {
      let port = try network.inputName(name)
      let rank = network.inputs.first { $0.name == port }?.shape.count ?? 0
      others[port] = NDArray(shape: Array(repeating: 1, count: rank), values: [value])
    }
    for port in network.inputs where port.name != inputName && others[port.name] == nil {
      throw ParameterError.missing("given.\(port.name)", "the network's input '\(port.name)' needs a value")
    }
    let flat = try points.points(on: bench)
    let sample = input.shape.dropFirst()
    let size = sample.reduce(1) { $0 * ($1 ?? 1) }
    let isFixed = sample.allSatisfy { $0 != nil }
    guard !isFixed || size == flat.shape[1] else {
      throw ScoreInputError.sampleSize(expected: input.shape, found: flat.shape[1])
    }
    let shaped = isFixed ? flat.reshaped(to: [flat.shape[0]] + sample.compactMap { $0 }) : flat
    return Subject(network: network, input: input, output: output, points: shaped, others: others)
  }

  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> JacobianSpectrumFinding {
    let jacobians =
      switch precision {
      case .float64: try jacobians(of: subject, as: Double.self)
      case .float32: try jacobians(of: subject, as: Float.self)
      }
    let isSquare = jacobians.first.map { $0.rowCount == $0.columnCount } ?? false
    return JacobianSpectrumFinding(
      network: network.name, outputSize: jacobians.first?.rowCount ?? 0, inputSize: jacobians.first?.columnCount ?? 0,
      singularValues: try singularValues(ofEach: jacobians),
      symmetricEigenvalues: isSquare ? try symmetricEigenvalues(ofEach: jacobians) : nil,
      symmetryDefects: isSquare ? jacobians.map(\.symmetryDefect) : nil,
      warnings: subject.network.warnings)
  }

  private func jacobians<Scalar: NetworkScalar>(of subject: Subject, as type: Scalar.Type) throws -> [Matrix<Double>] {
    var inputs = subject.others.mapValues { $0.converted(to: type) }
    inputs[subject.input.name] = subject.points.converted(to: type)
    return try subject.network.jacobian(
      of: subject.output.name, withRespectTo: subject.input.name, at: inputs
    ).matrices
  }
}

extension NDArray {
  /// The samples of a `batch × rows × columns` array, as matrices in double precision.
  var matrices: [Matrix<Double>] {
    let (rows, columns) = (shape[1], shape[2])
    return (0..<shape[0]).map { sample in
      Matrix(
        rowCount: rows, columnCount: columns,
        entries: values[(sample * rows * columns)..<((sample + 1) * rows * columns)].map { Double($0) })
    }
  }
}
