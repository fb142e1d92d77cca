import LinearAlgebra

/// How a dimension is estimated, with the usual settings of each method.
public enum DimensionMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// The spread of variance over directions, of the whole cloud.
  case participationRatio = "participation-ratio"
  /// The ratio of two neighbours' distances, by maximum likelihood.
  case twoNeighbours = "two-neighbours"
  /// The distances of twenty neighbours, inverses averaged.
  case likelihood
  /// Directions in which neighbourhoods extend.
  case localComponents = "local-components"
  /// The growth of the number of pairs with distance.
  case correlation

  /// An estimate, and the scale that it is of.
  ///
  /// Throws: what the method's own type throws.
  public func estimate(
    of points: Matrix<Double>, times: [Int]? = nil, window: Int = 0, using random: inout SeededGenerator
  ) throws -> (dimension: BootstrapInterval, scale: Double) {
    switch self {
    case .participationRatio:
      let found = try ParticipationRatio(of: points, using: &random)
      return (found.value, found.scale)
    case .twoNeighbours:
      let found = try TwoNeighbourDimension(of: points, times: times, window: window, using: &random)
      return (found.likelihood, found.scale)
    case .likelihood:
      let found = try LikelihoodDimension(of: points, times: times, window: window, using: &random)
      return (found.inverseMean, found.scale)
    case .localComponents:
      let found = try LocalComponents(of: points, times: times, window: window, using: &random)
      return (found.dimension, found.scale)
    case .correlation:
      let found = try CorrelationDimension(of: points, times: times, window: window, using: &random)
      return (found.dimension, found.scale)
    }
  }
}
