import Analysis
import Diagnostics
import LinearAlgebra
import Networks
import Probing

extension SpectralGap {
  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> SpectralGapFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> SpectralGapFinding {
    var spectra: [LevelSpectra] = []
    for (index, level) in subject.levels.enumerated() {
      let place = "level \(index + 1) of \(subject.levels.count)"
      let told: MeasurementProgress = { progress("\(place), \($0)") }
      var levelRandom = random.split(index)
      do {
        spectra.append(
          try precision == .float64
            ? LevelSpectra(of: self, subject, at: level, as: Double.self, using: &levelRandom, progress: told)
            : LevelSpectra(of: self, subject, at: level, as: Float.self, using: &levelRandom, progress: told))
      } catch LinearAlgebraError.notFinite {
        throw UnusableScore(sigma: level.sigma)
      }
    }
    return try SpectralGapFinding(probe: self, subject: subject, spectra: spectra, using: &random)
  }
}

/// A score that is no number.
struct UnusableScore: Diagnosable, Hashable {
  let sigma: Double
  var message: String { "score of the network is NaN or infinite at σ = \(sigma)" }
  var hint: String? {
    "measure at noise levels it was trained on; 'fieldbook inspect' shows whether its weights are finite"
  }
  var status: ExitStatus { .cellFailed }
}

/// What is measured at one noise level, point by point.
struct LevelSpectra {
  let level: DiffusionLevel
  /// Points × d, descending.
  var singularValues: [[Double]] = []
  /// Points × d, ascending; empty where no Jacobian was taken.
  var symmetricEigenvalues: [[Double]] = []
  var symmetryDefects: [Double] = []
  var flipd: [Double] = []
  /// What products alone gave of the denoiser's Jacobian at each point; empty where the whole one was taken.
  var partial: [PartialSpectrum] = []

