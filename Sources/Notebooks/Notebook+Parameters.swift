import Diagnostics

extension Notebook {
  /// The declared parameters with their values: `set` wins over `file`, `file` over `profile`, and that over the default.
  public func resolvingParameters(
    set: [String: String] = [:], file: WrittenValue? = nil, profile: WrittenValue? = nil
  ) -> Outcome<[ResolvedParameter]> { Outcome([]) }

  /// The notebook with `${name}` in cell bodies replaced by the parameters' values.
  public func substituting(_ parameters: [ResolvedParameter]) -> Outcome<Notebook> { Outcome(self) }
}

extension Cell {
  /// The cell with `${name}` in its body replaced. A value that is nothing but `${name}` takes the parameter's type.
  public func substituting(_ values: [String: ParameterValue]) -> Outcome<Cell> { Outcome(self) }
}
