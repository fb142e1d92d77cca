import COpenBLAS
import Dispatch
import Foundation
import LinearAlgebra
import Networks

/// Times Jacobians of a network at a batch of points, their singular values, and the matrix products of this machine.
///
///     JacobianBenchmark sgemm N
///     JacobianBenchmark jacobian MODEL.onnx POINTS.f32 OUT.f32 [forward|reverse|automatic [alone]]
///
/// With `alone`, neither singular values nor the file are made. Every line on standard input asks for one more round; its seconds (or, for products, operations per second) are
/// printed, so that another program can be timed in between. At the end, the largest memory in use is printed in kB.
@main enum JacobianBenchmark {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    switch words.first {
    case "sgemm" where words.count == 2: sgemm(size: Int(words[1]) ?? 1024)
    case "jacobian" where words.count >= 4: try jacobian(Array(words.dropFirst()))
    default: say("sgemm N | jacobian MODEL.onnx POINTS.f32 OUT.f32 [MODE]")
    }
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
    say(peak.filter(\.isNumber))
  }

  /// Prints a line at once, also into a pipe.
  static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
  }

  /// Products of (4n × n) by (n × n), one at a time on each processor: what Jacobians could reach at best.
  static func sgemm(size: Int) {
    BLASThreads.useOne()
    let workers = ProcessInfo.processInfo.activeProcessorCount
    let (a, b) = ([Float](repeating: 0.5, count: 4 * size * size), [Float](repeating: 0.25, count: size * size))
    nonisolated(unsafe) let results = (0..<workers).map { _ in
      UnsafeMutableBufferPointer<Float>.allocate(capacity: 4 * size * size)
    }
    for result in results { result.initialize(repeating: 0) }
    while readLine() != nil {
      let time = seconds {
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
          for _ in 0..<4 {
            cblas_sgemm(
              CblasRowMajor, CblasNoTrans, CblasTrans, Int32(4 * size), Int32(size), Int32(size), 1, a, Int32(size), b,
              Int32(size), 0, results[worker].baseAddress, Int32(size))
          }
        }
      }
      say("\(Double(workers * 4 * 8) * Double(size * size) * Double(size) / time)")
    }
  }

  static func jacobian(_ words: [String]) throws {
    let network = try Network.load(path: words[0])
    let mode = words.count > 3 ? JacobianMode(rawValue: words[3]) ?? .automatic : .automatic
    let data = try Data(contentsOf: URL(fileURLWithPath: words[1]))
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    let size = network.inputs[0].shape[1] ?? 1
    let points = numbers.count / size
    var inputs = [network.inputs[0].name: NDArray(shape: [points, size], values: numbers)]
    for port in network.inputs.dropFirst() { inputs[port.name] = NDArray(shape: [points], repeating: 0.1) }
    while readLine() != nil {
      var result = NDArray<Float>(shape: [0], values: [])
      let first = try seconds { result = try network.jacobian(of: "0", withRespectTo: "0", at: inputs, mode: mode) }
      guard words.count < 5 else {
        say("\(first)")
        continue
      }
      var values: [[Float]] = []
      let second = try seconds {
        let matrices = (0..<points).map { point in
          Matrix(rowCount: result.shape[1], columnCount: size, entries: result.rows(point..<(point + 1)).values)
        }
        values = try singularValues(ofEach: matrices)
      }
      precondition(values.count == points)
      say("\(first) \(second)")
      try result.values.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: words[2]))
    }
  }
}
