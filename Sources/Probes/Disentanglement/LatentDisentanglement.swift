import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// Whether latent variables hold the sources of data apart.
///
/// Shapes: latents samples × latents, sources samples × sources, variances as latents.
public struct LatentDisentanglement: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "disentanglement", version: 2,
    question: "Does each latent variable stand for one source of the data, and each source for one latent?",
    citations: ["hsu2023", "chen2018", "eastwood2018", "kumar2018", "bonheme2023", "ross2014"],
    parameters: [
      ParameterNote("latents", "samples × latents, further axes flattened: a file, or a cell of samples or an array"),
      ParameterNote("sources", "what samples were made of: samples × sources, numbers or numbered classes"),
      ParameterNote(
        "variances",
        "of an encoder, for each sample and latent; tells active from passive latents, and means from samples"),
      ParameterNote("latentNames", "what to call the latents; default: z1, z2, …"),
      ParameterNote("sourceNames", "what to call the sources; default: s1, s2, …"),
      ParameterNote("estimator", "of information: bins (default), or neighbours for latents that are numbers"),
      ParameterNote(
        "bins", "variables of more values are binned, into so many; default: the root of samples / 20, from 4 to 20"),
      ParameterNote("neighbours", "how many the estimator of that name looks at; default 10"),
      ParameterNote("draws", "how many halves of the samples intervals come of; default 100, 0 for none"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: ["information", "scores", "table", "latents", "representations"])
  /// The parameters where the notebook is silent.
  public static let standard = LatentDisentanglement()

  /// How information is estimated.
  public enum Estimator: String, ParameterChoice {
    case bins, neighbours
  }

  /// The latent variables.
  public var latents: SourceReference = ""
  /// The sources.
  public var sources: SourceReference = ""
  /// An encoder's variances.
  public var variances: SourceReference?
  /// What to call the latents.
  public var latentNames: [String] = []
  /// What to call the sources.
  public var sourceNames: [String] = []
  /// How information is estimated.
  public var estimator = Estimator.bins
  /// Into how many bins many values are sorted.
  public var bins: Int?
  /// How many neighbours are looked at.
  public var neighbours = 10
  /// How many halves intervals come of.
  public var draws = 100
  /// Another seed than the notebook's.
  public var seed: Int?

  /// What one measurement needs.
  public struct Subject: Sendable {
    let latents: Matrix<Double>
    let sources: Matrix<Double>
    let variances: Matrix<Double>?
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if latents.isEmpty { throw .missing("latents", "name a file or a source cell of samples × latents") }
    if sources.isEmpty { throw .missing("sources", "name a file or a source cell of samples × sources") }
    for (key, names) in [("latentNames", latentNames), ("sourceNames", sourceNames)] where names.contains("") {
      throw .rule(key, is: "empty for one", mustBe: "a name for each")
    }
    let ranges: [(String, Int, ClosedRange<Int>)] = [
      ("bins", bins ?? 2, 2...1000), ("neighbours", neighbours, 1...1000), ("draws", draws, 0...10_000),
    ]
    for (key, value, range) in ranges where !range.contains(value) {
      throw .rule(key, is: value, mustBe: "from \(range.lowerBound) to \(range.upperBound)")
    }
    if draws == 1 { throw .rule("draws", is: 1, mustBe: "0, or 2 at least") }
  }

  /// Takes the arrays, whose rows correspond.
  public func gather(from bench: some Bench) throws -> Subject {
    func matrix(_ source: SourceReference) throws -> Matrix<Double> {
      let array = try PointSelection(from: source).points(on: bench)
      return Matrix(rowCount: array.shape[0], columnCount: array.shape[1], entries: array.values)
    }
    let subject = Subject(
      latents: try matrix(latents), sources: try matrix(sources),
      variances: try variances.flatMap { $0.isEmpty ? nil : try matrix($0) })
    let count = subject.latents.rowCount
    guard subject.sources.rowCount == count else {
      throw AnalysisError.sizeMismatch(
        "number of samples of '\(sources.name)'", size: "\(subject.sources.rowCount)",
        expected: "\(count), as '\(latents.name)' has")
    }
    if let variances, let given = subject.variances {
      guard given.shapeText == subject.latents.shapeText else {
        throw AnalysisError.sizeMismatch(
          "array '\(variances.name)'", size: given.shapeText,
          expected: "\(subject.latents.shapeText), as '\(latents.name)' is")
      }
      if let wrong = given.entries.first(where: { !(0...1e100).contains($0) }) {
        throw AnalysisError.outOfRange("variance of a latent", wrong, rule: "from 0 to 1e100")
      }
    }
    for (key, names, width) in [
      ("latentNames", latentNames, subject.latents.columnCount),
      ("sourceNames", sourceNames, subject.sources.columnCount),
    ] where !names.isEmpty && names.count != width {
      throw ParameterError.rule(key, is: "\(names.count) long", mustBe: "\(width) long, one for each")
    }
    return subject
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator
  ) throws -> LatentDisentanglementFinding {
    let generator = random.reseeded(by: seed)
    return try DisentanglementMeasurement(probe: self, subject: subject).finding(using: generator)
  }
}
