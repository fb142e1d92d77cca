import Diagnostics
import Foundation

/// A way from noise to samples along the noise levels of a score network.
///
/// Every sampler speaks of the clean data x̂₀ and the noise ε̂ that the network sees in a point, x = μ x̂₀ + σ ε̂, so each
/// serves any prediction and any process.
public enum Sampler: Sendable, Hashable {
  /// Ancestral sampling: every step draws from the Gaussian that the estimate of the clean data gives it.
  ///
  /// References: ho2020.
  case ancestral(Variance)
  /// Denoising diffusion implicit sampling: the noise is carried along, a share η of it drawn anew. With η = 0 only the
  /// start is random; with η = 1 it is ancestral sampling.
  ///
  /// Range: η from 0 to 1. References: song2021ddim.
  case implicit(eta: Double)
  /// Heun's method on the probability-flow equation d(x/μ)/d(σ/μ) = ε̂: second order, two evaluations per step.
  ///
  /// References: song2021, karras2022.
  case probabilityFlow
  /// Heun's method, after adding a little noise where σ/μ lies within the churn's range.
  ///
  /// References: karras2022.
  case churned(Churn)

  /// Which variance an ancestral step draws with.
  public enum Variance: String, Sendable, Hashable, Codable, CaseIterable {
    /// That of the step back given the clean data: β̃, right for data that are a point.
    case posterior
    /// That of the step forward: β, right for data that are white noise.
    case forward
  }

  /// The noise added before each step.
  public struct Churn: Sendable, Hashable, Codable {
    /// S_churn: the amount over all steps. Each adds min(S_churn / steps, √2 − 1) of σ/μ.
    public var amount: Double
    /// S_min: the least σ/μ at which noise is added.
    public var lowest: Double
    /// S_max: the greatest.
    public var highest: Double
    /// S_noise: the standard deviation of the noise added.
    public var deviation: Double

    /// Makes a churn.
    public init(amount: Double, lowest: Double = 0, highest: Double = .infinity, deviation: Double = 1) {
      self.amount = amount
      self.lowest = lowest
      self.highest = highest
      self.deviation = deviation
    }
  }
}

/// How the noise levels of a sampler are spaced.
public enum LevelSpacing: Sendable, Hashable {
  /// Evenly in the process's own time.
  case time
  /// Evenly in (σ/μ)^(1/ρ): more of them at little noise, the larger ρ.
  ///
  /// References: karras2022.
  case power(rho: Double)
}

extension NoiseProcess {
  /// The noise-to-signal ratios σ/μ between which samplers go where nothing else is said.
  ///
  /// A process in steps has its own ends; the others end where the noise is a thousandth of the data, and begin where a
  /// flow or a variance-exploding process has lost the data and where the time of a variance-preserving one is 1.
  public var samplingEnds: (lowest: Double, highest: Double) {
    switch self {
    case .varianceExploding: return (0.002, 80)
    case .flow: return (0.001, 999)
    case .variancePreserving:
      let highest = (try? level(time: 1).noiseToSignal) ?? 100
      return (min(0.001, highest / 2), highest)
    case .denoisingDiffusion(let schedule):
      func ratio(_ power: Double?) -> Double { power.map { ((1 - $0) / $0).squareRoot() } ?? 1 }
      return (ratio(schedule.signalPowers.first), ratio(schedule.signalPowers.last))
    }
  }

  /// The levels that a sampler visits, from much noise to little; the clean data follow.
  ///
  /// A process in steps visits steps: two levels that fall on the same one are visited once, so there may be fewer than
  /// asked for.
  ///
  /// - Parameters:
  ///   - count: at least 1.
  ///   - lowest: the least σ/μ; `nil` takes ``samplingEnds``.
  ///   - highest: the greatest.
  public func samplingLevels(
    count: Int, spacing: LevelSpacing, lowest: Double? = nil, highest: Double? = nil
  ) throws -> [DiffusionLevel] {
    let ends = samplingEnds
    let (low, high) = (lowest ?? ends.lowest, highest ?? ends.highest)
    guard count >= 1 else { throw SamplingError.outOfRange("steps", "\(count)", rule: "at least 1") }
    guard low > 0, high.isFinite, low < high || count == 1 && low <= high else {
      throw SamplingError.outOfRange("highest", "\(high)", rule: "above 'lowest', which is \(low), and finite")
    }
    func share(_ index: Int) -> Double { count == 1 ? 0 : Double(index) / Double(count - 1) }
    var levels: [DiffusionLevel] = []
    switch spacing {
    case .power(let rho):
      guard rho.isFinite, rho > 0 else {
        throw SamplingError.outOfRange("rho", "\(rho)", rule: "above 0 and finite")
      }
      let (first, last) = (pow(high, 1 / rho), pow(low, 1 / rho))
      for index in 0..<count {
        levels.append(try held(noiseToSignal: pow(first + share(index) * (last - first), rho), within: ends))
      }
    case .time:
      let first = try held(noiseToSignal: high, within: ends).time
      let last = try held(noiseToSignal: low, within: ends).time
      for index in 0..<count {
        let time = first + share(index) * (last - first)
        if case .denoisingDiffusion = self {
          levels.append(try level(time: time.rounded()))
        } else {
          levels.append(try level(time: time))
        }
      }
    }
    return levels.reduce(into: []) { kept, level in if kept.last != level { kept.append(level) } }
  }

  /// The level of a ratio, which rounding may have pushed past the end of a process that has one.
  func held(noiseToSignal ratio: Double, within ends: (lowest: Double, highest: Double)) throws -> DiffusionLevel {
    switch self {
    case .varianceExploding, .flow: try level(noiseToSignal: ratio)
    case .variancePreserving: try level(noiseToSignal: min(ratio, ends.highest))
    case .denoisingDiffusion: try level(noiseToSignal: min(max(ratio, ends.lowest), ends.highest))
    }
  }
}

/// What cannot be sampled, or not so.
public enum SamplingError: Diagnosable, Hashable {
  /// A setting outside of its range.
  case outOfRange(String, String, rule: String)
  /// A network whose sample size is open.
  case openSize([Int?])
  /// A sample that is no number.
  case notFinite(sigma: Double)

  /// What is the matter.
  public var message: String {
    switch self {
    case .outOfRange(let name, let value, let rule): return "'\(name)' is \(value); it must be \(rule)"
    case .openSize(let shape):
      let written = shape.map { $0.map(String.init) ?? "…" }.joined(separator: "×")
      return "network's input is \(written); the size of a sample must be known to draw one"
    case .notFinite(let sigma): return "a sample became NaN or infinite at σ = \(sigma)"
    }
  }

  /// What to do.
  public var hint: String? {
    switch self {
    case .outOfRange: nil
    case .openSize: "export the network with all axes fixed but the batch's"
    case .notFinite: "let 'highest' and 'lowest' name noise levels that the network was trained on"
    }
  }

  /// Wrong settings are a fault of the notebook.
  public var status: ExitStatus {
    switch self {
    case .outOfRange, .openSize: .notebookWrong
    case .notFinite: .cellFailed
    }
  }
}
