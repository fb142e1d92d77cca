/// The learn times of several seeds together: their median where what is not yet learned is known to be later, and their range.
///
/// Method: the median is where Kaplan and Meier's estimate of the share not yet learned falls to ½, and halfway to the next time where it
/// stays there, so that without censoring it is the ordinary one. A time that is known to lie at or before the first checkpoint counts as there.
///
/// References: kaplan1958.
public struct LearnTimeSummary: Sendable, Hashable, Codable {
  /// How many seeds there are.
  public let count: Int
  /// How many learned between two checkpoints.
  public let learnedCount: Int
  /// How many had learned by the first checkpoint.
  public let atFirstCount: Int
  /// How many had not by the last.
  public let notYetCount: Int
  /// The median; `above` the last time that is known where too few learned. `nil` where of no seed a time or a bound is known.
  public let median: CensoredStep?
  /// The earliest; `nil` as the median.
  public let earliest: CensoredStep?
  /// The latest: `above` the last step that is known where a seed has not learned; `nil` as the median.
  public let latest: CensoredStep?

  /// Summarises times.
  ///
  /// Throws: `AnalysisError.tooFew` for none.
  public init(of times: [LearnTime]) throws(AnalysisError) {
    guard !times.isEmpty else { throw .tooFew("learn times", count: 0, minimum: 1) }
    count = times.count
    learnedCount = times.count { $0.state == .learned }
    atFirstCount = times.count { $0.state == .atFirst }
    notYetCount = times.count { $0.state == .notYet }
    // Of those at one step the censored are the later ones.
    let known = times.compactMap(\.known).sorted {
      $0.step != $1.step ? $0.step < $1.step : Self.rank($0.side) < Self.rank($1.side)
    }
    earliest = known.first
    let isOpen = known.contains { $0.side == .above }
    latest = known.last.map { isOpen ? CensoredStep($0.step, .above) : $0 }
    median = Self.median(of: known)
  }

  private static func rank(_ side: CensoredStep.Side) -> Int {
    switch side {
    case .atMost: 0
    case .exactly: 1
    case .above: 2
    }
  }

  private static func median(of known: [CensoredStep]) -> CensoredStep? {
    var share = 1.0
    var half: CensoredStep?
    for (index, time) in known.enumerated() where time.side != .above {
      if let half {
        let middle = half.step + (time.step - half.step) / 2
        return CensoredStep(middle, half.side)
      }
      share *= 1 - 1 / Double(known.count - index)
      // Products of fractions that are ½ miss it by their rounding.
      if abs(share - 0.5) < 1e-12 { half = time } else if share < 0.5 { return time }
    }
    return (half ?? known.last).map { CensoredStep($0.step, .above) }
  }
}
