import Analysis
import Dispatch
import Foundation
import LinearAlgebra

/// Times a layout of points, and writes it.
///
///     LayoutsBenchmark pca|classical-mds|isomap|umap POINTS.f64 WIDTH NEIGHBOURS LAYOUT.f64 [LANDMARKS]
///
/// The file holds points, row after row. Each line on standard input is a round with its number as the seed: the seconds that
/// neighbours and layout take are printed, and the two coordinates of every point written.
@main enum LayoutsBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 5, let method = LayoutMethod(rawValue: words[0]), let width = Int(words[2]), width > 0,
      let count = Int(words[3])
    else {
      say("METHOD POINTS.f64 WIDTH NEIGHBOURS LAYOUT.f64 [LANDMARKS]")
      return
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: words[1]))
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    let points = Matrix(rowCount: numbers.count / width, columnCount: width, entries: numbers)
    let landmarkCount = words.count > 5 ? Int(words[5]) ?? 500 : 500
    while let line = readLine() {
      var random = SeededGenerator(seed: UInt64(line) ?? 1)
      let start = DispatchTime.now().uptimeNanoseconds
      let neighbours = try NeighbourSearch(of: points).nearest(count)
      let layout = try Layout(
        of: points, by: method, neighbours: neighbours, landmarkCount: landmarkCount, using: &random)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      try layout.coordinates.entries.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: words[4]))
      say("\(seconds)")
    }
  }

  /// Prints a line at once, also into a pipe.
  static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
