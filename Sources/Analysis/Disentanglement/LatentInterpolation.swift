import Foundation
import LinearAlgebra

/// A way from one latent point to another.
///
/// References: shoemake1985 (spherical).
public enum LatentInterpolation: String, Sendable, Hashable, Codable, CaseIterable {
  /// (1 − a) z₀ + a z₁: of points far apart in many dimensions the middle is nearer to the centre than they are.
  case linear
  /// (sin((1 − a)ω) z₀ + sin(aω) z₁)/sin ω, ω being the angle between the two: along the arc, for ends of one norm.
  case spherical
  /// The direction of the straight way, with a norm that goes straight from the one's to the other's.
  case normPreserving

  /// The point at a share `a` of the way, from 0 to 1.
  ///
  /// Throws: `AnalysisError.sizeMismatch` for ends of unequal length; `.outOfRange` for a share outside 0 to 1, an end that is not finite, or
  /// opposite ends, between which no arc is the shortest.
  public func point(from first: [Double], to last: [Double], at share: Double) throws(AnalysisError) -> [Double] {
    guard first.count == last.count else {
      throw .sizeMismatch("end of the way", size: "\(last.count) long", expected: "\(first.count) long, as its start")
    }
    guard (0...1).contains(share) else { throw .outOfRange("share of the way", share, rule: "from 0 to 1") }
    let (start, end) = (norm(of: first), norm(of: last))
    for size in [start, end] where !size.isFinite { throw .outOfRange("norm of an end", size, rule: "a finite number") }
    func mixed(_ left: Double, _ right: Double) -> [Double] { zip(first, last).map { left * $0 + right * $1 } }
    let straight = mixed(1 - share, share)
    switch self {
    case .linear: return straight
    case .spherical:
      guard start > 0, end > 0 else { return straight }
      let (left, right) = (first.map { $0 / start }, last.map { $0 / end })
      let angle = 2 * atan2(norm(of: zip(left, right).map { $0 - $1 }), norm(of: zip(left, right).map { $0 + $1 }))
      // The limit where the ends have one direction.
      guard angle > 1e-8 else { return straight }
      guard angle < .pi - 1e-8 else {
        throw .outOfRange("angle between the ends", angle * 180 / .pi, rule: "below 180 degrees")
      }
      return mixed(sin((1 - share) * angle) / sin(angle), sin(share * angle) / sin(angle))
    case .normPreserving:
      let size = norm(of: straight)
      let wanted = (1 - share) * start + share * end
      guard size > 1e-12 * max(start, end) else {
        guard wanted > 0 else { return straight }
        throw .outOfRange("norm halfway", size, rule: "above 0, which it is not between opposite ends")
      }
      return straight.map { $0 * (wanted / size) }
    }
  }
}
