import Analysis
import Dispatch
import Foundation
import LinearAlgebra

/// Times Procrustes analysis over vector fields, for single pairs and for all pairs of many operators.
///
///     SimilarityBenchmark pairs OPERATORS.f64 SIZE TURN.f64 [RANDOM DESCENTS]
///     SimilarityBenchmark all OPERATORS.f64 SIZE
///
/// The file holds square matrices, row after row. With `pairs`, each line on standard input is the number of a pair of neighbouring
/// matrices: seconds, distance, angle, lower bound of the angle, and whether the search converged are printed in one line, and the
/// orthogonal matrix found is written to the other file; two more numbers set the search's starts and descents. With `all`, one line is printed for all pairs of all matrices.
@main enum SimilarityBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 3, let size = Int(words[2]), size > 0 else {
      say("pairs OPERATORS.f64 SIZE TURN.f64 | all OPERATORS.f64 SIZE")
      return
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: words[1]))
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let matrices = stride(from: 0, to: numbers.count, by: size * size).map { start in
      Matrix(rowCount: size, columnCount: size, entries: Array(numbers[start..<(start + size * size)]))
    }
    if words[0] == "all" {
      var found: OperatorDistances?
      let time = try seconds { found = try OperatorDistances(of: matrices) }
      let converged = found?.converged.joined().count { $0 } ?? 0
      say("\(time) \(converged) \(matrices.count * matrices.count)")
      return
    }
    guard words.count >= 4 else { return }
    var search = AlignmentSearch(thoroughness: 3)
    if words.count == 6 { (search.randomStartCount, search.descentCount) = (Int(words[4]), Int(words[5])) }
    while let line = readLine(), let pair = Int(line) {
      var found: OperatorAlignment?
      let time = try seconds {
        found = try OperatorAlignment(matrices[2 * pair], matrices[2 * pair + 1], search: search)
      }
      guard let found else { return }
      let turn = found.transformation.entries.withUnsafeBytes { Data($0) }
      try turn.write(to: URL(fileURLWithPath: words[3]))
      say(
        "\(time) \(found.distance) \(found.angle ?? 0) \(found.angleLowerBound ?? 0) \(found.hasConverged ? 1 : 0)")
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
