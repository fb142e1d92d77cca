import Foundation
import LinearAlgebra

/// How targets are told from points.
///
/// References: hoerl1970, zou2005, williams2001.
public enum DecodingMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// A linear map with a penalty on the squares of its weights.
  case ridge
  /// A linear map with a penalty on squares and absolute values of its weights.
  case elasticNet = "elastic-net"
  /// The mean of the nearest points' targets, the nearer the heavier.
  case neighbours
  /// Ridge regression on Gaussian kernels around some of the points.
  case kernel

  /// What is chosen by held-out rows: a penalty per row, the width of the kernel in median distances, a number of neighbours.
  struct Setting: Sendable, Hashable {
    var penalty = 0.0
    var width = 1.0
    var count = 1
  }

  /// The settings to choose from.
  var settings: [Setting] {
    switch self {
    case .ridge: (-8...2).map { Setting(penalty: pow(10, Double($0))) }
    case .elasticNet: (-4...0).map { Setting(penalty: pow(10, Double($0))) }
    case .neighbours: [1, 3, 5, 10, 20, 40].map { Setting(count: $0) }
    case .kernel:
      [0.3, 1, 3].flatMap { width in
        stride(from: -10, through: 0, by: 1.25).map { Setting(penalty: pow(10, $0), width: width) }
      }
    }
  }

  /// What each setting tells at the queries; columns of features and targets are of one scale.
  ///
  /// Throws: `LinearAlgebraError`, `AnalysisError`.
  func predicted(
    from features: Matrix<Double>, _ targets: Matrix<Double>, at queries: Matrix<Double>, _ settings: [Setting]
  ) throws -> [Matrix<Double>] {
    switch self {
    case .ridge:
      let path = try RidgePath(features, targets)
      return settings.map { queries * path.weights(penalty: $0.penalty * Double(features.rowCount)) }
    case .elasticNet:
      let net = ElasticNet(features, targets)
      return settings.map { queries * net.weights(penalty: $0.penalty, share: Self.absoluteShare) }
    case .neighbours:
      return try NeighbourRegression(features, targets, queries: queries, upTo: settings.map(\.count).max() ?? 1)
        .predicted(counts: settings.map(\.count))
    case .kernel:
      let landmarks = KernelFeatures(of: features)
      var found = [Matrix<Double>?](repeating: nil, count: settings.count)
      for width in Set(settings.map(\.width)).sorted() {
        let map = try landmarks.map(width: width)
        let (here, there) = (map.features(of: features), map.features(of: queries))
        let path = try RidgePath(here, targets)
        for (index, setting) in settings.enumerated() where setting.width == width {
          found[index] = there * path.weights(penalty: setting.penalty * Double(features.rowCount))
        }
      }
      return found.compactMap { $0 }
    }
  }

  /// How much of the elastic net's penalty is on absolute values, as in the study of sequence models.
  private static let absoluteShare = 0.4
}
