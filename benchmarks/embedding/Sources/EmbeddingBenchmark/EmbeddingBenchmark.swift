import Analysis
import Dispatch
import Foundation
import LinearAlgebra

/// Times forecasts, cross mapping and neighbours.
///
///     EmbeddingBenchmark simplex|local-map SERIES.f64 halves|whole
///     EmbeddingBenchmark cross-mapping SERIES.f64 DRAWS SIZE…
///     EmbeddingBenchmark neighbours POINTS.f64 WIDTH COUNT
///
/// A file holds numbers: a series, two series one after the other, or points row after row. Each line on standard input is a round:
/// seconds and results are printed in one line. Results are correlations, or the sum of distances.
@main enum EmbeddingBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 3 else {
      say("simplex|local-map|cross-mapping|neighbours FILE.f64 …")
      return
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: words[1]))
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    while readLine() != nil {
      let start = DispatchTime.now().uptimeNanoseconds
      let results = try run(words, numbers)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      say(([seconds] + results).map { "\($0)" }.joined(separator: " "))
    }
  }

  private static func run(_ words: [String], _ numbers: [Double]) throws -> [Double] {
    switch words[0] {
    case "simplex", "local-map":
      let signal = try Signal(numbers)
      let half = numbers.count / 2
      let (library, tested) = words[2] == "halves" ? (0..<half, half..<numbers.count) : (nil, nil)
      let projection = try SimplexProjection(dimension: 3, horizon: 1)
      let skill =
        words[0] == "simplex"
        ? try projection.skill(of: signal, library: library, tested: tested)
        : try LocalLinearMap(projection, locality: 2).skill(of: signal, library: library, tested: tested)
      return [skill.correlation]
    case "cross-mapping":
      let half = numbers.count / 2
      let signals = (try Signal(Array(numbers[..<half])), try Signal(Array(numbers[half...])))
      var random = SeededGenerator(seed: 1)
      return try [signals, (signals.1, signals.0)].flatMap { target, witness in
        try CrossMapping(of: target, from: witness, dimension: 3)
          .curve(sizes: words[3...].compactMap(Int.init), draws: Int(words[2]) ?? 1, using: &random).means
      }
    default:
      guard words.count > 3, let width = Int(words[2]), width > 0, let count = Int(words[3]) else { return [] }
      let points = Matrix(rowCount: numbers.count / width, columnCount: width, entries: numbers)
      let found = try NeighbourSearch(of: points).nearest(count)
      return [found.distances.reduce(0, +)]
    }
  }

  /// Prints a line at once, also into a pipe.
  private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
