import Analysis
import Diagnostics
import LinearAlgebra
import Networks
import Probing

/// One measurement of how well models' states embed a system.
struct EmbeddingQualityMeasurement {
  typealias Finding = EmbeddingQualityFinding

  let probe: EmbeddingQuality
  let subject: EmbeddingQuality.Subject
  /// Of each trial, the samples that become points.
  private let kept: [Range<Int>]
  private let observables: [PointsMeasurement.Observable]
  let measurement: PointsMeasurement

  /// More points than this are refused: they are decoded many times.
  private static let mostPoints = 50_000
  private static let fewestPoints = 100

  init(of probe: EmbeddingQuality, _ subject: EmbeddingQuality.Subject) throws {
    (self.probe, self.subject) = (probe, subject)
    let trials = subject.hidden.trajectories
    let kept = trials.map { trial in
      min(
        probe.discard, trial.sampleCount)..<max(
          min(probe.discard, trial.sampleCount), trial.sampleCount - probe.horizon)
    }
    self.kept = kept
    let count = kept.reduce(0) { $0 + $1.count }
    guard count >= max(Self.fewestPoints, 4 * probe.neighbours) else {
      throw RecordingTrouble(
        probe.hidden.name,
        .tooShort(
          longest: subject.hidden.longestSampleCount,
          needed: probe.discard + probe.horizon + max(Self.fewestPoints, 4 * probe.neighbours) / trials.count + 1,
          for:
            "\(max(Self.fewestPoints, 4 * probe.neighbours)) points between the samples discarded and the horizon take")
      )
    }
    guard count <= Self.mostPoints else {
      throw ParameterError.rule(
        "discard", is: probe.discard,
        mustBe: "larger, or the recordings shorter: \(count) points are more than \(Self.mostPoints)")
    }
    observables = try zip(subject.observed, subject.observedNames).map { recording, name in
      let signal = try Self.signal(of: recording, 0, name).standardized
      return PointsMeasurement.Observable(
        values: signal.values,
        places: zip(kept, signal.trials).flatMap { rows, trial in rows.map { trial.lowerBound + $0 } })
    }
    for unit in subject.hidden.unitNames.indices { _ = try Self.signal(of: subject.hidden, unit, probe.hidden.name) }
    let first = subject.observed[0]
    let farthest = max(1, min(1000, first.longestSampleCount / 2))
    let window: Int
    if let given = probe.window {
      window = given
    } else {
      let correlation = try Autocorrelation(of: Signal(of: first, unit: 0), upTo: farthest)
      window = TheilerWindow.standard(correlation, delay: farthest)
    }
    let spacing = 2 * (subject.hidden.longestSampleCount + window + 1)
    let times = kept.enumerated().flatMap { trial, rows in rows.map { trial * spacing + $0 } }
    let folds = try BlockedFolds(trialLengths: kept.map(\.count), count: probe.folds, gap: window)
    let hidden = Self.rows(of: subject.hidden, kept)
    let system = Self.rows(of: subject.signal ?? first, kept).joined(hidden).standardizedColumns
    measurement = PointsMeasurement(
      probe: probe, window: window, times: times, folds: folds, hidden: hidden, hiddenNames: subject.hidden.unitNames,
      system: system,
      systemNeighbours: try NeighbourSearch(of: system, times: times).nearest(probe.neighbours, window: window))
  }

  private static func signal(of recording: Recording, _ unit: Int, _ name: String) throws -> Signal {
    do {
      return try Signal(of: recording, unit: unit)
    } catch { throw SignalTrouble(name, recording.unitNames[unit], error) }
  }

  private static func rows(of recording: Recording, _ kept: [Range<Int>]) -> Matrix<Double> {
    let parts = zip(recording.trajectories, kept).map { $0.samples.rows($1) }
    return Matrix(
      rowCount: parts.reduce(0) { $0 + $1.rowCount }, columnCount: recording.unitCount,
      entries: parts.flatMap(\.entries))
  }

