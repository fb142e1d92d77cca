import COpenBLAS
import Dispatch
import Foundation
import Networks

/// Times the Jacobian of a score network at a batch of points, and the matrix products of this machine.
///
///     JacobianBenchmark sgemm N REPEATS
///     JacobianBenchmark jacobian MODEL.onnx POINTS SIZE REPEATS [forward|reverse|automatic] [POINTS.f32 OUT.f32]
@main enum JacobianBenchmark {
  static func main() throws {
    let words = CommandLine.arguments
    switch words.dropFirst().first {
    case "sgemm": try sgemm(size: Int(words[2]) ?? 1024, repeats: Int(words[3]) ?? 5)
    case "jacobian": try jacobian(Array(words.dropFirst(2)))
    default: print("sgemm N REPEATS | jacobian MODEL POINTS SIZE REPEATS [MODE] [IN OUT]")
    }
  }

  static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
  }

  /// One product per processor at a time, each on one thread: the rate the Jacobians could reach at best.
  static func sgemm(size: Int, repeats: Int) throws {
    openblas_set_num_threads(1)
    let workers = ProcessInfo.processInfo.activeProcessorCount
    let (a, b) = ([Float](repeating: 0.5, count: 2 * size * size), [Float](repeating: 0.25, count: size * size))
    let results = (0..<workers).map { _ in UnsafeMutableBufferPointer<Float>.allocate(capacity: 2 * size * size) }
    nonisolated(unsafe) let targets = results
    for _ in 0..<repeats {
      let time = seconds {
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
          for _ in 0..<4 {
            cblas_sgemm(
              CblasRowMajor, CblasNoTrans, CblasTrans, Int32(2 * size), Int32(size), Int32(size), 1, a, Int32(size), b,
              Int32(size), 0, targets[worker].baseAddress, Int32(size))
          }
        }
      }
      print(Double(workers) * 4 * 4 * Double(size * size) * Double(size) / time)
    }
  }

  static func jacobian(_ words: [String]) throws {
    let network = try Network.load(path: words[0])
    let (points, size, repeats) = (Int(words[1]) ?? 64, Int(words[2]) ?? 64, Int(words[3]) ?? 5)
    let mode = words.count > 4 ? JacobianMode(rawValue: words[4]) ?? .automatic : .automatic
    var x = NDArray<Float>(shape: [points, size], repeating: 0)
    if words.count > 6 {
      let data = try Data(contentsOf: URL(fileURLWithPath: words[5]))
      x.values = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    var inputs = [network.inputs[0].name: x]
    for port in network.inputs.dropFirst() { inputs[port.name] = NDArray(shape: [points], repeating: 0.1) }
    for _ in 0..<repeats {
      var result: NDArray<Float>?
      let time = try seconds {
        result = try network.jacobian(of: "0", withRespectTo: "0", at: inputs, mode: mode)
      }
      print(time)
      if words.count > 6, let result {
        try result.values.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: words[6]))
      }
    }
    print(try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? "")
  }
}
