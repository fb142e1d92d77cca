import Foundation

/// The processors that one operation may use: all, except inside a computation that is spread over them already.
enum Processors {
  /// Those of the machine, or as many as a container's share of time comes to.
  static let all: Int = {
    let there = max(1, ProcessInfo.processInfo.activeProcessorCount)
    func words(_ path: String) -> [Double?] {
      let text = (try? String(contentsOfFile: "/sys/fs/cgroup/" + path, encoding: .utf8)) ?? ""
      return text.split(whereSeparator: \.isWhitespace).map { Double($0) }
    }
    // The second version of control groups, then the first.
    return min(
      there, share(words("cpu.max")) ?? share(words("cpu/cpu.cfs_quota_us") + words("cpu/cpu.cfs_period_us")) ?? there)
  }()

  /// How many processors a time out of a period is, rounded up; `nil` where there is no limit.
  static func share(_ words: [Double?]) -> Int? {
    guard words.count == 2, let time = words[0], let period = words[1], time > 0, period > 0 else { return nil }
    return max(1, Int(min(1e6, (time / period).rounded(.up))))
  }

  @TaskLocal static var count = all

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
