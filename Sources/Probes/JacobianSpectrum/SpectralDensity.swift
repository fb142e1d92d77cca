import Foundation
import LinearAlgebra

/// How an operator's singular values are spread over the numbers, estimated from products alone; the mean over points.
///
/// Each random vector's quadrature becomes a curve by Gaussian kernels of one width, mirrored at 0 so that no mass is lost. The
/// curves' mean is the density, their scatter its error; both are of the smoothed density.
public struct SpectralDensity: Codable, Hashable, Sendable {
  /// Where the density is given: from 0 to beyond the largest value found, rising evenly.
  public var grid: [Double]
  /// The share of all values per unit: non-negative, with an integral of 1.
  public var density: [Double]
  /// The standard error at each place, over random vectors and points.
  public var standardErrors: [Double]
  /// The standard deviation of the kernel.
  public var bandwidth: Double
  /// How many directions were passed forward through the network, and back.
  public var products: Int

  private static let placeCount = 201

  /// Smooths quadratures, one of each point. The kernel is as wide as the nodes of as many steps are apart on average.
  init(_ quadratures: [StochasticLanczosQuadrature], stepCount: Int) {
    let largest = quadratures.flatMap(\.nodes).compactMap(\.last).max() ?? 0
    let reach = largest > 0 ? largest : 1
    let width = reach / Double(max(8, stepCount))
    let step = (reach + 4 * width) / Double(Self.placeCount - 1)
    let places = (0..<Self.placeCount).map { step * Double($0) }
    let scale = 1 / (width * (2 * Double.pi).squareRoot())
    func kernel(_ distance: Double) -> Double { scale * exp(-distance * distance / (2 * width * width)) }
    var (sums, squares) = ([Double](repeating: 0, count: places.count), [Double](repeating: 0, count: places.count))
    var count = 0
    for quadrature in quadratures {
      for (nodes, weights) in zip(quadrature.nodes, quadrature.weights) {
        count += 1
        for (index, place) in places.enumerated() {
          let height = zip(nodes, weights).reduce(0) { $0 + $1.1 * (kernel(place - $1.0) + kernel(place + $1.0)) }
          sums[index] += height
          squares[index] += height * height
        }
      }
    }
    let number = Double(max(1, count))
    grid = places
    density = sums.map { $0 / number }
    standardErrors = zip(sums, squares).map { sum, square in
      let variance = max(0, square / number - sum * sum / (number * number))
      return count > 1 ? (variance / (number - 1)).squareRoot() : 0
    }
    bandwidth = width
    products = quadratures.reduce(0) { $0 + $1.forwardCount + $1.transposedCount }
  }
}
