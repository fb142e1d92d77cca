import Analysis
import Diagnostics
import LinearAlgebra
import Probing

extension DynamicalSimilarity {
  /// What one measurement needs.
  public struct Subject: Sendable {
    /// A system as it came.
    enum Content: Sendable {
      case recording(DrivenRecording)
      case stateOperator(Matrix<Double>)
    }
    /// Its name, the group and number it has by itself, and what it is.
    struct System: Sendable {
      var name: String
      var sourceIndex: Int
      var group: String?
      var number: Double?
      let content: Content
    }
    let systems: [System]
  }

  /// More systems than this take too long in pairs.
  private static let mostSystems = 1000

  /// Takes the recordings or the operators.
  public func gather(from bench: some Bench) throws -> Subject {
    var found: [Subject.System] = []
    for (index, label) in SourceReference.shortNames(of: operators.map(\.name)).enumerated() {
      found += try stateOperators(operators[index], at: index, named: label, on: bench)
    }
    let compared = try bench.comparedRecordings(recordings, convention: convention)
    let drives = try bench.comparedRecordings(inputs, convention: convention).map(\.recording)
    guard drives.count <= 1 || drives.count == compared.count else {
      throw ParameterError.rule(
        "inputs", is: "\(drives.count) recordings", mustBe: "\(compared.count), one for each recording, or one for all")
    }
    for (place, each) in compared.enumerated() {
      let drive = drives.isEmpty ? nil : drives[drives.count == 1 ? 0 : place]
      if let drive { try SystemTrouble.locating(each.name) { try each.recording.requireInputs(drive) } }
      found += try parts(of: each, drivenBy: drive, isAlone: compared.count == 1)
    }
    guard found.count >= 2 else { throw AnalysisError.tooFew("systems", count: found.count, minimum: 2) }
    guard found.count <= Self.mostSystems else {
      throw AnalysisError.outOfRange("number of systems", Double(found.count), rule: "at most \(Self.mostSystems)")
    }
    guard names.isEmpty || names.count == found.count else {
      throw ParameterError.rule(
        "names", is: "\(names.count) long", mustBe: "\(found.count) long, one for each system")
    }
    let labels = try groups.spread(over: found.map(\.sourceIndex), key: "groups")
    for (index, label) in labels.enumerated() { found[index].group = label }
    for (index, name) in names.enumerated() { found[index].name = name }
    return Subject(systems: found)
  }

  private func stateOperators(
    _ reference: SourceReference, at position: Int, named label: String, on bench: some Bench
  ) throws -> [Subject.System] {
    let array = try bench.array(reference)
    let shape = array.shape
    let side = shape.last ?? 0
    guard (2...3).contains(shape.count), !shape.contains(0), shape[shape.count - 2] == side,
      side <= PreparedOperator.largestSize
    else {
      throw BenchError.wrongShape(
        reference.name, shape: shape,
        rule: "n × n, or k × n × n for k operators, with n at most \(PreparedOperator.largestSize)")
    }
    let bad = array.values.count { !$0.isFinite }
    guard bad == 0 else { throw BenchError.notFinite(reference.name, count: bad) }
    let count = shape.count == 3 ? shape[0] : 1
    return (0..<count).map { index in
      let entries = Array(array.values[(index * side * side)..<((index + 1) * side * side)])
      return Subject.System(
        name: shape.count == 3 ? "\(label) \(index + 1)" : label, sourceIndex: position, group: nil,
        content: .stateOperator(Matrix(rowCount: side, columnCount: side, entries: entries)))
    }
  }

  private func parts(
    of source: ComparedRecording, drivenBy inputs: Recording?, isAlone: Bool
  ) throws -> [Subject.System] {
    let (name, recording) = (source.name, source.recording)
    let whole = DrivenRecording(states: recording, inputs: inputs)
    func system(_ suffix: String, _ condition: String?, _ trials: [Int]) throws -> Subject.System {
      .init(
        name: isAlone ? suffix : "\(name) \(suffix)", sourceIndex: source.sourceIndex,
        group: condition ?? (isAlone ? nil : name),
        content: .recording(try whole.keepingTrials(trials)))
    }
    switch systems {
    case .recordings:
      return [
        .init(
          name: name, sourceIndex: source.sourceIndex, group: source.group, number: source.number,
          content: .recording(whole))
      ]
    case .trials:
      return try recording.trajectories.enumerated().map { index, trial in
        try system(trial.name, trial.condition, [index])
      }
    case .conditions:
      guard !recording.conditions.isEmpty else {
        throw BenchError.wrongKind(name, expected: "a recording with conditions", found: "without any")
      }
      return try recording.conditions.map { condition in
        try system(
          condition, nil, recording.trajectories.indices.filter { recording.trajectories[$0].condition == condition })
      }
    }
  }
}

/// What is wrong with one of many systems, and which one it is.
struct SystemTrouble: Diagnosable {
  let name: String
  let error: any Diagnosable

  /// Adds a system's name to what an error says, but for parameters at fault.
  static func locating<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ParameterError {
      throw error
    } catch let error as any Diagnosable { throw SystemTrouble(name, error) }
  }

  init(_ name: String, _ error: any Diagnosable) { (self.name, self.error) = (name, error) }

  var message: String { "system '\(name)': \(error.message)" }
  var hint: String? { error.hint }
  var status: ExitStatus { error.status }
}
