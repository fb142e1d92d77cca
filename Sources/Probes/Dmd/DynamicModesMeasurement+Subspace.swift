import Analysis
import Diagnostics
import LinearAlgebra
import Probing

extension DynamicModesMeasurement {
  /// The eigenvalues of hidden dynamics that inputs drive.
  func subspaceFinding() throws -> DynamicModesFinding {
    guard let inputs else { throw ParameterError.missing("inputs", "the method 'subspace' needs them") }
    let rule: RankRule =
      switch probe.rank {
      case .count(let count): .count(count)
      case .energy(let share): .energy(share)
      case .rule(.all): .all
      case .rule: .hardThreshold(noise: nil)
      }
    let found = try located {
      try SubspaceIdentification(
        outputs: prepared, inputs: inputs, blockRows: max(2, probe.delays), order: rule)
    }
    let modes = found.eigenvalues.map { value in
      let timing = ModeTiming(eigenvalue: value, stepInterval: prepared.sampleInterval)
      return DynamicModesFinding.Mode(
        real: value.real, imaginary: value.imaginary, modulus: value.modulus, frequency: timing.frequency,
        frequencyInterval: nil, growthRate: timing.growthRate, growthInterval: nil, halfLife: timing.halfLife,
        doublingTime: timing.doublingTime, residual: nil, isTrusted: true, strength: 0, cloudReal: [],
        cloudImaginary: [])
    }
    var caveats = caveats
    caveats.append(
      Caveat(
        "hidden-coordinates",
        "the hidden coordinates are found up to a change of basis; there are eigenvalues, and neither residuals, intervals nor forecasts"
      ))
    let size = found.stateOperator.frobeniusNorm
    let defect = (found.stateOperator.rowGram - found.stateOperator.columnGram).frobeniusNorm
    return DynamicModesFinding(
      recording: name, unitCount: original.unitCount, trialCount: original.trajectories.count,
      sampleCount: original.sampleCount, stateCount: original.sampleCount, sampleInterval: original.sampleInterval,
      timeUnit: original.timeUnit, delays: probe.delays, lag: probe.lag, method: probe.method, isDriven: true,
      rank: found.stateOperator.rowCount, explained: 1, explainedChange: nil,
      nonNormality: size > 0 ? defect / (size * size) : 0, singularValues: Array(found.singularValues.prefix(100)),
      modes: modes, rankChoice: nil, rankPaths: [], unitNames: original.unitNames, shapes: [], forecast: nil,
      trace: nil,
      plane: nil, forcing: nil, residualBound: probe.residualBound, drawCount: 0, caveats: caveats)
  }
}
