import Diagnostics
import Dispatch
import Glibc
import Synchronization

/// What happens on Ctrl-C: a file or folder that is being written is finished first, then the program ends.
///
/// So an interrupted run leaves no half a file and no scratch folder behind, and the last good report stays.
public enum Interruption {
  private static let gate = Mutex(())
  private static let isEnding = Atomic(false)
  private static let watching = DispatchQueue(label: "interruption")
  private nonisolated(unsafe) static let watchers = [SIGINT, SIGTERM].compactMap(watcher)

  /// From now on SIGINT and SIGTERM end the program with their status once nothing is being written; a second one ends it
  /// at once.
  public static func endsTidily() { _ = watchers }

  /// Does a piece of writing that an interruption waits for.
  public static func waiting<Result: Sendable>(_ write: () throws -> Result) rethrows -> Result {
    try gate.withLock { _ in try write() }
  }

  private static func watcher(of number: Int32) -> (any DispatchSourceSignal)? {
    var standing = sigaction()
    sigaction(number, nil, &standing)
    // Whoever started us with the signal ignored, as 'nohup' and background jobs are, meant it.
    let action: __sighandler_t? = standing.__sigaction_handler.sa_handler
    guard unsafeBitCast(action, to: Int.self) != unsafeBitCast(Optional(SIG_IGN), to: Int.self) else { return nil }
    // Dispatch sees a signal only where its own action does not end the program first.
    signal(number, SIG_IGN)
    let status = number == SIGINT ? ExitStatus.interrupted.rawValue : 128 + number
    let source = DispatchSource.makeSignalSource(signal: number, queue: watching)
    source.setEventHandler(handler: DispatchWorkItem { end(with: status) })
    source.activate()
    return source
  }

  private static func end(with status: Int32) {
    if isEnding.exchange(true, ordering: .relaxed) { _exit(status) }
    DispatchQueue.global().async {
      waiting { () -> Void in _exit(status) }
    }
  }
}
