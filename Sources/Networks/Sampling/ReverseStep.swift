/// One step of a noising process back from a level to one with less noise: the Gaussian that the data would give it.
///
/// Given the point x at one level and the clean data x₀, the point at the other is normal around
/// `point` x + `clean` x₀ with variance `variance`.
///
/// Conventions: with μ, σ at the level left and μ′, σ′ at the level reached, α = μ/μ′ and the variance added on the way
/// forward v = σ² − α² σ′², the coefficients are α σ′²/σ² and μ′ v/σ², and the variance is σ′² v/σ². For a denoising
/// diffusion model these are the posterior mean and β̃ of its paper; for other processes the same Gaussian identity.
///
/// References: ho2020.
public struct ReverseStep: Sendable, Hashable {
  /// The factor on the point.
  public let point: Double
  /// The factor on the clean data.
  public let clean: Double
  /// The variance around that mean.
  public let variance: Double
  /// The variance added on the way forward, β of a denoising diffusion model: the other usual choice.
  public let forwardVariance: Double

  /// The step from one level to another with less noise.
  public init(from level: DiffusionLevel, to target: DiffusionLevel) {
    let ratio = level.signal / target.signal
    let (noise, rest) = (level.sigma * level.sigma, target.sigma * target.sigma)
    forwardVariance = max(0, noise - ratio * ratio * rest)
    point = ratio * rest / noise
    clean = target.signal * forwardVariance / noise
    variance = rest * forwardVariance / noise
  }
}

extension DiffusionLevel {
  /// No noise at all: where sampling ends.
  public static let clean = DiffusionLevel(time: 0, signal: 1, sigma: 0)
}
