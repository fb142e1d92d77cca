import Foundation
import LinearAlgebra
import Networks
import Testing

/// Jacobians as maps, held against the whole matrix.
@Suite struct JacobianOperatorTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func checkpoint(_ name: String) throws -> Network {
    try Network.load(path: root.appendingPathComponent("checkpoints/\(name)/score.onnx").path)
  }

  private static func fixture(_ name: String) throws -> Network {
    try Network.load(path: root.appendingPathComponent("Tests/ProbesTests/Fixtures/\(name).onnx").path)
  }

  private static func point(_ size: Int, seed: UInt64 = 3) -> NDArray<Double> {
    var random = SeededGenerator(seed: seed)
    return NDArray(shape: [1, size], values: random.gaussians(size))
  }

  private static func matrix(_ array: NDArray<Double>) -> Matrix<Double> {
    Matrix(rowCount: array.shape[1], columnCount: array.shape[2], entries: array.values)
  }

  private static func checkEqual<Map: LinearOperator>(_ map: Map, _ whole: Matrix<Double>, _ tolerance: Double) throws {
    #expect((map.rowCount, map.columnCount) == (whole.rowCount, whole.columnCount))
    var random = SeededGenerator(seed: 1)
    for count in [0, 1, 3, 17] {
      let (v, u) = (
        Matrix<Double>.gaussian(map.columnCount, count, using: &random),
        Matrix<Double>.gaussian(map.rowCount, count, using: &random)
      )
      #expect(try map.applied(to: v).isApproximatelyEqual(to: whole * v, tolerance: tolerance))
      #expect(try map.transposeApplied(to: u).isApproximatelyEqual(to: whole.transposed * u, tolerance: tolerance))
    }
  }

  @Test(arguments: [true, false]) func isTheJacobianOfATrainedNetwork(isAlone: Bool) throws {
    let network = try Self.checkpoint("digits")
    let x = Self.point(64)
    let inputs = [network.inputs[0].name: x, network.inputs[1].name: NDArray(shape: [1], values: [40.0])]
    let whole = Self.matrix(try network.jacobian(of: "0", withRespectTo: "0", at: inputs))
    try Self.checkEqual(
      try network.jacobianOperator(of: "0", withRespectTo: "0", at: inputs, isAlone: isAlone), whole, 1e-13)
    let single = try network.jacobianOperator(
      of: "0", withRespectTo: "0", at: inputs.mapValues { $0.converted(to: Float.self) }, isAlone: isAlone)
    try Self.checkEqual(single, whole, 1e-5)
  }

  @Test func isTheJacobianOfAMapThatIsNotSquare() throws {
    for name in ["wide", "curved"] {
      let network = try Self.fixture(name)
      var inputs = [network.inputs[0].name: Self.point(network.inputs[0].sampleSize ?? 0)]
      if network.inputs.count > 1 { inputs[network.inputs[1].name] = NDArray(shape: [1], values: [2.0]) }
      let whole = Self.matrix(try network.jacobian(of: "0", withRespectTo: "0", at: inputs))
      try Self.checkEqual(try network.jacobianOperator(of: "0", withRespectTo: "0", at: inputs), whole, 1e-14)
    }
  }

  @Test func takesOnePointAndDirectionsOfItsSize() throws {
    let network = try Self.fixture("wide")
    #expect(
      throws: NetworkError.wrongInputShape(name: "x", shape: [2, 4], expected: "1×4")
    ) {
      _ = try network.jacobianOperator(of: "0", withRespectTo: "0", at: ["x": NDArray(shape: [2, 4], repeating: 0.5)])
    }
    let map = try network.jacobianOperator(of: "0", withRespectTo: "0", at: ["x": Self.point(4)])
    #expect(throws: NetworkError.wrongDirections(shape: [2, 5], expected: [1, 4])) {
      _ = try map.applied(to: .zeros(5, 2))
    }
  }

  @Test(arguments: [
    ("digits", ScorePrediction.noise, 64), ("sphere", .flow, 0), ("linear-two-variances", .edm, 0),
    ("linear-one-variance", .noise, 0),
  ])
  func scoresHaveTheirOperators(folder: String, prediction: ScorePrediction, size: Int) throws {
    let network = try Self.checkpoint(folder)
    let process: NoiseProcess =
      switch folder {
      case "digits": .denoisingDiffusion(.init())
      case "sphere": .flow
      default: .varianceExploding
      }
    let score = try ScoreNetwork(network, predicts: prediction, process: process)
    let level = try process.level(sigma: 0.3)
    let x = Self.point(score.dimension ?? size)
    let whole = Self.matrix(try score.normalizedJacobian(at: x, level: level))
    try Self.checkEqual(try score.normalizedJacobianOperator(at: x, level: level), whole, 1e-12)
    let denoiser = whole + .identity(whole.rowCount)
    try Self.checkEqual(try score.denoiserJacobianOperator(at: x, level: level), denoiser, 1e-12)
    // The spectra mirror each other up to twice the norm of the skew part.
    let (p, s) = (try singularValues(of: denoiser), try singularValues(of: whole))
    let skew = try singularValues(of: 0.5 * (whole - whole.transposed))[0]
    #expect(zip(p, s.reversed()).allSatisfy { abs($0 - (1 - $1)) <= 2 * skew + 1e-12 || $1 > 1 })
    // And the largest ones are found without the matrix.
    var random = SeededGenerator(seed: 1)
    let found = try GolubKahanLanczos(
      of: score.denoiserJacobianOperator(at: x, level: level), count: 10, tolerance: 1e-10, using: &random)
    #expect(found.hasConverged)
    #expect(zip(found.values, p).allSatisfy { abs($0 - $1) < 1e-8 })
  }

  @Test func asksForOnePointOfTheScoresSize() throws {
    let score = try ScoreNetwork(Self.checkpoint("digits"), predicts: .noise, process: .varianceExploding)
    let level = try NoiseProcess.varianceExploding.level(sigma: 0.3)
    #expect(throws: ScoreInputError.shapes(output: [], points: [2, 64])) {
      _ = try score.denoiserJacobianOperator(at: NDArray(shape: [2, 64], repeating: 0.0), level: level)
    }
    #expect(throws: ScoreInputError.sampleSize(expected: [nil, 64], found: 63)) {
      _ = try score.denoiserJacobianOperator(at: NDArray(shape: [1, 63], repeating: 0.0), level: level)
    }
  }
}
