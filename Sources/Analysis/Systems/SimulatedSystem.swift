import Foundation
import LinearAlgebra

/// A system whose equations are known, to be recorded as if it were measured.
///
/// Units: flows have no unit of time but their own; maps and white noise go by samples.
///
/// Laws: the same system, sampling and seed give the same recording; without noise the seed does not matter, unless the system is
/// noise itself.
///
/// References: lorenz1963, rossler1976, henon1976, sugihara2012 (coupled logistic maps), mackey1977.
public struct SimulatedSystem: Sendable, Hashable {
  /// Which equations.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Convection in three coordinates: chaotic, on two lobes.
    case lorenz
    /// A spiral that folds back onto itself: chaotic.
    case rossler
    /// A folded plane: a chaotic map.
    case henon
    /// Two species, each a logistic map, that act on each other.
    case coupledLogistic = "coupled-logistic"
    /// A scalar with memory: chaotic in as many dimensions as its delay allows.
    case mackeyGlass = "mackey-glass"
    /// Two rods in a plane, without friction.
    case doublePendulum = "double-pendulum"
    /// A circle that everything is drawn to.
    case limitCycle = "limit-cycle"
    /// Two such circles, turning at frequencies without a common measure.
    case torusFlow = "torus-flow"
    /// Independent normal numbers: no dynamics at all.
    case whiteNoise = "white-noise"
  }

  /// Which equations.
  public let kind: Kind
  /// The parameters, all of them.
  public let parameters: [String: Double]
  /// Where it starts.
  public let start: [Double]

  /// Makes a system; what is not told is as in the literature.
  ///
  /// Throws: `SystemError.unknownParameter`, `.start`, `.notFinite`; `AnalysisError.notPositive` for a delay or a length that is not.
  public init(_ kind: Kind, parameters: [String: Double] = [:], start: [Double]? = nil) throws {
    self.kind = kind
    let known = kind.standardParameters
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
      guard known[name] != nil else {
        throw SystemError.unknownParameter(name, system: kind.rawValue, known: known.keys.sorted())
      }
      guard value.isFinite else { throw SystemError.notFinite("parameter '\(name)'", value) }
      if ["delay", "length1", "length2", "mass1", "mass2"].contains(name) {
        _ = try positive("parameter '\(name)'", value)
      }
    }
    self.parameters = known.merging(parameters) { $1 }
    let start = start ?? kind.standardStart
    guard start.count == kind.unitNames.count else {
      throw SystemError.start(count: start.count, system: kind.rawValue, expected: kind.unitNames)
    }
    for (name, value) in zip(kind.unitNames, start) where !value.isFinite {
      throw SystemError.notFinite("start of '\(name)'", value)
    }
    self.start = start
  }

  /// A parameter by name; 0 for one there is not.
  subscript(name: String) -> Double { parameters[name] ?? 0 }
}

extension SimulatedSystem.Kind {
  /// The names of the coordinates.
  public var unitNames: [String] {
    switch self {
    case .lorenz, .rossler: ["x", "y", "z"]
    case .henon, .coupledLogistic, .limitCycle: ["x", "y"]
    case .mackeyGlass, .whiteNoise: ["x"]
    case .doublePendulum: ["angle1", "angle2", "speed1", "speed2"]
    case .torusFlow: ["x1", "y1", "x2", "y2"]
    }
  }

  /// Whether time is continuous.
  public var isFlow: Bool {
    switch self {
    case .henon, .coupledLogistic, .whiteNoise: false
    default: true
    }
  }

  /// The parameters where nothing is told.
  public var standardParameters: [String: Double] {
    switch self {
    case .lorenz: ["sigma": 10, "rho": 28, "beta": 8.0 / 3]
    case .rossler: ["a": 0.2, "b": 0.2, "c": 5.7]
    case .henon: ["a": 1.4, "b": 0.3]
    case .coupledLogistic: ["rateX": 3.8, "rateY": 3.5, "fromY": 0.02, "fromX": 0.1]
    case .mackeyGlass: ["beta": 0.2, "gamma": 0.1, "power": 10, "delay": 17]
    case .doublePendulum: ["mass1": 1, "mass2": 1, "length1": 1, "length2": 1, "gravity": 9.81]
    case .limitCycle: ["rate": 1, "frequency": 1]
    case .torusFlow: ["rate": 1, "frequency1": 1, "frequency2": (5.0.squareRoot() - 1) / 2]
    case .whiteNoise: [:]
    }
  }

  /// Where it starts where nothing is told.
  public var standardStart: [Double] {
    switch self {
    case .lorenz: [1, 1, 20]
    case .rossler: [1, 1, 0]
    case .henon: [0.1, 0.1]
    case .coupledLogistic: [0.4, 0.2]
    case .mackeyGlass: [1.2]
    case .doublePendulum: [2, 2, 0, 0]
    case .limitCycle: [1, 0]
    case .torusFlow: [1, 0, 1, 0]
    case .whiteNoise: [0]
    }
  }

  /// The time from one sample to the next where nothing is told.
  public var standardInterval: Double {
    switch self {
    case .lorenz, .doublePendulum, .limitCycle: 0.01
    case .rossler: 0.1
    case .torusFlow: 0.02
    default: 1
    }
  }
}
