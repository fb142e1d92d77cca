import Foundation
import LinearAlgebra

extension SimulatedSystem {
  /// The system's coordinates, sampled evenly. Maps and white noise take every sample for one step.
  ///
  /// Throws: `SystemError` for a solution that leaves all bounds or takes too many steps.
  public func recording(_ sampling: SystemSampling) throws -> Recording {
    let interval = kind.isFlow ? sampling.sampleInterval : 1
    let trials = try concurrently(Array(0..<sampling.trialCount)) { trial in
      var random = SeededGenerator(seed: sampling.seed).split("process").split(trial)
      let samples = try samples(sampling, interval, isFirst: trial == 0, using: &random)
      guard sampling.observationNoise > 0 else { return samples }
      var blur = SeededGenerator(seed: sampling.seed).split("observation").split(trial)
      return samples + sampling.observationNoise * Matrix.gaussian(samples.rowCount, samples.columnCount, using: &blur)
    }
    return try Recording(
      trials.enumerated().map { Trajectory(name: "\($0.offset + 1)", samples: $0.element) }, unitNames: kind.unitNames,
      sampleInterval: interval, timeUnit: "")
  }

  private func samples(
    _ sampling: SystemSampling, _ interval: Double, isFirst: Bool, using random: inout SeededGenerator
  ) throws -> Matrix<Double> {
    let total = sampling.sampleCount + sampling.discarded
    // A hundredth aside is enough: chaos, or the time discarded, does the rest.
    let first = isFirst ? start : start.map { $0 + 0.01 * random.gaussian() }
    let push = sampling.processNoise * (kind.isFlow ? interval.squareRoot() : 1)
    let whole: Matrix<Double>
    switch equations {
    case .noise: whole = Matrix.gaussian(total, 1, using: &random)
    case .map(let map):
      var (state, entries) = (first, first)
      for sample in 1..<max(1, total) {
        state = map(state)
        if push > 0 { state = state.map { $0 + push * random.gaussian() } }
        guard state.allSatisfy(\.isFinite) else { throw SystemError.leftAllBounds(time: Double(sample)) }
        entries += state
      }
      whole = Matrix(rowCount: total, columnCount: state.count, entries: entries)
    case .flow(let flow):
      let times = (0..<total).map { Double($0) * interval }
      if push == 0 {
        whole = try AdaptiveIntegrator().states(from: first, at: times, derivative: flow)
      } else {
        whole = try pushed(flow, from: first, at: times, by: push, using: &random)
      }
    case .delayed(let flow, let delay):
      whole = try remembered(flow, delay: delay, from: first[0], total, interval, by: push, using: &random)
    }
    return whole.rows(sampling.discarded..<total)
  }

  private func pushed(
    _ flow: @escaping SystemEquations.Flow, from start: [Double], at times: [Double], by push: Double,
    using random: inout SeededGenerator
  ) throws -> Matrix<Double> {
    var stepper = try DormandPrinceStepper(AdaptiveIntegrator(), at: times[0], from: start, derivative: flow)
    var entries = start
    for time in times.dropFirst() {
      while stepper.time < time { _ = try stepper.advance(to: time) }
      try stepper.replaceState(by: stepper.state.map { $0 + push * random.gaussian() })
      entries += stepper.state
    }
    return Matrix(rowCount: times.count, columnCount: start.count, entries: entries)
  }

  /// A flow with memory: steps no longer than the delay, so that what is remembered is always known. Before the start the
  /// system stood still.
  private func remembered(
    _ flow: @escaping SystemEquations.DelayedFlow, delay: Double, from start: Double, _ total: Int, _ interval: Double,
    by push: Double, using random: inout SeededGenerator
  ) throws -> Matrix<Double> {
    let memory = DelayedMemory(before: start)
    let integrator = try AdaptiveIntegrator(greatestStep: delay)
    var stepper = try DormandPrinceStepper(integrator, at: 0, from: [start]) { time, state in
      [flow(state[0], memory.value(at: time - delay))]
    }
    var entries = [start]
    for sample in 1..<max(1, total) {
      let time = Double(sample) * interval
      while stepper.time < time {
        memory.append(try stepper.advance(to: time))
        memory.forget(before: stepper.time - 2 * delay)
      }
      if push > 0 { try stepper.replaceState(by: [stepper.state[0] + push * random.gaussian()]) }
      entries += stepper.state
    }
    return Matrix(rowCount: total, columnCount: 1, entries: entries)
  }
}
