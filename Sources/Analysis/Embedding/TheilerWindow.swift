/// The Theiler window where none is given.
public enum TheilerWindow {
  /// The first lag at which the autocorrelation is below 1/e, or the delay where that is shorter or there is none: within it points
  /// are near for no other reason than that little time has passed.
  ///
  /// References: theiler1986.
  public static func standard(_ correlation: Autocorrelation, delay: Int) -> Int {
    max(1, min(delay, correlation.firstBelowInverseE ?? delay))
  }
}
