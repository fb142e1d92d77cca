import Analysis
import LinearAlgebra
import Networks
import Probing

/// What a network makes of what is observed: its states, and how well it foretells.
struct ModelRun {
  typealias Finding = EmbeddingQualityFinding

  let probe: EmbeddingQuality
  let name: String
  let observed: Recording
  private let network: Network
  private let input: String
  private let layer: String
  /// The output with the next sample; `nil` where there is none.
  private let prediction: String?
  private let found: [String: NDArray<Double>]

  /// Runs the network once.
  init(_ probe: EmbeddingQuality, _ network: Network, named name: String, on observed: Recording) throws {
    (self.probe, self.name, self.observed, self.network) = (probe, name, observed, network)
    input = try network.inputName(probe.input ?? "0")
    layer = try network.valueName(probe.layer ?? "\(network.outputs.count - 1)")
    let lengths = observed.trajectories.map(\.sampleCount)
    if let first = lengths.first, let other = lengths.first(where: { $0 != first }) {
      throw AnalysisError.sizeMismatch(
        "length of a trial that a network is given", size: "\(other)", expected: "\(first), as that of the first trial")
    }
    found = try network.evaluate(
      [input: Self.array(observed.trajectories.map(\.samples), probe.layout)],
      only: ([layer] + network.outputs.map(\.name)).distinct)
    let candidate = try network.outputName(probe.prediction ?? "0")
    let wanted = Self.shape(observed.trajectories.map(\.samples), probe.layout)
    if found[candidate]?.shape == wanted, probe.prediction != nil || candidate != layer || network.outputs.count == 1 {
      prediction = candidate
    } else if probe.prediction != nil {
      throw BenchError.wrongShape(
        "\(name):\(candidate)", shape: found[candidate]?.shape ?? [],
        rule: "\(wanted.map(String.init).joined(separator: "×")), as what is observed")
    } else {
      prediction = nil
    }
  }

  /// The states, as a recording.
  func states() throws -> Recording {
    guard let states = found[layer] else {
      throw BenchError.wrongKind(name, expected: "a network with the output '\(layer)'", found: "without it")
    }
    do {
      return try RecordingConvention(layout: probe.layout).recording(of: states, named: "\(name):\(layer)")
    } catch let error as RecordingError { throw RecordingTrouble("\(name):\(layer)", error) }
  }

  // MARK: Its own predictions

  /// Feeds whole trials of predictions back, again and again, and scores some of the steps.
  func rollouts() throws -> [Finding.Rollout] {
    guard let prediction, let last = probe.rollouts.last else { return [] }
    let truth = observed.trajectories.map(\.samples)
    let length = truth.first?.rowCount ?? 0
    var results: [Finding.Rollout] = []
    var fed = found[prediction]
    for steps in 1...last where steps < length {
      if steps > 1 { fed = try fed.flatMap { $0.isFinite ? try network.evaluate([input: $0])[prediction] : nil } }
      guard probe.rollouts.contains(steps) else { continue }
      guard let told = fed, told.isFinite else {
        results.append(Finding.Rollout(steps: steps, mase: nil, determination: nil))
        continue
      }
      let count = length - steps
      let score = try SequenceScore(
        of: Self.trials(told, probe.layout).map { $0.rows(0..<count) }, truth: truth.map { $0.rows(steps..<length) },
        before: truth.map { $0.rows((steps - 1)..<(length - 1)) })
      results.append(Finding.Rollout(steps: steps, mase: score.scaledError, determination: score.determination))
    }
    return results
  }

  /// Lets the network go on by itself from where there are so many samples left, and compares what it does with what there was.
  func freeRun(_ wanted: Int) throws -> Finding.FreeRun? {
    guard let prediction, wanted > 0 else { return nil }
    let truth = observed.trajectories.map(\.samples)
    let length = truth.first?.rowCount ?? 0
    let start = length - wanted
    guard start >= 1 else { return nil }
    var going = truth.map { $0.rows(0..<start) }
    for _ in 0..<wanted {
      let array = Self.array(going, probe.layout)
      guard let told = try network.evaluate([input: array])[prediction] else { return nil }
      let next = Self.trials(told, probe.layout)
      for trial in going.indices {
        let row = next[trial].row(next[trial].rowCount - 1)
        // What has left every bound goes on from its edge; the histogram tells.
        let bounded = row.map { $0.isFinite ? max(-1e6, min(1e6, $0)) : 1e6 }
        going[trial] = Matrix(
          rowCount: going[trial].rowCount + 1, columnCount: row.count, entries: going[trial].entries + bounded)
      }
    }
    let (there, here) = (truth.map { $0.rows(start..<length) }, going.map { $0.rows(start..<length) })
    var (divergence, correlation) = (0.0, 0.0)
    for unit in 0..<observed.unitCount {
      let (was, made) = (there.map { $0.column(unit) }, here.map { $0.column(unit) })
      divergence += try HistogramDivergence(of: was.flatMap { $0 }, from: made.flatMap { $0 }).value
      correlation += try SpectralCorrelation(of: was, and: made).value
    }
    let count = Double(observed.unitCount)
    return Finding.FreeRun(
      samples: wanted, histogramDivergence: divergence / count, spectralCorrelation: correlation / count)
  }

  // MARK: Arrays

  private static func shape(_ trials: [Matrix<Double>], _ layout: RecordingLayout?) -> [Int] {
    guard let first = trials.first else { return [] }
    return layout == .timeByTrialsByUnits
      ? [first.rowCount, trials.count, first.columnCount] : [trials.count, first.rowCount, first.columnCount]
  }

  private static func array(_ trials: [Matrix<Double>], _ layout: RecordingLayout?) -> NDArray<Double> {
    let shape = shape(trials, layout)
    guard layout == .timeByTrialsByUnits else { return NDArray(shape: shape, values: trials.flatMap(\.entries)) }
    return NDArray(shape: shape, values: (0..<shape[0]).flatMap { time in trials.flatMap { $0.row(time) } })
  }

  private static func trials(_ array: NDArray<Double>, _ layout: RecordingLayout?) -> [Matrix<Double>] {
    let isOuter = layout == .timeByTrialsByUnits
    let (count, length, width) = (array.shape[isOuter ? 1 : 0], array.shape[isOuter ? 0 : 1], array.shape[2])
    return (0..<count).map { trial in
      Matrix(
        rowCount: length, columnCount: width,
        entries: (0..<length).flatMap { time in
          let place = (isOuter ? time * count + trial : trial * length + time) * width
          return array.values[place..<(place + width)]
        })
    }
  }
}

extension NDArray where Scalar == Double {
  fileprivate var isFinite: Bool { values.allSatisfy(\.isFinite) }
}
