import Analysis
import Diagnostics
import Foundation
import LinearAlgebra
import Networks
import Probing

/// Spectra, gaps, dimension and phase at every noise level, with predictions where the data are known.
public struct SpectralGapFinding: ProbeFinding {
  /// One noise level.
  public struct Level: Codable, Hashable, Sendable {
    /// σ, the standard deviation of the noise in x = μ x₀ + σ ε.
    public var sigma: Double
    /// The process's own time.
    public var time: Double
    /// μ.
    public var signal: Double
    /// σ/μ: the σ of the equivalent variance-exploding process.
    public var noiseToSignal: Double
    /// Singular values of σ²J, descending, mean over points: all d, or the few nearest 0 where ``partial`` is not empty.
    public var singularValues: [Double]
    /// Singular values of σ²J at each point: points × d, or the few nearest 0.
    public var singularValuesPerPoint: [[Double]]
    /// Eigenvalues of the symmetric part of σ²J, ascending, mean over points; empty where no Jacobian was taken.
    public var eigenvalues: [Double]
    /// The widest gaps of the mean spectrum, widest first.
    public var gaps: [Gap]
    /// The dimension that the mean spectrum shows.
    public var dimension: Int
    /// The dimension that each point's spectrum shows.
    public var dimensionPerPoint: [Int]
    /// How much wider the widest gap is than the next.
    public var prominence: Double
    /// The phase.
    public var phase: DiffusionPhase
    /// FLIPD, mean over points.
    public var flipd: Double
    /// Its 95 % bootstrap interval over points; `nil` for one point.
    public var flipdInterval: [Double]?
    /// ‖J − Jᵀ‖/‖J + Jᵀ‖, mean over points; `nil` where no Jacobian was taken.
    public var symmetryDefect: Double?
    /// What the theory says.
    public var predicted: Prediction?
    /// The largest singular values of the denoiser's Jacobian I + σ²J at each point, where products alone were taken; σ²J's are
    /// read as 1 less each, exact for a symmetric Jacobian.
    public var partial: [PartialSpectrum]
  }

  /// A step in a sorted spectrum.
  public struct Gap: Codable, Hashable, Sendable {
    /// The number of directions below the step.
    public var dimension: Int
    /// Its height.
    public var width: Double
  }

  /// What the theory says of a level.
  public struct Prediction: Codable, Hashable, Sendable {
    /// Singular values of σ²J, descending.
    public var singularValues: [Double]
    /// The widest gap.
    public var gap: Gap
    /// The phase.
    public var phase: DiffusionPhase
    /// Expected FLIPD.
    public var flipd: Double
  }

  /// A gap followed over the noise levels.
  public struct TrackedGap: Codable, Hashable, Sendable {
    /// The number of directions it keeps.
    public var dimension: Int
    /// Its width at each level.
    public var widths: [Double]
    /// The gap in the theory.
    public var theory: PredictedGap?
  }

  /// A gap as theory has it.
  public struct PredictedGap: Codable, Hashable, Sendable {
    /// The lower edge of the variances above the gap.
    public var above: Double
    /// The upper edge of those below; 0 for the final gap.
    public var below: Double
    /// σ/μ below which the gap is as wide as the threshold; `nil` if it never is.
    public var openingNoise: Double?
    /// σ/μ below which it is no longer; `nil` for the final gap, which stays.
    public var closingNoise: Double?
    /// σ/μ where it is widest; `nil` for the final gap.
    public var widestNoise: Double?
    /// Its greatest width.
    public var greatestWidth: Double

    var gap: Analysis.SpectralGap { Analysis.SpectralGap(above: above, below: below, dimension: 0) }
  }

  /// Levels of one phase.
  public struct PhaseStretch: Codable, Hashable, Sendable {
    /// The phase.
    public var phase: DiffusionPhase
    /// σ/μ where it begins.
    public var from: Double
    /// σ/μ where it ends.
    public var to: Double
  }

  /// The gap at the smallest noise.
  public struct Final: Codable, Hashable, Sendable {
    /// The σ it was measured at.
    public var sigma: Double
    /// Its width.
    public var width: Double
    /// The dimension it shows.
    public var dimension: Int
    /// How much wider it is than the next gap.
    public var prominence: Double
  }

  /// A curve of the density of singular values.
  public struct Density: Codable, Hashable, Sendable {
    /// The level's position in `levels`.
    public var level: Int
    /// Singular values, rising through one bulk after the other.
    public var singularValues: [Double]
    /// The density over all d of them; 0 at the edges of each bulk.
    public var density: [Double]
    /// The mass under the curve: the share of the directions along the data.
    public var mass: Double

    static let stepCount = 160
  }

