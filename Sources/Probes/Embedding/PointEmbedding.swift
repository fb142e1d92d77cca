import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// What clouds of points look like in two or three dimensions, and how far the picture can be trusted.
///
/// Shapes: points are points × coordinates; recordings are samples × units, or trials × samples × units; factors are points × factors.
public struct PointEmbedding: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "embedding", version: 1,
    question:
      "What does a cloud of points look like in two or three dimensions, and how far can the picture be trusted?",
    citations: ["mcinnes2018", "kobak2021", "tenenbaum2000", "desilva2004", "torgerson1952", "venna2001"],
    parameters: [
      ParameterNote(
        "points", "clouds of points × coordinates, further axes flattened: files, or cells of samples or arrays"),
      ParameterNote(
        "recordings",
        "clouds of states: recording or system cells, or files of trials × time × units; with * in a path, several"),
      ParameterNote("names", "what to call the clouds; default: their sources' names"),
      ParameterNote(
        "layout",
        "of recordings: time-units, units-time or time-trials-units; default: what the source says, or time-units"),
      ParameterNote(
        "factors", "what to colour by: an array of points × factors, with a row for each point of every cloud"),
      ParameterNote("factorNames", "what to call the factors; default: factor 1, factor 2, …"),
      ParameterNote(
        "periodic", "after how much each factor begins anew, one for all or one each; 0 for one that does not"),
      ParameterNote("scaling", "none (default), or z-score of every coordinate"),
      ParameterNote("subsample", "keep every so many points or samples; default 1"),
      ParameterNote("count", "the most points that are looked at, evenly along the rows; default 2000"),
      ParameterNote("methods", "which of pca, classical-mds, isomap, umap; default: pca, isomap, umap"),
      ParameterNote("dimensions", "2 (default) or 3"),
      ParameterNote("neighbours", "how many make a neighbourhood; default 15"),
      ParameterNote("leastDistance", "of umap: up to where points count as one, from 0 to 1; default 0.1"),
      ParameterNote(
        "landmarks", "of classical-mds and isomap: of more points, so many by which the others are placed; default 500"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: ["embedding", "quality"])
  /// The parameters where the notebook is silent.
  public static let standard = PointEmbedding()

  /// How points are laid out.
  public enum Method: String, ParameterChoice {
    case principalComponents = "pca"
    case classicalScaling = "classical-mds"
    case isomap
    case uniformProjection = "umap"

    var layoutMethod: LayoutMethod {
      switch self {
      case .principalComponents: .principalComponents
      case .classicalScaling: .classicalScaling
      case .isomap: .isomap
      case .uniformProjection: .uniformProjection
      }
    }

    /// What a panel calls it.
    var title: String {
      switch self {
      case .principalComponents: "PCA"
      case .classicalScaling: "classical MDS"
      case .isomap: "Isomap"
      case .uniformProjection: "UMAP"
      }
    }
  }

  /// The clouds of points.
  public var points: [SourceReference] = []
  /// The clouds of states.
  public var recordings: [RecordingReference] = []
  /// What to call the clouds.
  public var names: [String] = []
  /// Which axis of recordings is which.
  public var layout: RecordingLayout?
  /// What to colour by.
  public var factors: SourceReference?
  /// What to call the factors.
  public var factorNames: [String] = []
  /// After how much each factor begins anew.
  public var periodic: [Double] = []
  /// How coordinates are brought to a common scale.
  public var scaling = CloudScaling.none
  /// Which points are kept.
  public var subsample = 1
  /// The most points that are looked at.
  public var count = 2000
  /// How points are laid out.
  public var methods: [Method] = [.principalComponents, .isomap, .uniformProjection]
  /// Into how many dimensions.
  public var dimensions = 2
  /// How many make a neighbourhood.
  public var neighbours = 15
  /// Up to where points count as one.
  public var leastDistance = 0.1
  /// How many points the others are placed by.
  public var landmarks = 500
  /// Another seed than the notebook's.
  public var seed: Int?

  /// What one measurement needs.
  public struct Subject: Sendable {
    let clouds: [ComparedCloud]
    /// Points × factors; `nil` without.
    let factors: Matrix<Double>?
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    try ComparedCloud.validate(points: points, recordings: recordings, names: names, subsample: subsample)
    let ranges: [(String, Int, ClosedRange<Int>)] = [
      ("count", count, 10...10_000), ("dimensions", dimensions, 2...3), ("neighbours", neighbours, 2...1000),
      ("landmarks", landmarks, 10...2000),
    ]
    for (key, value, range) in ranges where !range.contains(value) {
      throw .rule(key, is: value, mustBe: "from \(range.lowerBound) to \(range.upperBound)")
    }
    if !(0...1).contains(leastDistance) { throw .rule("leastDistance", is: leastDistance, mustBe: "from 0 to 1") }
    if methods.isEmpty { throw .rule("methods", is: "empty", mustBe: "left out, or name one at least") }
    for (index, method) in methods.enumerated() where methods[..<index].contains(method) {
      throw .rule("methods", is: "'\(method.rawValue)' twice", mustBe: "a list of different methods")
    }
    if factors?.isEmpty ?? true {
      if !periodic.isEmpty { throw .rule("periodic", is: "given", mustBe: "left out where there are no 'factors'") }
      if !factorNames.isEmpty {
        throw .rule("factorNames", is: "given", mustBe: "left out where there are no 'factors'")
      }
    }
    if factorNames.contains("") { throw .rule("factorNames", is: "empty for a factor", mustBe: "a name for each") }
    if let period = periodic.first(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .rule("periodic", is: period, mustBe: "a finite number above 0, or 0 for a factor that is not periodic")
    }
  }

  /// Takes the clouds, and a row of factors for each of their points.
  public func gather(from bench: some Bench) throws -> Subject {
    let clouds = try ComparedCloud.gathered(
      points: points, recordings: recordings, convention: RecordingConvention(layout: layout), names: names, groups: [],
      from: bench)
    guard let factors, !factors.isEmpty else { return Subject(clouds: clouds, factors: nil) }
    let array = try PointSelection(from: factors).points(on: bench)
    let matrix = Matrix(rowCount: array.shape[0], columnCount: array.shape[1], entries: array.values)
    for cloud in clouds where cloud.recording.sampleCount != matrix.rowCount {
      throw AnalysisError.sizeMismatch(
        "number of rows of factors '\(factors.name)'", size: "\(matrix.rowCount)",
        expected: "\(cloud.recording.sampleCount), as cloud '\(cloud.name)' has points")
    }
    for (key, count) in [("factorNames", factorNames.count), ("periodic", periodic.count == 1 ? 0 : periodic.count)]
    where count > 0 && count != matrix.columnCount {
      throw ParameterError.rule(
        key, is: "\(count) long", mustBe: "\(matrix.columnCount) long, one for each factor")
    }
    return Subject(clouds: clouds, factors: matrix)
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> PointEmbeddingFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> PointEmbeddingFinding {
    let generator = random.reseeded(by: seed)
    return try EmbeddingMeasurement(probe: self, subject: subject).finding(using: generator, progress: progress)
  }
}
