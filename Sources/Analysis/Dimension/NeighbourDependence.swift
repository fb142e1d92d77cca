import Foundation

extension BootstrapInterval {
  /// The interval of a mean over points of which neighbours are not independent, from the one that takes them for independent.
  ///
  /// Neighbours share a distance, or most of a neighbourhood, so that what they say is correlated: the variance of the mean is the sum of
  /// z_i z_j over points and pairs of neighbours, z the deviations, instead of Σ z_i². The ends move out in
  /// proportion.
  func widened(forDeviations values: [Double], among neighbours: Neighbours) -> BootstrapInterval {
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    let deviations = values.map { $0 - mean }
    let variance = deviations.reduce(0) { $0 + $1 * $1 }
    guard variance > 0, value > 0, lower > 0 else { return self }
    var shared = 0.0
    for (point, own) in deviations.enumerated() {
      for other in neighbours.indices(of: point) {
        // A pair counts twice in the sum, whether one is the other's neighbour or both are.
        let isMutual = neighbours.indices(of: Int(other)).contains(Int32(point))
        shared += (isMutual ? 1 : 2) * own * deviations[Int(other)]
      }
    }
    let factor = max(1, 1 + shared / variance).squareRoot()
    return BootstrapInterval(
      value: value, lower: value * pow(lower / value, factor), upper: value * pow(upper / value, factor), level: level)
  }
}
