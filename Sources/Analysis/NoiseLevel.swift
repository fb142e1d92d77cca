/// One noise level of a diffusion process: `x_t = signal · x_0 + deviation · ε`.
///
/// Conventions: variance exploding has signal 1; variance preserving has signal √ᾱ and deviation √(1−ᾱ). The product
/// of the squared deviation and the score's Jacobian, σ²J, has no dimension and is the same in both where their
/// effective variances agree.
public struct NoiseLevel: Sendable, Hashable, Codable {
  /// The factor of the clean point; 1 when variance explodes.
  public let signal: Double
  /// The standard deviation σ of the noise.
  public let deviation: Double

  /// Makes a noise level.
  ///
  /// Throws: `AnalysisError.notPositive` when either is not a finite number above 0.
  public init(signal: Double = 1, deviation: Double) throws(AnalysisError) {
    self.signal = try positive("signal factor", signal)
    self.deviation = try positive("noise deviation", deviation)
  }

  /// The noise variance t of the variance-exploding process that this level is equivalent to: σ²/signal².
  public var effectiveVariance: Double {
    let ratio = deviation / signal
    return ratio * ratio
  }
}
