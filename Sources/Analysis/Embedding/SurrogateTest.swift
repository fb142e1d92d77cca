/// A statistic beside what it is of surrogates.
public struct SurrogateTest: Sendable, Hashable {
  /// The statistic of the signal.
  public let value: Double
  /// Of the surrogates, ascending.
  public let surrogates: [Double]

  /// Compares.
  ///
  /// Throws: `AnalysisError.tooFew` for no surrogates.
  public init(value: Double, surrogates: [Double]) throws(AnalysisError) {
    guard !surrogates.isEmpty else { throw .tooFew("surrogates", count: 0, minimum: 1) }
    self.value = value
    self.surrogates = surrogates.sorted()
  }

  /// How likely so large a statistic is of a surrogate: (1 + how many reach it)/(1 + how many there are).
  ///
  /// References: theiler1992.
  public var probabilityAbove: Double {
    Double(1 + surrogates.count { $0 >= value }) / Double(1 + surrogates.count)
  }

  /// How likely so small a statistic is.
  public var probabilityBelow: Double {
    Double(1 + surrogates.count { $0 <= value }) / Double(1 + surrogates.count)
  }
}
