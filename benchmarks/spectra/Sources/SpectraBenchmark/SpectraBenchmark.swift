import Dispatch
import Foundation
import LinearAlgebra
import Networks

/// Times the largest singular values of a denoiser's Jacobian at one point, from the whole matrix and from products alone.
///
///     SpectraBenchmark MODEL.onnx POINT.f64 SIGMA COUNT TOLERANCE
///
/// Every line on standard input asks for one more round: the seconds of the dense route and of Lanczos' process, the number of
/// products, and the values of both are printed in one line.
@main enum SpectraBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 5, let sigma = Double(words[2]), let count = Int(words[3]), let tolerance = Double(words[4])
    else {
      say("MODEL.onnx POINT.f64 SIGMA COUNT TOLERANCE")
      return
    }
    let process = NoiseProcess.varianceExploding
    let score = try ScoreNetwork(try Network.load(path: words[0]), predicts: .edm, process: process)
    let level = try process.level(sigma: sigma)
    let data = try Data(contentsOf: URL(fileURLWithPath: words[1]))
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let point = NDArray(shape: [1, numbers.count], values: numbers)
    while readLine() != nil {
      var whole: [Double] = []
      let dense = try seconds {
        let jacobian = try score.normalizedJacobian(at: point, level: level)
        let matrix = Matrix(rowCount: numbers.count, columnCount: numbers.count, entries: jacobian.values)
        whole = Array(try singularValues(of: matrix + .identity(numbers.count)).prefix(count))
      }
      var random = SeededGenerator(seed: 1)
      var found: GolubKahanLanczos?
      let free = try seconds {
        found = try GolubKahanLanczos(
          of: score.denoiserJacobianOperator(at: point, level: level), count: count, tolerance: tolerance,
          using: &random)
      }
      guard let found else { return }
      let values = (whole + found.values).map { "\($0)" }.joined(separator: " ")
      say("\(dense) \(free) \(found.productCount) \(found.hasConverged ? 1 : 0) \(values)")
    }
  }

  /// Prints a line at once, also into a pipe.
  static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
  }
}
