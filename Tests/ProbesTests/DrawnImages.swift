import Analysis
import Foundation
import LinearAlgebra
import Networks

/// Images whose places are known, and networks that draw some.
enum DrawnImages {
  static func network(_ name: String) throws -> Network {
    try Network.load(path: TestFiles.root.appendingPathComponent("checkpoints/composition/\(name).json").path)
  }

  /// Every place of a lattice of whole pixels, from a column on.
  static func lattice(side: Int = 12, from first: Int = 0) -> NDArray<Double> {
    let rows = (first..<side).flatMap { x in (0..<side).flatMap { [Double(x), Double($0)] } }
    return NDArray(shape: [rows.count / 2, 2], values: rows)
  }

  /// A bump for every place of the lattice; of some, spread evenly, somewhere else along x.
  static func bumps(side: Int = 12, wrong: Double = 0.25) -> NDArray<Double> {
    images(side: side) { place, index in
      isWrong(index, wrong)
        ? product([Double((Int(place[0]) + side / 2) % side), place[1]], side) : product(place, side)
    }
  }

  /// Sums of two stripes, of which the vertical one is in the wrong place in a quarter, and the horizontal one in half.
  static var crossed: NDArray<Double> {
    images(side: 12) { place, index in
      let x = index % 4 == 0 ? Double((Int(place[0]) + 6) % 12) : place[0]
      let y = index / 4 % 2 == 0 ? Double((Int(place[1]) + 6) % 12) : place[1]
      return (0..<144).map { pixel in
        1 - (profile(Double(pixel % 12) - x) + profile(Double(pixel / 12) - y)) / 2
      }
    }
  }

  /// Bumps of which so large a share is right in x, and in y.
  static func learned(x: Double, y: Double, side: Int = 12) -> NDArray<Double> {
    images(side: side) { place, index in
      let half = Double(side / 2)
      let column = isWrong(index, 1 - x) ? (place[0] + half).truncatingRemainder(dividingBy: Double(side)) : place[0]
      let row = isWrong(index, 1 - y) ? (place[1] + half).truncatingRemainder(dividingBy: Double(side)) : place[1]
      return product([column, row], side)
    }
  }

  /// Bumps that go round.
  static var round: NDArray<Double> {
    images(side: 12) { place, _ in
      (0..<144).map { pixel in
        let offsets = [Double(pixel % 12) - place[0], Double(pixel / 12) - place[1]].map {
          $0 - 12 * ($0 / 12).rounded()
        }
        return 1 - profile(offsets[0]) * profile(offsets[1])
      }
    }
  }

  private static func isWrong(_ index: Int, _ share: Double) -> Bool {
    Int(Double(index + 1) * share) > Int(Double(index) * share)
  }

  private static func product(_ place: [Double], _ side: Int) -> [Double] {
    (0..<(side * side)).map { pixel in
      1 - profile(Double(pixel % side) - place[0]) * profile(Double(pixel / side) - place[1])
    }
  }

  private static func profile(_ distance: Double) -> Double { exp(-distance * distance / 2) }

  private static func images(side: Int, _ draw: ([Double], Int) -> [Double]) -> NDArray<Double> {
    let places = lattice(side: side)
    let pixels = (0..<places.shape[0]).flatMap { draw([places.values[2 * $0], places.values[2 * $0 + 1]], $0) }
    return NDArray(shape: [places.shape[0], side, side], values: pixels)
  }
}
