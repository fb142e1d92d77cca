import Foundation
import LinearAlgebra

/// The exponentials whose sum is nearest the samples themselves: all samples at once, not step by step.
///
/// min over ω and B of ‖X − Φ(ω) B‖ with Φ(t, j) = exp(ω_j t), by variable projection: for given ω the best B follows
/// from least squares, and Levenberg and Marquardt's method moves ω alone. Trials share ω and have each their own B.
///
/// Shapes: of n units, r exponentials and K trials: r rates, K r amplitudes of n entries.
///
/// Conventions: everything is kept real: a pair of rates σ ± iω is two columns, e^{σt} cos ωt and e^{σt} sin ωt. How many pairs
/// there are is settled by the start. Rates come by falling real part, of a pair the one above the real axis first.
///
/// Laws: the residual is never above that of the start; samples of r exponentials without noise give their rates.
///
/// Complexity: per step of the iteration L r² + n r² beside one product with the data, L n r.
///
/// References: golub1973, askham2018.
public struct OptimizedModeDecomposition: Sendable, Hashable {
  /// The rates ω, in the inverse of the unit of time.
  public let rates: [Complex<Double>]
  /// The modes of norm 1, one array of n entries for each rate: the first direction of its amplitudes over trials.
  public let modes: [[Complex<Double>]]
  /// The root mean square of the mode's part over all samples and units.
  public let strengths: [Double]
  /// ‖X − Φ B‖²/‖X‖².
  public let relativeResidual: Double
  /// Whether the iteration ended because nothing more was to be gained.
  public let isConverged: Bool
  /// How many steps the iteration took.
  public let stepCount: Int
  /// The unit of time.
  public let timeUnit: String

  /// Fits exponentials to a recording.
  ///
  /// - Parameters:
  ///   - start: rates to begin with; those that conjugate ones are given for are taken once.
  ///   - steps: how many steps of the iteration at most.
  /// - Throws: `AnalysisError.tooFew` where no trial has more samples than there are rates; `LinearAlgebraError`.
  public init(
    of recording: Recording, start: [Complex<Double>], steps: Int = 60, tolerance: Double = 1e-10
  ) throws {
    let trials = recording.trajectories.map { trajectory in
      SampledTrial(
        times: (0..<trajectory.sampleCount).map { Double($0) * recording.sampleInterval }, samples: trajectory.samples)
    }
    try self.init(of: trials, start: start, steps: steps, tolerance: tolerance, timeUnit: recording.timeUnit)
  }

  init(
    of trials: [SampledTrial], start: [Complex<Double>], steps: Int, tolerance: Double, timeUnit: String
  ) throws {
    let exponents = ExponentSet(start)
    let count = exponents.columnCount
    let longest = trials.map(\.times.count).max() ?? 0
    guard longest > count else {
      throw AnalysisError.tooFew("samples of a trial", count: longest, minimum: count + 1)
    }
    let used = trials.filter { $0.times.count > count }
    let energy = used.reduce(0) { sum, trial in
      let size = trial.samples.frobeniusNorm
      return sum + size * size
    }
    guard energy > 0 else { throw DynamicsError.standstill }
    var search = VariableProjection(trials: used, exponents: exponents)
    let outcome = try search.minimized(steps: steps, tolerance: tolerance, energy: energy)
    isConverged = outcome.isConverged
    stepCount = outcome.stepCount
    relativeResidual = outcome.state.squaredResidual / energy
    self.timeUnit = timeUnit
    var found: [(rate: Complex<Double>, mode: [Complex<Double>], strength: Double)] = []
    let samples = Double(max(1, used.reduce(0) { $0 + $1.samples.entries.count }))
    for term in outcome.state.exponents.terms {
      // e^{σt}(a cos ωt + b sin ωt) = Re (a − ib) e^{(σ+iω)t}: of the pair each has half.
      var rows: [[Complex<Double>]] = []
      var power = 0.0
      for (trial, block) in zip(used, outcome.state.amplitudes) {
        let cosine = block.row(term.column)
        let sine = term.isPair ? block.row(term.column + 1) : cosine.map { _ in 0 }
        rows.append(zip(cosine, sine).map { term.isPair ? Complex($0 / 2, -$1 / 2) : Complex($0) })
        let columns = outcome.state.exponents.columns(at: trial.times)
        for row in 0..<columns.rowCount {
          let (c, s) = (columns[row, term.column], term.isPair ? columns[row, term.column + 1] : 0)
          for unit in cosine.indices {
            let value = c * cosine[unit] + s * sine[unit]
            power += value * value
          }
        }
      }
      let strongest = rows.max { left, right in
        left.reduce(0) { $0 + $1.squaredModulus } < right.reduce(0) { $0 + $1.squaredModulus }
      }
      let strength = (power / samples).squareRoot()
      let mode = normalized(strongest ?? [])
      found.append((Complex(term.rate, term.frequency), mode, strength))
      if term.isPair { found.append((Complex(term.rate, -term.frequency), mode.map(\.conjugate), strength)) }
    }
    let order = found.indices.sorted { first, second in
      let (a, b) = (found[first].rate, found[second].rate)
      if a.real != b.real { return a.real > b.real }
      return a.imaginary != b.imaginary ? a.imaginary > b.imaginary : first < second
    }
    rates = order.map { found[$0].rate }
    modes = order.map { found[$0].mode }
    strengths = order.map { found[$0].strength }
  }

