import Analysis
import Diagnostics
import Probing

extension EmbeddingQuality {
  /// What one measurement needs.
  public struct Subject: Sendable {
    let models: [Model]
    /// What models are given, once each.
    let observed: [Recording]
    /// What each of them is called.
    let observedNames: [String]
    let hidden: Recording
    let signal: Recording?
  }

  /// One of the models, or its states.
  struct Model: Sendable {
    enum Content: Sendable {
      case network(NetworkMember)
      case states(Recording)
    }

    let name: String
    let group: String
    let condition: String?
    /// Its step or size; `nil` where models differ by seed, or by nothing.
    let number: Double?
    let content: Content
    /// Which of the observed recordings it is given.
    let observedIndex: Int
  }

  private struct Found {
    let name: String
    let group: String
    let sourceIndex: Int
    let number: Double?
    let content: Model.Content
  }

  /// Takes the models and what they are given, and sees that recordings go side by side.
  public func gather(from bench: some Bench) throws -> Subject {
    let found = try models(on: bench)
    let sources = found.map(\.sourceIndex)
    let (labels, trained) = (
      try groups.spread(over: sources, key: "groups"), try conditions.spread(over: sources, key: "conditions")
    )
    let sourceCount = Set(sources).count
    guard observed.count == 1 || observed.count == sourceCount else {
      throw ParameterError.rule(
        "observed", is: "\(observed.count) long",
        mustBe: sourceCount == 1 ? "one recording" : "one recording, or one for each of \(sourceCount) sources")
    }
    let names = observed.map(\.name)
    let different = names.enumerated().filter { names.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    let given = try different.map { try recording(RecordingReference($0), on: bench) }
    let hiddenOnes = try recording(hidden, on: bench)
    let clean = try signal.map { try recording($0, on: bench) }
    let first = (name: different[0], recording: given[0])
    for (name, other) in zip(different.dropFirst(), given.dropFirst()) {
      try Self.requireUnits(other, name, like: first)
      try Self.requireTimes(other, name, like: first)
    }
    try Self.requireTimes(hiddenOnes, hidden.name, like: first)
    if let clean, let name = signal?.name {
      try Self.requireUnits(clean, name, like: first)
      try Self.requireTimes(clean, name, like: first)
    }
    let models = try found.enumerated().map { index, each in
      if case .states(let states) = each.content { try Self.requireTimes(states, each.name, like: first) }
      let written = observed.count == 1 ? names[0] : names[each.sourceIndex]
      return Model(
        name: each.name, group: labels.isEmpty ? each.group : labels[index],
        condition: trained.isEmpty ? nil : trained[index],
        number: each.number, content: each.content, observedIndex: different.firstIndex(of: written) ?? 0)
    }
    return Subject(models: models, observed: given, observedNames: different, hidden: hiddenOnes, signal: clean)
  }

  private func models(on bench: some Bench) throws -> [Found] {
    if !states.isEmpty {
      return try bench.comparedRecordings(states, convention: RecordingConvention(layout: layout)).map {
        Found(
          name: $0.name, group: $0.group ?? $0.name, sourceIndex: $0.sourceIndex,
          number: over == .seed ? nil : $0.number,
          content: .states($0.recording))
      }
    }
    return try bench.comparedNetworks(network).map { each in
      // A cell knows what its members differ in; a path has no say.
      let index = each.source.contains(":") ? each.member.over ?? over : over
      return Found(
        name: each.name, group: each.group, sourceIndex: each.sourceIndex,
        number: index == .seed ? nil : each.member.number,
        content: .network(each.member))
    }
  }

  private func recording(_ reference: RecordingReference, on bench: some Bench) throws -> Recording {
    do {
      return try bench.recording(reference.source, convention: RecordingConvention())
    } catch let error as RecordingError { throw RecordingTrouble(reference.name, error) }
  }

  private static func requireUnits(
    _ recording: Recording, _ name: String, like first: (name: String, recording: Recording)
  ) throws(AnalysisError) {
    guard recording.unitCount == first.recording.unitCount else {
      throw .sizeMismatch(
        "number of units of recording '\(name)'", size: "\(recording.unitCount)",
        expected: "\(first.recording.unitCount), as in '\(first.name)'")
    }
  }

  private static func requireTimes(
    _ recording: Recording, _ name: String, like first: (name: String, recording: Recording)
  ) throws(AnalysisError) {
    let (here, there) = (recording.trajectories, first.recording.trajectories)
    guard here.count == there.count else {
      throw .sizeMismatch(
        "number of trials of recording '\(name)'", size: "\(here.count)",
        expected: "\(there.count), as in '\(first.name)'")
    }
    for (own, other) in zip(here, there) where own.sampleCount != other.sampleCount {
      throw .sizeMismatch(
        "length of trial '\(own.name)' of recording '\(name)'", size: "\(own.sampleCount)",
        expected: "\(other.sampleCount), as in '\(first.name)'")
    }
  }
}
