import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// How many dimensions clouds of points fill, by the spread of variance and by the distances of near points, with intervals and over scales.
///
/// Shapes: points are points × coordinates; recordings are samples × units, or trials × samples × units.
public struct IntrinsicDimension: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "intrinsic-dimension", version: 1,
    question: "How many dimensions does a cloud of points fill, and on which scale?",
    citations: ["facco2017", "levina2004", "mackay2005", "fukunaga1971", "grassberger1983", "theiler1986"],
    parameters: [
      ParameterNote(
        "points", "clouds of points × coordinates, further axes flattened: files, or cells of samples or arrays"),
      ParameterNote(
        "recordings",
        "clouds of states: recording or system cells, or files of trials × time × units; with * in a path, several"),
      ParameterNote("names", "what to call the clouds; default: their sources' names"),
      ParameterNote("groups", "the group of each cloud, or of each source; default: the series it is of"),
      ParameterNote(
        "layout",
        "of recordings: time-units, units-time or time-trials-units; default: what the source says, or time-units"),
      ParameterNote("scaling", "none (default), or z-score of every coordinate"),
      ParameterNote("subsample", "keep every so many points or samples; default 1"),
      ParameterNote("count", "the most points looked at of each cloud, evenly along its rows; default 5000"),
      ParameterNote(
        "window",
        "Theiler's window in samples: states of a trial that are nearer in time are no neighbours; default: chosen for recordings, 0 for points"
      ),
      ParameterNote(
        "methods",
        "which to take of participation-ratio, two-neighbours, likelihood, local-components, correlation; default: all"),
      ParameterNote("halvings", "how often the points are halved for the curves over scale; default 4"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: ["dimensions", "scales", "spectra", "estimates", "summary"])
  /// The parameters where the notebook is silent.
  public static let standard = IntrinsicDimension()

  /// How a dimension is estimated.
  public enum Method: String, ParameterChoice {
    /// The spread of variance over directions.
    case participationRatio = "participation-ratio"
    /// The ratio of two neighbours' distances.
    case twoNeighbours = "two-neighbours"
    /// The distances of twenty neighbours.
    case likelihood
    /// Directions in which neighbourhoods extend.
    case localComponents = "local-components"
    /// The growth of the number of pairs with distance.
    case correlation
  }

  /// The clouds of points.
  public var points: [SourceReference] = []
  /// The clouds of states.
  public var recordings: [RecordingReference] = []
  /// What to call the clouds.
  public var names: [String] = []
  /// The group of each.
  public var groups: [String] = []
  /// Which axis of recordings is which.
  public var layout: RecordingLayout?
  /// How coordinates are brought to a common scale.
  public var scaling = CloudScaling.none
  /// Which points are kept.
  public var subsample = 1
  /// The most points looked at.
  public var count = 5000
  /// Theiler's window.
  public var window: Int?
  /// How dimensions are estimated.
  public var methods = Method.allCases
  /// How often the points are halved.
  public var halvings = 4
  /// Another seed than the notebook's.
  public var seed: Int?

  /// What one measurement needs.
  public struct Subject: Sendable {
    let clouds: [ComparedCloud]
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    try ComparedCloud.validate(points: points, recordings: recordings, names: names, subsample: subsample)
    if methods.isEmpty { throw .rule("methods", is: "empty", mustBe: "left out, or name one at least") }
    for (index, method) in methods.enumerated() where methods[..<index].contains(method) {
      throw .rule("methods", is: "'\(method.rawValue)' twice", mustBe: "a list of different methods")
    }
    let ranges: [(String, Int, ClosedRange<Int>)] = [
      ("count", count, 20...50_000), ("window", window ?? 0, 0...100_000), ("halvings", halvings, 0...12),
    ]
    for (key, value, range) in ranges where !range.contains(value) {
      throw .rule(key, is: value, mustBe: "from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// Takes the clouds.
  public func gather(from bench: some Bench) throws -> Subject {
    Subject(
      clouds: try ComparedCloud.gathered(
        points: points, recordings: recordings, convention: RecordingConvention(layout: layout), names: names,
        groups: groups, from: bench))
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> IntrinsicDimensionFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> IntrinsicDimensionFinding {
    let generator = random.reseeded(by: seed)
    return try DimensionMeasurement(of: self, subject).finding(using: generator, progress: progress)
  }
}
