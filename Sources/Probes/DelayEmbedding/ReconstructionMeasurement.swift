import Analysis
import Diagnostics
import Foundation
import LinearAlgebra
import Probing

/// One measurement of a signal's reconstruction, step by step.
struct ReconstructionMeasurement {
  typealias Finding = SignalReconstructionFinding
  let probe: SignalReconstruction
  let name: String
  let recording: Recording
  let unit: Int
  let other: Int?
  let colour: Int?
  let signal: Signal
  var caveats: [Caveat] = []

  /// More samples than this are refused: neighbours are sought dozens of times.
  private static let mostSamples = 200_000
  /// What is left of a reconstruction that a figure shows.
  private static let mostDrawn = 3000
  /// Every two of these states are compared.
  private static let mostPaired = 4000
  /// Local linear maps look from every state at every other.
  private static let mostMapped = 1500
  /// Fewer samples than this have no neighbours to speak of.
  private static let shortest = 100
  /// Of fewer different values than this, states coincide or are far apart.
  private static let fewestValues = 8

  init(of probe: SignalReconstruction, _ subject: SignalReconstruction.Subject) throws {
    self.probe = probe
    name = subject.name
    recording = subject.recording.subsampled(by: probe.subsample)
    unit = subject.unit
    other = subject.other
    colour = subject.colour
    guard recording.sampleCount <= Self.mostSamples else {
      throw ParameterError.rule(
        "subsample", is: probe.subsample,
        mustBe: "larger: \(counted(recording.sampleCount, "sample")) are more than \(Self.mostSamples)")
    }
    signal = try Self.signal(of: recording, unit: unit, named: name)
    if recording.trajectories.count > 1 {
      let short = signal.trials.count { $0.count < Self.shortest }
      if short > 0 {
        caveats.append(
          Caveat(
            "short-trials",
            "\(counted(short, "trial")) of \(signal.trials.count) \(short == 1 ? "has" : "have") fewer than \(Self.shortest) samples; what is too short for a window is left out"
          ))
      }
    }
  }

  private static func signal(of recording: Recording, unit: Int, named name: String) throws -> Signal {
    let signal = try located(name, recording.unitNames[unit]) { try Signal(of: recording, unit: unit) }
    guard signal.longest >= shortest else {
      throw SignalTrouble(
        name, recording.unitNames[unit],
        SignalError.tooShort(longest: signal.longest, needed: shortest, for: "a reconstruction takes"))
    }
    let different = Set(signal.values).count
    guard different >= fewestValues else {
      throw SignalTrouble(name, recording.unitNames[unit], .coarse(values: different, needed: fewestValues))
    }
    if let period = signal.period {
      throw SignalTrouble(name, recording.unitNames[unit], .periodic(samples: period))
    }
    // Squares of its differences are finite then, whatever its measure.
    return signal.standardized
  }

  private static func located<Value>(_ name: String, _ unit: String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as SignalError { throw SignalTrouble(name, unit, error) }
  }

