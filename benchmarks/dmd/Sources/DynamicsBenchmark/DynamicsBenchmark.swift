import Analysis
import Dispatch
import Foundation
import LinearAlgebra

/// Times the fits of one recording.
///
///     DynamicsBenchmark SAMPLES.f64 UNITS RANK DELAYS BAGS
///
/// Every line on standard input names a variant; the seconds it takes, and its eigenvalues as pairs of numbers, are printed
/// in one line.
@main enum DynamicsBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 5, let units = Int(words[1]), let rank = Int(words[2]), let delays = Int(words[3]),
      let bags = Int(words[4])
    else {
      say("SAMPLES.f64 UNITS RANK DELAYS BAGS")
      return
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: words[0]))
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let samples = Matrix(rowCount: numbers.count / units, columnCount: units, entries: numbers)
    let fits = Fits(samples: samples, rank: rank, delays: delays, bags: bags)
    while let variant = readLine() {
      var values: [Complex<Double>] = []
      let start = DispatchTime.now().uptimeNanoseconds
      values = try fits.eigenvalues(by: variant)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      say("\(seconds) " + values.map { "\($0.real) \($0.imaginary)" }.joined(separator: " "))
    }
  }

  /// Prints a line at once, also into a pipe.
  static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

/// The variants by name; all that a variant needs is done within it.
struct Fits {
  let samples: Matrix<Double>
  let rank: Int
  let delays: Int
  let bags: Int

  func eigenvalues(by variant: String) throws -> [Complex<Double>] {
    let recording = try Recording(samples)
    switch variant {
    case "higher-order":
      // The units are reduced to their leading directions, then delayed.
      let directions = try SnapshotBasis(of: samples, count: rank).directions
      let reduced = try Recording(samples * directions)
      return try fit(try DelayEmbedding(count: delays).embedded(reduced), .exact).eigenvalues
    case "hankel": return try fit(try DelayEmbedding(count: delays).embedded(recording), .exact).eigenvalues
    case "havok":
      let embedded = try DelayEmbedding(count: delays).embedded(recording)
      return try LinearAlgebra.eigenvalues(
        of: IntermittentForcing(ofEmbedded: embedded, rank: rank).stateOperator)
    case "bagged":
      let pairs = try SnapshotPairs(of: recording)
      let whole = try DynamicModeDecomposition(of: pairs, method: .optimized, rank: .count(rank))
      var random = SeededGenerator(seed: 1)
      let drawn = try EigenvalueBootstrap(of: whole, on: pairs, draws: bags, using: &random)
      return drawn.clouds.map { cloud in
        (1 / Double(cloud.count)) * cloud.reduce(Complex(0)) { $0 + $1 }
      }
    case "unprojected":
      let start = try fit(recording, .exact).eigenvalues.map { value in
        Complex(log(value.modulus), value.imaginary == 0 ? 0 : value.argument)
      }
      return try OptimizedModeDecomposition(of: recording, start: start).eigenvalues(stepInterval: 1)
    default:
      guard let method = DynamicModeDecomposition.Method(rawValue: variant) else { return [] }
      return try fit(recording, method).eigenvalues
    }
  }

  private func fit(
    _ recording: Recording, _ method: DynamicModeDecomposition.Method
  ) throws -> DynamicModeDecomposition {
    let pairs = try SnapshotPairs(of: recording)
    let found = try DynamicModeDecomposition(of: pairs, method: method, rank: .count(rank))
    // The peer finds amplitudes at the first sample too.
    _ = found.modalCoordinates(of: pairs.past.rows(0..<1))
    return found
  }
}
