import Foundation

/// How much two Gaussian features of one width overlap when they stand apart, from 1 where they coincide towards 0.
///
/// Widths and distances have one unit, that of the features' domain. On pixels the product is smaller for widths below one
/// pixel: 0.26 in place of 0.37 at a width of half a pixel and a distance of one.
///
/// References: liang2024.
public enum FeatureOverlap: String, CaseIterable, Codable, Hashable, Sendable {
  /// The normalised inner product, exp(−Δ²/4σ²).
  case product
  /// The area under both of two densities, erfc(Δ/(2√2 σ)).
  case coefficient

  /// The overlap at a distance.
  public func value(atDistance distance: Double, width: Double) -> Double {
    let apart = abs(distance) / width
    return switch self {
    case .product: exp(-apart * apart / 4)
    case .coefficient: erfc(apart / 8.0.squareRoot())
    }
  }

  /// The largest distance at which features overlap by a threshold at least.
  ///
  /// Laws: it grows in proportion to the width.
  ///
  /// Throws: `AnalysisError.outOfRange` for a threshold that is not above 0 and below 1, `.notPositive` for the width.
  public func radius(threshold: Double, width: Double) throws -> Double {
    guard threshold > 0, threshold < 1 else {
      throw AnalysisError.outOfRange("overlap threshold", threshold, rule: "above 0 and below 1")
    }
    let width = try positive("width", width)
    switch self {
    case .product: return 2 * width * (-log(threshold)).squareRoot()
    case .coefficient:
      // Halved until no number lies between: erfc falls, and is 0 beyond 27.
      var (near, far) = (0.0, 27.0)
      while true {
        let middle = (near + far) / 2
        if middle <= near || middle >= far { break }
        if erfc(middle) >= threshold { near = middle } else { far = middle }
      }
      return 8.0.squareRoot() * width * near
    }
  }
}
