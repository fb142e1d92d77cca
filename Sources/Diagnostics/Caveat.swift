/// A numerical doubt that travels with a finding and prints under its exhibits. Not an error.
public struct Caveat: Sendable, Hashable, Codable {
  /// A stable short name, such as `few-points`.
  public var name: String
  /// The doubt in one sentence, with its numbers.
  public var message: String

  /// Makes a caveat.
  public init(_ name: String, _ message: String) {
    self.name = name
    self.message = message
  }
}
