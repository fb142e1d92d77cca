/// One batch of samples on its way from noise to data.
struct SamplingRun {
  let score: ScoreNetwork
  let sampler: Sampler
  /// From much noise to little; the clean data follow.
  let levels: [DiffusionLevel]
  /// What the clean data seen on the way are held within.
  let bound: Double?

  /// The samples, as one row after the other.
  ///
  /// `noise` gives standard normal numbers, one for each of a batch: first for the start, then once for every step that
  /// draws any.
  func points<Scalar: NetworkScalar>(
    rowCount: Int, in type: Scalar.Type, noise: () -> [Double]
  ) throws -> [Double] {
    guard let first = levels.first else { return [] }
    var points = noise()
    let deviation = startDeviation(first)
    for index in points.indices { points[index] *= deviation }
    for (index, level) in levels.enumerated() {
      let next = index + 1 < levels.count ? levels[index + 1] : .clean
      switch sampler {
      case .ancestral, .implicit:
        let estimate = try cleanData(of: points, at: level, rowCount: rowCount, as: type)
        let step = LinearStep(sampler, from: level, to: next)
        let drawn = step.deviation > 0 ? noise() : []
        for index in points.indices {
          points[index] = step.point * points[index] + step.clean * estimate[index]
          if step.deviation > 0 { points[index] += step.deviation * drawn[index] }
        }
      case .probabilityFlow:
        points = try heunStep(points, from: level, to: next, rowCount: rowCount, as: type)
      case .churned(let churn):
        let start = try churned(&points, at: level, by: churn, noise: noise)
        points = try heunStep(points, from: start, to: next, rowCount: rowCount, as: type)
      }
      guard points.allSatisfy(\.isFinite) else { throw SamplingError.notFinite(sigma: level.sigma) }
    }
    return points
  }

  /// The standard deviation of the points to start from, at which the data count as lost. Where the process keeps the
  /// variance that is 1, the little that is left of the data included.
  private func startDeviation(_ level: DiffusionLevel) -> Double {
    switch score.process {
    case .varianceExploding, .flow: level.sigma
    case .variancePreserving, .denoisingDiffusion: 1
    }
  }

  /// The mean of the clean data given the points, by Tweedie's formula: (x + σ² ∇log p) / μ.
  private func cleanData<Scalar: NetworkScalar>(
    of points: [Double], at level: DiffusionLevel, rowCount: Int, as type: Scalar.Type
  ) throws -> [Double] {
    let array = NDArray(shape: [rowCount, points.count / max(1, rowCount)], values: points)
    var values = try score.normalizedScore(at: array.converted(to: type), level: level).converted(to: Double.self)
      .values
    for index in values.indices {
      values[index] = (points[index] + values[index]) / level.signal
      if let bound { values[index] = min(bound, max(-bound, values[index])) }
    }
    return values
  }

  /// Heun's step of d(x/μ)/d(σ/μ) = ε̂ from one level to the next; Euler's where that is clean.
  private func heunStep<Scalar: NetworkScalar>(
    _ points: [Double], from level: DiffusionLevel, to next: DiffusionLevel, rowCount: Int, as type: Scalar.Type
  ) throws -> [Double] {
    let change = next.noiseToSignal - level.noiseToSignal
    func slope(_ points: [Double], _ level: DiffusionLevel) throws -> [Double] {
      let clean = try cleanData(of: points, at: level, rowCount: rowCount, as: type)
      return points.indices.map { (points[$0] / level.signal - clean[$0]) / level.noiseToSignal }
    }
    let first = try slope(points, level)
    var reached = points.indices.map { next.signal * (points[$0] / level.signal + change * first[$0]) }
    guard next.sigma > 0 else { return reached }
    let second = try slope(reached, next)
    for index in reached.indices {
      reached[index] = next.signal * (points[index] / level.signal + change * (first[index] + second[index]) / 2)
    }
    return reached
  }

  /// Adds the noise of a churn, and returns the level reached: for a process in steps the nearest step.
  private func churned(
    _ points: inout [Double], at level: DiffusionLevel, by churn: Sampler.Churn, noise: () -> [Double]
  ) throws -> DiffusionLevel {
    let ratio = level.noiseToSignal
    guard ratio >= churn.lowest, ratio <= churn.highest, churn.amount > 0 else { return level }
    let growth = min(churn.amount / Double(levels.count), 2.0.squareRoot() - 1)
    let process = score.process
    let raised = try process.held(noiseToSignal: ratio * (1 + growth), within: process.samplingEnds)
    let added = raised.noiseToSignal * raised.noiseToSignal - ratio * ratio
    guard added > 0 else { return level }
    let deviation = added.squareRoot() * churn.deviation
    let drawn = noise()
    for index in points.indices {
      points[index] = raised.signal * (points[index] / level.signal + deviation * drawn[index])
    }
    return raised
  }
}

/// A step to a level with less noise that is linear in the point, in the clean data seen there, and in fresh noise.
struct LinearStep {
  let point: Double
  let clean: Double
  let deviation: Double

  init(_ sampler: Sampler, from level: DiffusionLevel, to next: DiffusionLevel) {
    let step = ReverseStep(from: level, to: next)
    switch sampler {
    case .implicit(let eta):
      let variance = eta * eta * step.variance
      // What is left of the noise at the next level is the noise seen in the point, (x − μ x̂₀)/σ.
      let kept = max(0, next.sigma * next.sigma - variance).squareRoot() / level.sigma
      (point, clean, deviation) = (kept, next.signal - kept * level.signal, variance.squareRoot())
    case .ancestral(.forward) where next.sigma > 0:
      (point, clean, deviation) = (step.point, step.clean, step.forwardVariance.squareRoot())
    case .ancestral, .probabilityFlow, .churned:
      (point, clean, deviation) = (step.point, step.clean, step.variance.squareRoot())
    }
  }
}
