import Checkpoints
import Diagnostics

/// Networks or weights in the order of a number: one training at several steps, several seeds, several sizes.
///
/// Members are opened one by one, when they are asked for, and are not kept.
public struct NetworkSeries: Sendable {
  /// What the members differ in.
  public enum Index: String, ParameterChoice {
    /// The step of training.
    case step
    /// The seed of training.
    case seed
    /// The size of the network or of its data.
    case size

    /// What an axis says of it.
    public var axisLabel: String { self == .step ? "training step" : rawValue }
  }

  /// One member, unopened.
  public struct Member: Sendable, Hashable {
    /// Its step, seed or size.
    public let number: Double
    /// The number as the file has it, such as `0500`; by it the member is asked for.
    public let label: String

    /// Describes a member.
    public init(number: Double, label: String) {
      self.number = number
      self.label = label
    }
  }

  /// What the members differ in.
  public let over: Index
  /// The members, by rising number.
  public let members: [Member]

  private let weights: @Sendable (Int) throws -> [Tensor]
  private let functions: @Sendable (Int) throws -> NetworkSource

  /// Makes a series.
  ///
  /// - Parameters:
  ///   - weights: opens the tensors of the member at a position.
  ///   - functions: opens the network of the member at a position.
  public init(
    over: Index, members: [Member], weights: @escaping @Sendable (Int) throws -> [Tensor],
    functions: @escaping @Sendable (Int) throws -> NetworkSource
  ) {
    self.over = over
    self.members = members
    self.weights = weights
    self.functions = functions
  }

  /// The tensors of the member at a position. Throws what is the matter, naming the member's file.
  public func tensors(ofMember position: Int) throws -> [Tensor] { try weights(position) }

  /// The network of the member at a position. Throws what is the matter, naming the member's file.
  public func network(ofMember position: Int) throws -> NetworkSource { try functions(position) }
}
