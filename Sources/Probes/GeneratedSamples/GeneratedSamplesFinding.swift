import Diagnostics
import Networks
import Probing

/// Samples drawn from a network.
public struct GeneratedSamplesFinding: PointsFinding {
  /// What a further input was given.
  public struct Condition: Codable, Hashable, Sendable {
    /// The input.
    public var name: String
    /// The rows, one or as many as there are groups of samples.
    public var rows: [[Double]]
  }

  /// Distances to the nearest point of the data: the root of the mean squared difference over coordinates.
  public struct Nearness: Codable, Hashable, Sendable {
    /// Of every sample.
    public var distances: [Double]
    /// The row of the data that is nearest to every sample.
    public var rows: [Int]
    /// Of every point of the data to another one; empty for a single point.
    public var distancesInData: [Double]
    /// The median over samples.
    public var median: Double
    /// The median over the data; `nil` for a single point.
    public var medianInData: Double?
  }

  /// The network, as the notebook names it.
  public var network: String
  /// The sampler in words.
  public var sampler: String
  /// How many samples were drawn.
  public var count: Int
  /// How many numbers a sample has.
  public var dimension: Int
  /// Rows and columns of a sample that is a picture.
  public var imageShape: [Int]?
  /// The values shown as black and as white.
  public var shades: [Double]
  /// What further inputs were given.
  public var conditions: [Condition]
  /// The σ/μ of every level visited.
  public var noiseToSignal: [Double]
  /// The samples: count × d, group after group where conditions have several rows.
  public var samples: [[Double]]
  /// The mean of all numbers.
  public var mean: Double
  /// The root of the mean over coordinates of the variance over samples.
  public var spread: Double
  /// The least number.
  public var least: Double
  /// The greatest number.
  public var greatest: Double
  /// How near the samples are to data; `nil` where none were given.
  public var nearness: Nearness?
  /// The numerical doubts.
  public var caveats: [Caveat]

  /// The samples, for cells that take them as points.
  public var points: NDArray<Double> { NDArray(shape: [count, dimension], values: samples.flatMap { $0 }) }

  init(probe: GeneratedSamples, subject: GeneratedSamples.Subject, samples drawn: NDArray<Double>) {
    let (count, dimension) = (drawn.shape[0], drawn.shape[1])
    network = probe.network.name
    sampler = probe.sampler.words(levelCount: subject.levels.count)
    self.count = count
    self.dimension = dimension
    imageShape = subject.imageShape
    conditions = subject.conditions.sorted { $0.key < $1.key }.map { name, rows in
      Condition(
        name: subject.score.network.inputs.first { $0.name == (try? subject.score.network.inputName(name)) }?.name
          ?? name,
        rows: (0..<rows.shape[0]).map { rows.rows($0..<($0 + 1)).values })
    }
    noiseToSignal = subject.levels.map(\.noiseToSignal)
    samples = (0..<count).map { drawn.rows($0..<($0 + 1)).values }
    mean = drawn.values.reduce(0, +) / Double(drawn.count)
    var variance = 0.0
    for column in 0..<dimension {
      let centre = (0..<count).reduce(0) { $0 + drawn.values[$1 * dimension + column] } / Double(count)
      for row in 0..<count {
        let difference = drawn.values[row * dimension + column] - centre
        variance += difference * difference
      }
    }
    spread = (variance / Double(count * dimension)).squareRoot()
    least = drawn.values.min() ?? 0
    greatest = drawn.values.max() ?? 0
    shades = probe.shades ?? (least < greatest ? [least, greatest] : [least - 0.5, least + 0.5])
    nearness = subject.data.map { Nearness(samples: drawn, data: $0) }
    caveats = subject.score.network.warnings.map { Caveat("network", $0) }
    if subject.score.levelInput == nil {
      caveats.append(Caveat("untold", "the network is not told the noise level; it must read it off its input"))
    }
  }
}

extension GeneratedSamplesFinding.Nearness {
  init(samples: NDArray<Double>, data: NDArray<Double>) {
    let found = Self.nearest(to: samples, among: data, isSame: false)
    distances = found.map(\.distance)
    rows = found.map(\.row)
    distancesInData = data.shape[0] < 2 ? [] : Self.nearest(to: data, among: data, isSame: true).map(\.distance)
    median = Self.median(distances)
    medianInData = distancesInData.isEmpty ? nil : Self.median(distancesInData)
  }

  private static func nearest(
    to points: NDArray<Double>, among data: NDArray<Double>, isSame: Bool
  ) -> [(distance: Double, row: Int)] {
    let width = data.shape[1]
    return points.values.withUnsafeBufferPointer { points in
      data.values.withUnsafeBufferPointer { data in
        (0..<points.count / width).map { index in
          var best = (distance: Double.infinity, row: 0)
          for row in 0..<data.count / width where !(isSame && row == index) {
            var sum = 0.0
            for column in 0..<width {
              let difference = points[index * width + column] - data[row * width + column]
              sum += difference * difference
            }
            if sum < best.distance { best = (sum, row) }
          }
          return ((best.distance / Double(width)).squareRoot(), best.row)
        }
      }
    }
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
