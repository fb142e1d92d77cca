import Analysis
import Diagnostics
import Foundation

extension PercolationMeasurement {
  /// Fewer replicas leave deviations, and so thresholds, unsure.
  private static let enoughReplicas = 20
  /// Fewer centres have no threshold to speak of.
  private static let enoughCentres = 400
  /// Disks placed anywhere stand for a lattice whose own threshold is so near.
  private static let near = 1.1
  /// The product of narrower features, in pixels, is not that of their images.
  private static let wide = 0.75

  /// What a reader should doubt.
  func doubts(of finding: Finding) -> [Caveat] { doubtsOfCurves(finding) + doubtsOfSets(finding) }

  /// One doubt of several curves or sets: the first, and how many others.
  private func told(_ name: String, _ found: [String], others noun: String) -> [Caveat] {
    guard let first = found.first else { return [] }
    let rest = found.count > 1 ? "; likewise \(counted(found.count - 1, "other \(noun)"))" : ""
    return [Caveat(name, first + rest)]
  }

  private func doubtsOfCurves(_ finding: Finding) -> [Caveat] {
    let curves = finding.curves
    var caveats = told(
      "never-joined",
      curves.filter { ($0.mass.last ?? 0) < 0.5 }.map {
        "\($0.name): with all centres the largest component holds \(rounded(100 * ($0.mass.last ?? 0))) % of them, as features are joined up to a distance of \(rounded($0.radius)) only; there is no threshold"
      }, others: "curve")
    caveats += told(
      "always-joined",
      curves.filter { ($0.mass.last ?? 0) >= 0.5 && $0.bySecond == nil }.map {
        "\($0.name): features are joined from the first centres on, up to a distance of \(rounded($0.radius)); there is no threshold"
      }, others: "curve")
    if let spacing = finding.spacing {
      caveats += told(
        "coarse",
        curves.compactMap { curve in
          guard let continuum = curve.continuum, let theory = curve.theory, continuum > Self.near * theory else {
            return nil
          }
          let need =
            continuum > 1
            ? "would need \(rounded(continuum)) of all centres, more than there are"
            : "would need \(rounded(continuum))"
          return
            "\(curve.name): joined up to \(rounded(curve.radius / spacing)) spacings, the lattice is too coarse for disks placed anywhere, which \(need); the theory, \(rounded(theory)), is that of this lattice"
        }, others: "curve")
      caveats += told(
        "narrow",
        probe.width.filter { $0 < Self.wide && probe.overlap.contains(.product) }.map {
          "features of width \(rounded($0)) are narrower than pixels: on images they overlap less than the formula says"
        }, others: "width")
    }
    caveats += told(
      "estimates-differ",
      curves.compactMap { curve in
        guard let second = curve.bySecond, let deviation = curve.byDeviation,
          second.upper < deviation.lower || deviation.upper < second.lower
        else { return nil }
        return
          "\(curve.name): the second-largest component is largest at \(rounded(second.value)), and replicas differ most at \(rounded(deviation.value)): between them the transition is smeared out by the lattice's size"
      }, others: "curve")
    if finding.replicaCount < Self.enoughReplicas {
      caveats.append(
        Caveat(
          "few-replicas",
          "\(finding.replicaCount) replicas: thresholds and their intervals need \(Self.enoughReplicas) or more"))
    }
    if finding.centreCount < Self.enoughCentres {
      caveats.append(
        Caveat(
          "few-centres",
          "\(finding.centreCount) centres: the transition is smeared out, and its threshold is not that of an endless lattice"
        ))
    }
    if case .points(let points, let given)? = subject.places.last, points.rowCount < given {
      caveats.append(
        Caveat("copies", "\(counted(given - points.rowCount, "point")) of \(given) repeat others and were left out"))
    }
    return caveats
  }

  private func doubtsOfSets(_ finding: Finding) -> [Caveat] {
    var caveats = told(
      "copies-in-sets",
      zip(subject.sets, finding.sets).filter { $0.givenCount > $1.centreCount }.map { given, set in
        "'\(set.name)' repeats \(given.givenCount - set.centreCount) of its \(given.givenCount) centres; only different ones count"
      }, others: "set")
    caveats += told(
      "beyond",
      finding.sets.filter { $0.fraction > 1 }.map {
        "'\($0.name)' has \($0.centreCount) centres, more than the \(finding.centreCount) that there may be"
      }, others: "set")
    guard case .lattice(let lattice)? = subject.places.last else { return caveats }
    caveats += told(
      "outside",
      subject.sets.compactMap { set in
        let extents = (0..<2).map { axis -> Double in
          let values = set.centres.column(axis)
          return (values.max() ?? 0) - (values.min() ?? 0)
        }
        guard let widest = extents.max(), widest > lattice.side else { return nil }
        return
          "the centres of '\(set.name)' extend over \(rounded(widest)), more than the side, \(rounded(lattice.side)): its fraction is not one of this lattice"
      }, others: "set")
    return caveats
  }
}
