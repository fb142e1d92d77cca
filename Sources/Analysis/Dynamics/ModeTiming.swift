import Foundation
import LinearAlgebra

/// What an eigenvalue of a step says in time: ω = ln λ/Δt, in the recording's own unit.
///
/// Units: frequency in cycles per unit of time, rate in its inverse, half-life in it.
///
/// Conventions: the frequency is that of the principal logarithm, at most half the sampling rate; of a conjugate pair one is
/// negative.
public struct ModeTiming: Sendable, Hashable, Codable {
  /// Cycles per unit of time: Im ω/2π.
  public let frequency: Double
  /// Re ω: above 0 the mode grows. `nil` for λ = 0, which is gone after a step.
  public let growthRate: Double?
  /// The time in which the mode halves: ln 2/|Re ω|; `nil` unless it decays.
  public let halfLife: Double?
  /// The time in which the mode doubles; `nil` unless it grows.
  public let doublingTime: Double?

  /// Reads an eigenvalue of an operator that takes `stepInterval`.
  public init(eigenvalue: Complex<Double>, stepInterval: Double) {
    let modulus = eigenvalue.modulus
    frequency = eigenvalue.argument / (2 * Double.pi * stepInterval)
    guard modulus > 0 else {
      (growthRate, halfLife, doublingTime) = (nil, 0, nil)
      return
    }
    let rate = log(modulus) / stepInterval
    growthRate = rate
    halfLife = rate < 0 ? log(2) / -rate : nil
    doublingTime = rate > 0 ? log(2) / rate : nil
  }

  /// Reads a rate ω of continuous time.
  public init(rate: Complex<Double>) {
    frequency = rate.imaginary / (2 * Double.pi)
    growthRate = rate.real
    halfLife = rate.real < 0 ? log(2) / -rate.real : nil
    doublingTime = rate.real > 0 ? log(2) / rate.real : nil
  }
}
