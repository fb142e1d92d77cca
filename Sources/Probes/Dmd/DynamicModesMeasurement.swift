import Analysis
import Diagnostics
import Foundation
import LinearAlgebra
import Probing

/// One measurement of a recording's linear dynamics, step by step.
struct DynamicModesMeasurement {
  let probe: DynamicModes
  let name: String
  /// The recording as read, thinned.
  let original: Recording
  /// The recording in which dynamics are sought: scaled, reduced.
  let prepared: Recording
  let inputs: Recording?
  let components: PrincipalComponents?
  let embedding: DelayEmbedding
  var caveats: [Caveat] = []

  /// Above this rank the moments of all blocks would fill the memory.
  private static let greatestDrawnRank = 128

  init(of probe: DynamicModes, _ subject: DynamicModes.Subject) throws {
    self.probe = probe
    name = subject.name
    original = subject.recording.subsampled(by: probe.subsample)
    // Where states are centred their inputs must be, or the dynamics have a constant that no operator has.
    let isCentred = probe.scaling != .none || probe.components != nil
    let thinned = subject.inputs?.subsampled(by: probe.subsample)
    inputs = try thinned.map { isCentred ? try $0.scaled(.centre) : $0 }
    embedding = try DelayEmbedding(count: probe.delays, lagInSamples: probe.lag)
    let scaling = RecordingScaling(rawValue: probe.scaling.rawValue) ?? .none
    let constant = original.constantUnits
    let scaled = try original.scaled(scaling)
    if constant.count == original.unitCount { throw RecordingTrouble(name, .allConstant) }
    if let count = probe.components {
      let most = min(scaled.unitCount, scaled.sampleCount)
      guard count <= most else {
        throw ParameterError.rule(
          "components", is: count, mustBe: "at most \(most), as the recording has \(counted(scaled.unitCount, "unit"))")
      }
      let found = try PrincipalComponents(of: scaled, count: count)
      components = found
      prepared = found.projected(scaled)
    } else {
      components = nil
      prepared = scaled
    }
    try refuseTooMuch()
    noteRecording(constant: constant)
  }

  func finding(
    using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> DynamicModesFinding {
    if probe.method == .subspace { return try subspaceFinding() }
    var caveats = caveats
    progress("choosing the rank")
    let embedded = try located { try embedding.embedded(prepared, successors: 1) }
    let pairs = try located { try SnapshotPairs(of: embedded) }
    let (rule, choice) = try rank(pairs, caveats: &caveats)
    progress("fitting at \(pairs.count) states of \(pairs.stateSize)")
    let basis = try SnapshotBasis(of: pairs.past, count: directionCount(pairs, rule))
    let fit = try fit(pairs, of: prepared, inputs, rank: rule, basis: basis)
    let dynamics = fit.dynamics
    let residuals = try ModeResiduals(of: dynamics, on: fit.pairs)
    var bootstrap: EigenvalueBootstrap?
    if probe.draws >= 2, dynamics.rank > Self.greatestDrawnRank {
      caveats.append(
        Caveat(
          "no-intervals",
          "data are drawn again up to rank \(Self.greatestDrawnRank); this is \(dynamics.rank), and there are no intervals"
        ))
    } else if probe.draws >= 2 {
      progress("drawing \(probe.draws) times")
      bootstrap = try? EigenvalueBootstrap(
        of: dynamics, on: fit.pairs, draws: probe.draws, blockLength: embedding.lengthInSamples, using: &random)
      if bootstrap == nil {
        caveats.append(Caveat("no-intervals", "the data drawn again could not be fitted; there are no intervals"))
      }
    }
    progress("judging forecasts")
    let judged = judge(rank: dynamics.rank, caveats: &caveats)
    progress("measuring the pseudospectrum")
    let plane = try pseudospectrum(residuals, dynamics)
    let paths = try rankPaths(pairs, basis)
    let modes = modes(dynamics, fit.pairs, residuals, bootstrap)
    let (shapes, unitNames) = shapes(dynamics)
    let bursts = try probe.forcing ? forcing(embedded, rank: dynamics.rank, caveats: &caveats) : nil
    caveats += doubts(dynamics, pairs: pairs, modes: modes, forecast: judged?.error)
    return DynamicModesFinding(
      recording: name, unitCount: original.unitCount, trialCount: original.trajectories.count,
      sampleCount: original.sampleCount, stateCount: pairs.count, sampleInterval: original.sampleInterval,
      timeUnit: original.timeUnit, delays: probe.delays, lag: probe.lag, method: probe.method,
      isDriven: inputs != nil, rank: dynamics.rank, explained: dynamics.explained,
      explainedChange: fit.explainedChange, nonNormality: dynamics.nonNormality,
      singularValues: Array(basis.singularValues.prefix(100)),
      modes: modes, rankChoice: choice, rankPaths: paths, unitNames: unitNames, shapes: shapes,
      forecast: judged?.error, trace: judged?.trace, plane: plane, forcing: bursts,
      residualBound: probe.residualBound, drawCount: bootstrap == nil ? 0 : probe.draws, caveats: caveats)
  }

  // MARK: Fit

  private struct Fit {
    let dynamics: DynamicModeDecomposition
    /// States, and their successors as they would be without inputs.
    let pairs: SnapshotPairs
    let inputOperator: Matrix<Double>?
    let explainedChange: Double?
  }

  func located<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as RecordingError { throw RecordingTrouble(name, error) }
  }

