import Analysis
import Networks

/// An array of a source, which has one or one in each of several files.
public struct ArrayMember: Sendable {
  /// What tells its file from the others; `nil` of a single one.
  public let label: String?
  /// The number by which the files go, where their names differ in numbers; `nil` of a single one.
  public let number: Double?
  /// The numbers.
  public let array: NDArray<Double>

  /// Makes a member.
  public init(label: String? = nil, number: Double? = nil, _ array: NDArray<Double>) {
    self.label = label
    self.number = number
    self.array = array
  }
}
