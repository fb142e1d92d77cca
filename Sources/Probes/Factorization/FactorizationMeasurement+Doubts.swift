import Analysis
import Diagnostics

extension FactorizationMeasurement {
  /// A verdict that fewer of the resamples agree on is doubted.
  private static let enough = 0.95
  /// A factor that goes with less of the variance is hardly there.
  private static let least = 0.01

  /// What a reader should doubt, of the conditions and of every code.
  ///
  /// - Parameter constant: the names of codes that are the same for all conditions.
  func doubts(
    of codes: [(code: Finding.Code, analysis: FactorizationAnalysis)], without constant: [String]
  ) -> [Caveat] {
    var doubts = CloudDoubts(ofClouds: codes.count)
    for (code, analysis) in codes { doubts.add(self.doubts(of: code, analysis), of: code.name) }
    let leftOut = constant.first.map { first in
      let others = constant.count > 1 ? " and \(counted(constant.count - 1, "other code"))" : ""
      return Caveat(
        "constant",
        "'\(first)'\(others) \(constant.count > 1 ? "are" : "is") the same for all conditions, and \(constant.count > 1 ? "are" : "is") left out"
      )
    }
    return doubtsOfConditions + [leftOut].compactMap { $0 } + doubts.caveats
  }

  private var doubtsOfConditions: [Caveat] {
    var caveats: [Caveat] = []
    let combinations = grid.levels.reduce(1.0) { $0 * Double($1.count) }
    if !grid.isGrid {
      caveats.append(
        Caveat(
          "no-grid",
          "\(grid.count) conditions fill less than half of the combinations of the factors' values: no tangents are taken, sums over factors are of smooth functions, and codes of one unit per value or combination are not compared with"
        ))
    } else if !grid.isComplete {
      caveats.append(
        Caveat(
          "incomplete",
          "\(grid.count) of \(Int(combinations)) combinations of the factors' values are given: tangents are of those beside each other, and sums over factors by least squares"
        ))
    }
    let repeated = grid.samples.count { $0.count > 1 }
    if repeated > 0 {
      caveats.append(
        Caveat(
          "averaged",
          "\(counted(repeated, "condition")) of \(grid.count) \(repeated == 1 ? "has" : "have") several samples, of which the mean is taken"
        )
      )
    }
    for (place, factor) in grid.factors.enumerated() where grid.isGrid && factor.period != nil && !grid.wraps[place] {
      caveats.append(
        Caveat(
          "part-circle",
          "the \(counted(grid.levels[place].count, "value")) of '\(factor.name)' leave a gap in its circle: the last is not taken to be followed by the first"
        ))
    }
    if grid.count < FactorDecoding.leastConditions, probe.decoding {
      caveats.append(
        Caveat(
          "not-decoded",
          "\(grid.count) conditions are fewer than the \(FactorDecoding.leastConditions) that decoders are fitted and tested on"
        ))
    }
    return caveats
  }

  private func doubts(of code: Finding.Code, _ analysis: FactorizationAnalysis) -> [Caveat] {
    var caveats: [Caveat] = []
    if code.verdictSupport < Self.enough {
      caveats.append(
        Caveat(
          "unsure",
          "the verdict '\(code.verdict.rawValue)' holds in \(rounded(100 * code.verdictSupport)) % of resamples of conditions"
        )
      )
    }
    for (factor, followed) in zip(grid.factors, code.factors) where followed.share < Self.least {
      caveats.append(
        Caveat(
          "not-followed",
          "'\(factor.name)' by itself goes with \(rounded(100 * followed.share)) % of the variance: the code hardly follows it"
        ))
    }
    if let tangents = analysis.geometry.tangents {
      let still = tangents.stillCounts.reduce(0, +)
      if still > 0 {
        caveats.append(
          Caveat(
            "still",
            "\(counted(still, "tangent")) of \(still + tangents.counts.reduce(0, +)) \(still == 1 ? "has" : "have") no length, as neighbouring conditions are represented alike, and \(still == 1 ? "is" : "are") left out"
          ))
      }
    }
    let needed = grid.levels.reduce(0) { $0 + $1.count - 1 }
    if grid.isGrid, code.verdict == .none, code.unitCount < needed {
      caveats.append(
        Caveat(
          "few-units",
          "\(counted(code.unitCount, "unit")) cannot hold one direction for each value of the factors, which takes \(needed)"
        )
      )
    }
    if code.verdict == .conjunctive, code.unitCount >= 9 * grid.count {
      caveats.append(
        Caveat(
          "as-if-random",
          "independent random numbers in \(code.unitCount) units have one direction for each of \(grid.count) conditions too"
        ))
    }
    return caveats
  }
}
