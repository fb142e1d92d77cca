/// How a finding shows itself: a named figure, table or quantity. Data only; nothing here knows how it is drawn.
public struct Exhibit: Sendable, Hashable, Codable {
  /// What is shown.
  public enum Content: Sendable, Hashable, Codable {
    /// A figure of one or several panels.
    case figure(Figure)
    /// A table.
    case table(Table)
    /// One number with its unit and interval.
    case quantity(Quantity)
  }

  /// The name under which notebooks ask for it: `gaps.spectra` is the exhibit `spectra` of the cell `gaps`.
  public var name: String
  /// What is shown.
  public var content: Content
  /// What to see, in one or two sentences; used where the notebook writes no caption.
  public var caption: String

  /// Makes an exhibit.
  public init(name: String, content: Content, caption: String) {
    self.name = name
    self.content = content
    self.caption = caption
  }
}

/// One number with its unit and interval.
public struct Quantity: Sendable, Hashable, Codable {
  /// What it is a number of.
  public var label: String
  /// The number.
  public var value: Double
  /// The interval's ends, when one is known.
  public var interval: [Double]?
  /// The unit; empty when dimensionless.
  public var unit: String

  /// Makes a quantity.
  public init(label: String, value: Double, interval: ClosedRange<Double>? = nil, unit: String = "") {
    self.label = label
    self.value = value
    self.interval = interval.map { [$0.lowerBound, $0.upperBound] }
    self.unit = unit
  }
}
