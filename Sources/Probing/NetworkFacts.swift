/// What is known of a network that was handed out, for a notebook to speak of.
public struct NetworkFacts: Sendable, Hashable, Codable {
  /// Whether it is its maker's function, in one word: `verified` or `unverified`.
  public var state: String
  /// How many recorded pairs it was held to.
  public var pairs: Int
  /// The largest scaled error on them, to two digits; `nil` without pairs.
  public var largestError: Double?
  /// How many parameters it has.
  public var parameters: Int

  /// Makes facts.
  public init(state: String, pairs: Int = 0, largestError: Double? = nil, parameters: Int) {
    self.state = state
    self.pairs = pairs
    self.largestError = largestError
    self.parameters = parameters
  }
}

extension NetworkFacts {
  /// What holds of several networks together: the pairs of all, the largest error, and the state only if it is that of all.
  public init?(of networks: [NetworkFacts]) {
    guard let first = networks.first else { return nil }
    state = networks.first { $0.state != first.state } == nil ? first.state : "unverified"
    pairs = networks.reduce(0) { $0 + $1.pairs }
    largestError = networks.compactMap(\.largestError).max()
    parameters = networks.map(\.parameters).max() ?? 0
  }
}
