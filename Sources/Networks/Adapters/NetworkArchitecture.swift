import Checkpoints
import Diagnostics

/// What a person says of weights whose file does not hold their function.
///
/// Only what cannot be read off the names and shapes of the tensors is asked for, and nothing of that is guessed.
public struct NetworkArchitecture: Codable, Hashable, Sendable {
  /// The families of functions.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// A whole module of PyTorch's, or a part of one.
    case module
    /// `torch.nn.RNN`
    case rnn
    /// `torch.nn.GRU`
    case gru
    /// `torch.nn.LSTM`
    case lstm
    /// Affine layers one after the other, with one function between them.
    case mlp
    /// GPT-2, from a folder with its configuration.
    case gpt2
  }

  /// What stands between affine layers.
  public enum Activation: String, Codable, Hashable, Sendable, CaseIterable {
    case relu, tanh, sigmoid, silu, gelu, softplus, elu, identity
    case geluTanh = "gelu-tanh"
    case leakyRelu = "leaky-relu"
  }

  /// The family.
  public var kind: Kind
  /// The part that is meant: `rnn` for tensors named `rnn.weight_ih_l0`, or for a module's part of that name.
  public var part: String?
  /// What stands between affine layers, or in a plain recurrent network; the files do not say it.
  public var activation: Activation?
  /// Whether one step of a recurrent network is meant, from state to state, rather than its run over time.
  public var step: Bool?
  /// Whether GPT-2 takes `ids`, or `embeddings`, in which it is differentiable.
  public var takes: Intake?

  /// What a language model takes.
  public enum Intake: String, Codable, Hashable, Sendable, CaseIterable {
    case embeddings, ids
  }

  /// Says what weights are the weights of.
  public init(
    _ kind: Kind, part: String? = nil, activation: Activation? = nil, step: Bool? = nil, takes: Intake? = nil
  ) {
    self.kind = kind
    self.part = part
    self.activation = activation
    self.step = step
    self.takes = takes
  }

  /// Refuses what makes no sense together.
  ///
  /// - Throws: ``NetworkError/architecture(reason:hint:)``.
  public func validate() throws(NetworkError) {
    func refuse(_ key: String, _ isGiven: Bool, _ kinds: [Kind]) throws(NetworkError) {
      guard !isGiven || kinds.contains(kind) else {
        throw .architecture(
          reason: "'\(key)' says nothing of the architecture '\(kind.rawValue)'", hint: "leave '\(key)' out")
      }
    }
    try refuse("activation", activation != nil, [.rnn, .mlp])
    try refuse("step", step != nil, [.rnn, .gru, .lstm])
    try refuse("takes", takes != nil, [.gpt2])
    try refuse("part", part != nil, [.module, .rnn, .gru, .lstm, .mlp])
    switch (kind, activation) {
    case (.rnn, nil):
      throw .architecture(
        reason: "the weights of a plain recurrent network do not say its activation",
        hint: "add 'activation: tanh' or 'activation: relu'")
    case (.rnn, .tanh), (.rnn, .relu): break
    case (.rnn, let other?):
      throw .architecture(
        reason: "torch.nn.RNN has no activation '\(other.rawValue)'",
        hint: "use 'tanh' or 'relu', or write a recipe file")
    case (.mlp, nil):
      throw .architecture(
        reason: "the weights of affine layers do not say what stands between them",
        hint: "add 'activation' with one of \(Activation.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))")
    default: break
    }
  }

  /// Reads what a recipe file says.
  static func read(_ node: JSONNode) throws(NetworkError) -> NetworkArchitecture {
    func fail(_ reason: String, _ hint: String? = nil) -> NetworkError {
      .recipe(place: "architecture", reason: reason, hint: hint)
    }
    guard let members = node.members else { throw fail("it is \(node.kindName); it must be an object") }
    let keys = ["kind", "part", "activation", "step", "takes"]
    for member in members where !keys.contains(member.key) {
      throw fail("unknown key '\(member.key.prefix(40))'", nearMissHint(for: member.key, among: keys))
    }
    func text(_ key: String) throws(NetworkError) -> String? {
      guard let value = node[key] else { return nil }
      guard let text = value.text else { throw fail("'\(key)' is \(value.kindName); it must be a string") }
      return text
    }
    func choice<Choice: RawRepresentable & CaseIterable>(
      _ key: String, _ type: Choice.Type
    ) throws(NetworkError) -> Choice? where Choice.RawValue == String {
      guard let text = try text(key) else { return nil }
      guard let choice = Choice(rawValue: text) else {
        throw fail(
          "'\(key)' is '\(text.prefix(40))', which is not one of its choices",
          nearMissHint(for: text, among: Choice.allCases.map(\.rawValue)))
      }
      return choice
    }
    guard let kind = try choice("kind", Kind.self) else {
      throw fail("'kind' is missing", "use one of \(Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))")
    }
    var step: Bool?
    if let value = node["step"] {
      guard let flag = value.boolean else { throw fail("'step' is \(value.kindName); it must be true or false") }
      step = flag
    }
    return NetworkArchitecture(
      kind, part: try text("part"), activation: try choice("activation", Activation.self), step: step,
      takes: try choice("takes", Intake.self))
  }
}

extension NetworkArchitecture.Activation {
  /// Writes the function of a value.
  func write(_ x: String, in writer: inout DescriptionWriter) throws(NetworkError) -> String {
    switch self {
    case .identity: x
    case .relu: try writer.node("Relu", [x])
    case .tanh: try writer.node("Tanh", [x])
    case .sigmoid: try writer.node("Sigmoid", [x])
    case .silu: try writer.node("Swish", [x], ["alpha": .number(1)])
    case .gelu: try writer.node("Gelu", [x])
    case .geluTanh: try writer.node("Gelu", [x], ["approximate": .text("tanh")])
    case .softplus: try writer.node("Softplus", [x])
    case .elu: try writer.node("Elu", [x])
    case .leakyRelu: try writer.node("LeakyRelu", [x], ["alpha": .number(0.01)])
    }
  }
}
