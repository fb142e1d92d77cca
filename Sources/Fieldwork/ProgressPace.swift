import Probing
import Synchronization

/// Lets a line of progress through every few seconds. The first comes after one such pause, so that short work says nothing.
public final class ProgressPace: Sendable {
  private let pause: Duration
  private let now: @Sendable () -> ContinuousClock.Instant
  private let due: Mutex<ContinuousClock.Instant>
  private let say: @Sendable (String) -> Void

  /// Makes a pace; lines that are let through go to `say`, after the name of the work.
  public init(
    every pause: Duration = .seconds(3), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
    say: @escaping @Sendable (String) -> Void
  ) {
    self.pause = pause
    self.now = now
    self.say = say
    due = Mutex(now() + pause)
  }

  /// What a measurement under a name is told.
  public func progress(of name: String) -> MeasurementProgress {
    { [self] words in
      let isDue = due.withLock { due in
        let time = now()
        guard time >= due else { return false }
        due = time + pause
        return true
      }
      if isDue { say("\(name): \(words)") }
    }
  }
}