  /// The network, as the notebook names it.
  public var network: String
  /// d.
  public var ambientDimension: Int
  /// How many points were probed.
  public var pointCount: Int
  /// How spectra were measured.
  public var method: SpectralGap.Method
  /// What shows the dimension.
  public var detector: SpectralGap.Detector
  /// The width from which a gap counts as open.
  public var threshold: Double
  /// The levels, by rising noise.
  public var levels: [Level]
  /// The dimension at the smallest noise.
  public var dimension: Int
  /// The gap at the smallest noise.
  public var final: Final
  /// The phases, by rising noise.
  public var phases: [PhaseStretch]
  /// The phases that theory predicts on a fine grid, by rising noise; empty without theory.
  public var predictedPhases: [PhaseStretch]
  /// The gaps followed over the levels.
  public var gaps: [TrackedGap]
  /// The density that theory predicts at some levels.
  public var densities: [Density]
  /// The numerical doubts.
  public var caveats: [Caveat]
}

extension SpectralGapFinding {
  init(
    probe: SpectralGap, subject: SpectralGap.Subject, spectra: [LevelSpectra], using random: inout SeededGenerator
  ) throws {
    network = probe.network.name
    ambientDimension = subject.points.shape[1]
    pointCount = subject.points.shape[0]
    method = subject.method
    detector = probe.detector
    threshold = probe.threshold
    let theory = subject.theory
    let rule = probe.detector.rule
    let detections = try spectra.map { try Self.detection(in: meanOfRows($0.singularValues), rule, of: $0) }
    let atSmallest = detections[0]
    // Without theory, the manifold is what shows at the smallest noise.
    let manifold = theory?.dimension ?? atSmallest.dimension ?? 0
    dimension = atSmallest.dimension ?? 0
    final = Final(
      sigma: spectra[0].level.sigma, width: atSmallest.gaps[0].width, dimension: atSmallest.dimension ?? 0,
      prominence: min(atSmallest.prominence, 1e6))
    var levels: [Level] = []
    for (measured, detection) in zip(spectra, detections) {
      levels.append(
        try Level(
          measured, detection: detection, rule: rule, manifold: manifold, threshold: probe.threshold, theory: theory,
          using: &random))
    }
    self.levels = levels
    phases = Self.stretches(levels.map { ($0.noiseToSignal, $0.phase) })
    predictedPhases = try theory.map { try Self.predictedPhases($0, levels: levels, threshold: probe.threshold) } ?? []
    gaps = Self.tracked(levels, theory: theory, threshold: probe.threshold)
    densities = try theory.map { try Self.densities($0, levels: spectra.map(\.level)) } ?? []
    caveats = Self.doubts(probe: probe, subject: subject, levels: levels)
  }

  /// What the rule finds. Where only the values nearest 0 are known, the largest of the others is taken to be 1, as it is in
  /// directions normal to the data.
  fileprivate static func detection(
    in values: [Double], _ rule: GapDetection.Rule, of spectra: LevelSpectra
  ) throws -> GapDetection {
    guard !spectra.partial.isEmpty, case .threshold = rule else { return try GapDetection(in: values, rule: rule) }
    return try GapDetection(in: [max(1, values.first ?? 1)] + values, rule: rule)
  }

  /// Level midpoints, on a logarithmic axis, bound the phases.
  private static func stretches(_ phases: [(noise: Double, phase: DiffusionPhase)]) -> [PhaseStretch] {
    var stretches: [PhaseStretch] = []
    for (index, entry) in phases.enumerated() {
      let from = index == 0 ? entry.noise : (phases[index - 1].noise * entry.noise).squareRoot()
      let to = index + 1 == phases.count ? entry.noise : (phases[index + 1].noise * entry.noise).squareRoot()
      if let last = stretches.last, last.phase == entry.phase {
        stretches[stretches.count - 1].to = to
      } else {
        stretches.append(PhaseStretch(phase: entry.phase, from: from, to: to))
      }
    }
    return stretches
  }

  private static func predictedPhases(
    _ theory: SpectralTheory, levels: [Level], threshold: Double
  ) throws -> [PhaseStretch] {
    guard let first = levels.first?.noiseToSignal, let last = levels.last?.noiseToSignal, last > first else {
      return levels.compactMap { level in
        level.predicted.map { PhaseStretch(phase: $0.phase, from: level.noiseToSignal, to: level.noiseToSignal) }
      }
    }
    let phases = try (0...256).map { step in
      let noise = first * pow10(Double(step) / 256 * log10(last / first))
      let spectrum = theory.spectrum(at: DiffusionLevel(time: noise, signal: 1, sigma: noise))
      return (noise, try DiffusionPhase(spectrum: spectrum, dimension: theory.dimension, threshold: threshold))
    }
    return stretches(phases)
  }

