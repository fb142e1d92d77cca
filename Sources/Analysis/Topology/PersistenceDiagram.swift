/// A class of homology: the scales at which it appears and fills in.
public struct PersistenceBar: Sendable, Hashable, Codable {
  /// The distance at which the class appears.
  public let birth: Double
  /// The distance at which it fills in or merges; `nil` for a class that stays to the last scale looked at.
  public let death: Double?

  /// Makes a bar.
  public init(birth: Double, death: Double?) {
    self.birth = birth
    self.death = death
  }

  /// How long the class lives; infinite for one that stays.
  public var length: Double { death.map { $0 - birth } ?? .infinity }
}

/// The classes of one dimension, the longest-lived first.
public struct PersistenceDiagram: Sendable, Hashable, Codable {
  /// 0 for pieces, 1 for loops, 2 for hollows.
  public let dimension: Int
  /// The bars by falling length, then by rising birth.
  public let bars: [PersistenceBar]

  /// Orders bars.
  public init(dimension: Int, bars: [PersistenceBar]) {
    self.dimension = dimension
    self.bars = bars.sorted(by: Self.comesFirst)
  }

  static func comesFirst(_ one: PersistenceBar, _ other: PersistenceBar) -> Bool {
    (other.length, one.birth) < (one.length, other.birth)
  }

  /// The lengths of the bars that end, descending.
  public var finiteLengths: [Double] { bars.filter { $0.death != nil }.map(\.length) }
}
