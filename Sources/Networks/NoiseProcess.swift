import Diagnostics
import Foundation

/// A forward noising process: x = μ x₀ + σ ε with ε ~ N(0, I), at a level given by its noise or by its own time.
///
/// Range: σ > 0, μ ≥ 0. The noise-to-signal ratio σ/μ is the σ of the equivalent variance-exploding process, so it is the
/// axis on which different processes compare.
public enum NoiseProcess: Sendable, Hashable {
  /// Variance exploding: μ = 1; the network is told σ.
  case varianceExploding
  /// Variance preserving in continuous time t ∈ (0, 1]: ᾱ(t) = exp(−βmin t − (βmax − βmin) t²/2), μ = √ᾱ, σ = √(1 − ᾱ).
  case variancePreserving(betaMin: Double, betaMax: Double)
  /// Variance preserving in steps 0 ..< count: ᾱ is the running product of 1 − β.
  case denoisingDiffusion(BetaSchedule)
  /// Rectified flow: x = (1 − u) x₀ + u ε, u ∈ (0, 1); the network is told u.
  case flow

  /// The β of every step of a denoising diffusion model.
  public struct BetaSchedule: Sendable, Hashable {
    /// How β runs from first to last.
    public enum Shape: String, Sendable, Hashable, Codable, CaseIterable {
      /// Evenly in β.
      case linear
      /// Evenly in √β.
      case scaledLinear = "scaled-linear"
      /// ᾱ follows a squared cosine; the betas are capped at 0.999.
      case cosine
    }

    /// The first β.
    public let first: Double
    /// The last β.
    public let last: Double
    /// The number of steps.
    public let stepCount: Int
    /// How β runs between them.
    public let shape: Shape
    /// ᾱ after every step.
    public let signalPowers: [Double]

    /// Makes a schedule. `0 < first ≤ last < 1`, at least one step.
    public init(first: Double = 1e-4, last: Double = 0.02, stepCount: Int = 1000, shape: Shape = .linear) {
      self.first = first
      self.last = last
      self.stepCount = stepCount
      self.shape = shape
      func fraction(_ step: Int) -> Double { stepCount == 1 ? 0 : Double(step) / Double(stepCount - 1) }
      func cosinePower(_ time: Double) -> Double { pow(cos((time + 0.008) / 1.008 * .pi / 2), 2) }
      var power = 1.0
      signalPowers = (0..<stepCount).map { step in
        let beta: Double
        switch shape {
        case .linear: beta = first + (last - first) * fraction(step)
        case .scaledLinear:
          beta = pow(first.squareRoot() + (last.squareRoot() - first.squareRoot()) * fraction(step), 2)
        case .cosine:
          beta = min(
            0.999,
            1 - cosinePower(Double(step + 1) / Double(stepCount)) / cosinePower(Double(step) / Double(stepCount)))
        }
        power *= 1 - beta
        return power
      }
    }
  }

