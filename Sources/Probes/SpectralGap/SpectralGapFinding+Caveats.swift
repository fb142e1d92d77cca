import Analysis
import Diagnostics
import Probing

extension SpectralGapFinding {
  /// What a reader should doubt, with its numbers.
  static func doubts(probe: SpectralGap, subject: SpectralGap.Subject, levels: [Level]) -> [Caveat] {
    var caveats = subject.score.network.warnings.map { Caveat("network", $0) }
    caveats += fewPoints(subject.points.shape[0])
    if subject.score.levelInput == nil {
      caveats.append(Caveat("untold", "the network is not told the noise level; one function stands for all levels"))
    }
    let skewed = levels.filter { $0.symmetryDefect ?? 0 > 0.2 }
    if let first = skewed.first, let last = skewed.last {
      caveats.append(
        Caveat(
          "asymmetric",
          "the Jacobian's symmetry defect exceeds 0.2 at \(skewed.count) of \(levels.count) levels (σ from \(rounded(first.sigma)) to \(rounded(last.sigma))); an exact score's is 0"
        ))
    }
    let tossed = levels.filter { $0.prominence < 1.2 }
    if let first = tossed.first, probe.detector == .gap {
      caveats.append(
        Caveat(
          "close-gaps",
          "at \(tossed.count) of \(levels.count) levels (from σ = \(rounded(first.sigma))) the widest gap is less than 1.2 times the next; the dimension there is a toss between them"
        ))
    }
    if probe.detector == .curvature, levels.contains(where: { $0.dimension == 0 }) {
      let count = levels.count { $0.dimension == 0 }
      caveats.append(
        Caveat(
          "no-dimension",
          "the detector 'curvature' found no corner at \(count) of \(levels.count) levels; 0 stands for none"
        ))
    }
    let strange = levels.filter { level in
      let d = Double(subject.points.shape[1])
      return probe.method != .stanczuk && level.singularValues.first ?? 0 > 1.5 || level.flipd < -1
        || level.flipd > d + 1
    }
    if let first = strange.first, let last = strange.last {
      caveats.append(
        Caveat(
          "out-of-range",
          "at \(strange.count) of \(levels.count) levels (σ from \(rounded(first.sigma)) to \(rounded(last.sigma))) a singular value of σ²J exceeds 1.5 or FLIPD lies outside 0 to d; check 'predicts', 'process' and the range of noise the network was trained on"
        ))
    }
    caveats += unconverged(levels.flatMap(\.partial))
    // Of the values that are not known, no gap is wider than from the largest known one to 1.
    let short = levels.filter { level in
      !level.partial.isEmpty && level.singularValues.count < subject.points.shape[1]
        && (level.gaps.first?.width ?? 0) < 1 - (level.singularValues.first ?? 0)
    }
    if let first = short.first, let last = short.last {
      caveats.append(
        Caveat(
          "beyond-count",
          "at \(short.count) of \(levels.count) levels (σ from \(rounded(first.sigma)) to \(rounded(last.sigma))) a gap wider than the one found may lie beyond the \(first.singularValues.count) known values; ask for more with 'count'"
        ))
    }
    if probe.method == .stanczuk {
      caveats.append(
        Caveat(
          "gaussian-probes",
          "with 4d Gaussian probes every true level is blurred between half and one and a half of itself"))
    }
    return caveats
  }
}
