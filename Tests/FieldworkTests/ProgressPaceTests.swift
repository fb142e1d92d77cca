import Fieldwork
import Synchronization
import Testing

@Suite struct ProgressPaceTests {
  /// A clock that stands still until it is told.
  private final class Clock: Sendable {
    private let time = Mutex(ContinuousClock.now)
    var now: ContinuousClock.Instant { time.withLock { $0 } }
    func pass(_ duration: Duration) { time.withLock { $0 += duration } }
  }

  @Test func letsALineThroughEveryPause() {
    let (clock, log) = (Clock(), Log())
    let pace = ProgressPace(every: .seconds(3), now: { clock.now }, say: { log.add($0) })
    let told = pace.progress(of: "gaps")
    told("level 1 of 8, at once")
    clock.pass(.seconds(2))
    told("level 1 of 8, too soon")
    #expect(log.lines.isEmpty)
    clock.pass(.seconds(1))
    told("level 2 of 8, 120 of 1024 directions")
    told("level 2 of 8, 121 of 1024 directions")
    clock.pass(.seconds(10))
    told("level 3 of 8, 7 of 1024 directions")
    #expect(
      log.lines == ["gaps: level 2 of 8, 120 of 1024 directions", "gaps: level 3 of 8, 7 of 1024 directions"])
  }
}
