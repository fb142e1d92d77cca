import Analysis
import Dispatch
import Foundation
import LinearAlgebra

/// Times the fits of one recording, and of one that inputs drive.
///
///     DynamicsBenchmark FOLDER UNITS INPUTS RANK DELAYS WINDOWS BAGS
///
/// The folder has `samples.f64`, `driven.f64` and `inputs.f64`, each time × channels.
///
/// Every line on standard input names a variant; the seconds it takes, and its eigenvalues as pairs of numbers, are printed
/// in one line.
@main enum DynamicsBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    let counts = words.dropFirst().compactMap(Int.init)
    guard words.count == 7, counts.count == 6 else {
      say("FOLDER UNITS INPUTS RANK DELAYS WINDOWS BAGS")
      return
    }
    func matrix(_ name: String, columns: Int) throws -> Matrix<Double> {
      let data = try Data(contentsOf: URL(fileURLWithPath: words[0]).appendingPathComponent("\(name).f64"))
      let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
      return Matrix(rowCount: numbers.count / columns, columnCount: columns, entries: numbers)
    }
    let fits = Fits(
      samples: try matrix("samples", columns: counts[0]), driven: try matrix("driven", columns: counts[0]),
      inputs: try matrix("inputs", columns: counts[1]), rank: counts[2], delays: counts[3], windows: counts[4],
      bags: counts[5])
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
  let driven: Matrix<Double>
  let inputs: Matrix<Double>
  let rank: Int
  let delays: Int
  let windows: Int
  let bags: Int

  func eigenvalues(by variant: String) throws -> [Complex<Double>] {
    let recording = try Recording(samples)
    switch variant {
    case "higher-order":
      // The units are reduced to their leading directions, then delayed.
      let directions = try SnapshotBasis(of: samples, count: rank).directions
      let reduced = try Recording(samples * directions)
      return try fit(try DelayEmbedding(count: delays).embedded(reduced), .exact).eigenvalues
    case "controlled":
      let pairs = try SnapshotPairs(of: try Recording(driven))
      let beside = inputs.rows(0..<pairs.count)
      return try ControlledModeDecomposition(of: pairs, inputs: beside, rank: .count(rank)).eigenvalues
    case "subspace":
      return try SubspaceIdentification(
        outputs: try Recording(driven), inputs: try Recording(inputs), blockRows: windows, order: .count(rank)
      ).eigenvalues
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
