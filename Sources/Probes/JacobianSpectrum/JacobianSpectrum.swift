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
    name: "jacobian-spectrum", version: 2,
    question: "How strongly, and along how many directions, does a network's output follow its input at given points?",
    citations: ["pennington2017"],
    parameters: [
      ParameterNote("network", "the network: a source cell or an ONNX file"),
      ParameterNote("points", "where to differentiate: a source, or {from, count}"),
      ParameterNote("input", "the input to differentiate by, by name or position; default: the first"),
      ParameterNote("output", "the output to differentiate, by name or position; default: the first"),
      ParameterNote("given", "values of the other inputs: {name: number}"),
      ParameterNote(
        "method", "automatic (default: dense up to size 1024, lanczos above), dense, lanczos, randomized or density"),
      ParameterNote(
        "count", "how many of the largest values lanczos and randomized look for, or the steps of density; default 32"),
      ParameterNote("precision", "float64 (default) or float32"),
    ], exhibits: ["spectra", "eigenvalues", "density", "summary"])
  /// The parameters where the notebook is silent.
  public static let standard = JacobianSpectrum(network: "", points: PointSelection(from: ""))

  /// How singular values are found.
  public enum Method: String, ParameterChoice {
    /// From the whole matrix where its smaller side is at most 1024, by Lanczos' process above.
    case automatic
    /// From the whole matrix.
    case dense
    /// The largest few by Golub, Kahan and Lanczos' process, from products alone.
    case lanczos
    /// The largest few from products with a random block: a quick look.
    case randomized
    /// The density of all of them from Lanczos' process on random vectors.
    case density

    /// Up to which smaller side of the matrix it is made unless told otherwise, and at most.
    static let (standardLimit, greatestLimit) = (1024, 3072)
  }

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
  /// How singular values are found.
  public var method = Method.automatic
  /// How many of the largest values are looked for where the matrix is not made; of a density, the steps from each vector.
  public var count = 32
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
    if !(1...1024).contains(count) { throw .rule("count", is: count, mustBe: "from 1 to 1024") }
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
    try measure(subject, using: &random) { _ in }
  }

  /// Where the Jacobian is one by convention.
  private func kinks(_ subject: Subject) throws -> [Network.Kink] {
    func kinks<Scalar: NetworkScalar>(_ type: Scalar.Type) throws -> [Network.Kink] {
      var inputs = subject.others.mapValues { $0.converted(to: type) }
      inputs[subject.input.name] = subject.points.converted(to: type)
      return try subject.network.kinks(of: subject.output.name, withRespectTo: subject.input.name, at: inputs)
    }
    return switch precision {
    case .float64: try kinks(Double.self)
    case .float32: try kinks(Float.self)
    }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> JacobianSpectrumFinding {
    let spectra =
      switch precision {
      case .float64: try JacobianSpectra(of: self, subject, as: Double.self, using: random, progress: progress)
      case .float32: try JacobianSpectra(of: self, subject, as: Float.self, using: random, progress: progress)
      }
    return JacobianSpectrumFinding(
      network: network.name, spectra: spectra, warnings: subject.network.warnings, kinks: try kinks(subject))
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
  /// How they were found.
  private(set) var method = JacobianSpectrum.Method.dense
  /// What products alone gave at each point, and ‖J‖² there, estimated; empty where the matrix was made.
  private(set) var partial: [PartialSpectrum] = []
  private(set) var squaredNorms: [Double] = []
  /// The density, where that was asked for; ``singularValues`` are then its quantiles.
  private(set) var density: SpectralDensity?

  init<Scalar: NetworkScalar>(
    of probe: JacobianSpectrum, _ subject: JacobianSpectrum.Subject, as type: Scalar.Type,
    using random: SeededGenerator,
    progress: @escaping MeasurementProgress
  ) throws {
    let chosen = try Self.method(of: probe, subject, as: type)
    if chosen == .dense {
      try self.init(of: subject, as: type, progress: progress)
    } else if chosen == .density {
      try self.init(densityOf: subject, stepCount: probe.count, as: type, using: random, progress: progress)
    } else {
      try self.init(of: subject, by: chosen, count: probe.count, as: type, using: random, progress: progress)
    }
  }

  /// The method in use; sizes that the file leaves open show at the first point.
  private static func method<Scalar: NetworkScalar>(
    of probe: JacobianSpectrum, _ subject: JacobianSpectrum.Subject, as type: Scalar.Type
  ) throws -> JacobianSpectrum.Method {
    guard probe.method == .automatic || probe.method == .dense else { return probe.method }
    let inputSize = subject.points.shape.dropFirst().reduce(1, *)
    if inputSize <= JacobianSpectrum.Method.standardLimit { return .dense }
    let map = try subject.map(at: 0, as: type, isAlone: true)
    let size = min(map.rowCount, map.columnCount)
    if probe.method == .automatic { return size <= JacobianSpectrum.Method.standardLimit ? .dense : .lanczos }
    guard size <= JacobianSpectrum.Method.greatestLimit else {
      throw ParameterError.rule(
        "method", is: "'dense' for a Jacobian of \(map.rowCount)×\(map.columnCount)",
        mustBe: "'lanczos' or 'randomized' where both sides are above \(JacobianSpectrum.Method.greatestLimit)")
    }
    return .dense
  }

  /// Measures from products alone, point by point.
  private init<Scalar: NetworkScalar>(
    of subject: JacobianSpectrum.Subject, by method: JacobianSpectrum.Method, count: Int, as type: Scalar.Type,
    using random: SeededGenerator, progress: @escaping MeasurementProgress
  ) throws {
    self.method = method
    let points = subject.points.shape[0]
    let isSingle = type.precision == .float32
    let results = try atEachPoint(points, progress: progress) { point, advanced in
      var own = random.split(point)
      let map = try subject.map(at: point, as: type, isAlone: points == 1)
      var found =
        method == .randomized
        ? try PartialSpectrum(randomized: map, count: count, isSingle: isSingle, using: &own, progress: advanced)
        : try PartialSpectrum(lanczos: map, count: count, isSingle: isSingle, using: &own, progress: advanced)
      let norms = try StochasticNorms(of: map, using: &own)
      found.products += norms.symmetryDefect == nil ? norms.productCount : 2 * norms.productCount
      return (found, norms, map.rowCount, map.columnCount)
    }
    for (found, norms, rows, columns) in results {
      (outputSize, inputSize) = (rows, columns)
      partial.append(found)
      singularValues.append(found.values)
      squaredNorms.append(max(norms.squaredNorm, found.values.reduce(0) { $0 + $1 * $1 }))
      if let defect = norms.symmetryDefect { symmetryDefects = (symmetryDefects ?? []) + [defect] }
    }
  }

  /// Measures the density from products alone, point by point.
  private init<Scalar: NetworkScalar>(
    densityOf subject: JacobianSpectrum.Subject, stepCount: Int, as type: Scalar.Type, using random: SeededGenerator,
    progress: @escaping MeasurementProgress
  ) throws {
    method = .density
    let points = subject.points.shape[0]
    let results = try atEachPoint(points, progress: progress) { point, advanced in
      var own = random.split(point)
      let map = try subject.map(at: point, as: type, isAlone: points == 1)
      let found = try StochasticLanczosQuadrature(
        ofSingularValues: map, stepCount: stepCount, using: &own, progress: advanced)
      return (found, try StochasticNorms(of: map, using: &own), map.rowCount, map.columnCount)
    }
    for (found, norms, rows, columns) in results {
      (outputSize, inputSize) = (rows, columns)
      singularValues.append(found.quantiles)
      squaredNorms.append(found.mean { $0 * $0 }.value * Double(found.valueCount))
      if let defect = norms.symmetryDefect { symmetryDefects = (symmetryDefects ?? []) + [defect] }
    }
    density = SpectralDensity(results.map(\.0), stepCount: stepCount)
  }

  /// Measures from whole matrices.
  private init<Scalar: NetworkScalar>(
    of subject: JacobianSpectrum.Subject, as type: Scalar.Type, progress: @escaping MeasurementProgress
  ) throws {
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
      progress("\(start) of \(counted(count, "point"))")
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

extension JacobianSpectrum.Subject {
  /// The Jacobian at one of the points, as a map.
  fileprivate func map<Scalar: NetworkScalar>(
    at point: Int, as type: Scalar.Type, isAlone: Bool
  ) throws -> JacobianOperator<Scalar> {
    var inputs = others.mapValues { $0.converted(to: type) }
    inputs[input.name] = points.rows(point..<(point + 1)).converted(to: type)
    return try network.jacobianOperator(
      of: output.name, withRespectTo: input.name, at: inputs, isAlone: isAlone)
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
