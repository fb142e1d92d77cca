import Checkpoints
import Testing

@testable import Networks

@Suite struct OnnxConformanceTests {
  /// Cases that are not reproduced, each with its reason.
  static let exceptions: [String: String] = [
    "test_not_2d": "operator set 1", "test_not_3d": "operator set 1", "test_not_4d": "operator set 1",
    "test_training_dropout": "random", "test_training_dropout_mask": "random",
    "test_training_dropout_default": "random", "test_training_dropout_default_mask": "random",
    "test_batchnorm_example_training_mode": "statistics of the batch",
    "test_batchnorm_epsilon_training_mode": "statistics of the batch",
    "test_scan_sum": "operator set 8, whose Scan has a batch axis",
    "test_averagepool_2d_ceil_last_window_starts_on_pad": "expected values of four digits",
  ]

  /// The cases that are to be reproduced.
  static let cases: [OnnxCase] = OnnxCase.all.filter { exceptions[$0.name] == nil }

  @Test func knowsAllTheCases() {
    #expect(OnnxCase.all.count == 980)
  }

  @Test(arguments: cases)
  func givesTheExpectedValues(_ item: OnnxCase) throws {
    try compare(item, Float.self, tolerance: 1e-6)
    try compare(item, Double.self, tolerance: 1e-6)
  }

  @Test func namesOnlyExceptionsThatThereAre() {
    let names = Set(OnnxCase.all.map(\.name))
    for name in Self.exceptions.keys.sorted() { #expect(names.contains(name)) }
  }

  private func compare<S: NetworkScalar>(_ item: OnnxCase, _ type: S.Type, tolerance: Double) throws {
    if let fault = try item.fault(type, tolerance: tolerance) {
      Issue.record("\(item.name) in \(S.precision): \(fault)")
    }
  }
}

extension OnnxCase {
  /// How what is evaluated differs from what is expected; `nil`: it does not.
  func fault<S: NetworkScalar>(_ type: S.Type, tolerance: Double) throws -> String? {
    let given: [Value<S>] = try inputs.map { try $0.value() }
    let found = try network().evaluateValues(given)
    guard found.count == outputs.count else { return "\(found.count) outputs instead of \(outputs.count)" }
    for (result, tensor) in zip(found, outputs) {
      let expected: Value<S> = try tensor.value()
      guard result.shape == expected.shape else { return "\(result.shape) instead of \(expected.shape)" }
      switch (result, expected) {
      case (.real(let x), .real(let y)):
        let error = scaledError(x.values, y.values)
        guard error <= tolerance else { return "a scaled error of \(error)" }
      case (.whole(let x), .whole(let y)): guard x.values == y.values else { return "other whole numbers" }
      default: return "real and whole numbers are mixed up"
      }
    }
    return nil
  }
}
