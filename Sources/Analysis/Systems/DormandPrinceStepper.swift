import Foundation

/// One accepted step, and the solution within it.
struct DenseStep: Sendable {
  let start: Double
  let end: Double
  let startState: [Double]
  /// Seven coefficients of each coordinate, one array for each power.
  let coefficients: [[Double]]

  /// The state at a time within the step.
  func state(at time: Double) -> [Double] {
    let share = (time - start) / (end - start)
    return startState.indices.map { value(of: $0, share: share) }
  }

  /// One coordinate at a time within the step.
  func value(of coordinate: Int, at time: Double) -> Double {
    value(of: coordinate, share: (time - start) / (end - start))
  }

  private func value(of coordinate: Int, share: Double) -> Double {
    var sum = 0.0
    for (index, coefficient) in coefficients.reversed().enumerated() {
      sum = (sum + coefficient[coordinate]) * (index % 2 == 0 ? share : 1 - share)
    }
    return startState[coordinate] + sum
  }
}

/// A solution on its way, step by step.
struct DormandPrinceStepper {
  private let integrator: AdaptiveIntegrator
  private let derivative: (Double, [Double]) -> [Double]
  private(set) var time: Double
  private(set) var state: [Double]
  private var slope: [Double]
  private var stepSize: Double
  private var stepCount = 0

  private static let safety = 0.9
  private static let change = 0.2...10.0

  init(
    _ integrator: AdaptiveIntegrator, at time: Double, from state: [Double],
    derivative: @escaping (Double, [Double]) -> [Double]
  ) throws(SystemError) {
    self.integrator = integrator
    self.derivative = derivative
    self.time = time
    self.state = state
    slope = derivative(time, state)
    guard slope.allSatisfy(\.isFinite) else { throw .leftAllBounds(time: time) }
    stepSize = 0
    stepSize = firstStep()
  }

  /// Takes one step, to `limit` at most.
  mutating func advance(to limit: Double) throws(SystemError) -> DenseStep {
    let least = 16 * abs(time).ulp
    var size = min(stepSize, integrator.greatestStep)
    var wasRejected = false
    while true {
      stepCount += 1
      guard stepCount <= integrator.greatestStepCount else {
        throw .tooManySteps(integrator.greatestStepCount, time: time)
      }
      guard size >= least else { throw .stepTooSmall(time: time) }
      let end = min(time + size, limit)
      let taken = end - time
      guard taken > 0 else { throw .stepTooSmall(time: time) }
      var slopes = [slope]
      var next: [Double] = []
      for stage in 1...12 {
        next = moved(by: DormandPrinceTable.stages[stage], of: slopes, over: taken)
        slopes.append(derivative(stage == 12 ? end : time + DormandPrinceTable.nodes[stage] * taken, next))
      }
      let error = errorNorm(slopes, next, over: taken)
      guard error < 1 else {
        // What is not finite asks for the smallest of steps.
        let factor = error.isFinite ? Self.safety * pow(error, -1.0 / 8) : 0
        size = taken * max(Self.change.lowerBound, factor)
        wasRejected = true
        continue
      }
      let step = dense(&slopes, next, end: end)
      let grown = error == 0 ? Self.change.upperBound : min(Self.change.upperBound, Self.safety * pow(error, -1.0 / 8))
      // A step cut short by the limit says little of how long steps may be.
      stepSize = max(end < time + size ? size : 0, taken * (wasRejected ? min(1, grown) : grown))
      (time, state, slope) = (end, next, slopes[12])
      return step
    }
  }

  /// Moves the state, as a kick does.
  mutating func replaceState(by state: [Double]) throws(SystemError) {
    self.state = state
    slope = derivative(time, state)
    guard slope.allSatisfy(\.isFinite) else { throw .leftAllBounds(time: time) }
  }

  private func moved(
    by weights: [(stage: Int, weight: Double)], of slopes: [[Double]], over taken: Double
  ) -> [Double] {
    state.indices.map { index in
      var sum = 0.0
      for (stage, weight) in weights { sum += weight * slopes[stage][index] }
      return state[index] + taken * sum
    }
  }

  private func scale(_ first: Double, _ second: Double) -> Double {
    integrator.absoluteTolerance + integrator.relativeTolerance * max(abs(first), abs(second))
  }

  private func errorNorm(_ slopes: [[Double]], _ next: [Double], over taken: Double) -> Double {
    var (third, fifth) = (0.0, 0.0)
    for index in state.indices {
      let scale = scale(state[index], next[index])
      var (low, high) = (0.0, 0.0)
      for (stage, weight) in DormandPrinceTable.errorOfThird { low += weight * slopes[stage][index] }
      for (stage, weight) in DormandPrinceTable.errorOfFifth { high += weight * slopes[stage][index] }
      third += low * low / (scale * scale)
      fifth += high * high / (scale * scale)
    }
    guard third != 0 || fifth != 0 else { return 0 }
    let error = taken * fifth / ((fifth + 0.01 * third) * Double(state.count)).squareRoot()
    return error.isNaN ? .infinity : error
  }

  private func dense(_ slopes: inout [[Double]], _ next: [Double], end: Double) -> DenseStep {
    let taken = end - time
    for stage in 13...15 {
      let place = moved(by: DormandPrinceTable.stages[stage], of: slopes, over: taken)
      slopes.append(derivative(time + DormandPrinceTable.nodes[stage] * taken, place))
    }
    let difference = zip(next, state).map { $0 - $1 }
    var coefficients = [difference]
    coefficients.append(difference.indices.map { taken * slopes[0][$0] - difference[$0] })
    coefficients.append(difference.indices.map { 2 * difference[$0] - taken * (slopes[12][$0] + slopes[0][$0]) })
    for weights in DormandPrinceTable.dense {
      coefficients.append(
        difference.indices.map { index in
          taken * weights.reduce(0) { $0 + $1.weight * slopes[$1.stage][index] }
        })
    }
    return DenseStep(start: time, end: end, startState: state, coefficients: coefficients)
  }

  /// Hairer's guess of a first step: the slope's change over a small one.
  private func firstStep() -> Double {
    func size(_ values: [Double]) -> Double {
      let squares = zip(values, state).map { value, place in
        let scaled = value / scale(place, place)
        return scaled * scaled
      }
      return (squares.reduce(0, +) / Double(max(1, squares.count))).squareRoot()
    }
    let (place, first) = (size(state), size(slope))
    let guess = place < 1e-5 || first < 1e-5 ? 1e-6 : min(0.01 * place / first, integrator.greatestStep)
    let moved = zip(state, slope).map { $0 + guess * $1 }
    let second = size(zip(derivative(time + guess, moved), slope).map { $0 - $1 }) / guess
    let bound = max(first, second)
    let next = bound <= 1e-15 ? max(1e-6, 1e-3 * guess) : pow(0.01 / bound, 1.0 / 8)
    let chosen = min(100 * guess, next, integrator.greatestStep)
    return chosen.isFinite && chosen > 0 ? chosen : 1e-6
  }
}