  init<Scalar: NetworkScalar>(
    of probe: SpectralGap, _ subject: SpectralGap.Subject, at level: DiffusionLevel, as type: Scalar.Type,
    using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws {
    self.level = level
    let (count, dimension) = (subject.points.shape[0], subject.points.shape[1])
    if subject.method.isPartial {
      try addPartial(of: probe, subject, as: type, using: &random, progress: progress)
      return
    }
    // A chunk's Jacobians are held at once: keep them under 128 MB.
    let chunk = max(1, 16_000_000 / (dimension * dimension))
    for start in stride(from: 0, to: count, by: chunk) {
      var scaled = subject.points.rows(start..<min(count, start + chunk))
      for index in scaled.values.indices { scaled.values[index] *= level.signal }
      let centres = scaled.converted(to: type)
      let score = subject.score.conditioned(onRows: start..<(start + scaled.shape[0]))
      switch subject.method {
      case .automatic, .dense, .lanczos, .randomized:
        var places = scaled
        if probe.location == .noised {
          for index in places.values.indices { places.values[index] += level.sigma * random.gaussian() }
        }
        let (total, before, share) = (count * dimension, start * dimension, places.shape[0] * dimension)
        let jacobians = try score.normalizedJacobian(at: places.converted(to: type), level: level) {
          progress("\(before + share * $0 / max(1, $1)) of \(counted(total, "direction"))")
        }.matrices
        try add(jacobians)
        let atData =
          probe.location == .data
          ? jacobians : try score.normalizedJacobian(at: centres, level: level).matrices
        try addFLIPD(traces: atData.map(\.trace), score: score, centres: centres)
      case .orthogonal:
        let jacobians = try (0..<scaled.shape[0]).map { row in
          try probed(
            score.conditioned(onRows: row..<(row + 1)), around: scaled.rows(row..<(row + 1)).values, as: type,
            using: &random)
        }
        try add(jacobians)
        try addFLIPD(traces: jacobians.map(\.trace), score: score, centres: centres)
      case .stanczuk:
        for row in 0..<scaled.shape[0] {
          singularValues.append(
            try perturbed(
              score.conditioned(onRows: row..<(row + 1)), around: scaled.rows(row..<(row + 1)).values, as: type,
              using: &random))
        }
        let traces = try score.normalizedJacobian(at: centres, level: level).matrices.map(\.trace)
        try addFLIPD(traces: traces, score: score, centres: centres)
      }
    }
  }

  private mutating func add(_ jacobians: [Matrix<Double>]) throws {
    singularValues += try LinearAlgebra.singularValues(ofEach: jacobians)
    symmetricEigenvalues += try LinearAlgebra.symmetricEigenvalues(ofEach: jacobians)
    symmetryDefects += jacobians.map(\.symmetryDefect)
  }

  /// The singular values of σ²J nearest 0, read off the largest of the denoiser's Jacobian I + σ²J, point by point: 1 less each.
  private mutating func addPartial<Scalar: NetworkScalar>(
    of probe: SpectralGap, _ subject: SpectralGap.Subject, as type: Scalar.Type, using random: inout SeededGenerator,
    progress: @escaping MeasurementProgress
  ) throws {
    let (count, dimension) = (subject.points.shape[0], subject.points.shape[1])
    var scaled = subject.points
    for index in scaled.values.indices { scaled.values[index] *= level.signal }
    var places = scaled
    if probe.location == .noised {
      for index in places.values.indices { places.values[index] += level.sigma * random.gaussian() }
    }
    let (level, source, noised, clean) = (level, random, places, scaled)
    let isSingle = type.precision == .float32
    let results = try atEachPoint(count, progress: progress) { point, advanced in
      var own = source.split(point)
      let place = noised.rows(point..<(point + 1)).converted(to: type)
      let isAlone = count == 1
      let score = subject.score.conditioned(onRows: point..<(point + 1))
      let map = try score.denoiserJacobianOperator(at: place, level: level, isAlone: isAlone)
      var found =
        subject.method == .randomized
        ? try PartialSpectrum(randomized: map, count: probe.count, isSingle: isSingle, using: &own, progress: advanced)
        : try PartialSpectrum(lanczos: map, count: probe.count, isSingle: isSingle, using: &own, progress: advanced)
      let norms = try StochasticNorms(
        of: ShiftedOperator(map.base, scale: map.scale, shift: map.shift - 1), using: &own)
      // FLIPD asks for the trace without added noise.
      let centre =
        probe.location == .data
        ? map
        : try score.denoiserJacobianOperator(
          at: clean.rows(point..<(point + 1)).converted(to: type), level: level, isAlone: isAlone)
      let trace = try StochasticTrace(of: centre, using: &own)
      found.products += 2 * norms.productCount + trace.productCount
      return (found, norms.symmetryDefect ?? 0, trace.value - Double(dimension))
    }
    partial = results.map(\.0)
    singularValues = results.map { $0.0.values.map { abs(1 - $0) }.sorted(by: >) }
    symmetryDefects = results.map(\.1)
    try addFLIPD(
      traces: results.map(\.2), score: subject.score.conditioned(onRows: 0..<count), centres: clean.converted(to: type))
  }

  private var noise: NoiseLevel { get throws { try NoiseLevel(signal: level.signal, deviation: level.sigma) } }

  /// σ² J around a scaled point by central differences along a random frame.
  private func probed<Scalar: NetworkScalar>(
    _ score: ScoreNetwork, around centre: [Double], as type: Scalar.Type, using random: inout SeededGenerator
  ) throws -> Matrix<Double> {
    let probing = try OrthogonalProbing(around: centre.map { $0 / level.signal }, noise: noise, using: &random)
    let ahead = try scores(score, at: probing.pointsAhead, as: type)
    let behind = try scores(score, at: probing.pointsBehind, as: type)
    return try probing.jacobian(scoresAhead: ahead, scoresBehind: behind).matrix
  }

  /// Singular values of scores at Gaussian perturbations, scaled so that a normal direction's is about 1.
  private func perturbed<Scalar: NetworkScalar>(
    _ score: ScoreNetwork, around centre: [Double], as type: Scalar.Type, using random: inout SeededGenerator
  ) throws -> [Double] {
    let points = try StanczukEstimate.points(around: centre.map { $0 / level.signal }, noise: noise, using: &random)
    let estimate = try StanczukEstimate(scores: try scores(score, at: points, as: type))
    let scale = level.sigma / Double(points.rowCount).squareRoot()
    return estimate.singularValues.map { $0 * scale }
  }

  /// The score at the rows of a matrix.
  private func scores<Scalar: NetworkScalar>(
    _ score: ScoreNetwork, at points: Matrix<Double>, as type: Scalar.Type
  ) throws -> Matrix<Double> {
    let batch = NDArray(shape: [points.rowCount, points.columnCount], values: points.entries)
    let values = try score.normalizedScore(at: batch.converted(to: type), level: level).converted(to: Double.self)
    let variance = level.sigma * level.sigma
    return Matrix(
      rowCount: points.rowCount, columnCount: points.columnCount, entries: values.values.map { $0 / variance })
  }

  private mutating func addFLIPD<Scalar: NetworkScalar>(
    traces: [Double], score: ScoreNetwork, centres: NDArray<Scalar>
  ) throws {
    let scores = try score.normalizedScore(at: centres, level: level).converted(to: Double.self)
    let dimension = centres.shape[1]
    let variance = level.sigma * level.sigma
    for (row, trace) in traces.enumerated() {
      let squaredNorm = scores.values[(row * dimension)..<((row + 1) * dimension)].reduce(0) { $0 + $1 * $1 }
      flipd.append(
        FokkerPlanckDimension(
          ambientDimension: dimension, noise: try noise, jacobianTrace: trace / variance,
          squaredScoreNorm: squaredNorm / (variance * variance)
        ).value)
    }
  }
}
