import Diagnostics

extension Notebook {
  /// The declared parameters with their values: `set` wins over `file`, `file` over `profile`, and that over the default.
  ///
  /// - Parameters:
  ///   - set: Words from the command line, by name.
  ///   - file: The mapping read from the `--params` file.
  ///   - profile: The mapping that the profile gives.
  public func resolvingParameters(
    set: [String: String] = [:], file: WrittenValue? = nil, profile: WrittenValue? = nil
  ) -> Outcome<[ResolvedParameter]> {
    var diagnostics: [Diagnostic] = []
    let known = header.parameters.map(\.name)
    for name in set.keys.sorted() where !known.contains(name) {
      diagnostics.append(ParameterProblem.unknownParameter(name, known: known).diagnostic())
    }
    for layer in [file, profile].compactMap({ $0 }) {
      guard let entries = layer.entries else {
        diagnostics.append(ParameterProblem.fileNotMapping(found: layer.kindName).diagnostic(at: layer.range))
        continue
      }
      for entry in entries where !known.contains(entry.key) {
        diagnostics.append(ParameterProblem.unknownParameter(entry.key, known: known).diagnostic(at: entry.keyRange))
      }
    }
    var resolved: [ResolvedParameter] = []
    for parameter in header.parameters {
      let choice:
        (result: Result<ParameterValue, ParameterProblem>, origin: ResolvedParameter.Origin, place: SourceRange?)
      if let word = set[parameter.name] {
        choice = (parameter.accepting(word: word), .commandLine, nil)
      } else if let value = file?[parameter.name] {
        choice = (parameter.accepting(value), .file, value.range)
      } else if let value = profile?[parameter.name] {
        choice = (parameter.accepting(value), .profile, value.range)
      } else if let standard = parameter.standard {
        choice = (.success(standard), .standard, nil)
      } else {
        choice = (
          .failure(.withoutValue(name: parameter.name, type: parameter.kind.name)), .standard, parameter.range
        )
      }
      switch choice.result {
      case .success(let value): resolved.append(ResolvedParameter(parameter, value: value, origin: choice.origin))
      case .failure(let problem): diagnostics.append(problem.diagnostic(at: choice.place))
      }
    }
    return Outcome(diagnostics.isEmpty ? resolved : nil, diagnostics)
  }

  /// The notebook with `${name}` in cell bodies replaced by the parameters' values.
  public func substituting(_ parameters: [ResolvedParameter]) -> Outcome<Notebook> {
    var values: [String: ParameterValue] = [:]
    for parameter in parameters { values[parameter.parameter.name] = parameter.value }
    var notebook = self
    var diagnostics: [Diagnostic] = []
    notebook.blocks = blocks.map { block in
      guard case .cell(let cell) = block else { return block }
      let outcome = cell.substituting(values)
      diagnostics += outcome.diagnostics
      return .cell(outcome.value ?? cell)
    }
    return Outcome(notebook, diagnostics)
  }
}

extension Cell {
  /// The cell with `${name}` in its body replaced. A value that is nothing but `${name}` takes the parameter's type;
  /// `$${` stands for `${` itself.
  public func substituting(_ values: [String: ParameterValue]) -> Outcome<Cell> {
    var substitution = Substitution(values: values)
    var cell = self
    cell.body = substitution.applied(to: body)
    return Outcome(cell, substitution.diagnostics)
  }
}

/// Replaces `${name}` throughout a value.
private struct Substitution {
  let values: [String: ParameterValue]
  var diagnostics: [Diagnostic] = []

  init(values: [String: ParameterValue]) { self.values = values }

  mutating func applied(to value: WrittenValue) -> WrittenValue {
    var value = value
    switch value.content {
    case .text(let text) where text.contains("${"): value.content = applied(to: text, at: value.range)
    case .list(let items): value.content = .list(items.map { applied(to: $0) })
    case .record(let entries):
      value.content = .record(
        entries.map { WrittenValue.Entry(key: $0.key, keyRange: $0.keyRange, value: applied(to: $0.value)) })
    default: break
    }
    return value
  }

  private mutating func applied(to text: String, at range: SourceRange?) -> WrittenValue.Content {
    let scalars = Array(text.unicodeScalars)
    var out = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      if scalars[index] == "$", index + 2 < scalars.count, scalars[index + 1] == "$", scalars[index + 2] == "{" {
        out.append(contentsOf: "${".unicodeScalars)
        index += 3
      } else if let end = YAMLBlock.substitutionEnd(in: scalars, at: index) {
        let name = String(String.UnicodeScalarView(scalars[index + 2..<end - 1]))
        if let value = values[name] {
          if index == 0, end == scalars.count { return value.content }
          out.append(contentsOf: value.description.unicodeScalars)
        } else {
          let problem = ParameterProblem.unknownSubstitution(name, known: values.keys.sorted())
          diagnostics.append(problem.diagnostic(at: range?.part(index..<end, of: scalars)))
          out.append(contentsOf: scalars[index..<end])
        }
        index = end
      } else {
        out.append(scalars[index])
        index += 1
      }
    }
    return .text(String(out))
  }
}
