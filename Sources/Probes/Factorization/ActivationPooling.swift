import LinearAlgebra
import Networks
import Probing

/// What becomes of the places of spatial activations: samples × channels × places.
public enum ActivationPooling: String, ParameterChoice {
  /// Every channel at every place is a unit.
  case flatten
  /// Channels are units, of which the mean over places is taken.
  case mean
  /// Every channel is looked at by itself; places are units.
  case channels

  /// A finding's words for it.
  var words: String {
    switch self {
    case .flatten: "every channel at every place is a unit"
    case .mean: "channels are units, means over places"
    case .channels: "channel by channel, places are units"
    }
  }

  /// Samples × units; of several channels, each.
  public func matrices(of array: NDArray<Double>) -> [Matrix<Double>] {
    let samples = array.shape.first ?? 1
    let size = array.shape.dropFirst().reduce(1, *)
    let channels = array.rank > 2 ? array.shape[1] : size
    guard self != .flatten, array.rank > 2, size > 0 else {
      return [Matrix(rowCount: samples, columnCount: size, entries: array.values)]
    }
    let places = size / channels
    func values(_ sample: Int, _ channel: Int) -> ArraySlice<Double> {
      let start = sample * size + channel * places
      return array.values[start..<(start + places)]
    }
    if self == .mean {
      let entries = (0..<samples).flatMap { sample in
        (0..<channels).map { values(sample, $0).reduce(0, +) / Double(places) }
      }
      return [Matrix(rowCount: samples, columnCount: channels, entries: entries)]
    }
    return (0..<channels).map { channel in
      Matrix(
        rowCount: samples, columnCount: places, entries: (0..<samples).flatMap { values($0, channel) })
    }
  }
}
