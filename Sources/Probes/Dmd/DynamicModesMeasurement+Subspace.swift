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
    let blockRows = max(2, probe.delays)
    let found = try located {
      try SubspaceIdentification(outputs: prepared, inputs: inputs, blockRows: blockRows, order: rule)
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
        "the hidden coordinates are found up to a change of basis; there are eigenvalues and forecasts, and neither residuals nor intervals"
      ))
    let forecast = hiddenForecast(inputs, blockRows: blockRows, order: found.stateOperator.rowCount, caveats: &caveats)
    if let error = forecast?.scaledAbsoluteError, error >= 1 { caveats.append(Self.noBetterThanPersistence(error)) }
    let size = found.stateOperator.frobeniusNorm
    let defect = (found.stateOperator.rowGram - found.stateOperator.columnGram).frobeniusNorm
    return DynamicModesFinding(
      recording: name, unitCount: original.unitCount, trialCount: original.trajectories.count,
      sampleCount: original.sampleCount, stateCount: original.sampleCount, sampleInterval: original.sampleInterval,
      timeUnit: original.timeUnit, delays: probe.delays, lag: probe.lag, method: probe.method, isDriven: true,
      rank: found.stateOperator.rowCount, explained: 1, explainedChange: nil,
      nonNormality: size > 0 ? defect / (size * size) : 0, singularValues: Array(found.singularValues.prefix(100)),
      modes: modes, rankChoice: nil, rankPaths: [], unitNames: original.unitNames, shapes: [], forecast: forecast,
      trace: nil,
      plane: nil, forcing: nil, residualBound: probe.residualBound, drawCount: 0, caveats: caveats)
  }

  /// The error of forecasts of samples held out, told their inputs.
  private func hiddenForecast(
    _ inputs: Recording, blockRows: Int, order: Int, caveats: inout [Caveat]
  ) -> ForecastError? {
    judged(caveats: &caveats) {
      let (share, gap, shortest) = (probe.heldOut, blockRows, 2 * blockRows + 1)
      let split = try prepared.heldOut(share: share, gap: gap, shortest: shortest)
      let drive = try inputs.heldOut(share: share, gap: gap, shortest: shortest)
      let system = try SubspaceIdentification(
        outputs: split.training, inputs: drive.training, blockRows: blockRows, order: .count(order))
      return try ForecastError(of: system, outputs: split.test, inputs: drive.test, horizon: probe.horizon)
    }
  }
}
