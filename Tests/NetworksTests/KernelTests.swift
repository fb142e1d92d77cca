import CKernels
import Foundation
import Testing

@testable import Networks

@Suite struct KernelTests {
  private struct Function: Sendable {
    let name: String
    let kind: Int32
    let exact: @Sendable (Double) -> Double
    /// Largest error in units of the last place of the result, or of 1 where the function is computed relative to 1.
    let tolerance: Double
    var isRelativeToOne = false
  }

  private static let functions: [Function] = [
    Function(name: "exp", kind: Int32(FBK_EXP), exact: { exp($0) }, tolerance: 1.5),
    Function(name: "tanh", kind: Int32(FBK_TANH), exact: { tanh($0) }, tolerance: 2),
    Function(name: "sigmoid", kind: Int32(FBK_SIGMOID), exact: { 1 / (1 + exp(-$0)) }, tolerance: 3),
    Function(name: "erf", kind: Int32(FBK_ERF), exact: { erf($0) }, tolerance: 2.5),
    Function(name: "silu", kind: Int32(FBK_SILU), exact: { $0 / (1 + exp(-$0)) }, tolerance: 4),
    Function(
      name: "gelu", kind: Int32(FBK_GELU), exact: { $0 / 2 * erfc(-$0 / 2.squareRoot()) }, tolerance: 4,
      isRelativeToOne: true),
    Function(
      name: "softplus", kind: Int32(FBK_SOFTPLUS), exact: { max($0, 0) + log1p(exp(-abs($0))) }, tolerance: 3),
  ]

  @Test(arguments: functions.indices)
  func isAccurateInSinglePrecision(_ index: Int) {
    let function = Self.functions[index]
    let points: [Float] = stride(from: Float(-20), through: 20, by: 0.0037).map { $0 } + [0, 1e-6, -1e-6, 1e-20]
    let values = NDArray<Float>(shape: [points.count]) {
      Float.kernels.map(function.kind, points.count, points, $0, 1, 0)
    }.values
    var worst = (error: 0.0, at: Float(0))
    for (x, y) in zip(points, values) {
      let exact = function.exact(Double(x))
      let unit = function.isRelativeToOne ? Float(max(1, abs(exact))).ulp : Float(abs(exact)).ulp
      let error = abs(Double(y) - exact) / Double(max(unit, .leastNormalMagnitude))
      if !(error <= worst.error) { worst = (error, x) }
    }
    #expect(worst.error <= function.tolerance, "\(function.name)(\(worst.at)) is \(worst.error) units off")
  }

  @Test func keepsSpecialNumbersInTheirPlaces() {
    let points: [Float] = [.infinity, -.infinity, .nan, 100, -100, -200, 88.7, 1e30, -1e30]
    func map(_ kind: Int) -> [Float] {
      NDArray<Float>(shape: [points.count]) { Float.kernels.map(Int32(kind), points.count, points, $0, 1, 0) }.values
    }
    let exponentials = map(Int(FBK_EXP))
    #expect(exponentials[0] == .infinity && exponentials[1] == 0 && exponentials[2].isNaN)
    #expect(exponentials[3] == .infinity && exponentials[5] == 0 && exponentials[6].isFinite)
    #expect(exponentials[4] == Float(exp(-100.0)))
    let tangents = map(Int(FBK_TANH))
    #expect(tangents[0] == 1 && tangents[1] == -1 && tangents[2].isNaN && tangents[7] == 1 && tangents[8] == -1)
    let sigmoids = map(Int(FBK_SIGMOID))
    #expect(sigmoids[0] == 1 && sigmoids[1] == 0 && sigmoids[2].isNaN)
    let errors = map(Int(FBK_ERF))
    #expect(errors[0] == 1 && errors[1] == -1 && errors[2].isNaN && errors[3] == 1)
  }

  @Test(arguments: 0..<Int(FBK_MAP_COUNT))
  func hasTheSlopeThatDifferencesShow(_ kind: Int) {
    let domain: ClosedRange<Double> =
      switch kind {
      case Int(FBK_LOG), Int(FBK_SQRT), Int(FBK_RECIPROCAL): 0.2...3
      case Int(FBK_ASIN), Int(FBK_ACOS), Int(FBK_ATANH): -0.9...0.9
      case Int(FBK_ACOSH): 1.1...4
      case Int(FBK_TAN): -1.2...1.2
      default: -4.03...4
      }
    let points = (0..<200).map {
      domain.lowerBound + (domain.upperBound - domain.lowerBound) * (Double($0) + 0.37) / 200
    }
    func map(_ x: [Double]) -> [Double] {
      NDArray<Double>(shape: [x.count]) { Double.kernels.map(Int32(kind), x.count, x, $0, 0.7, 0.4) }.values
    }
    let step = 1e-5
    let difference = zip(map(points.map { $0 + step }), map(points.map { $0 - step })).map { ($0 - $1) / (2 * step) }
    let double = NDArray<Double>(shape: [points.count]) {
      Double.kernels.slope(Int32(kind), points.count, points, $0, 0.7, 0.4)
    }.values
    let single = NDArray<Float>(shape: [points.count]) {
      Float.kernels.slope(Int32(kind), points.count, points.map { Float($0) }, $0, 0.7, 0.4)
    }.values
    func worst(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0 }
    #expect(worst(double, difference) <= 1e-7)
    #expect(worst(single.map { Double($0) }, double) <= 1e-5)
  }
}
