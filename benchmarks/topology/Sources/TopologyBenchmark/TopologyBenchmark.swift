import Analysis
import Dispatch
import Foundation
import LinearAlgebra

/// Times homology and dimension of a cloud of points.
///
///     TopologyBenchmark homology POINTS.f64 WIDTH DIMENSION [PRIME]
///     TopologyBenchmark two-neighbours|likelihood|correlation|local-components|participation-ratio POINTS.f64 WIDTH
///
/// The file holds points, row after row. Each line on standard input is a round: seconds and the result, the dimension or the lengths of
/// the three longest-lived classes of each dimension, are printed in one line.
@main enum TopologyBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 3, let width = Int(words[2]), width > 0 else {
      say("homology POINTS.f64 WIDTH DIMENSION [PRIME]")
      return
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: words[1]))
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let points = Matrix(rowCount: numbers.count / width, columnCount: width, entries: numbers)
    let dimension = words.count > 3 ? Int(words[3]) ?? 1 : 1
    let prime = words.count > 4 ? Int(words[4]) ?? 2 : 2
    while readLine() != nil {
      var result = ""
      let time = try seconds {
        switch words[0] {
        case "homology":
          let found = try VietorisRips(of: points, maximumDimension: dimension, prime: prime)
          let longest = found.diagrams.dropFirst().flatMap { $0.bars.prefix(3).map { "\($0.length)" } }
          result = longest.joined(separator: " ")
        case "two-neighbours":
          var random = SeededGenerator(seed: 1)
          let found = try TwoNeighbourDimension(of: points, using: &random)
          result = "\(found.fit.value)"
        case "likelihood":
          var random = SeededGenerator(seed: 1)
          let found = try LikelihoodDimension(of: points, using: &random)
          result = "\(found.inverseMean.value)"
        default:
          var random = SeededGenerator(seed: 1)
          guard let method = DimensionMethod(rawValue: words[0]) else { return }
          let found = try method.estimate(of: points, using: &random)
          result = "\(found.dimension.value)"
        }
      }
      say("\(time) \(result)")
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
