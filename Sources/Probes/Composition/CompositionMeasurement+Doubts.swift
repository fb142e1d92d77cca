import Analysis
import Diagnostics
import Networks
import Probing

extension CompositionMeasurement {
  /// What a person should doubt, given the first images whose shades are not what was said.
  func doubts(
    about finding: CompositionFinding, strange: (name: String, ends: ClosedRange<Double>)?
  ) -> [Caveat] {
    [
      fewImages(finding), fine, decoders(finding), noRegions, notIndependent(finding), guessable(finding),
      strange.map(shades), uneven(finding),
    ].compactMap { $0 }
  }

  private func fewImages(_ finding: CompositionFinding) -> Caveat? {
    guard let least = finding.runs.map(\.score.count).min(), least < 50 else { return nil }
    let half = rounded(98 / Double(max(1, least)).squareRoot())
    return Caveat("few-images", "\(least) images of a model say little: the interval of a half is ±\(half) hundredths")
  }

  private var fine: Caveat? {
    guard probe.tolerance < probe.width / 4 else { return nil }
    return Caveat(
      "fine",
      "a tolerance of \(rounded(probe.tolerance)) pixels is finer than places can be drawn at a width of \(rounded(probe.width))"
    )
  }

  private func decoders(_ finding: CompositionFinding) -> Caveat? {
    guard probe.decoder == .centroid, let apart = finding.runs.compactMap(\.decoderDifference).max(),
      apart > probe.tolerance / 2
    else { return nil }
    return Caveat(
      "decoders",
      "centroids lie \(rounded(apart)) pixels from the places of least squares in the median, more than half of the tolerance: near borders they are drawn inwards"
    )
  }

  private var noRegions: Caveat? {
    guard subject.runs.allSatisfy({ $0.trained == nil }) else { return nil }
    return Caveat("no-regions", "it is not known what the models were trained on, so regions are not told apart")
  }

  private func notIndependent(_ finding: CompositionFinding) -> Caveat? {
    let found = finding.runs.filter { $0.score.synergyLower > 0.05 }
    guard let run = found.max(by: { $0.score.synergy < $1.score.synergy }) else { return nil }
    return Caveat(
      "not-independent",
      "of '\(run.name)' both are right in \(rounded(run.score.joint.value)), more than the product \(rounded(run.score.product)) of the shares of x and y: they fail together, or some conditions are harder than others"
    )
  }

  private func guessable(_ finding: CompositionFinding) -> Caveat? {
    let found = finding.runs.flatMap { run in run.regions.map { (name: run.name, region: $0) } }
      .filter { $0.region.region != .seen && $0.region.nearest > 0.75 }
    guard let most = found.max(by: { $0.region.nearest < $1.region.nearest }) else { return nil }
    return Caveat(
      "guessable",
      "of '\(most.name)', \(rounded(100 * most.region.nearest)) % of the \(most.region.region.rawValue) conditions lie within the tolerance of one that was trained on, and would be right if that were drawn"
    )
  }

  private func shades(_ strange: (name: String, ends: ClosedRange<Double>)) -> Caveat {
    Caveat(
      "shades",
      "pixels of '\(strange.name)' go from \(rounded(strange.ends.lowerBound)) to \(rounded(strange.ends.upperBound)), which is not what images between background \(rounded(probe.background)) and peak \(rounded(probe.peak)) look like"
    )
  }

  private func uneven(_ finding: CompositionFinding) -> Caveat? {
    guard let group = CompositionSeries(of: finding.runs, probe: probe).uneven.first else { return nil }
    return Caveat("uneven", "not every step or size of '\(group)' has as many models; seeds are taken in their order")
  }

  /// The least and the greatest pixel, where images are of other shades than those said: far beyond them, or mostly near the peak.
  func strangeShades(_ pixels: NDArray<Double>) -> ClosedRange<Double>? {
    guard let least = pixels.values.min(), let most = pixels.values.max() else { return nil }
    func height(_ value: Double) -> Double { (value - probe.background) / (probe.peak - probe.background) }
    let isBeyond = [least, most].map(height).contains { $0 < -2 || $0 > 3 }
    return isBeyond || height(Self.median(pixels.values)) > 0.75 ? least...most : nil
  }
}