  /// What each rate says in time.
  public var timings: [ModeTiming] { rates.map { ModeTiming(rate: $0) } }

  /// The eigenvalues of a step of a given length: exp(ω Δt).
  public func eigenvalues(stepInterval: Double) -> [Complex<Double>] {
    rates.map { .polar(modulus: exp($0.real * stepInterval), argument: $0.imaginary * stepInterval) }
  }
}

/// One trial's samples and when they were taken; the times need not be even.
struct SampledTrial: Sendable {
  let times: [Double]
  let samples: Matrix<Double>
}

/// Rates of exponentials, real ones and conjugate pairs, as numbers to be moved.
struct ExponentSet: Sendable, Hashable {
  /// One real exponential or a pair, and its first column.
  struct Term: Sendable, Hashable {
    var rate: Double
    var frequency: Double
    let isPair: Bool
    let column: Int
  }

  var terms: [Term]

  /// From rates, of which the ones below the real axis are the partners of those above.
  init(_ rates: [Complex<Double>]) {
    terms = []
    var column = 0
    for rate in rates where rate.imaginary >= 0 {
      terms.append(Term(rate: rate.real, frequency: rate.imaginary, isPair: rate.imaginary > 0, column: column))
      column += rate.imaginary > 0 ? 2 : 1
    }
  }

  var columnCount: Int { terms.reduce(0) { $0 + ($1.isPair ? 2 : 1) } }
  /// Real parts, then imaginary parts of the pairs, term by term.
  var parameterCount: Int { columnCount }

  mutating func move(by step: [Double]) {
    var place = 0
    for index in terms.indices {
      terms[index].rate += step[place]
      place += 1
      if terms[index].isPair {
        terms[index].frequency += step[place]
        place += 1
      }
    }
  }

  /// The columns at times, each scaled to be at most 1 in modulus between the first time and the last: growing ones
  /// would overflow.
  func columns(at times: [Double]) -> Matrix<Double> {
    var matrix = Matrix<Double>.zeros(times.count, columnCount)
    let (first, last) = (times.first ?? 0, times.last ?? 0)
    for term in terms {
      let anchor = term.rate > 0 ? last : first
      for (row, time) in times.enumerated() {
        let envelope = exp(term.rate * (time - anchor))
        if term.isPair {
          matrix[row, term.column] = envelope * cos(term.frequency * (time - first))
          matrix[row, term.column + 1] = envelope * sin(term.frequency * (time - first))
        } else {
          matrix[row, term.column] = envelope
        }
      }
    }
    return matrix
  }
}
