import Analysis
import Diagnostics

extension ReconstructionMeasurement {
  /// What a reader should doubt, with its numbers.
  func doubts(
    choice: DelayChoice, _ falsehood: FalseNeighbours, _ cao: CaoDimension, _ structure: Finding.Structure,
    dimension: Int?, _ amplification: Finding.Amplification, delay: Int, window: Int
  ) -> [Caveat] {
    var caveats: [Caveat] = []
    if structure == .none {
      caveats.append(
        Caveat(
          "no-structure",
          "the signal is foretold no better than its values in any other order; Cao's E2 is never farther from 1 than \(rounded(cao.determinism)): there is nothing to unfold, and no dimension is given"
        ))
    } else if dimension == nil {
      caveats.append(
        Caveat(
          "no-dimension",
          "neighbours stay false (\(rounded(100 * (falsehood.kennel.min() ?? 1))) % at best) and Cao's E1 does not settle within \(counted(falsehood.kennel.count, "dimension")): noise, or more dimensions than were tried"
        ))
    }
    if structure == .linear {
      caveats.append(
        Caveat(
          "linear",
          "signals of the same spectrum are foretold as well: what is unfolded may be linear dynamics driven by noise"))
    }
    if probe.delay == nil, choice.reason == .longest {
      caveats.append(
        Caveat(
          "delay-at-limit",
          "neither does mutual information have a minimum nor autocorrelation decay within \(counted(delay, "sample")): take a larger largestDelay, or subsample"
        ))
    }
    if let byFalse = falsehood.dimension, let byCao = cao.dimension, byFalse != byCao, structure != .none {
      caveats.append(
        Caveat(
          "dimensions-differ", "false neighbours vanish at \(byFalse) dimensions, Cao's E1 settles at \(byCao)"))
    }
    if signal.count < 1000 {
      caveats.append(
        Caveat("few-samples", "\(counted(signal.count, "sample")): neighbours are far, and every curve here is coarse"))
    }
    if dimension != nil, amplification.leastDimension == amplification.dimensions.last,
      amplification.dimensions.count > 1
    {
      caveats.append(
        Caveat(
          "amplification-at-limit",
          "noise amplification is least at the largest dimension tried, \(amplification.leastDimension)"))
    }
    return caveats
  }
}