  private func fit(
    _ pairs: SnapshotPairs, of recording: Recording, _ inputs: Recording?, rank: RankRule, basis: SnapshotBasis? = nil
  ) throws -> Fit {
    guard let inputs else {
      // The others decompose something else than the states.
      let method = probe.method.decomposition ?? .exact
      let known = [.totalLeastSquares, .eigenTimeDelay].contains(method) ? nil : basis
      let dynamics = try DynamicModeDecomposition(
        of: pairs, method: method, rank: rank, basis: known)
      return Fit(dynamics: dynamics, pairs: pairs, inputOperator: nil, explainedChange: nil)
    }
    let rows = try embedding.alignedRows(inputs, with: recording)
    let driven = try ControlledModeDecomposition(of: pairs, inputs: rows, rank: rank)
    return Fit(
      dynamics: driven.autonomous, pairs: driven.withoutInputs(pairs, inputs: rows),
      inputOperator: driven.inputOperator, explainedChange: driven.explainedChange)
  }

  private func rank(
    _ pairs: SnapshotPairs, caveats: inout [Caveat]
  ) throws -> (RankRule, RankChoice?) {
    switch probe.rank {
    case .count(let count): return (.count(count), nil)
    case .energy(let share): return (.energy(share), nil)
    case .rule(.all): return (.all, nil)
    case .rule(.hardThreshold):
      if probe.delays > 1 {
        caveats.append(
          Caveat(
            "dependent-noise",
            "the hard threshold takes noise for independent from entry to entry, which delays repeat; compare it with rank: held-out"
          ))
      }
      return (.hardThreshold(noise: nil), nil)
    case .rule(.heldOut):
      do {
        let choice = try RankChoice(
          of: prepared, embedding: embedding, method: probe.method.decomposition ?? .exact,
          folds: min(5, max(2, prepared.sampleCount / 8)), inputs: inputs)
        if choice.rank == RankChoice.standardLimit {
          caveats.append(
            Caveat(
              "rank-at-limit",
              "the largest rank tried, \(choice.rank), predicts best; a larger one may do better: give a rank"))
        }
        return (.count(choice.rank), choice)
      } catch let error as any Diagnosable {
        caveats.append(
          Caveat(
            "rank-by-threshold",
            "no part of the recording could be held out to choose the rank (\(error.message)); it is Gavish and Donoho's"
          ))
        return (.hardThreshold(noise: nil), nil)
      }
    }
  }

  /// How many directions of the states to look at: all where they are few, or where a rule asks for all.
  private func directionCount(_ pairs: SnapshotPairs, _ rule: RankRule) -> Int? {
    guard case .count(let count) = rule, min(pairs.count, pairs.stateSize) > 384 else { return nil }
    return max(count, Self.longestPath)
  }

  // MARK: Modes

