import Foundation
import LinearAlgebra

/// How fast near states come apart: the mean logarithm of the distance of nearest neighbours, over the time since they were near, and
/// the slope of its straight part.
///
/// The straight part ends where the curve has risen by two thirds of the way from its least value to its plateau, and begins where the first
/// alignment is over, after a tenth of that stretch.
///
/// References: rosenstein1993.
public struct LyapunovExponent: Sendable, Hashable {
  /// ⟨ln d⟩ by steps from 0.
  public let divergence: [Double]
  /// The steps that the line is fitted to.
  public let fitRange: ClosedRange<Int>
  /// The exponent per step.
  public let perStep: Double
  /// The standard error of the line's slope: of the fit alone, not of the choice of range.
  public let standardError: Double

  /// Measures a signal embedded by delays.
  ///
  /// Throws: `SignalError.tooShort`; `AnalysisError.tooFew` for fewer than four steps; `.outOfRange` for a fit range beyond them.
  public init(
    of signal: Signal, dimension: Int, lag: Int, window: Int, steps: Int, fitRange: ClosedRange<Int>? = nil
  ) throws {
    guard steps >= 4 else { throw AnalysisError.tooFew("steps", count: steps, minimum: 4) }
    let vectors = try DelayVectors(of: signal, dimension: dimension, lag: lag, reserved: steps)
    let nearest = try NeighbourSearch(of: vectors.points, times: vectors.times)
      .nearest(1, window: window, skippingCoincident: true)
    let reach = (dimension - 1) * lag
    var (sums, counts) = ([Double](repeating: 0, count: steps + 1), [Int](repeating: 0, count: steps + 1))
    signal.values.withUnsafeBufferPointer { values in
      for row in 0..<vectors.count {
        let (first, second) = (vectors.starts[row], vectors.starts[Int(nearest.indices[row])])
        for step in 0...steps {
          var square = 0.0
          var place = step
          while place <= step + reach {
            let difference = values[first + place] - values[second + place]
            square += difference * difference
            place += lag
          }
          if square > 0 {
            sums[step] += 0.5 * log(square)
            counts[step] += 1
          }
        }
      }
    }
    guard counts.allSatisfy({ $0 > 0 }) else {
      throw AnalysisError.tooFew("pairs of neighbours that stay apart", count: 0, minimum: 1)
    }
    let divergence = zip(sums, counts).map { $0 / Double($1) }
    self.divergence = divergence
    let range = fitRange ?? Self.straightPart(divergence)
    guard range.lowerBound >= 0, range.upperBound <= steps, range.count >= 2 else {
      throw AnalysisError.outOfRange(
        "end of the fit range", Double(range.upperBound), rule: "at most \(steps), and above its start")
    }
    self.fitRange = range
    let line = LineFit(range.map { Double($0) }, range.map { divergence[$0] })
    perStep = line.slope
    standardError = line.slopeError
  }

  private static func straightPart(_ divergence: [Double]) -> ClosedRange<Int> {
    let last = divergence.count - 1
    // The plateau: the mean of the last quarter.
    let tail = divergence.suffix(max(1, divergence.count / 4))
    let plateau = tail.reduce(0, +) / Double(tail.count)
    let bottom = divergence.indices.min { divergence[$0] < divergence[$1] } ?? 0
    let start = bottom < last / 2 ? bottom : 0
    let bound = divergence[start] + 2.0 / 3 * (plateau - divergence[start])
    let end = divergence.indices.dropFirst(start).first { divergence[$0] >= bound } ?? last
    let reach = max(2, end - start)
    let low = min(start + reach / 10, last - 2)
    return low...max(low + 2, min(last, start + reach))
  }
}
