import Foundation

/// How alike two points of a layout are at a distance d, 1/(1 + a d^{2b}): fitted to what is 1 up to a least distance and falls off
/// exponentially beyond.
///
/// References: mcinnes2018.
public struct SimilarityCurve: Sendable, Hashable {
  /// a.
  public let scale: Double
  /// b.
  public let power: Double

  /// Fits the curve by least squares, at 300 distances up to three spreads.
  ///
  /// Throws: `AnalysisError.outOfRange` for a least distance that is not from 0 to the spread; `.notPositive` for the spread.
  public init(leastDistance: Double = 0.1, spread: Double = 1) throws(AnalysisError) {
    let spread = try positive("spread", spread)
    guard leastDistance >= 0, leastDistance <= spread else {
      throw .outOfRange("least distance", leastDistance, rule: "from 0 to the spread, \(spread)")
    }
    let places = (1..<300).map { 3 * spread * Double($0) / 299 }
    let wanted = places.map { $0 < leastDistance ? 1 : exp(-($0 - leastDistance) / spread) }
    func errors(_ a: Double, _ b: Double) -> [Double] {
      zip(places, wanted).map { place, value in 1 / (1 + a * pow(place, 2 * b)) - value }
    }
    func sum(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
    // Levenberg's and Marquardt's steps in two parameters.
    var (a, b, damping) = (1.0, 1.0, 1e-3)
    var current = errors(a, b)
    for _ in 0..<200 {
      var (aa, ab, bb, ga, gb) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for (place, error) in zip(places, current) {
        let raised = pow(place, 2 * b)
        let value = 1 / (1 + a * raised)
        let (byScale, byPower) = (-raised * value * value, -2 * a * raised * log(place) * value * value)
        aa += byScale * byScale
        ab += byScale * byPower
        bb += byPower * byPower
        ga += byScale * error
        gb += byPower * error
      }
      let (first, second) = (aa * (1 + damping), bb * (1 + damping))
      let determinant = first * second - ab * ab
      guard determinant > 0 else { break }
      let (stepA, stepB) = ((ab * gb - second * ga) / determinant, (ab * ga - first * gb) / determinant)
      let next = errors(a + stepA, b + stepB)
      if a + stepA > 0, b + stepB > 0, sum(next) <= sum(current) {
        (a, b, current, damping) = (a + stepA, b + stepB, next, damping / 3)
        if abs(stepA) + abs(stepB) < 1e-12 { break }
      } else {
        damping *= 4
        if damping > 1e12 { break }
      }
    }
    (scale, power) = (a, b)
  }

  /// What pulls two points of an edge together, over their difference, at a squared distance.
  func pull(_ square: Double) -> Double {
    -2 * scale * power * pow(square, power - 1) / (1 + scale * pow(square, power))
  }

  /// What drives two points apart that have no edge.
  func push(_ square: Double) -> Double { 2 * power / ((0.001 + square) * (1 + scale * pow(square, power))) }
}

/// A function of positive numbers by a straight line between neighbouring entries of a table, 32 to an octave: to a few parts in 10⁴.
struct OctaveTable {
  private let values: [Float]

  /// From 2⁻⁴⁰ to 2⁴⁰; beyond them what is there.
  private static let (lowest, highest): (Float, Float) = (0x1p-40, 0x1p40)

  init(_ function: (Double) -> Double) {
    let places = (Self.lowest.bitPattern >> Reader.shift)...(Self.highest.bitPattern >> Reader.shift + 1)
    values = places.map { Float(function(Double(Float(bitPattern: $0 << Reader.shift)))) }
  }

  /// What to look entries up in, quickly.
  func withReader<Result>(_ body: (Reader) throws -> Result) rethrows -> Result {
    try values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("an empty table") }
      return try body(
        Reader(
          base: base, lowest: Self.lowest, highest: Self.highest, first: Self.lowest.bitPattern >> Reader.shift))
    }
  }

  struct Reader {
    let base: UnsafePointer<Float>
    let lowest: Float
    let highest: Float
    let first: UInt32

    /// An octave has 2²³ numbers.
    static var shift: UInt32 { 18 }

    @inline(__always)
    func callAsFunction(_ number: Float) -> Float {
      let kept = number < lowest ? lowest : number > highest ? highest : number
      let bits = kept.bitPattern
      let place = Int((bits &>> Self.shift) &- first)
      let rest = Float(bits & 0x3ffff) * 0x1p-18
      return base[place] + rest * (base[place + 1] - base[place])
    }
  }
}