  private func modes(
    _ dynamics: DynamicModeDecomposition, _ pairs: SnapshotPairs, _ residuals: ModeResiduals,
    _ bootstrap: EigenvalueBootstrap?
  ) -> [DynamicModesFinding.Mode] {
    let step = dynamics.stepInterval
    let moduli = bootstrap?.intervals { log($0.modulus) / step }
    let angles = bootstrap?.intervals { $0.argument / (2 * Double.pi * step) }
    let strengths = strengths(dynamics, pairs)
    return dynamics.eigenvalues.indices.map { index in
      let value = dynamics.eigenvalues[index]
      let timing = dynamics.timings[index]
      func ends(_ intervals: [ClosedRange<Double>?]?) -> [Double]? {
        (intervals?[index]).map { [$0.lowerBound, $0.upperBound] }
      }
      let residual = residuals.residuals[index]
      let cloud = bootstrap?.clouds[index] ?? []
      return DynamicModesFinding.Mode(
        real: value.real, imaginary: value.imaginary, modulus: value.modulus, frequency: timing.frequency,
        frequencyInterval: ends(angles), growthRate: timing.growthRate, growthInterval: ends(moduli),
        halfLife: timing.halfLife, doublingTime: timing.doublingTime, residual: residual.isFinite ? residual : nil,
        isTrusted: residual <= probe.residualBound, strength: strengths[index], cloudReal: cloud.map(\.real),
        cloudImaginary: cloud.map(\.imaginary))
    }
  }

  /// The root mean square over samples and units of each mode's part in the newest samples.
  private func strengths(_ dynamics: DynamicModeDecomposition, _ pairs: SnapshotPairs) -> [Double] {
    let width = prepared.unitCount
    let newest = dynamics.decoder.columns(0..<width)
    let (real, imaginary) = dynamics.modalCoordinates(of: pairs.past)
    return dynamics.eigenvalues.indices.map { index in
      let weights = real.column(index) + imaginary.column(index)
      let power = weights.reduce(0) { $0 + $1 * $1 } / Double(max(1, pairs.count))
      let right = dynamics.rightVectors[index]
      let rows = Matrix(
        rowCount: 2, columnCount: right.count, entries: right.map(\.real) + right.map(\.imaginary))
      let size = (rows * newest).entries.reduce(0) { $0 + $1 * $1 } / Double(width)
      // A pair is one real oscillation; both halves together have twice the amplitude, half of it at a time.
      return (power * size * (dynamics.eigenvalues[index].imaginary == 0 ? 1 : 2)).squareRoot()
    }
  }

  /// The newest part of each mode in the recording's own units.
  private func shapes(_ dynamics: DynamicModeDecomposition) -> (real: [DynamicModesFinding.Shape], names: [String]) {
    let width = prepared.unitCount
    let shapes = dynamics.modes.map { mode -> DynamicModesFinding.Shape in
      var (real, imaginary) = (mode.prefix(width).map(\.real), mode.prefix(width).map(\.imaginary))
      if let components {
        real = components.directions * real
        imaginary = components.directions * imaginary
      }
      let size = (real + imaginary).reduce(0) { $0 + $1 * $1 }.squareRoot()
      let scale = size > 0 ? 1 / size : 0
      return .init(
        moduli: zip(real, imaginary).map { ($0 * $0 + $1 * $1).squareRoot() * scale },
        phases: zip(real, imaginary).map { atan2($1, $0) })
    }
    let constant = Set(probe.scaling == .zScore ? original.constantUnits : [])
    return (shapes, original.unitNames.indices.filter { !constant.contains($0) }.map { original.unitNames[$0] })
  }

  // MARK: Ranks, forecasts, pseudospectra

  /// Up to which rank eigenvalues are followed.
  private static let longestPath = 32

  /// The eigenvalues at every rank, by least squares on all states.
  private func rankPaths(
    _ pairs: SnapshotPairs, _ basis: SnapshotBasis
  ) throws -> [DynamicModesFinding.RankPath] {
    let most = min(Self.longestPath, basis.numericalRank)
    return try (1...max(1, most)).map { rank in
      let fit = try DynamicModeDecomposition(of: pairs, method: .projected, rank: .count(rank), basis: basis)
      let residuals = try ModeResiduals(of: fit, on: pairs).residuals
      let shown = fit.eigenvalues.indices.filter { fit.eigenvalues[$0].imaginary >= 0 }
      return .init(
        rank: rank, frequencies: shown.map { fit.timings[$0].frequency },
        moduli: shown.map { fit.eigenvalues[$0].modulus },
        residuals: shown.map { residuals[$0] })
    }
  }

