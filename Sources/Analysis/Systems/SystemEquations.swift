import Foundation

/// How a simulated system moves.
enum SystemEquations {
  typealias Flow = @Sendable (Double, [Double]) -> [Double]
  typealias Map = @Sendable ([Double]) -> [Double]
  /// The slope from the state and from its first coordinate a delay ago.
  typealias DelayedFlow = @Sendable (_ state: Double, _ delayed: Double) -> Double

  /// In continuous time.
  case flow(Flow)
  /// From sample to sample.
  case map(Map)
  /// In continuous time, with memory.
  case delayed(DelayedFlow, delay: Double)
  /// A new number at every sample.
  case noise
}

extension SimulatedSystem {
  /// The equations, with the system's parameters in them.
  var equations: SystemEquations {
    func number(_ name: String) -> Double { self[name] }
    switch kind {
    case .lorenz:
      let (sigma, rho, beta) = (number("sigma"), number("rho"), number("beta"))
      return .flow { _, s in [sigma * (s[1] - s[0]), s[0] * (rho - s[2]) - s[1], s[0] * s[1] - beta * s[2]] }
    case .rossler:
      let (a, b, c) = (number("a"), number("b"), number("c"))
      return .flow { _, s in [-s[1] - s[2], s[0] + a * s[1], b + s[2] * (s[0] - c)] }
    case .henon:
      let (a, b) = (number("a"), number("b"))
      return .map { s in [1 - a * s[0] * s[0] + s[1], b * s[0]] }
    case .coupledLogistic:
      let (rateX, rateY) = (number("rateX"), number("rateY"))
      let (fromY, fromX) = (number("fromY"), number("fromX"))
      return .map { s in
        [s[0] * (rateX - rateX * s[0] - fromY * s[1]), s[1] * (rateY - rateY * s[1] - fromX * s[0])]
      }
    case .mackeyGlass:
      let (beta, gamma, power) = (number("beta"), number("gamma"), number("power"))
      return .delayed(
        { state, past in beta * past / (1 + pow(abs(past), power)) - gamma * state }, delay: number("delay"))
    case .doublePendulum:
      let (m1, m2) = (number("mass1"), number("mass2"))
      let (l1, l2, g) = (number("length1"), number("length2"), number("gravity"))
      return .flow { _, s in
        let difference = s[0] - s[1]
        let (sine, cosine) = (sin(difference), cos(difference))
        let mass = m1 + m2 * sine * sine
        let (w1, w2) = (s[2] * s[2], s[3] * s[3])
        let pull1 = -m2 * sine * (l1 * w1 * cosine + l2 * w2) - g * ((m1 + m2) * sin(s[0]) - m2 * sin(s[1]) * cosine)
        let pull2 =
          sine * ((m1 + m2) * l1 * w1 + m2 * l2 * w2 * cosine)
          + g * (m1 + m2) * (sin(s[0]) * cosine - sin(s[1]))
        return [s[2], s[3], pull1 / (l1 * mass), pull2 / (l2 * mass)]
      }
    case .limitCycle:
      let (rate, omega) = (number("rate"), 2 * Double.pi * number("frequency"))
      return .flow { _, s in
        let growth = rate * (1 - s[0] * s[0] - s[1] * s[1])
        return [growth * s[0] - omega * s[1], omega * s[0] + growth * s[1]]
      }
    case .torusFlow:
      let rate = number("rate")
      let turns = [2 * Double.pi * number("frequency1"), 2 * Double.pi * number("frequency2")]
      return .flow { _, s in
        (0..<2).flatMap { circle in
          let (x, y) = (s[2 * circle], s[2 * circle + 1])
          let growth = rate * (1 - x * x - y * y)
          return [growth * x - turns[circle] * y, turns[circle] * x + growth * y]
        }
      }
    case .whiteNoise: return .noise
    }
  }
}
