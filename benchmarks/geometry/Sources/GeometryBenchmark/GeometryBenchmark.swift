import Analysis
import Dispatch
import Foundation
import LinearAlgebra

/// Times the geometric similarity of every two of many systems.
///
///     GeometryBenchmark SYSTEMS.f64 COUNT SAMPLES UNITS FOUND.f64
///
/// The file holds systems of samples × units, row after row. Each line on standard input is the name of a measure; seconds are
/// printed for all pairs, systems prepared anew, and the matrix found is written to the other file.
@main enum GeometryBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 5, let count = Int(words[1]), let rows = Int(words[2]), let columns = Int(words[3]) else {
      say("SYSTEMS.f64 COUNT SAMPLES UNITS FOUND.f64")
      return
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: words[0]))
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let size = rows * columns
    let systems = (0..<count).map { index in
      Matrix(rowCount: rows, columnCount: columns, entries: Array(numbers[(index * size)..<((index + 1) * size)]))
    }
    while let line = readLine() {
      let measure: any RepresentationMeasure
      switch line {
      case "cka": measure = KernelAlignment()
      case "debiased-cka": measure = KernelAlignment(isDebiased: true)
      case "cca": measure = try CanonicalCorrelation()
      case "rsa": measure = SimilarityAnalysis()
      case "neighbours": measure = try NeighbourOverlap()
      default: measure = try ShapeDistance(regularization: Double(line) ?? 1)
      }
      var found = Matrix<Double>.zeros(0, 0)
      let start = DispatchTime.now().uptimeNanoseconds
      let prepared = try concurrently(systems) { try Representation($0) }
      found = try measure.matrix(of: prepared)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      try found.entries.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: words[4]))
      say("\(seconds)")
    }
  }

  /// Prints a line at once, also into a pipe.
  static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