  /// The level at which the noise has standard deviation σ.
  ///
  /// A process in steps takes the step whose σ is nearest; the level returned carries that step's own σ.
  public func level(sigma: Double) throws(DiffusionLevelError) -> DiffusionLevel {
    guard sigma.isFinite, sigma > 0 else { throw .outOfRange(quantity: "sigma", value: sigma, rule: "above 0") }
    switch self {
    case .varianceExploding:
      return DiffusionLevel(time: sigma, signal: 1, sigma: sigma)
    case .variancePreserving(let betaMin, let betaMax):
      guard sigma < 1 else {
        throw .outOfRange(quantity: "sigma", value: sigma, rule: "below 1 in a variance-preserving process")
      }
      // ᾱ = 1 − σ²; solve βmin t + (βmax − βmin) t²/2 = −log ᾱ for t.
      let target = -log1p(-sigma * sigma)
      let slope = betaMax - betaMin
      let time =
        slope == 0 ? target / betaMin : 2 * target / (betaMin + (betaMin * betaMin + 2 * slope * target).squareRoot())
      guard time <= 1 + 1e-9 else {
        let largest = try level(time: 1).sigma
        throw .outOfRange(quantity: "sigma", value: sigma, rule: "at most \(largest), its value at time 1")
      }
      return DiffusionLevel(time: time, signal: (1 - sigma * sigma).squareRoot(), sigma: sigma)
    case .denoisingDiffusion(let schedule):
      let sigmas = schedule.signalPowers.map { (1 - $0).squareRoot() }
      guard let smallest = sigmas.first, let largest = sigmas.last else {
        throw .outOfRange(quantity: "steps", value: 0, rule: "at least 1")
      }
      // Half a step beyond either end still rounds to that end.
      guard sigma >= smallest * 0.5, sigma <= largest + 0.5 * (1 - largest) else {
        throw .outOfRange(
          quantity: "sigma", value: sigma, rule: "from \(smallest) to \(largest), its first and last step")
      }
      let step = sigmas.indices.min { abs(sigmas[$0] - sigma) < abs(sigmas[$1] - sigma) } ?? 0
      return try level(time: Double(step))
    case .flow:
      guard sigma < 1 else { throw .outOfRange(quantity: "sigma", value: sigma, rule: "below 1 in a flow") }
      return DiffusionLevel(time: sigma, signal: 1 - sigma, sigma: sigma)
    }
  }

  /// The level at a noise-to-signal ratio σ/μ.
  public func level(noiseToSignal ratio: Double) throws(DiffusionLevelError) -> DiffusionLevel {
    switch self {
    case .varianceExploding: try level(sigma: ratio)
    case .variancePreserving, .denoisingDiffusion: try level(sigma: ratio / (1 + ratio * ratio).squareRoot())
    case .flow: try level(sigma: ratio / (1 + ratio))
    }
  }

  /// The level at the process's own time: σ (variance exploding), t, step from 0, or u.
  public func level(time: Double) throws(DiffusionLevelError) -> DiffusionLevel {
    guard time.isFinite else { throw .outOfRange(quantity: "time", value: time, rule: "finite") }
    switch self {
    case .varianceExploding, .flow:
      return try level(sigma: time)
    case .variancePreserving(let betaMin, let betaMax):
      guard time > 0, time <= 1 + 1e-9 else {
        throw .outOfRange(quantity: "time", value: time, rule: "above 0 and at most 1")
      }
      let exponent = betaMin * time + (betaMax - betaMin) * time * time / 2
      return DiffusionLevel(time: time, signal: exp(-exponent / 2), sigma: (-expm1(-exponent)).squareRoot())
    case .denoisingDiffusion(let schedule):
      guard let step = Int(exactly: time), schedule.signalPowers.indices.contains(step) else {
        throw .outOfRange(
          quantity: "time", value: time, rule: "a whole step from 0 to \(schedule.stepCount - 1)")
      }
      let power = schedule.signalPowers[step]
      return DiffusionLevel(time: time, signal: power.squareRoot(), sigma: (1 - power).squareRoot())
    }
  }
}

/// One level of a noising process.
public struct DiffusionLevel: Sendable, Hashable, Codable {
  /// The process's own time, which is what the network is told.
  public let time: Double
  /// μ, the factor on the data.
  public let signal: Double
  /// σ, the standard deviation of the noise.
  public let sigma: Double

  /// σ/μ, the σ of the equivalent variance-exploding process.
  public var noiseToSignal: Double { sigma / signal }

  /// Makes a level.
  public init(time: Double, signal: Double, sigma: Double) {
    self.time = time
    self.signal = signal
    self.sigma = sigma
  }
}

/// A noise level that the process does not have.
public enum DiffusionLevelError: Diagnosable, Hashable {
  /// A σ or time outside the process's range.
  case outOfRange(quantity: String, value: Double, rule: String)

  /// What is the matter.
  public var message: String {
    switch self {
    case .outOfRange(let quantity, let value, let rule): "'\(quantity)' is \(value); it must be \(rule)"
    }
  }

  /// A wrong level is a fault of the notebook.
  public var status: ExitStatus { .notebookWrong }
}
