import Analysis
import Diagnostics
import LinearAlgebra
import Networks
import Probing

/// How many directions a diffusion model keeps at each noise level, from the spectrum of its score's Jacobian.
///
/// Everything is told on the dimensionless Jacobian σ²J, whose singular values are 1 in directions normal to the data and
/// σ²/(σ² + μ²λ) along a direction of variance λ, whatever the network predicts and whichever process it was trained on.
///
/// References: ventura2024, achilli2024, stanczuk2024, kamkari2024.
public struct SpectralGap: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "spectral-gap", version: 2,
    question: "How many directions does a diffusion model keep at each noise level, and in which phase is it there?",
    citations: ["ventura2024", "achilli2024", "stanczuk2024", "kamkari2024"],
    parameters: [
      ParameterNote("network", "the score network: a source cell or an ONNX file"),
      ParameterNote("predicts", "what it predicts: noise, x0, v, score, edm or flow; default: what the source says"),
      ParameterNote("process", "its noising process: ve, vp, ddpm, edm or flow, or {kind, betas, steps, schedule}"),
      ParameterNote("inputs", "which graph input is which, where it is not clear: {x, level, output, told}"),
      ParameterNote("conditions", "what its further inputs are given: {name: numbers, rows of numbers or a source}"),
      ParameterNote("points", "clean data points to probe at: a source, or {from, count}"),
      ParameterNote("sigmas", "noise levels as standard deviations σ of x = μ x₀ + σ ε"),
      ParameterNote("times", "noise levels in the process's own time, instead of 'sigmas'"),
      ParameterNote(
        "method",
        "automatic (default: dense up to d = 1024, lanczos above), dense, lanczos, randomized, orthogonal or stanczuk"),
      ParameterNote("count", "how many directions lanczos and randomized look for below the rest; default 32"),
      ParameterNote("location", "where to differentiate: data (μ x₀, default) or noised (μ x₀ + σ ε)"),
      ParameterNote("detector", "what shows the dimension: gap (the widest, default), curvature or threshold"),
      ParameterNote("threshold", "the gap width D from which a gap counts as open; default 0.1"),
      ParameterNote("theory", "the data's factor, covariance, or variances with counts, for predictions"),
      ParameterNote("precision", "float64 (default) or float32"),
    ], exhibits: ["spectra", "gaps", "dimension", "phases", "density", "levels", "summary"])
  /// The parameters where the notebook is silent.
  public static let standard = SpectralGap(network: "", points: PointSelection(from: ""))

  /// How spectra are measured.
  public enum Method: String, ParameterChoice {
    /// The whole Jacobian where d is at most 1024, Lanczos' process on the denoiser's above.
    case automatic
    /// The whole Jacobian, by differentiation.
    case dense
    /// The largest singular values of the denoiser's Jacobian by Golub, Kahan and Lanczos' process, from products alone.
    case lanczos
    /// The same from products with a random block: a quick look.
    case randomized
    /// Central differences of the score along a random orthonormal frame.
    case orthogonal
    /// Scores at Gaussian perturbations.
    case stanczuk

    /// Up to which d the whole Jacobian is made unless told otherwise, and at most.
    static let (standardLimit, greatestLimit) = (1024, 3072)

    /// Whether the Jacobian is known by its products alone.
    var isPartial: Bool { self == .lanczos || self == .randomized }
  }

  /// Where the network is differentiated.
  public enum Location: String, ParameterChoice {
    /// At the scaled data point μ x₀.
    case data
    /// At a noised one, μ x₀ + σ ε.
    case noised
  }

  /// What shows the dimension.
  public enum Detector: String, ParameterChoice {
    /// The widest gap.
    case gap
    /// The first sharp corner.
    case curvature
    /// The count of values below half of the largest.
    case threshold

    /// What it looks at, in the words of a caption.
    var name: String {
      switch self {
      case .gap: "widest gap"
      case .curvature: "first sharp corner"
      case .threshold: "values below one half"
      }
    }

    var rule: GapDetection.Rule {
      switch self {
      case .gap: .largestGap
      case .curvature: .curvature()
      case .threshold: .threshold(fraction: 0.5)
      }
    }
  }

  /// The score network.
  public var network: SourceReference
  /// What it predicts.
  public var predicts: ScorePrediction?
  /// Its noising process.
  public var process: ProcessParameters?
  /// Which input is which.
  public var inputs: ScoreInputs?
  /// What its further inputs are given: one row for all points, or one for each.
  public var conditions: [String: ConditionParameter]?
  /// Clean data points.
  public var points: PointSelection
  /// Noise levels by σ.
  public var sigmas: [Double]?
  /// Noise levels by time.
  public var times: [Double]?
  /// How spectra are measured.
  public var method = Method.automatic
  /// How many directions are looked for where the whole Jacobian is not made.
  public var count = 32
  /// Where the network is differentiated.
  public var location = Location.data
  /// What shows the dimension.
  public var detector = Detector.gap
  /// The width from which a gap counts as open.
  public var threshold = DiffusionPhase.standardThreshold
  /// What is known of the data.
  public var theory: TheoryParameters?
  /// The precision of evaluation.
  public var precision = Precision.float64

  /// What one measurement needs.
  public struct Subject: Sendable {
    let score: ScoreNetwork
    let points: NDArray<Double>
    let levels: [DiffusionLevel]
    let theory: SpectralTheory?
    /// The method in use, never `automatic`.
    let method: Method
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if network.isEmpty { throw .missing("network", "name a network source or an ONNX file") }
    try points.validate()
    if sigmas != nil, times != nil {
      throw .rule("times", is: "given beside 'sigmas'", mustBe: "left out where 'sigmas' is given")
    }
    for (key, values) in [("sigmas", sigmas), ("times", times)] {
      guard let values else { continue }
      guard (1...1000).contains(values.count) else {
        throw .rule(key, is: "\(values.count) values long", mustBe: "from 1 to 1000 values long")
      }
    }
    for sigma in sigmas ?? [] where !(sigma > 0 && sigma.isFinite) {
      throw .rule("sigmas", is: sigma, mustBe: "above 0 and finite")
    }
    if !(threshold > 0 && threshold < 1) { throw .rule("threshold", is: threshold, mustBe: "above 0 and below 1") }
    if !(2...1024).contains(count) { throw .rule("count", is: count, mustBe: "from 2 to 1024") }
    if method == .orthogonal || method == .stanczuk, location != .data {
      throw .rule(
        "location", is: "'\(location.rawValue)'",
        mustBe: "'data' where 'method' is '\(method.rawValue)', whose probes surround the data")
    }
    try conditions?.validate()
    _ = try process?.noiseProcess()
    try theory?.validate()
  }

  /// Takes the network and the points, and fits them to each other.
  public func gather(from bench: some Bench) throws -> Subject {
    let source = try bench.network(network)
    let convention = ScoreConvention(predicts: predicts, process: process, inputs: inputs)
      .completed(by: source.convention)
    let given = try self.points.fitting(conditions?.arrays(on: bench) ?? [:], on: bench)
    let score = try convention.score(of: source.network, conditions: given)
    let points = try self.points.points(on: bench)
    let dimension = points.shape[1]
    if let wanted = score.dimension, wanted != dimension {
      throw ScoreInputError.sampleSize(expected: score.pointInput.shape, found: dimension)
    }
    try score.requireConditions(for: points.shape[0])
    guard dimension >= 2 else {
      throw BenchError.wrongShape(self.points.from.name, shape: points.shape, rule: "points × at least 2 coordinates")
    }
    return Subject(
      score: score, points: points, levels: try levels(of: score.process),
      theory: try theory?.theory(dimension: dimension, bench: bench), method: try method(for: dimension))
  }

  private func method(for dimension: Int) throws(ParameterError) -> Method {
    switch method {
    case .automatic: return dimension <= Method.standardLimit ? .dense : .lanczos
    case .dense where dimension > Method.greatestLimit:
      throw .rule(
        "method", is: "'dense' where points have \(dimension) coordinates",
        mustBe: "'lanczos' or 'randomized' above \(Method.greatestLimit)")
    default: return method
    }
  }

  /// The noise levels asked for, by rising noise, each once; where none are asked for, twelve from σ/μ = 0.01 to 10.
  private func levels(of process: NoiseProcess) throws -> [DiffusionLevel] {
    var levels: [DiffusionLevel] = []
    if let sigmas {
      for sigma in sigmas {
        levels.append(try level("sigmas") { () throws(DiffusionLevelError) in try process.level(sigma: sigma) })
      }
    } else if let times {
      for time in times {
        levels.append(try level("times") { () throws(DiffusionLevelError) in try process.level(time: time) })
      }
    } else {
      for step in 0..<12 {
        // A process in steps may not reach as far as either end.
        if let level = try? process.level(noiseToSignal: pow10(-2 + 3 * Double(step) / 11)) { levels.append(level) }
      }
    }
    guard !levels.isEmpty else {
      throw ParameterError.missing(
        "sigmas", "no noise level from σ/μ = 0.01 to 10 is within the process; say which to measure at")
    }
    levels.sort { $0.noiseToSignal < $1.noiseToSignal }
    var unique: [DiffusionLevel] = []
    for level in levels where unique.last != level { unique.append(level) }
    return unique
  }

  /// A level, or what is wrong with it under the key that asked for it.
  private func level(
    _ key: String, _ make: () throws(DiffusionLevelError) -> DiffusionLevel
  ) throws(ParameterError) -> DiffusionLevel {
    do {
      return try make()
    } catch {
      switch error {
      case .outOfRange(_, let value, let rule): throw .rule(key, is: value, mustBe: rule)
      }
    }
  }
}
