import Analysis
import Diagnostics
import LinearAlgebra
import Probing

/// At which share of all centres training images join into one component, where neighbours overlap enough to compose.
///
/// Shapes: points and training sets are centres × coordinates.
public struct Percolation: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "percolation", version: 1,
    question: "From which share of all centres on do training images join into one component?",
    citations: [
      "liang2024", "newman2000", "newman2001", "stauffer1994", "jacobsen2015", "sykes1964", "mertens2012", "xun2021",
      "cieplucha2025", "efron1993",
    ],
    parameters: [
      ParameterNote(
        "side", "the side of the image in pixels; of several, the threshold is followed to where there is no end"),
      ParameterNote(
        "spacing", "the distance of neighbouring centres in pixels, from 0 to the last pixel, side − 1; default 1"),
      ParameterNote("points", "all centres that there may be, centres × coordinates, in place of a lattice"),
      ParameterNote(
        "periodic", "whether the image closes upon itself; beside 'points', around a 'side'; default false"),
      ParameterNote("width", "the width σ of the features; of several, each; default 1"),
      ParameterNote(
        "overlap",
        "how it is counted: product, exp(−Δ²/4σ²), or coefficient, the area under both; default: both ways"),
      ParameterNote("threshold", "the overlap from which features are joined; of several, each; default 0.05"),
      ParameterNote("fractions", "how many points a curve has; default 100"),
      ParameterNote("replicas", "how many random orders of the centres are tried; default 40"),
      ParameterNote(
        "trained", "training sets, centres × coordinates: files or cells; with * in a path, several"),
      ParameterNote("names", "what to call the sets; default: their sources' names"),
      ParameterNote(
        "groups", "the group of each set, or of each source; default: the path it is of, where one has a *"),
      ParameterNote("accuracy", "how well a model did on each set, 0 to 1: numbers, or an array of them"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: ["curves", "thresholds", "overlap", "graph", "sets", "summary"])
  /// The parameters where the notebook is silent.
  public static let standard = Percolation()

  /// The sides of the image.
  public var side: [Double] = []
  /// The distance of neighbouring centres.
  public var spacing = 1.0
  /// All centres that there may be.
  public var points: SourceReference = ""
  /// Whether the image closes upon itself.
  public var periodic = false
  /// The widths of the features.
  public var width = [1.0]
  /// How overlap is counted.
  public var overlap = FeatureOverlap.allCases
  /// The overlaps from which features are joined.
  public var threshold = [0.05]
  /// How many points a curve has.
  public var fractions = 100
  /// How many orders are tried.
  public var replicas = 40
  /// The training sets.
  public var trained: [SourceReference] = []
  /// What to call them.
  public var names: [String] = []
  /// The group of each.
  public var groups: [String] = []
  /// How well a model did on each.
  public var accuracy: AccuracyParameter?
  /// Another seed than the notebook's.
  public var seed: Int?

  /// More curves than this make no figure.
  private static let mostCurves = 24
  /// Centres that appear in all orders, for all curves.
  private static let mostWork = 200_000_000
  static let fewestCentres = 10

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if side.isEmpty && points.isEmpty {
      throw .missing("side", "give the side of the image in pixels, or name an array of 'points'")
    }
    try validateLists()
    if points.isEmpty { try validateLattice() } else { try validatePeriod() }
    for (key, value, range) in [
      ("fractions", fractions, 10...1000), ("replicas", replicas, 2...SitePercolation.mostReplicas),
    ]
    where !range.contains(value) {
      throw .rule(key, is: value, mustBe: "from \(range.lowerBound) to \(range.upperBound)")
    }
    try validateSets()
  }

  private func validateLists() throws(ParameterError) {
    let positive = "a finite number above 0"
    let lists: [(key: String, values: [Double], range: ClosedRange<Int>, isRight: (Double) -> Bool, rule: String)] = [
      ("side", side, 0...8, { $0 > 0 && $0.isFinite }, positive),
      ("width", width, 1...8, { $0 > 0 && $0.isFinite }, positive),
      ("threshold", threshold, 1...8, { $0 > 0 && $0 < 1 }, "above 0 and below 1"),
    ]
    for list in lists {
      if let wrong = list.values.first(where: { !list.isRight($0) }) {
        throw .rule(list.key, is: rounded(wrong), mustBe: list.rule)
      }
      guard list.range.contains(list.values.count) else {
        throw .rule(list.key, is: "\(list.values.count) numbers", mustBe: "from 1 to \(list.range.upperBound) of them")
      }
      if Set(list.values).count < list.values.count {
        throw .rule(list.key, is: "the same number twice", mustBe: "a list of different ones")
      }
    }
    if overlap.isEmpty { throw .rule("overlap", is: "empty", mustBe: "left out, or name one at least") }
    if Set(overlap).count < overlap.count {
      throw .rule("overlap", is: "'\(overlap[0].rawValue)' twice", mustBe: "a list of different ones")
    }
    let curves = width.count * threshold.count * overlap.count
    if curves > Self.mostCurves {
      throw .rule("width", is: "one of \(curves) curves", mustBe: "one of at most \(Self.mostCurves)")
    }
  }

  private func validateLattice() throws(ParameterError) {
    guard let least = side.min(), spacing > 0, spacing <= least else {
      throw .rule(
        "spacing", is: rounded(spacing), mustBe: "above 0 and at most the side, \(rounded(side.min() ?? 0))")
    }
    for side in side {
      let count: Int
      do {
        count = try SiteLattice(side: side, spacing: spacing, isPeriodic: periodic).siteCount
      } catch PercolationError.notWhole {
        throw .rule("side", is: rounded(side), mustBe: "a multiple of the spacing where 'periodic' is true")
      } catch {
        throw .rule(
          "side", is: "\(rounded(side)) with a spacing of \(rounded(spacing))",
          mustBe: "of at most \(OverlapGraph.mostSites) centres")
      }
      guard count >= Self.fewestCentres else {
        throw .rule(
          "side", is: "\(rounded(side)) with a spacing of \(rounded(spacing)), which is \(counted(count, "centre"))",
          mustBe: "of at least \(Self.fewestCentres)")
      }
      try validateWork(count, key: "replicas")
    }
  }

  private func validatePeriod() throws(ParameterError) {
    if periodic, side.count != 1 {
      throw .rule(
        "side", is: side.isEmpty ? "left out" : "\(side.count) numbers",
        mustBe: "one number, around which 'points' are periodic")
    }
    if !periodic, !side.isEmpty {
      throw .rule("side", is: "given beside 'points'", mustBe: "left out, or the period where 'periodic' is true")
    }
    if spacing != Self.standard.spacing {
      throw .rule("spacing", is: "given beside 'points'", mustBe: "left out where centres are given")
    }
  }

  /// Refuses what would take very long.
  func validateWork(_ centres: Int, key: String) throws(ParameterError) {
    let curves = width.count * threshold.count * overlap.count
    let most = min(SitePercolation.mostWork, Self.mostWork / curves) / max(1, centres)
    if replicas > most {
      throw .rule(
        key, is: replicas,
        mustBe: "at most \(most) for \(counted(curves, "curve")) of \(counted(centres, "centre"))")
    }
  }

  private func validateSets() throws(ParameterError) {
    if trained.contains(where: \.isEmpty) { throw .missing("trained", "name arrays of centres × coordinates") }
    for (key, isGiven) in [("names", !names.isEmpty), ("groups", !groups.isEmpty), ("accuracy", accuracy != nil)]
    where trained.isEmpty && isGiven {
      throw .rule(key, is: "given", mustBe: "left out where there are no 'trained' sets")
    }
    if names.contains("") { throw .rule("names", is: "empty for a set", mustBe: "a name for each") }
    switch accuracy {
    case .numbers(let numbers)?:
      if let wrong = AccuracyParameter.wrong(numbers) {
        throw .rule("accuracy", is: rounded(wrong), mustBe: AccuracyParameter.rule)
      }
    case .source(let source)? where source.isEmpty:
      throw .missing("accuracy", "give numbers, or name an array of them")
    default: break
    }
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> PercolationFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> PercolationFinding {
    let generator = random.reseeded(by: seed)
    return try PercolationMeasurement(of: self, subject).finding(using: generator, progress: progress)
  }
}

extension FeatureOverlap: ParameterChoice {}