  /// The theory's gaps, and without theory those that are widest at two levels or more.
  private static func tracked(_ levels: [Level], theory: SpectralTheory?, threshold: Double) -> [TrackedGap] {
    func widths(_ dimension: Int) -> [Double] {
      levels.map { level in
        let position = level.singularValues.count - dimension
        guard position > 0, position < level.singularValues.count else { return 0 }
        return level.singularValues[position - 1] - level.singularValues[position]
      }
    }
    if let theory {
      // A factor's every eigenvalue is a bulk of its own: follow only gaps that are the widest somewhere.
      var kept: [Int] = []
      for level in levels {
        let t = level.noiseToSignal * level.noiseToSignal
        if let gap = theory.support.widestGap(atNoiseVariance: t), gap.width(atNoiseVariance: t) >= threshold,
          !kept.contains(gap.dimension)
        {
          kept.append(gap.dimension)
        }
      }
      return theory.support.gaps.filter { theory.law != nil || kept.contains($0.dimension) }.map { gap in
        let visible = gap.visibleNoiseVariances(threshold: threshold)
        return TrackedGap(
          dimension: gap.dimension, widths: widths(gap.dimension),
          theory: PredictedGap(
            above: gap.above, below: gap.below, openingNoise: visible?.upperBound.squareRoot(),
            closingNoise: gap.isFinal ? nil : visible?.lowerBound.squareRoot(),
            widestNoise: gap.isFinal ? nil : gap.widestNoiseVariance.squareRoot(), greatestWidth: gap.greatestWidth))
      }
    }
    // A dimension of 0 is no gap.
    let dimensions = Set(levels.map(\.dimension)).filter { dimension in
      dimension > 0 && levels.count { $0.dimension == dimension } >= min(2, levels.count)
    }
    return dimensions.sorted().map { TrackedGap(dimension: $0, widths: widths($0)) }
  }

  /// Densities at up to three levels: those where the directions along the data lie, on average, nearest a fifth, a half and
  /// four fifths of the way from free to normal. Elsewhere the bulks are too narrow to have a shape.
  private static func densities(_ theory: SpectralTheory, levels: [DiffusionLevel]) throws -> [Density] {
    guard theory.law != nil, !levels.isEmpty else { return [] }
    let heights = levels.map { level in
      mean(theory.spectrum(at: level).suffix(theory.dimension))
    }
    let chosen = Set(
      [0.2, 0.5, 0.8].compactMap { wanted in
        heights.indices.min { abs(heights[$0] - wanted) < abs(heights[$1] - wanted) }
      }
    ).sorted()
    return try chosen.map { index in
      let t = levels[index].noiseToSignal * levels[index].noiseToSignal
      var curve = Density(level: index, singularValues: [], density: [], mass: 0)
      // Falling variances give rising singular values. A bulk may be narrow, and its density has square-root edges: both
      // are well served by equal steps of an angle.
      for bulk in theory.support.bulks {
        let (low, high) = (t / (t + bulk.upper), t / (t + bulk.lower))
        let (middle, halfWidth) = ((low + high) / 2, (high - low) / 2)
        for step in 0...Density.stepCount {
          let angle = Double(step) / Double(Density.stepCount) * .pi
          let place = middle - halfWidth * cos(angle)
          let isEdge = step == 0 || step == Density.stepCount
          let density = isEdge ? 0 : try theory.density(atSingularValue: place, level: levels[index]) ?? 0
          curve.singularValues.append(place)
          curve.density.append(density)
          curve.mass += density * halfWidth * sin(angle) * .pi / Double(Density.stepCount)
        }
      }
      return curve
    }
  }
}

extension SpectralGapFinding.Level {
  fileprivate init(
    _ measured: LevelSpectra, detection: GapDetection, rule: GapDetection.Rule, manifold: Int, threshold: Double,
    theory: SpectralTheory?, using random: inout SeededGenerator
  ) throws {
    sigma = measured.level.sigma
    time = measured.level.time
    signal = measured.level.signal
    noiseToSignal = measured.level.noiseToSignal
    singularValues = meanOfRows(measured.singularValues)
    singularValuesPerPoint = measured.singularValues
    eigenvalues = meanOfRows(measured.symmetricEigenvalues)
    gaps = try GapDetection(in: singularValues).gaps.prefix(5).map {
      SpectralGapFinding.Gap(dimension: $0.dimension, width: $0.width)
    }
    dimension = detection.dimension ?? 0
    dimensionPerPoint = try measured.singularValues.map {
      try SpectralGapFinding.detection(in: $0, rule, of: measured).dimension ?? 0
    }
    prominence = min(detection.prominence, 1e6)
    phase = try DiffusionPhase(
      spectrum: singularValues, dimension: min(manifold, singularValues.count), threshold: threshold)
    partial = measured.partial
    flipd = mean(measured.flipd)
    if measured.flipd.count >= 2 {
      let interval = try BootstrapInterval(meanOf: measured.flipd, using: &random)
      flipdInterval = [interval.lower, interval.upper]
    }
    symmetryDefect = measured.symmetryDefects.isEmpty ? nil : mean(measured.symmetryDefects)
    if let theory {
      let spectrum = theory.spectrum(at: measured.level)
      predicted = SpectralGapFinding.Prediction(
        singularValues: spectrum, gap: try theory.widestGap(at: measured.level),
        phase: try DiffusionPhase(spectrum: spectrum, dimension: theory.dimension, threshold: threshold),
        flipd: theory.fokkerPlanckDimension(at: measured.level))
    }
  }
}

/// A number with three significant digits, for a sentence.
func rounded(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
  let digits = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
  let scale = pow10(Double(min(digits, 12)))
  let short = (value * scale).rounded() / scale
  let written = short == short.rounded() && abs(short) < 1e9 ? "\(Int(short))" : "\(short)"
  return short < 0 ? "−" + written.dropFirst() : written
}
