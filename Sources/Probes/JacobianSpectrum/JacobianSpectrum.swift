import Diagnostics
import LinearAlgebra
import Networks
import Probing

/// Singular values of any network's Jacobian at given points.
///
/// Shapes: points are `count × in`; the Jacobian at each is `out × in`, exact, by forward or reverse differentiation.
public struct JacobianSpectrum: Probe {
  /// What a person should know of the probe.
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
    ], exhibits: ["spectra", "eigenvalues", "summary"])
  /// The parameters where the notebook is silent.
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

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if network.isEmpty { throw .missing("network", "name a network source or an ONNX file") }
    try points.validate()
  }

  /// Takes the network and the points, and fits them to each other.
  public func gather(from bench: some Bench) throws -> Subject {
    let network = try bench.network(self.network).network
    let inputName = try network.inputName(input ?? "0")
    let outputName = try network.outputName(output ?? "0")
    guard let input = network.inputs.first(where: { $0.name == inputName }),
      let output = network.outputs.first(where: { $0.name == outputName })
    else {
      throw BenchError.wrongKind(self.network.name, expected: "a network with inputs and outputs", found: "empty")
    }
    var others: [String: NDArray<Double>] = [:]
    for (name, value) in (given ?? [:]).sorted(by: { $0.key < $1.key }) {
      let port = try network.inputName(name)
      guard port != inputName else {
        throw ParameterError.rule("given.\(name)", is: value, mustBe: "left out: the points are given to '\(port)'")
      }
      guard others[port] == nil else {
        throw ParameterError.rule("given.\(name)", is: value, mustBe: "left out: '\(port)' has a value already")
      }
      let rank = network.inputs.first { $0.name == port }?.shape.count ?? 0
      others[port] = NDArray(shape: Array(repeating: 1, count: rank), values: [value])
    }
    for port in network.inputs where port.name != inputName && others[port.name] == nil {
      throw ParameterError.missing("given.\(port.name)", "the network's input '\(port.name)' needs a value")
    }
    let flat = try points.points(on: bench)
    var shaped = flat
    if let size = input.sampleSize {
      guard size == flat.shape[1] else {
        throw ScoreInputError.sampleSize(expected: input.shape, found: flat.shape[1])
      }
      shaped = flat.reshaped(to: [flat.shape[0]] + input.shape.dropFirst().compactMap { $0 })
    }
    return Subject(network: network, input: input, output: output, points: shaped, others: others)
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> JacobianSpectrumFinding {
    let spectra =
      switch precision {
      case .float64: try JacobianSpectra(of: subject, as: Double.self)
      case .float32: try JacobianSpectra(of: subject, as: Float.self)
      }
    return JacobianSpectrumFinding(network: network.name, spectra: spectra, warnings: subject.network.warnings)
  }
}

/// What is measured of the Jacobian, point by point.
struct JacobianSpectra {
  private(set) var outputSize = 0
  private(set) var inputSize = 0
  /// Points × min(out, in), descending.
  private(set) var singularValues: [[Double]] = []
  /// Points × n, ascending; `nil` unless the Jacobian is square.
  private(set) var symmetricEigenvalues: [[Double]]?
  private(set) var symmetryDefects: [Double]?

  init<Scalar: NetworkScalar>(of subject: JacobianSpectrum.Subject, as type: Scalar.Type) throws {
    var inputs = subject.others.mapValues { $0.converted(to: type) }
    let count = subject.points.shape[0]
    var start = 0
    // The first points tell the size; then as many Jacobians are held at once as fit into 128 MB.
    var chunk = min(count, 4)
    while start < count {
      let rows = start..<min(count, start + chunk)
      inputs[subject.input.name] = subject.points.rows(rows).converted(to: type)
      let jacobians = try subject.network.jacobian(
        of: subject.output.name, withRespectTo: subject.input.name, at: inputs
      ).matrices
      try add(jacobians)
      start = rows.upperBound
      chunk = max(1, 16_000_000 / max(1, outputSize * inputSize))
    }
  }

  private mutating func add(_ jacobians: [Matrix<Double>]) throws {
    guard let first = jacobians.first else { return }
    (outputSize, inputSize) = (first.rowCount, first.columnCount)
    singularValues += try LinearAlgebra.singularValues(ofEach: jacobians)
    guard outputSize == inputSize else { return }
    symmetricEigenvalues = (symmetricEigenvalues ?? []) + (try LinearAlgebra.symmetricEigenvalues(ofEach: jacobians))
    symmetryDefects = (symmetryDefects ?? []) + jacobians.map(\.symmetryDefect)
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