  func finding(
    using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> Finding {
    let source = random.split("models \(random.next())")
    let models = subject.models
    let found = try concurrently(Array(models.indices)) { index in
      progress("model \(index + 1) of \(models.count)")
      var own = source.split(index)
      return try model(models[index], using: &own)
    }
    var (results, references, caveats) = ([Finding.Model](), [Finding.Reference](), [Caveat]())
    // As many delays as there are coordinates, or as are known of every point.
    let most = (probe.discard + 1) * subject.observed[0].unitCount
    var asked: [ReferenceKey] = []
    for (model, (own, _)) in zip(models, found) {
      let key = ReferenceKey(
        observedIndex: model.observedIndex, condition: model.condition, delayCount: min(own.states.unitCount, most))
      if !asked.contains(key) { asked.append(key) }
      var own = own
      own.reference = asked.firstIndex(of: key) ?? 0
      results.append(own)
    }
    progress("delays")
    references = try concurrently(asked) { key in try reference(key, using: source) }
    for (place, key) in asked.enumerated()
    where !asked[..<place].contains(where: { $0.observedIndex == key.observedIndex && $0.condition == key.condition }) {
      references += try simpler(key, using: source)
    }
    caveats += doubts(results, mostDelays: most)
    guard let last = results.last else { throw ParameterError.missing("network", "no model was found") }
    let settings = Finding.settings(of: results)
    return Finding(
      hidden: subject.hidden.unitNames, pointCount: measurement.times.count,
      sampleInterval: subject.hidden.sampleInterval,
      timeUnit: subject.hidden.timeUnit, window: measurement.window, neighbourCount: probe.neighbours,
      overlapChance: Double(probe.neighbours) / Double(measurement.times.count - 1),
      decoders: [probe.linear.rawValue, probe.nonlinear.rawValue], over: over, decoding: last.states.decoding,
      neighbourOverlap: last.states.neighbourOverlap, noiseAmplification: last.states.noiseAmplification,
      mase: last.mase,
      models: results, settings: settings,
      increases: Finding.increases(of: settings), references: references,
      clouds: try clouds(results, found.map(\.axes)),
      colours: drawn.map { measurement.hidden[$0, measurement.hidden.columnCount - 1] }, caveats: caveats)
  }

  private var over: NetworkSeries.Index {
    for case .network(let member) in subject.models.map(\.content) {
      if let over = member.over, over != .step { return over }
    }
    return probe.over
  }

  // MARK: Models

  private func model(
    _ model: EmbeddingQuality.Model, using random: inout SeededGenerator
  ) throws -> (Finding.Model, axes: [[Double]]) {
    let (states, run, count): (Recording, ModelRun?, Int)
    switch model.content {
    case .states(let recording): (states, run, count) = (recording, nil, 0)
    case .network(let member):
      let network = try member.open().network
      let found = try ModelRun(probe, network, named: model.name, on: subject.observed[model.observedIndex])
      (states, run, count) = (try found.states(), found, network.parameterCount)
      try requireTimes(of: states, model.name)
    }
    let points = Self.rows(of: states, kept)
    guard points.centredColumns.largestMagnitude > 0 else {
      throw BenchError.wrongKind(
        model.name, expected: "a model whose states change", found: "one whose states are all the same")
    }
    let rollouts = try run?.rollouts() ?? []
    // As long as there is something before it that is not discarded.
    let length = subject.hidden.trajectories.map(\.sampleCount).min() ?? 0
    let free = min(probe.freeRun, length - max(1, min(probe.discard, length / 2)))
    let result = Finding.Model(
      name: model.name, group: model.group, condition: model.condition, number: model.number, parameterCount: count,
      states: try measurement.measured(points, observables[model.observedIndex], using: &random), reference: 0,
      mase: rollouts.first { $0.steps == 1 }?.mase, rollouts: rollouts,
      freeRun: free >= 16 ? try run?.freeRun(free) : nil)
    return (result, try axes(of: points))
  }

  // MARK: Clouds to look at

  private static let (mostDrawn, mostClouds) = (900, 6)

  /// Which points are drawn.
  private var drawn: [Int] {
    let count = measurement.times.count
    return Array(stride(from: 0, to: count, by: max(1, (count + Self.mostDrawn - 1) / Self.mostDrawn)))
  }

  /// Points along their principal axes, each in its own deviations, as the first axis of states is often ten times the third.
  private func axes(of points: Matrix<Double>) throws -> [[Double]] {
    let components = try PrincipalComponents(of: Recording(points), count: 3)
    let seen = points.centredColumns.selectingRows(drawn) * components.directions
    return components.variances.enumerated().map { axis, variance in
      seen.column(axis).map { variance > 0 ? $0 / variance.squareRoot() : 0 }
    }
  }

  /// Of each group the first model that was trained the longest, under the first condition, and delays.
  private func clouds(_ models: [Finding.Model], _ axes: [[[Double]]]) throws -> [Finding.Cloud] {
    let chosen = Finding.examples(of: models).prefix(Self.mostClouds - 1)
    let widest = chosen.map { models[$0].states.unitCount }.max() ?? 1
    let key = ReferenceKey(
      observedIndex: subject.models[0].observedIndex, condition: nil,
      delayCount: min(widest, (probe.discard + 1) * subject.observed[0].unitCount))
    return chosen.map { Finding.Cloud(name: models[$0].group, axes: axes[$0]) }
      + [Finding.Cloud(name: "delays", axes: try self.axes(of: delays(key)))]
  }

  private func requireTimes(of states: Recording, _ name: String) throws(BenchError) {
    let wanted = subject.hidden.trajectories.map(\.sampleCount)
    guard states.trajectories.map(\.sampleCount) == wanted else {
      throw .wrongKind(
        name, expected: "a network with states at every one of \(wanted.first ?? 0) samples of \(wanted.count) trials",
        found: "one with states at \(states.longestSampleCount) samples of \(states.trajectories.count)")
    }
  }

  // MARK: References

  private struct ReferenceKey: Hashable, Sendable {
    let observedIndex: Int
    let condition: String?
    let delayCount: Int
  }

  private func delays(_ key: ReferenceKey) -> Matrix<Double> {
    let recording = subject.observed[key.observedIndex]
    let width = recording.unitCount
    let entries = zip(recording.trajectories, kept).flatMap { trial, rows in
      rows.flatMap { time in
        (0..<key.delayCount).map { trial.samples[time - $0 / width, $0 % width] }
      }
    }
    return Matrix(rowCount: entries.count / key.delayCount, columnCount: key.delayCount, entries: entries)
  }

  private func reference(_ key: ReferenceKey, using source: SeededGenerator) throws -> Finding.Reference {
    var own = source.split("delays \(key.observedIndex) \(key.delayCount)")
    return Finding.Reference(
      kind: .delays, condition: key.condition,
      points: try measurement.measured(delays(key), observables[key.observedIndex], using: &own))
  }

  /// The present alone, and delays beside what is hidden at another time.
  private func simpler(_ key: ReferenceKey, using source: SeededGenerator) throws -> [Finding.Reference] {
    var own = source.split("present \(key.observedIndex)")
    let width = subject.observed[key.observedIndex].unitCount
    let present = ReferenceKey(observedIndex: key.observedIndex, condition: key.condition, delayCount: width)
    let points = try measurement.measured(delays(present), observables[key.observedIndex], using: &own)
    let whole = delays(key)
    let measured = try measurement.measured(whole, observables[key.observedIndex], using: &own)
    return [
      Finding.Reference(kind: .present, condition: key.condition, points: points),
      Finding.Reference(
        kind: .shuffled, condition: key.condition, points: try measurement.shuffled(whole, like: measured, using: &own)),
    ]
  }
}

extension Matrix where Scalar == Double {
  /// With the columns of another, which has as many rows, after its own.
  fileprivate func joined(_ other: Matrix) -> Matrix {
    Matrix(
      rowCount: rowCount, columnCount: columnCount + other.columnCount,
      entries: (0..<rowCount).flatMap { self.row($0) + other.row($0) })
  }

  /// Columns of mean 0 and deviation 1; what does not vary stays 0.
  fileprivate var standardizedColumns: Matrix {
    var centred = centredColumns
    for column in 0..<columnCount {
      let values = centred.column(column)
      let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(max(1, rowCount))).squareRoot()
      guard deviation > 0 else { continue }
      for row in 0..<rowCount { centred[row, column] /= deviation }
    }
    return centred
  }
}
