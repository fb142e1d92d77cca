/// The steps of a solution that are still remembered.
final class DelayedMemory {
  private let before: Double
  private var steps: [DenseStep] = []
  private var first = 0
  /// Where the last value was found: the next is near.
  private var place = 0

  init(before: Double) { self.before = before }

  func append(_ step: DenseStep) { steps.append(step) }

  func forget(before time: Double) {
    while first < steps.count, steps[first].end < time { first += 1 }
    guard first > 4096 else { return }
    steps.removeFirst(first)
    place = max(0, place - first)
    first = 0
  }

  func value(at time: Double) -> Double {
    guard first < steps.count, time > steps[first].start else {
      return steps.isEmpty || first == 0 ? before : steps[first].startState[0]
    }
    place = min(max(place, first), steps.count - 1)
    while place > first, steps[place].start >= time { place -= 1 }
    while place < steps.count - 1, steps[place].end < time { place += 1 }
    return steps[place].value(of: 0, at: min(time, steps[place].end))
  }
}
