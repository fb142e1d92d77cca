import Networks

extension NetworkArchitecture: ShorthandParameters {
  /// The key that a single value stands for: `gru`, or `{kind: gru, step: true}`.
  public static let shorthandKey = "kind"

  /// Refuses keys that make no sense together, by their place.
  public func check() throws(ParameterError) {
    do throws(NetworkError) {
      try validate()
    } catch {
      throw .missing("architecture", "\(error.message)\(error.hint.map { "; \($0)" } ?? "")")
    }
  }
}

extension NetworkArchitecture.Kind: ParameterChoice {}
extension NetworkArchitecture.Activation: ParameterChoice {}
extension NetworkArchitecture.Intake: ParameterChoice {}
