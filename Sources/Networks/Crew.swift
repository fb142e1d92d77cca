import CKernels
import Foundation
import Synchronization

/// Threads that work off the parts of one loop together with the thread that asks for it.
///
/// They stay awake for a moment after each loop: the loops of a small network follow each other faster than a sleeping
/// thread wakes up.
final class Crew: Sendable {
  /// One thread for each processor but the caller's.
  static let shared = Crew(size: Processors.all - 1)

  private typealias Body = (Int) -> Void

  /// How often a thread looks for work before it sleeps: one alone for some tenths of a millisecond, many together no longer.
  private let patience: Int

  /// The number of the loop in the upper half, in the lower how many of its parts nobody has taken yet.
  private let open = Atomic<UInt64>(0)
  /// How many parts of the loop are not finished.
  private let unfinished = Atomic<Int>(0)
  private let isTaken = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  private let bell = NSCondition()
  /// Whether the caller sleeps until its loop is done, and what wakes it up.
  private let callerSleeps = Atomic<Bool>(false)
  private let end = NSCondition()
  /// What the parts of the loop are. Written before the loop opens, read only by who has taken a part of it.
  nonisolated(unsafe) private var body: Body?

  private init(size: Int) {
    patience = 20_000 / max(1, size)
    for _ in 0..<size {
      // The crew lives as long as the process.
      let thread = Thread { [self] in serve() }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Runs `body` for 0..<parts, each part once, and returns when all are done. Where the crew works for another loop,
  /// of another thread or around this one, the caller does all by itself.
  func run(_ parts: Int, _ body: (Int) -> Void) {
    guard parts > 1, isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
      for part in 0..<parts { body(part) }
      return
    }
    withoutActuallyEscaping(body) { body in
      self.body = body
      unfinished.store(parts, ordering: .relaxed)
      let number = open.load(ordering: .relaxed) >> 32 &+ 1
      open.store(number << 32 | UInt64(parts), ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
        bell.lock()
        bell.broadcast()
        bell.unlock()
      }
      while takePart() {}
      awaitEnd()
      self.body = nil
    }
    isTaken.store(false, ordering: .releasing)
  }

  /// Waits for the parts that others have taken: awake at first, then asleep, as those may need this processor.
  private func awaitEnd() {
    for _ in 0..<patience {
      guard unfinished.load(ordering: .acquiring) > 0 else { return }
      fbk_pause()
    }
    end.lock()
    callerSleeps.store(true, ordering: .sequentiallyConsistent)
    while unfinished.load(ordering: .sequentiallyConsistent) > 0 { end.wait() }
    callerSleeps.store(false, ordering: .relaxed)
    end.unlock()
  }

  /// Does a part that is open; says whether there was one.
  private func takePart() -> Bool {
    var seen = open.load(ordering: .acquiring)
    while seen & 0xFFFF_FFFF > 0 {
      let (exchanged, original) = open.compareExchange(
        expected: seen, desired: seen - 1, ordering: .acquiringAndReleasing)
      if exchanged {
        // The loop cannot end before this part does, so its body is there.
        body?(Int(seen & 0xFFFF_FFFF) - 1)
        let left = unfinished.subtract(1, ordering: .sequentiallyConsistent).newValue
        if left == 0, callerSleeps.load(ordering: .sequentiallyConsistent) {
          end.lock()
          end.signal()
          end.unlock()
        }
        return true
      }
      seen = original
    }
    return false
  }

  private func serve() {
    var looks = 0
    while true {
      if takePart() {
        looks = 0
        continue
      }
      looks += 1
      if looks < patience {
        fbk_pause()
        continue
      }
      bell.lock()
      sleepers.add(1, ordering: .sequentiallyConsistent)
      while open.load(ordering: .sequentiallyConsistent) & 0xFFFF_FFFF == 0 { bell.wait() }
      sleepers.subtract(1, ordering: .relaxed)
      bell.unlock()
      looks = 0
    }
  }
}
