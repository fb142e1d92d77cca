import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// One measurement of how latents hold sources apart.
struct DisentanglementMeasurement {
  typealias Finding = LatentDisentanglementFinding
  let probe: LatentDisentanglement
  let subject: LatentDisentanglement.Subject

  func finding(using random: SeededGenerator) throws -> Finding {
    let (latents, all) = (subject.latents, subject.sources)
    let varying = (0..<all.columnCount).filter { Set(all.column($0)).count > 1 }
    guard !varying.isEmpty else {
      throw AnalysisError.tooFew("sources that vary", count: 0, minimum: 1)
    }
    let settings = Disentanglement.Settings(
      estimator: probe.estimator == .bins ? .bins : .neighbours, binCount: probe.bins,
      neighbourCount: probe.neighbours, drawCount: probe.draws)
    var draws = random
    let found = try Disentanglement(
      of: latents, sources: all.selectingColumns(varying), settings: settings, using: &draws)
    let geometry = try LatentGeometry(of: latents)
    let names = (0..<all.columnCount).map { probe.sourceNames.isEmpty ? "s\($0 + 1)" : probe.sourceNames[$0] }
    let sources = varying.enumerated().map { index, column in
      Finding.Source(
        name: names[column], classCount: found.classes[index].count, isBinned: found.classes[index].isBinned,
        entropy: found.entropies[index])
    }
    let bias = found.latentClassCount.map { count -> Double in
      let chances = sources.map { source -> Double in
        let cells = Double((source.classCount - 1) * (count - 1))
        return cells / (2 * Double(latents.rowCount) * source.entropy)
      }
      return chances.max() ?? 0
    }
    let latentNotes = (0..<latents.columnCount).map { described($0, found, sources, least: 2 * (bias ?? 0)) }
    let scores = Disentanglement.Score.allCases.map { score in
      Finding.Score(
        name: score.rawValue, value: found.values[score],
        interval: found.intervals[score].map { [$0.lower, $0.upper] })
    }
    var finding = Finding(
      sampleCount: latents.rowCount, estimator: probe.estimator, modularity: found.values[.modularity],
      compactness: found.values[.compactness], explicitness: found.values[.explicitness],
      informationGap: found.values[.informationGap], scores: scores, information: found.table.entries,
      latents: latentNotes, sources: sources, effectiveRank: geometry.effectiveRank,
      totalCorrelation: geometry.totalCorrelation, subsets: try subsets(latentNotes), bias: bias, caveats: [])
    finding.caveats = doubts(
      finding, found, constant: (0..<all.columnCount).filter { !varying.contains($0) }.map { names[$0] })
    return finding
  }

  private func described(_ index: Int, _ found: Disentanglement, _ sources: [Finding.Source], least: Double)
    -> Finding.Latent
  {
    let values = subject.latents.column(index)
    let variances = subject.variances?.column(index)
    let told = found.table.entries.map { $0[index] }
    let most = told.indices.max { told[$0] < told[$1] } ?? 0
    let average = variances.map(mean)
    let spread = variances.map { values in
      let average = mean(values)
      return mean(values.map { ($0 - average) * ($0 - average) })
    }
    let isActive = found.activeLatents.contains(index)
    return Finding.Latent(
      name: probe.latentNames.isEmpty ? "z\(index + 1)" : probe.latentNames[index], isActive: isActive,
      range: (values.max() ?? 0) - (values.min() ?? 0), use: variances.map { LatentUse(variances: $0) },
      meanVariance: average,
      varianceSpread: spread,
      source: isActive && told[most] > max(0.02, least) ? sources[most].name : nil)
  }

  /// All latents, and those of each use, where there are two of them.
  private func subsets(_ described: [Finding.Latent]) throws -> [Finding.Subset] {
    guard let variances = subject.variances else { return [] }
    let uses: [LatentUse?] = [nil] + LatentUse.allCases
    return try uses.compactMap { use in
      let kept = described.indices.filter { use == nil || described[$0].use == use }
      guard kept.count >= 2 else { return nil }
      let latents = subject.latents.selectingColumns(kept)
      return Finding.Subset(
        use: use, latentCount: kept.count, means: Finding.Geometry(try LatentGeometry(of: latents)),
        samples: Finding.Geometry(
          try LatentGeometry(of: latents, variances: variances.selectingColumns(kept))))
    }
  }

  // MARK: Doubts

  private func doubts(_ finding: Finding, _ found: Disentanglement, constant: [String]) -> [Caveat] {
    var caveats = constant.map {
      Caveat("constant-source", "source '\($0)' has one value only: nothing can tell of it, and it is left out")
    }
    let idle = finding.latents.filter { !$0.isActive }
    if !idle.isEmpty {
      caveats.append(
        Caveat(
          "idle-latents",
          "\(counted(idle.count, "latent")) of \(finding.latents.count) hardly \(idle.count == 1 ? "varies and is" : "vary and are") left out of all scores: \(idle.prefix(6).map(\.name).joined(separator: ", "))\(idle.count > 6 ? ", …" : "")"
        ))
    }
    if let reason = undefined(finding, found) { caveats.append(Caveat("undefined", reason)) }
    if let bias = finding.bias, bias > 0.01 {
      caveats.append(
        Caveat(
          "bias",
          "of \(finding.sampleCount) samples unrelated variables share up to \(rounded(bias)) of an entropy by chance: take more samples or fewer bins"
        ))
    }
    if finding.totalCorrelation == nil {
      caveats.append(
        Caveat("dependent-latents", "some latents follow from others: their total correlation is infinite"))
    }
    return caveats
  }

  /// Which scores are not defined, and why.
  private func undefined(_ finding: Finding, _ found: Disentanglement) -> String? {
    let missing = finding.scores.filter { $0.value == nil }.map(\.name)
    guard !missing.isEmpty else { return nil }
    let reason: String
    switch (found.activeLatents.count, finding.sources.count) {
    case (0, _): reason = "no latent varies"
    case (1, 1): reason = "one latent varies and there is one source: there is nothing to hold apart"
    case (1, _): reason = "a single latent varies, and there is no other that could tell less"
    case (_, 1): reason = "there is a single source to tell of"
    default:
      reason = found.isInformed ? "a linear map needs no latent" : "no latent tells more of a source than chance would"
    }
    return "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") not defined: \(reason)"
  }
}
