import Foundation
import LinearAlgebra

/// How far eigenvalues move when the data are drawn again: whole trials, or blocks of time where there are few.
///
/// The coordinates stay those of the whole fit; of each draw the operator is fitted again by the same method; the optimised
/// one to random subsets of samples (bagging). Drawn eigenvalues are matched to those of the whole fit, nearest first.
///
/// References: efron1993, kunsch1989 (blocks), sashidhar2022 (bagging).
public struct EigenvalueBootstrap: Sendable, Hashable {
  /// For each eigenvalue of the whole fit, its namesake in every draw.
  public let clouds: [[Complex<Double>]]
  /// How many samples a block has; 0 where whole trials were drawn, 1 where single samples were.
  public let blockLength: Int

  /// Draws data again and fits them.
  ///
  /// - Parameters:
  ///   - draws: how many times.
  ///   - blockLength: samples of a block at least; there are no fewer than the square root of all, and no more than an eighth.
  /// - Throws: `AnalysisError.tooFew` for less than two draws; what fits throw, where no draw can be fitted.
  public init(
    of decomposition: DynamicModeDecomposition, on pairs: SnapshotPairs, draws: Int, blockLength: Int? = nil,
    ridge: Double = 0, using random: inout SeededGenerator
  ) throws {
    guard draws >= 2 else { throw AnalysisError.tooFew("draws", count: draws, minimum: 2) }
    if decomposition.method == .optimized {
      self.clouds = try Self.bagged(decomposition, on: pairs, draws: draws, using: &random)
      self.blockLength = 1
      return
    }
    var blocks = pairs.trialRows
    var length = 0
    if blocks.count < 8 {
      let wished = max(blockLength ?? 1, Int(Double(pairs.count).squareRoot()))
      length = max(1, min(wished, pairs.count / 8))
      blocks = pairs.trialRows.flatMap { rows in
        stride(from: rows.lowerBound, to: rows.upperBound, by: length).map {
          $0..<min($0 + length, rows.upperBound)
        }
      }
    }
    self.blockLength = length
    let past = pairs.past * decomposition.encoder
    let future = pairs.future * decomposition.encoder
    let moments = try blocks.map { rows in
      try LinearMoments(past: past.rows(rows), future: future.rows(rows))
    }
    var clouds = decomposition.eigenvalues.map { _ in [Complex<Double>]() }
    var trouble: (any Error)?
    for _ in 0..<draws {
      var sum = moments[random.index(below: moments.count)]
      for _ in 1..<max(1, moments.count) { sum += moments[random.index(below: moments.count)] }
      do {
        let drawn = try eigenvalues(of: sum.fitted(by: decomposition.method, ridge: ridge))
        for (index, value) in matched(drawn, to: decomposition.eigenvalues) { clouds[index].append(value) }
      } catch { trouble = error }
    }
    if let trouble, clouds.allSatisfy(\.isEmpty) { throw trouble }
    self.clouds = clouds
  }

  /// Random subsets of every trial's samples, to which exponentials are fitted again.
  private static func bagged(
    _ decomposition: DynamicModeDecomposition, on pairs: SnapshotPairs, draws: Int,
    using random: inout SeededGenerator
  ) throws -> [[Complex<Double>]] {
    let recording = try DynamicModeDecomposition.coordinateRecording(
      pairs, past: pairs.past * decomposition.encoder, future: pairs.future * decomposition.encoder)
    let step = pairs.stepInterval
    let rates = decomposition.eigenvalues.map { value in
      Complex(log(max(value.modulus, 1e-6)) / step, value.imaginary == 0 ? 0 : value.argument / step)
    }
    let whole = try OptimizedModeDecomposition(of: recording, start: rates, steps: 0)
    let bags = try whole.bagged(on: recording, bags: draws, using: &random)
    // Rates come by their real part, eigenvalues by their modulus: the same order, but for equal ones.
    let names = matched(whole.eigenvalues(stepInterval: step), to: decomposition.eigenvalues)
    var clouds = decomposition.eigenvalues.map { _ in [Complex<Double>]() }
    for (known, value) in names {
      guard let place = whole.eigenvalues(stepInterval: step).firstIndex(of: value) else { continue }
      clouds[known] = bags[place].map {
        .polar(modulus: exp($0.real * step), argument: $0.imaginary * step)
      }
    }
    return clouds
  }

  /// Of each eigenvalue, the interval that holds a share of what a function of the draws gives; `nil` with under two draws.
  public func intervals(
    level: Double = 0.95, of function: (Complex<Double>) -> Double
  ) -> [ClosedRange<Double>?] {
    clouds.map { cloud in
      let sorted = cloud.map(function).filter(\.isFinite).sorted()
      guard sorted.count >= 2 else { return nil }
      return quantile(of: sorted, (1 - level) / 2)...quantile(of: sorted, (1 + level) / 2)
    }
  }
}

/// Each drawn eigenvalue with the position of its namesake, by the nearest pair first.
func matched(_ drawn: [Complex<Double>], to known: [Complex<Double>]) -> [(Int, Complex<Double>)] {
  var pairs: [(distance: Double, drawn: Int, known: Int)] = []
  for (i, value) in drawn.enumerated() {
    for (j, other) in known.enumerated() { pairs.append(((value - other).modulus, i, j)) }
  }
  pairs.sort { ($0.distance, $0.drawn, $0.known) < ($1.distance, $1.drawn, $1.known) }
  var (freeDrawn, freeKnown) = (Set(drawn.indices), Set(known.indices))
  var found: [(Int, Complex<Double>)] = []
  for pair in pairs where freeDrawn.contains(pair.drawn) && freeKnown.contains(pair.known) {
    freeDrawn.remove(pair.drawn)
    freeKnown.remove(pair.known)
    found.append((pair.known, drawn[pair.drawn]))
  }
  return found
}
