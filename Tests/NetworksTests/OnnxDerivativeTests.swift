import LinearAlgebra
import Testing

@testable import Networks

/// Forward and reverse derivatives of every operation, on the inputs of ONNX's node tests, slightly moved so that no
/// two numbers are equal by design.
@Suite struct OnnxDerivativeTests {
  /// Cases whose inputs do not suit a difference quotient, each with its reason.
  static let exceptions: [String: String] = [
    "test_acosh_example": "an input on the edge of the domain",
    "test_mod_float_edge_cases_fmod_0_float32": "infinite inputs",
    "test_mod_float_edge_cases_fmod_0_float64": "infinite inputs",
    "test_logsoftmax_large_number": "inputs of 10000, whose rounding outweighs the step",
    "test_logsoftmax_large_number_expanded": "inputs of 10000, whose rounding outweighs the step",
    "test_logsoftmax_large_number_expanded_ver18": "inputs of 10000, whose rounding outweighs the step",
  ]

  @Test(
    arguments: OnnxConformanceTests.cases.filter { exceptions[$0.name] == nil })
  func agreesWithFiniteDifferencesAndWithItsAdjoint(_ item: OnnxCase) throws {
    let network = try item.network()
    var random = SeededGenerator(seed: 3)
    let inputs: [Value<Double>] = try item.inputs.map { tensor in
      let value: Value<Double> = try tensor.value()
      guard case .real(var array) = value else { return value }
      for index in array.values.indices {
        array.values[index] *= 1 - 1e-3 * random.uniform()
        if array.values[index] == 0 { array.values[index] = 1e-3 * random.uniform() }
      }
      return .real(array)
    }
    for (position, input) in inputs.enumerated() {
      guard case .real(let x) = input, x.count > 0 else { continue }
      for output in network.outputs.indices where isFloat(network.outputs[output]) {
        try check(item, network, inputs, x, position, output, &random)
      }
    }
  }

  private func isFloat(_ port: Network.Port) -> Bool { [.f32, .f64].contains(port.elementType) }

  private func check(
    _ item: OnnxCase, _ network: Network, _ inputs: [Value<Double>], _ x: NDArray<Double>, _ position: Int,
    _ output: Int, _ random: inout SeededGenerator
  ) throws {
    let pair = try DifferentiablePair(network, output: "\(output)", input: "\(position)")
    let given = zip(network.graph.inputs, inputs).map { (number: $0, value: $1) }
    let attempt = Result<Linearization<Double>, NetworkError> { () throws(NetworkError) in
      try pair.linearization(network, given)
    }
    if case .failure(.notDifferentiable) = attempt { return }
    let linearization = try attempt.get()
    let directions = NDArray(shape: [2] + x.shape, values: (0..<(2 * x.count)).map { _ in random.uniform() * 2 - 1 })
    let forward = try linearization.pushForward(Directions(count: 2, shape: x.shape, values: directions.values))
      .expanded(to: linearization.result.shape)
    // The middle results of the normalisations are given without derivative.
    if output > 0, forward.values.allSatisfy({ $0 == 0 }) { return }
    let step = 1e-6
    for index in 0..<2 {
      let direction = directions.rows(index..<(index + 1)).values
      func value(_ sign: Double) throws -> [Double] {
        var moved = inputs
        moved[position] = .real(NDArray(shape: x.shape, values: zip(x.values, direction).map { $0 + sign * step * $1 }))
        guard case .real(let result) = try network.evaluateValues(moved)[output] else { return [] }
        return result.values
      }
      let difference = zip(try value(1), try value(-1)).map { ($0 - $1) / (2 * step) }
      let found = forward.values[(index * difference.count)..<((index + 1) * difference.count)]
      // Rounding of the values limits what the difference quotient can show.
      let size = max(difference.map(abs).max() ?? 0, linearization.result.values.map(abs).max() ?? 0, 1e-3)
      let error = zip(found, difference).map { abs($0 - $1) }.max() ?? 0
      #expect(error <= 1e-7 * max(1, size), "\(item.name), input \(position): \(error) of \(size)")
    }
    let covector = (0..<linearization.result.count * 2).map { _ in random.uniform() * 2 - 1 }
    let back = try linearization.pullBack(Directions(count: 2, shape: linearization.result.shape, values: covector))
      .expanded(to: x.shape)
    for index in 0..<2 {
      let (n, m) = (linearization.result.count, x.count)
      let (u, v) = (covector[(index * n)..<((index + 1) * n)], directions.values[(index * m)..<((index + 1) * m)])
      let (forward, back) = (
        forward.values[(index * n)..<((index + 1) * n)], back.values[(index * m)..<((index + 1) * m)]
      )
      let terms = zip(u, forward).map { $0 * $1 }
      let defect = abs(terms.reduce(0, +) - zip(back, v).map { $0 * $1 }.reduce(0, +))
      let scale = max(terms.map(abs).reduce(0, +), 1e-3)
      #expect(defect <= 1e-12 * scale, "\(item.name), input \(position): adjoint differs by \(defect / scale)")
    }
  }
}