  private func judge(
    rank: Int, caveats: inout [Caveat]
  ) -> (error: ForecastError, trace: DynamicModesFinding.Trace)? {
    judged(caveats: &caveats) {
      let gap = embedding.lengthInSamples
      let shortest = gap + 1
      let split = try prepared.heldOut(share: probe.heldOut, gap: gap, shortest: shortest)
      let drive = try inputs?.heldOut(share: probe.heldOut, gap: gap, shortest: shortest)
      let pairs = try SnapshotPairs(of: try embedding.embedded(split.training, successors: 1))
      let fit = try fit(pairs, of: split.training, drive?.training, rank: .count(rank))
      let pushed = fit.inputOperator.flatMap { weights in drive.map { (weights: weights, inputs: $0.test) } }
      let error = try ForecastError(
        of: fit.dynamics, on: split.test, embedding: embedding, horizon: probe.horizon, drive: pushed)
      return (error, try trace(fit.dynamics, on: split.test, drive: pushed))
    }
  }

  /// What is judged on samples held out; where that fails, a caveat.
  func judged<Value>(caveats: inout [Caveat], _ body: () throws -> Value) -> Value? {
    do {
      return try body()
    } catch {
      let reason = (error as? any Diagnosable)?.message ?? "\(error)"
      caveats.append(Caveat("no-forecast", "forecasts could not be judged on a part held out: \(reason)"))
      return nil
    }
  }

  /// The unit that varies most, beside forecasts that start anew after every horizon.
  private func trace(
    _ dynamics: DynamicModeDecomposition, on recording: Recording,
    drive: (weights: Matrix<Double>, inputs: Recording)?
  ) throws -> DynamicModesFinding.Trace {
    let embedded = try embedding.embedded(recording, successors: 1)
    let deviations = recording.unitDeviations
    let unit = deviations.indices.max { deviations[$0] < deviations[$1] } ?? 0
    let states = embedded.trajectories[0].samples
    let length = min(states.rowCount, 240)
    let pushes = try drive.map { try embedding.aligned($0.inputs, with: recording)[0] * $0.weights.transposed }
    var forecast: [Double?] = [nil]
    var coordinates: [Double] = []
    for row in 1..<max(1, length) {
      if (row - 1) % probe.horizon == 0 { coordinates = dynamics.encoder.transposed * states.row(row - 1) }
      coordinates = dynamics.stateOperator * coordinates
      if let pushes { coordinates = zip(coordinates, pushes.row(row - 1)).map { $0 + $1 } }
      let value = zip(coordinates, dynamics.decoder.column(unit)).reduce(0) { $0 + $1.0 * $1.1 }
      forecast.append(value.isFinite ? value : nil)
    }
    return .init(
      unit: recording.unitNames[unit], horizon: probe.horizon,
      times: (0..<length).map { Double($0) * recording.sampleInterval },
      truth: (0..<length).map { states[$0, unit] }, forecast: forecast)
  }

  private func pseudospectrum(
    _ residuals: ModeResiduals, _ dynamics: DynamicModeDecomposition
  ) throws -> DynamicModesFinding.Plane? {
    // Each point is a decomposition of a 4 r × 2 r matrix.
    guard probe.grid > 0, dynamics.rank <= 48 else { return nil }
    let half = (probe.grid - 1) / 2
    // Of densely sampled recordings every eigenvalue is near 1: look there.
    let farthest = dynamics.eigenvalues.map { ($0 - Complex(1)).modulus }.max() ?? 1
    let isNear = farthest < 0.25
    let reach = isNear ? max(2 * farthest, 1e-3) : max(1.2, 1.1 * (dynamics.eigenvalues.first?.modulus ?? 1))
    let places = (-half...half).map { reach * Double($0) / Double(half) }
    let real = isNear ? places.map { 1 + $0 } : places
    // Above the real axis and below it are mirror images.
    let upper = places.filter { $0 >= 0 }
    let values = try residuals.pseudospectrum(
      at: upper.flatMap { imaginary in real.map { Complex($0, imaginary) } })
    let rows = upper.indices.map { row in Array(values[(row * real.count)..<((row + 1) * real.count)]) }
    return .init(realPlaces: real, imaginaryPlaces: places, residuals: rows.dropFirst().reversed() + rows)
  }

  private func forcing(
    _ embedded: Recording, rank: Int, caveats: inout [Caveat]
  ) throws -> DynamicModesFinding.Forcing? {
    guard rank >= 3 else {
      caveats.append(Caveat("no-forcing", "at rank \(rank) there is no coordinate left to be a forcing; 3 are needed"))
      return nil
    }
    let found = try located { try IntermittentForcing(ofEmbedded: embedded, rank: rank) }
    let shown = found.forcing[0].prefix(600)
    return .init(
      times: shown.indices.map { Double($0) * embedded.sampleInterval }, values: Array(shown), kurtosis: found.kurtosis,
      explained: found.explained)
  }
}
