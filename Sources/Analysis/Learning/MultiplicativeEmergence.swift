import Foundation

/// How a composition of concepts emerges when each is learned by itself: P(n, t) = (1 − (1 − p)ᵗ)ⁿ, a product of n alike courses.
///
/// Conventions: p is the chance that a concept is learned in a step, t counts steps.
///
/// Range: probabilities from 0 to 1, rising with t and falling with n.
///
/// References: okawa2023.
public struct MultiplicativeEmergence: Sendable, Hashable, Codable {
  /// How many concepts are composed: n.
  public let conceptCount: Int
  /// The chance of a step: p, from 10⁻³⁰⁰ to 1.
  public let rate: Double

  /// Makes a model.
  ///
  /// Throws: `AnalysisError.tooFew` for no concepts, `.outOfRange` for the rate.
  public init(conceptCount: Int, rate: Double) throws(AnalysisError) {
    guard conceptCount >= 1 else { throw .tooFew("concepts", count: conceptCount, minimum: 1) }
    guard (1e-300...1).contains(rate) else { throw .outOfRange("rate", rate, rule: "from 1e-300 to 1") }
    (self.conceptCount, self.rate) = (conceptCount, rate)
  }

  /// The probability that all concepts are learned after `steps`, 0 or more.
  public func probability(after steps: Double) -> Double {
    guard steps > 0 else { return 0 }
    let single = -expm1(steps * log1p(-rate))
    return exp(Double(conceptCount) * log(single))
  }

  /// The first whole number of steps after which all are learned with a probability: ⌈ln(1 − P^{1/n})/ln(1 − p)⌉.
  ///
  /// Throws: `AnalysisError.outOfRange` for a probability outside 0 to 1 or at either.
  public func emergenceTime(of probability: Double = 0.5) throws(AnalysisError) -> Double {
    guard probability > 0, probability < 1 else {
      throw .outOfRange("probability", probability, rule: "above 0 and below 1")
    }
    let missing = -expm1(log(probability) / Double(conceptCount))
    let found = max(1, (log(missing) / log1p(-rate)).rounded(.up))
    // Where the quotient is whole but for round-off, one step fewer does.
    return self.probability(after: found - 1) >= probability ? found - 1 : found
  }

  /// The rate with the least squares of differences from accuracies; `nil` where they fit none better than one that is learned before the
  /// first step or never.
  ///
  /// - Parameters:
  ///   - steps: ascending, 0 or more, one above 0.
  ///   - accuracies: one for each.
  ///
  /// Throws: `AnalysisError`.
  public static func fitted(
    conceptCount: Int, steps: [Double], accuracies: [Double]
  ) throws(AnalysisError) -> MultiplicativeEmergence? {
    guard conceptCount >= 1 else { throw .tooFew("concepts", count: conceptCount, minimum: 1) }
    try LearnTime.requireAscending(steps)
    guard accuracies.count == steps.count else {
      throw .sizeMismatch("number of accuracies", size: "\(accuracies.count)", expected: "\(steps.count), as of steps")
    }
    for value in accuracies where !value.isFinite { throw .outOfRange("accuracy", value, rule: "a finite number") }
    guard steps[0] >= 0 else { throw .outOfRange("step", steps[0], rule: "0 or more") }
    guard let first = steps.first(where: { $0 > 0 }) else { throw .tooFew("steps above 0", count: 0, minimum: 1) }
    // p = 1 − exp(−exp(u)): every u is a rate, and evenly spaced ones are courses evenly shifted in the logarithm of time.
    func model(_ u: Double) -> MultiplicativeEmergence? {
      try? MultiplicativeEmergence(conceptCount: conceptCount, rate: -expm1(-exp(u)))
    }
    func loss(_ u: Double) -> Double {
      guard let model = model(u) else { return .infinity }
      return zip(steps, accuracies).reduce(0) { sum, pair in
        let difference = model.probability(after: pair.0) - pair.1
        return sum + difference * difference
      }
    }
    // Beyond these all is learned by the first step, or hardly anything by the last.
    let (low, high) = (log(1e-6) - log(steps[steps.count - 1]), log(40 + log(Double(conceptCount))) - log(first))
    let places = (0...200).map { low + (high - low) * Double($0) / 200 }
    let losses = places.map(loss)
    guard let best = losses.indices.min(by: { losses[$0] < losses[$1] }), losses[best] < losses[0],
      losses[best] < losses[200]
    else { return nil }
    let ratio = (5.0.squareRoot() - 1) / 2
    var (left, right) = (places[best - 1], places[best + 1])
    var (inner, outer) = (right - ratio * (right - left), left + ratio * (right - left))
    var (innerLoss, outerLoss) = (loss(inner), loss(outer))
    while right - left > 1e-10 {
      if innerLoss < outerLoss {
        (right, outer, outerLoss) = (outer, inner, innerLoss)
        inner = right - ratio * (right - left)
        innerLoss = loss(inner)
      } else {
        (left, inner, innerLoss) = (inner, outer, outerLoss)
        outer = left + ratio * (right - left)
        outerLoss = loss(outer)
      }
    }
    return model((left + right) / 2)
  }
}
