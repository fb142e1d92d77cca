import Foundation
import LinearAlgebra

/// Signals that share some properties with another, and nothing else.
///
/// Laws: shuffles and shifts keep every value; random phases keep mean and power spectrum.
///
/// References: theiler1992, ebisuzaki1997 (random phases), thiel2006 (twins), quiroga2002 (shifts).
public enum Surrogates: String, Sendable, Hashable, Codable, CaseIterable {
  /// The same values in any order: no dynamics.
  case shuffled
  /// The same power spectrum with phases drawn anew: linear dynamics.
  case randomPhase = "random-phase"
  /// The end put before the start: the same dynamics, out of step with other signals.
  case circularShift = "circular-shift"
  /// Another run of the same dynamics: at states that cannot be told apart the future of either may follow.
  case twin

  /// The longest signal for which twins are sought: every two states are compared.
  public static let mostTwins = 5000

  /// Draws a surrogate of one trial.
  ///
  /// - Parameters:
  ///   - dimension: of twins, how many coordinates a state has.
  ///   - lag: of twins, the samples from one coordinate to the next.
  ///
  /// Throws: `SignalError.tooShort` for fewer than eight samples or no state; `AnalysisError.outOfRange` for more than `mostTwins` states.
  public func drawn(
    from values: [Double], dimension: Int = 3, lag: Int = 1, using random: inout SeededGenerator
  ) throws -> [Double] {
    guard values.count >= 8 else {
      throw SignalError.tooShort(longest: values.count, needed: 8, for: "a surrogate takes")
    }
    switch self {
    case .shuffled: return random.shuffled(values)
    case .circularShift:
      // Not so little that the two stay in step.
      let least = max(1, values.count / 20)
      let shift = least + random.index(below: values.count - 2 * least + 1)
      return Array(values[shift...] + values[..<shift])
    case .randomPhase: return randomPhases(values, using: &random)
    case .twin: return try TwinStates(of: values, dimension: dimension, lag: lag).walk(using: &random)
    }
  }

  private func randomPhases(_ values: [Double], using random: inout SeededGenerator) -> [Double] {
    let count = values.count
    let transform = FourierTransform(count: count)
    var spectrum = transform.transformed(values.map { Complex($0) })
    for index in 1..<((count + 1) / 2) {
      let size = spectrum[index].modulus
      let angle = random.uniform(0..<(2 * Double.pi))
      spectrum[index] = Complex(size * cos(angle), size * sin(angle))
      spectrum[count - index] = Complex(size * cos(angle), -size * sin(angle))
    }
    // The highest frequency of an even length is real: half of the draws turn it over.
    if count % 2 == 0, random.sign() < 0 {
      spectrum[count / 2] = Complex(-spectrum[count / 2].real, -spectrum[count / 2].imaginary)
    }
    return transform.inverted(spectrum).map(\.real)
  }
}
