import Analysis
import Diagnostics
import LinearAlgebra
import Probing

extension DynamicModesMeasurement {
  /// More numbers than this in all states are refused.
  private static let mostNumbers = 50_000_000
  /// Delays repeat every sample: a small file could ask for all memory there is.
  func refuseTooMuch() throws(ParameterError) {
    let channels = prepared.unitCount + (inputs?.unitCount ?? 0)
    let one = Double(prepared.sampleCount) * Double(channels) * (probe.method == .subspace ? 2 : 1)
    guard one * Double(probe.delays) > Double(Self.mostNumbers) else { return }
    guard one <= Double(Self.mostNumbers) else {
      throw .rule(
        "subsample", is: probe.subsample,
        mustBe:
          "larger, or 'components' given: \(counted(prepared.sampleCount, "sample")) of \(counted(channels, "unit")) are more than \(Self.mostNumbers) numbers"
      )
    }
    throw .rule(
      "delays", is: probe.delays,
      mustBe:
        "at most \(Int(Double(Self.mostNumbers) / one)) for \(counted(prepared.sampleCount, "sample")) of \(counted(channels, "unit")), or the units reduced by 'components'"
    )
  }

  mutating func noteRecording(constant: [Int]) {
    if !constant.isEmpty {
      let names = constant.prefix(4).map { "'\(original.unitNames[$0])'" }.joined(separator: ", ")
      let rest = constant.count > 4 ? " and \(constant.count - 4) more" : ""
      caveats.append(
        Caveat(
          "constant-units",
          "\(counted(constant.count, "unit")) (\(names)\(rest)) \(constant.count == 1 ? "stands" : "stand") still; "
            + (probe.scaling == .zScore
              ? "z-scoring leaves out what has no scale" : "what stands still is a mode with eigenvalue 1")))
    }
    if probe.scaling == .zScore {
      let deviations = original.unitDeviations.filter { $0 > 0 }.sorted()
      let middle = deviations.isEmpty ? 0 : deviations[deviations.count / 2]
      let faint = original.unitDeviations.count { $0 > 0 && $0 < 1e-3 * middle }
      if faint > 0 {
        caveats.append(
          Caveat(
            "faint-units",
            "\(counted(faint, "unit")) \(faint == 1 ? "varies" : "vary") by less than a thousandth of what the median unit does; z-scoring makes rounding or noise of them as loud as the rest"
          ))
      }
    }
    let short = prepared.trajectories.count { $0.sampleCount <= embedding.lengthInSamples }
    if short > 0, short < prepared.trajectories.count {
      caveats.append(
        Caveat(
          "short-trials",
          "\(counted(short, "trial")) of \(prepared.trajectories.count) \(short == 1 ? "is" : "are") shorter than the window of \(embedding.lengthInSamples) samples and a step, and left out"
        ))
    }
    if prepared.trajectories.count == 1 {
      caveats.append(
        Caveat(
          "one-trial",
          "there is one trial: forecasts are judged by its end, and intervals take blocks of its samples for independent"
        ))
    }
  }

  /// What a reader should doubt of a fit, with its numbers.
  func doubts(
    _ dynamics: DynamicModeDecomposition, pairs: SnapshotPairs, modes: [DynamicModesFinding.Mode],
    forecast: ForecastError?
  ) -> [Caveat] {
    var caveats: [Caveat] = []
    if pairs.count < 5 * dynamics.rank {
      caveats.append(
        Caveat(
          "few-samples",
          "\(counted(pairs.count, "state")) for an operator of rank \(dynamics.rank); below five for each direction a fit follows the noise"
        ))
    }
    let spurious = modes.count { !$0.isTrusted }
    if spurious > 0 {
      caveats.append(
        Caveat(
          "spurious-modes",
          "\(spurious) of \(counted(modes.count, "mode")) \(spurious == 1 ? "has" : "have") a residual above \(rounded(probe.residualBound)): they are none of the dynamics, or noise drowns them"
        ))
    }
    if [.exact, .projected, .eigenTimeDelay].contains(probe.method), inputs == nil,
      let other = try? DynamicModeDecomposition(of: pairs, method: .totalLeastSquares, rank: .count(dynamics.rank))
    {
      let moved =
        dynamics.eigenvalues.map { value in
          other.eigenvalues.map { ($0 - value).modulus }.min() ?? 0
        }.max() ?? 0
      if moved > 0.01 {
        caveats.append(
          Caveat(
            "noise-bias",
            "total least squares at the same rank moves an eigenvalue by \(rounded(moved)); noise shrinks those of least squares: compare method: optimized"
          ))
      }
    }
    let growing = modes.count { ($0.growthInterval?.first ?? $0.growthRate ?? 0) > 1e-9 && $0.modulus > 1 + 1e-9 }
    if growing > 0 {
      caveats.append(
        Caveat(
          "growing-modes",
          "\(counted(growing, "mode")) \(growing == 1 ? "grows" : "grow") with each step; forecasts far ahead diverge"))
    }
    if let error = forecast?.scaledAbsoluteError, error >= 1 { caveats.append(Self.noBetterThanPersistence(error)) }
    if probe.grid > 0, dynamics.rank > 48 {
      caveats.append(
        Caveat("no-pseudospectrum", "the pseudospectrum is measured up to rank 48; this is \(dynamics.rank)"))
    }
    return caveats
  }

  static func noBetterThanPersistence(_ error: Double) -> Caveat {
    Caveat(
      "no-better-than-persistence",
      "one step ahead the model errs \(rounded(error)) times as much as the forecast that nothing changes")
  }
}
