import Diagnostics

/// What a fit of linear dynamics refuses, and why.
public enum DynamicsError: Diagnosable, Hashable, Sendable {
  /// All states are zero.
  case standstill
  /// A rank above that of the data, whose shape is samples × units.
  case rankAboveData(Int, rank: Int, shape: String)
  /// The operator cannot be inverted or has no square root.
  case singularOperator(method: String, rank: Int)
  /// Inputs do not accompany the recording sample by sample.
  case inputs(trial: String, samples: Int, expected: Int)
  /// The inputs of a trial belong to another condition than the trial.
  case inputCondition(trial: String, found: String, expected: String)
  /// An input stands still.
  case constantInput(String)
  /// Inputs and states together have less rank than columns: their effects cannot be told apart.
  case inputsNotExciting(rank: Int, needed: Int)

  /// What is the matter, with the offending values.
  public var message: String {
    switch self {
    case .standstill: "every state is zero; there is nothing to fit"
    case .rankAboveData(let rank, let most, let shape):
      "rank is \(rank); the \(shape) samples have rank \(most), which it must not exceed"
    case .singularOperator(let method, let rank):
      "the \(method) fit at rank \(rank) has a singular operator; there is no square root of it"
    case .inputs(let trial, let samples, let expected):
      "the inputs of trial '\(trial)' have \(samples) samples; they must have \(expected), as the recording has"
    case .inputCondition(let trial, let found, let expected):
      "the inputs of trial '\(trial)' are of condition '\(found)'; they must be of '\(expected)', as the recording is"
    case .constantInput(let name):
      "input '\(name)' is constant; every input must vary for its effect to be known"
    case .inputsNotExciting(let rank, let needed):
      "states and inputs together have rank \(rank); at least \(needed) is needed to tell their effects apart"
    }
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .standstill: "take another scaling than one that leaves nothing"
    case .rankAboveData: "take a lower rank, more delays or more samples"
    case .singularOperator: "take a lower rank, or another method"
    case .inputs, .inputCondition: "save inputs as trials × time × inputs, with the trials of the recording"
    case .constantInput: "leave it out, or record inputs that vary"
    case .inputsNotExciting: "take a lower rank, or record inputs that vary more"
    }
  }

  /// A cell that meets this fails; the rest of the report stands.
  public var status: ExitStatus { .cellFailed }
}
