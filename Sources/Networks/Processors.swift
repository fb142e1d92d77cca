import Foundation

/// The processors that one operation may use: all, except inside a computation that is spread over them already.
enum Processors {
  @TaskLocal static var count = max(1, ProcessInfo.processInfo.activeProcessorCount)

  /// Works off 0..<count in parts of at least `grain`, at the same time where there are processors for it.
  static func share(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    let parts = min(Self.count, count / max(1, grain))
    guard parts > 1 else {
      body(0..<count)
      return
    }
    Crew.shared.run(parts) { part in body((count * part / parts)..<(count * (part + 1) / parts)) }
  }
}
