import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// How many pieces, loops and hollows clouds of points have, by persistent homology beside clouds without a shape.
///
/// Shapes: points are points × coordinates; recordings are samples × units, or trials × samples × units.
public struct Topology: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "topology", version: 1,
    question:
      "How many pieces, loops and hollows does a cloud of points have, and would a cloud without a shape have them too?",
    citations: ["bauer2021", "desilva2011", "gonzalez1985", "desilva2011circle", "perea2020"],
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
      ParameterNote("count", "the most points that landmarks are chosen from, evenly along the rows; default 5000"),
      ParameterNote("components", "how many principal components to reduce points to; default: none"),
      ParameterNote(
        "landmarks",
        "how many points are looked at, each next the farthest from those before; default 200, or 100 for hollows"),
      ParameterNote("dimension", "of the homology: 0 pieces, 1 loops (default), 2 hollows too"),
      ParameterNote("prime", "of the field of coefficients; default 2, or 47 for circular coordinates"),
      ParameterNote("limit", "no longer distance is looked at; default: where nothing but one piece is left"),
      ParameterNote("surrogates", "how many clouds with shuffled coordinates it is compared with; default 20"),
      ParameterNote("circular", "whether to find angles along the loops that count, three at most; default false"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: ["diagram", "barcode", "betti", "lives", "circular", "summary"])
  /// The parameters where the notebook is silent.
  public static let standard = Topology()

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
  /// The most points that landmarks are chosen from.
  public var count = 5000
  /// How many principal components points are reduced to.
  public var components: Int?
  /// How many points are looked at.
  public var landmarks: Int?
  /// The largest dimension of homology.
  public var dimension = 1
  /// The field's.
  public var prime: Int?
  /// No longer distance is looked at.
  public var limit: Double?
  /// How many null clouds there are.
  public var surrogates = 20
  /// Whether to find angles along loops.
  public var circular = false
  /// Another seed than the notebook's.
  public var seed: Int?

  /// More landmarks than this take hours, as there is a reduction for each null cloud too.
  private static let (mostLandmarks, mostForHollows) = (2000, 400)

  /// What one measurement needs.
  public struct Subject: Sendable {
    let clouds: [ComparedCloud]
  }

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    try ComparedCloud.validate(points: points, recordings: recordings, names: names, subsample: subsample)
    let ranges: [(String, Int, ClosedRange<Int>)] = [
      ("count", count, 10...50_000), ("components", components ?? 1, 1...1000),
      ("dimension", dimension, 0...2),
      ("surrogates", surrogates, 5...1000),
    ]
    for (key, value, range) in ranges where !range.contains(value) {
      throw .rule(key, is: value, mustBe: "from \(range.lowerBound) to \(range.upperBound)")
    }
    let most = dimension > 1 ? Self.mostForHollows : Self.mostLandmarks
    if let landmarks, !(10...most).contains(landmarks) {
      throw .rule(
        "landmarks", is: landmarks, mustBe: "from 10 to \(most)\(dimension > 1 ? " where hollows are sought" : "")")
    }
    if let prime, !VietorisRips.isPrime(prime) {
      throw .rule("prime", is: prime, mustBe: "a prime number from 2 to \(VietorisRips.largestPrime)")
    }
    if let limit, !(limit > 0 && limit.isFinite) {
      throw .rule("limit", is: limit, mustBe: "a finite number above 0")
    }
    if circular, dimension == 0 {
      throw .rule("circular", is: "true", mustBe: "false where 'dimension' is 0: angles run along loops")
    }
    if circular, limit != nil {
      throw .rule(
        "limit", is: "given", mustBe: "left out where 'circular' is true: loops are followed until they fill in")
    }
    if circular, prime == 2 {
      throw .rule("prime", is: 2, mustBe: "3 or more for circular coordinates, which lift to whole numbers")
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
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> TopologyFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> TopologyFinding {
    let generator = random.reseeded(by: seed)
    return try TopologyMeasurement(of: self, subject).finding(using: generator, progress: progress)
  }
}
