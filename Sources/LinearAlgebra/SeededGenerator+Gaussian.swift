import Foundation

extension SeededGenerator {
  /// A standard normal number, by the ziggurat of 128 boxes with 53 bits of resolution.
  ///
  /// References: doornik2005, marsaglia2000.
  public mutating func gaussian() -> Double {
    while true {
      let bits = next()
      // Low bits choose the box, high bits the place within it, so the two are independent.
      let box = Int(bits & 0x7f)
      let place = 2 * (Double(bits >> 11) * 0x1p-53) - 1
      if abs(place) < Ziggurat.tables.ratios[box] { return place * Ziggurat.tables.edges[box] }
      if box == 0 { return tail(negative: place < 0) }
      let x = place * Ziggurat.tables.edges[box]
      let lower = exp(-0.5 * (Ziggurat.tables.edges[box] * Ziggurat.tables.edges[box] - x * x))
      let upper = exp(-0.5 * (Ziggurat.tables.edges[box + 1] * Ziggurat.tables.edges[box + 1] - x * x))
      if upper + uniform() * (lower - upper) < 1 { return x }
    }
  }

  /// Independent standard normal numbers.
  public mutating func gaussians(_ count: Int) -> [Double] { (0..<count).map { _ in gaussian() } }

  private mutating func tail(negative: Bool) -> Double {
    while true {
      let x = log(1 - uniform()) / Ziggurat.start
      let y = log(1 - uniform())
      if -2 * y >= x * x { return negative ? x - Ziggurat.start : Ziggurat.start - x }
    }
  }
}

/// The boxes under the normal curve: equal areas, right edges descending.
private struct Ziggurat {
  static let start = 3.442619855899
  static let area = 9.91256303526217e-3
  static let tables = Ziggurat()

  /// Right edges, of the base box (as wide as its area demands) first; then `start`, and so on down to 0.
  var edges: [Double]
  /// Where a place within a box is surely under the curve.
  var ratios: [Double]

  init() {
    var density = exp(-0.5 * Ziggurat.start * Ziggurat.start)
    edges = [Ziggurat.area / density, Ziggurat.start]
    for i in 2..<128 {
      let next = (-2 * log(Ziggurat.area / edges[i - 1] + density)).squareRoot()
      edges.append(next)
      density = exp(-0.5 * next * next)
    }
    edges.append(0)
    let known = edges
    ratios = (0..<128).map { known[$0 + 1] / known[$0] }
  }
}