  func finding(
    using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> Finding {
    try Self.located(name, recording.unitNames[unit]) {
      try found(using: &random, progress: progress)
    }
  }

  private func found(
    using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> Finding {
    var caveats = caveats
    progress("choosing the delay")
    let farthest = min(probe.largestDelay, signal.longest / 4)
    let correlation = try Autocorrelation(of: signal, upTo: farthest)
    let information = try MutualInformation(of: signal, upTo: farthest, estimator: estimator)
    let choice = DelayChoice(information, correlation)
    let delay = probe.delay ?? choice.lag
    let delayReason = probe.delay == nil ? Finding.DelayReason(rawValue: choice.reason.rawValue) ?? .decay : .given
    let window = probe.window ?? TheilerWindow.standard(correlation, delay: delay)

    progress("choosing the dimension")
    let most = fitting(dimensions: probe.largestDimension, delay: delay)
    if most < probe.largestDimension {
      caveats.append(
        Caveat(
          "fewer-dimensions",
          "the longest trial has \(signal.longest) samples: at a delay of \(delay) there is room for \(counted(most, "dimension")), not \(probe.largestDimension)"
        ))
    }
    let falsehood = try FalseNeighbours(of: signal, lag: delay, upTo: most, window: window, ratio: probe.ratio)
    let cao = try CaoDimension(of: signal, lag: delay, upTo: most, window: window)

    progress("foretelling")
    let horizon = max(1, min(delay, 20))
    let guess = probe.dimension ?? falsehood.dimension ?? cao.dimension ?? min(most, 3)
    let forecasts = try self.forecasts(
      delay, guess, most, window, horizon: horizon, using: &random)
    let structure = Self.structure(of: forecasts)
    var (dimension, reason) = (probe.dimension, Finding.DimensionReason.given)
    if dimension == nil {
      (dimension, reason) =
        structure == .none
        ? (nil, .none)
        : falsehood.dimension.map { ($0, .falseNeighbours) } ?? cao.dimension.map { ($0, .cao) } ?? (nil, .none)
    }
    let taken = dimension ?? guess

    progress("measuring noise amplification")
    let reach = min(probe.horizon, max(1, signal.longest / 4))
    let amplification = try self.amplification(delay, most, window, horizon: reach)
    let here = try NoiseAmplification(
      of: signal, dimension: taken, lag: delay, neighbours: probe.neighbours, horizon: reach, window: window)
    var draws = random.split("blocks of amplification")
    let interval = try? here.interval(
      blockLength: blockLength(delay, taken, window, horizon: reach), using: &draws)
    let variant = try NoiseAmplification(
      of: signal, dimension: taken, lag: delay, neighbours: probe.neighbours, horizon: min(10, reach), window: window,
      form: .sequenceModels)

    progress("following near states")
    let vectors = try DelayVectors(of: signal.standardized, dimension: taken, lag: delay)
    let divergence = structure == .none ? nil : self.divergence(delay, taken, window, doubts: &caveats)
    let pairs = try pairs(vectors, window)
    let mapping = try crossMapping(delay, taken, window, using: &random, progress: progress)
    let coordinates = try probe.nonUniform ? self.coordinates(window, horizon: reach, progress: progress) : []
    caveats += doubts(
      choice: choice, falsehood, cao, structure, dimension: dimension, amplification, delay: delay, window: window)
    return Finding(
      recording: name, unit: recording.unitNames[unit], trialCount: signal.trials.count, sampleCount: signal.count,
      sampleInterval: recording.sampleInterval, timeUnit: recording.timeUnit, delay: delay,
      delayTime: Double(delay) * recording.sampleInterval, delayReason: delayReason, dimension: dimension,
      dimensionReason: reason, window: window, autocorrelation: correlation.values,
      autocorrelationZero: correlation.firstZero, autocorrelationDecay: correlation.firstBelowInverseE,
      mutualInformation: information.values, informationChance: information.chance,
      falseNearestNeighbours: falsehood.kennel, heggerKantz: falsehood.heggerKantz, caoE1: cao.firstRatios,
      caoE2: cao.secondRatios, noiseAmplification: here.value,
      noiseAmplificationInterval: interval.map { [$0.lower, $0.upper] }, sequenceModelAmplification: variant.value,
      amplification: amplification, structure: structure, forecasts: forecasts, divergence: divergence,
      correlation: pairs, crossMapping: mapping, coordinates: coordinates, cloud: try cloud(vectors),
      colouring: try colouring(vectors),
      caveats: caveats)
  }

  private var estimator: MutualInformation.Estimator {
    switch probe.estimator {
    case .bins: .fixedBins(probe.bins)
    case .adaptiveBins: .adaptiveBins
    case .neighbours: .neighbours(4)
    }
  }

  /// How many of the dimensions asked for leave enough vectors to find neighbours among.
  private func fitting(dimensions: Int, delay: Int) -> Int {
    let room = signal.longest - Self.shortest / 2
    return max(1, min(dimensions, room / max(1, delay) - 2))
  }

  // MARK: Forecasts

  private typealias Comparison = (skill: Double, drawn: [Double], probability: Double?)

  private func forecasts(
    _ delay: Int, _ dimension: Int, _ most: Int, _ window: Int, horizon: Int, using random: inout SeededGenerator
  ) throws -> Finding.Forecasts {
    func projection(_ dimension: Int, ahead: Int) throws -> SimplexProjection {
      try SimplexProjection(dimension: dimension, lag: delay, horizon: ahead, window: window)
    }
    let simplex = try (1...most).map { try projection($0, ahead: horizon).skill(of: signal).correlation }
    let chosen = try projection(dimension, ahead: horizon)
    let blocks = blockLength(delay, dimension, window, horizon: horizon)
    var draws = random.split("blocks of forecasts")
    let interval = try? chosen.skill(of: signal).interval(blockLength: blocks, using: &draws)
    let next = try projection(dimension, ahead: 1)
    let source = random.split("surrogates")
    func compared(_ projection: SimplexProjection, with kind: Surrogates) throws -> Comparison {
      let skill = try projection.skill(of: signal).correlation
      let drawn = try concurrently(Array(0..<probe.surrogates)) { number in
        var random = source.split(kind.rawValue).split(number)
        let trials = try signal.trials.filter { $0.count >= 8 }
          .map { try kind.drawn(from: Array(signal.values[$0]), using: &random) }
        return try projection.skill(of: Signal(trials: trials)).correlation
      }.sorted()
      let test = try drawn.isEmpty ? nil : SurrogateTest(value: skill, surrogates: drawn)
      return (skill, drawn, test?.probabilityAbove)
    }
    // A step ahead any dependence shows; as far ahead as the delay, what is linear is mostly gone.
    let (shuffled, randomPhase) = (
      try compared(next, with: .shuffled), try compared(chosen, with: .randomPhase)
    )
    // The longest trial, or as much of its start as can be mapped.
    let range = signal.trials.max { $0.count < $1.count } ?? 0..<signal.count
    let part = try Signal(Array(signal.values[range].prefix(Self.mostMapped)))
    let localities = [0, 0.3, 1, 2, 4, 8]
    let local = try localities.map { try LocalLinearMap(chosen, locality: $0).skill(of: part).correlation }
    return Finding.Forecasts(
      horizon: horizon, simplex: simplex, localities: localities, local: local, skill: randomPhase.skill,
      skillInterval: interval.map { [$0.lower, $0.upper] }, nextSkill: shuffled.skill, shuffled: shuffled.drawn,
      randomPhase: randomPhase.drawn,
      shuffledProbability: shuffled.probability, randomPhaseProbability: randomPhase.probability)
  }

  /// What is drawn again together for an interval: a state, its future, and the window in which no other is a neighbour.
  private func blockLength(_ delay: Int, _ dimension: Int, _ window: Int, horizon: Int) -> Int {
    max(10, (dimension - 1) * delay + horizon + window)
  }

  private static func structure(of forecasts: Finding.Forecasts) -> Finding.Structure {
    guard let any = forecasts.shuffledProbability, let linear = forecasts.randomPhaseProbability else {
      return .untested
    }
    return any > 0.05 ? .none : linear > 0.05 ? .linear : .nonlinear
  }

  // MARK: Amplification

  private func amplification(
    _ delay: Int, _ most: Int, _ window: Int, horizon: Int
  ) throws -> Finding.Amplification {
    let asked =
      probe.costDelays
      ?? [0.15, 0.33, 0.5, 0.75, 1, 1.25, 1.5, 2, 3].map { max(1, Int(($0 * Double(delay)).rounded())) }
    let delays = asked.reduce(into: [Int]()) { if $0.last != $1 { $0.append($1) } }
    let dimensions = Array(1...most)
    let tasks = dimensions.flatMap { dimension in delays.map { (dimension, $0) } }
    // Half of the points give the mean as well as all do.
    let share = signal.count > 4000 ? 0.5 : 1
    let values = tasks.map { task in
      try? NoiseAmplification(
        of: signal, dimension: task.0, lag: task.1, neighbours: probe.neighbours, horizon: horizon, window: window,
        share: share
      ).value
    }
    guard let best = values.indices.filter({ values[$0] != nil }).min(by: { (values[$0] ?? 0) < (values[$1] ?? 0) })
    else {
      throw SignalError.tooShort(
        longest: signal.longest, needed: signal.longest + horizon,
        for: "noise amplification \(horizon) samples ahead takes")
    }
    return Finding.Amplification(
      delays: delays, dimensions: dimensions,
      values: dimensions.indices.map { row in Array(values[(row * delays.count)..<((row + 1) * delays.count)]) },
      least: values[best] ?? 0, leastDelay: tasks[best].1, leastDimension: tasks[best].0)
  }

  // MARK: Geometry

  private func divergence(
    _ delay: Int, _ dimension: Int, _ window: Int, doubts: inout [Caveat]
  ) -> Finding.Divergence? {
    // Far enough for the curve to bend, whatever the exponent.
    let steps = max(10, min(signal.longest / 5, 30 * delay))
    let found: LyapunovExponent
    do {
      found = try LyapunovExponent(of: signal, dimension: dimension, lag: delay, window: window, steps: steps)
    } catch {
      let reason = (error as? any Diagnosable)?.message ?? "\(error)"
      doubts.append(
        Caveat("no-divergence", "near states cannot be followed for \(counted(steps, "sample")): \(reason)"))
      return nil
    }
    return Finding.Divergence(
      curve: found.divergence, fitRange: [found.fitRange.lowerBound, found.fitRange.upperBound],
      exponent: found.perStep / recording.sampleInterval, standardError: found.standardError / recording.sampleInterval)
  }

  private func pairs(_ vectors: DelayVectors, _ window: Int) throws -> Finding.Correlation {
    let kept = thinned(vectors, to: Self.mostPaired)
    let radii = CorrelationSum.radii(from: 0.02, to: 1, count: 20)
    let sum = try CorrelationSum(of: kept.points, times: kept.times, radii: radii, window: window)
    let range = sum.scalingRange
    return Finding.Correlation(
      radii: radii, sums: sum.values, dimension: try range.map { try sum.dimension(over: $0) },
      range: range.map { [$0.lowerBound, $0.upperBound] })
  }

  private func thinned(_ vectors: DelayVectors, to most: Int) -> (points: Matrix<Double>, times: [Int]) {
    let step = max(1, (vectors.count + most - 1) / most)
    let rows = Array(stride(from: 0, to: vectors.count, by: step))
    return (
      Matrix(
        rowCount: rows.count, columnCount: vectors.dimension, entries: rows.flatMap { vectors.points.row($0) }),
      rows.map { vectors.times[$0] }
    )
  }

  /// Successive vectors, so that a line through them shows the flow.
  private func cloud(_ vectors: DelayVectors) throws -> [[Double]] {
    let points = vectors.points.rows(0..<min(vectors.count, Self.mostDrawn))
    let axes = min(3, points.columnCount)
    let recorded = try Recording(points)
    let found = try PrincipalComponents(of: recorded, count: axes)
    let projected = found.projected(recorded).stacked
    return (0..<axes).map { projected.column($0) }
  }

  /// The values of the unit that colours, at the present of each state of the cloud.
  private func colouring(_ vectors: DelayVectors) throws -> Finding.Colouring? {
    guard let colour else { return nil }
    let name = recording.unitNames[colour]
    let hidden = try Self.located(self.name, name) { try Signal(of: recording, unit: colour) }
    let values = vectors.presents.prefix(Self.mostDrawn).map { hidden.values[$0] }
    guard let period = probe.colourPeriod else { return Finding.Colouring(unit: name, values: values, period: nil) }
    let turned = values.map { $0 - period * ($0 / period).rounded(.down) }
    return Finding.Colouring(unit: name, values: turned, period: period)
  }

  // MARK: Several units

  private func crossMapping(
    _ delay: Int, _ dimension: Int, _ window: Int, using random: inout SeededGenerator,
    progress: MeasurementProgress
  ) throws -> [Finding.Mapping] {
    guard let other else { return [] }
    let second = try Self.signal(of: recording, unit: other, named: name)
    let units = [(signal, recording.unitNames[unit]), (second, recording.unitNames[other])]
    return try [(0, 1), (1, 0)].map { target, witness in
      progress("mapping \(units[target].1) from \(units[witness].1)")
      let mapping = try CrossMapping(
        of: units[target].0, from: units[witness].0, dimension: dimension, lag: delay, window: window)
      let largest = mapping.largestLibrary
      let least = max(2 * window + dimension + 2, 10 * (dimension + 1))
      guard largest >= 2 * least else {
        throw SignalError.tooShort(
          longest: signal.longest, needed: signal.longest - largest + 2 * least, for: "libraries of cross mapping take")
      }
      let top = min(largest, 4000)
      let sizes = (0..<6).map { Int((Double(least) * pow(Double(top) / Double(least), Double($0) / 5)).rounded()) }
      let curve = try mapping.curve(sizes: sizes, draws: probe.draws, using: &random)
      let test =
        probe.surrogates > 0 && signal.trials.count == 1
        ? try mapping.significance(
          of: units[target].0, surrogates: .circularShift, count: probe.surrogates, using: &random) : nil
      return Finding.Mapping(
        target: units[target].1, witness: units[witness].1, sizes: curve.sizes, means: curve.means, lower: curve.lower,
        upper: curve.upper, converges: curve.converges, probability: test?.probabilityAbove)
    }
  }

  private func coordinates(
    _ window: Int, horizon: Int, progress: MeasurementProgress
  ) throws -> [Finding.Coordinate] {
    progress("choosing delays one by one")
    let second = try other.map { try Self.signal(of: recording, unit: $0, named: name) }
    let largest = min(probe.largestDelay, signal.longest / 4)
    let found = try NonUniformEmbedding(
      of: [signal] + (second.map { [$0] } ?? []), largestLag: largest, window: window,
      neighbours: probe.neighbours, horizon: horizon)
    let names = [unit] + (other.map { [$0] } ?? [])
    return found.coordinates.enumerated().map { index, coordinate in
      Finding.Coordinate(
        unit: recording.unitNames[names[coordinate.signal]], lag: coordinate.lag,
        gain: index == 0 ? nil : found.gains[index - 1])
    }
  }
}
