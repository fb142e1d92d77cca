/// When something was learned, read off its accuracy at checkpoints: at the first one that starts several in a row of which each reaches a
/// threshold.
///
/// Conventions: what was learned before the first checkpoint, or not by the last, is censored and said to be; no number stands for it.
///
/// Units: of `after`, `by` and `estimate` those of the steps.
///
/// References: park2024.
public struct LearnTime: Sendable, Hashable, Codable {
  /// What is known of the time.
  public enum State: String, Sendable, Hashable, Codable, CaseIterable {
    /// It lies between two checkpoints.
    case learned
    /// It lies at or before the first checkpoint.
    case atFirst
    /// Too few checkpoints, or none, remain above the threshold.
    case notYet
  }

  /// What counts as learned.
  public struct Rule: Sendable, Hashable, Codable {
    /// The accuracy to reach.
    public var threshold: Double
    /// By how many checkpoints in a row.
    public var consecutive: Int
    /// The deviation of the Gaussian that smooths accuracies first, in checkpoints; 0 for none.
    public var smoothing: Double

    /// Makes a rule.
    public init(threshold: Double = 0.9, consecutive: Int = 3, smoothing: Double = 0) {
      (self.threshold, self.consecutive, self.smoothing) = (threshold, consecutive, smoothing)
    }
  }

  /// What is known.
  public let state: State
  /// The last checkpoint at which it was not learned: the one before `by`; of what is not yet, the last below the threshold. `nil` where there
  /// is none.
  public let after: Double?
  /// The checkpoint by which it was learned; `nil` of what is not yet.
  public let by: Double?
  /// Where the line between the two accuracies crosses the threshold; `nil` where censored.
  public let estimate: Double?

  /// Reads the time off a course.
  ///
  /// - Parameters:
  ///   - steps: of the checkpoints, ascending; at least one.
  ///   - accuracies: one for each.
  ///
  /// Throws: `AnalysisError`.
  public init(steps: [Double], accuracies: [Double], rule: Rule = Rule()) throws(AnalysisError) {
    try Self.requireAscending(steps)
    guard accuracies.count == steps.count else {
      throw .sizeMismatch("number of accuracies", size: "\(accuracies.count)", expected: "\(steps.count), as of steps")
    }
    for value in accuracies where !value.isFinite { throw .outOfRange("accuracy", value, rule: "a finite number") }
    guard rule.threshold.isFinite else { throw .outOfRange("threshold", rule.threshold, rule: "a finite number") }
    guard rule.consecutive >= 1 else { throw .tooFew("checkpoints in a row", count: rule.consecutive, minimum: 1) }
    let course = try CheckpointSmoothing(deviation: rule.smoothing).smoothed(accuracies)
    var (run, start) = (0, Int?.none)
    for (index, value) in course.enumerated() where start == nil {
      run = value >= rule.threshold ? run + 1 : 0
      if run == rule.consecutive { start = index - run + 1 }
    }
    guard let start else {
      state = .notYet
      after = course.lastIndex { $0 < rule.threshold }.map { steps[$0] }
      (by, estimate) = (nil, nil)
      return
    }
    by = steps[start]
    guard start > 0 else {
      (state, after, estimate) = (.atFirst, nil, nil)
      return
    }
    let (low, high) = (course[start - 1], course[start])
    state = .learned
    after = steps[start - 1]
    estimate = steps[start - 1] + (rule.threshold - low) / (high - low) * (steps[start] - steps[start - 1])
  }

  /// What is known as one number and the side of it.
  public var known: CensoredStep? {
    switch state {
    case .learned: estimate.map { CensoredStep($0, .exactly) }
    case .atFirst: by.map { CensoredStep($0, .atMost) }
    case .notYet: after.map { CensoredStep($0, .above) }
    }
  }

  /// Refuses steps that are none, not finite or do not ascend.
  static func requireAscending(_ steps: [Double]) throws(AnalysisError) {
    guard let first = steps.first else { throw .tooFew("checkpoints", count: 0, minimum: 1) }
    for step in steps where !step.isFinite { throw .outOfRange("step", step, rule: "a finite number") }
    var last = first
    for step in steps.dropFirst() {
      guard step > last else { throw .outOfRange("step", step, rule: "above the step before") }
      last = step
    }
  }
}
