import Analysis
import Diagnostics
import LinearAlgebra
import Networks
import Probing

/// Whether a model draws what it was asked for, where it was trained, between, beyond, and in new combinations.
///
/// Shapes: images are images × rows × columns; conditions are rows of (x, y), the place along the columns and along the rows, in pixels.
public struct Composition: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "composition", version: 1,
    question: "Does a model draw what it was asked for, in combinations that it was not trained on too?",
    citations: ["liang2024", "liang2024phases", "okawa2023", "park2024", "wilson1927", "efron1993"],
    parameters: [
      ParameterNote(
        "network", "the network or networks: cells or files, or series of them (series cells, or * in a path)"),
      ParameterNote(
        "images",
        "what was made already, in place of networks: arrays of images × rows × columns, of several files with * in a path"
      ),
      ParameterNote(
        "conditions",
        "what was asked for: an array of rows (x, y) in pixels, one row for an image of 'images'; one array for all sources, or one for each; ':name' is the array of that name in the images' own file"
      ),
      ParameterNote(
        "grid", "in place of 'conditions': [from, to, count] for x and for y"),
      ParameterNote(
        "trained",
        "what they were trained on: likewise; a feature outside of the image counts as none. Without it regions are not told"
      ),
      ParameterNote("feature", "what a condition looks like: bumps (default) or sums of two stripes"),
      ParameterNote("width", "σ of bumps and stripes in pixels; default 1"),
      ParameterNote("periodic", "whether images go round; default false"),
      ParameterNote("background", "a pixel where nothing is; default 1"),
      ParameterNote("peak", "a pixel in the middle of a bump; default 0"),
      ParameterNote("condition", "the network's input that takes (x, y); default: the only one of two numbers"),
      ParameterNote(
        "predicts", "what networks predict: noise, x0, v, score, edm or flow; default: what the source says"),
      ParameterNote("process", "their noising process, as in 'generated-samples'"),
      ParameterNote("inputs", "which graph input is which, where it is not clear: {x, level, output, told}"),
      ParameterNote("sampler", "as in 'generated-samples'; default ddim in 25 steps"),
      ParameterNote("clip", "hold the clean data seen on the way within ± this; default: do not"),
      ParameterNote("count", "how many images to draw for every condition; default 1"),
      ParameterNote("decoder", "how places are read off an image: least-squares (default) or centroid"),
      ParameterNote("tolerance", "how far off a place may be and still be right, in pixels; default 1"),
      ParameterNote(
        "likeness", "the least share of a profile's variance that one peak explains, for it to be one; default 0.75"),
      ParameterNote(
        "nearness", "a condition is seen if one no further away was trained on, in pixels, in both; default 0.5"),
      ParameterNote("groups", "a label for each source; those alike but for steps, seeds and sizes share one"),
      ParameterNote("over", "what the number of a network's file is: step (default), seed or size"),
      ParameterNote("learned", "the share right at which something is learned; default 0.9"),
      ParameterNote(
        "consecutive",
        "the number of checkpoints in a row that must have reached it; default 3, of fewer than ten checkpoints 1"),
      ParameterNote("smoothing", "of shares over checkpoints before that, in checkpoints; default 0"),
      ParameterNote("enough", "the share right at which data are enough; default 0.6"),
      ParameterNote("shown", "how many images of each group are shown; default 25"),
      ParameterNote("draws", "how often images are drawn again for intervals; default 200"),
      ParameterNote("precision", "of networks: float64 (default) or float32"),
      ParameterNote("seed", "another seed than the notebook's"),
    ],
    exhibits: [
      "samples", "map", "regions", "course", "concepts", "outcomes", "data", "needs", "scores", "times", "summary",
    ])
  /// The parameters where the notebook is silent.
  public static let standard = Composition()

  /// More pixels than this in all images of a source are refused.
  static let mostPixels = 50_000_000
  /// Lengths and places beyond this, in pixels, are refused: no image is as large.
  static let farthest = 1000.0
  /// More conditions than this are refused.
  static let mostConditions = 100_000

  /// The networks.
  public var network: [SourceReference] = []
  /// Images that were made already.
  public var images: [SourceReference] = []
  /// What was asked for.
  public var conditions: [ConditionReference] = []
  /// Places along x and y, in place of these.
  public var grid: [[Double]] = []
  /// What they were trained on.
  public var trained: [ConditionReference] = []
  /// What a condition looks like.
  public var feature = FeatureImages.Kind.bumps
  /// σ in pixels.
  public var width = 1.0
  /// Whether images go round.
  public var periodic = false
  /// A pixel where nothing is.
  public var background = 1.0
  /// A pixel in the middle.
  public var peak = 0.0
  /// The input that takes the condition.
  public var condition: String?
  /// What networks predict.
  public var predicts: ScorePrediction?
  /// Their noising process.
  public var process: ProcessParameters?
  /// Which input is which.
  public var inputs: ScoreInputs?
  /// How images are drawn.
  public var sampler = SamplerParameters(.ddim, steps: 25)
  /// What the clean data seen on the way are held within.
  public var clip: Double?
  /// How many images for every condition.
  public var count = 1
  /// How places are read.
  public var decoder = FeatureDecoder.Method.leastSquares
  /// How far off a place may be, in pixels.
  public var tolerance = 1.0
  /// The least share of a profile's variance that one peak explains.
  public var likeness = 0.75
  /// What counts as seen, in pixels.
  public var nearness = 0.5
  /// A label for each source.
  public var groups: [String] = []
  /// What the number of a network's file is.
  public var over = NetworkSeries.Index.step
  /// The share right at which something is learned.
  public var learned = 0.9
  /// How many checkpoints in a row must have reached it.
  public var consecutive: Int?
  /// Of shares over checkpoints.
  public var smoothing = 0.0
  /// The share right at which data are enough.
  public var enough = 0.6
  /// How many images of each group are shown.
  public var shown = 25
  /// How often images are drawn again.
  public var draws = 200
  /// How networks compute.
  public var precision = Precision.float64
  /// Another seed than the notebook's.
  public var seed: Int?

  /// Refuses parameters that make no sense together or lie outside their range.
  public func validate() throws(ParameterError) {
    if network.isEmpty && images.isEmpty {
      throw .missing("network", "name a network, or 'images' that were made already")
    }
    if network.contains(where: \.isEmpty) { throw .missing("network", "name a network source or file") }
    if images.contains(where: \.isEmpty) { throw .missing("images", "name an array of images × rows × columns") }
    if !network.isEmpty, !images.isEmpty {
      throw .rule("images", is: "given beside 'network'", mustBe: "left out where networks are run")
    }
    if images.isEmpty {
      if conditions.isEmpty == grid.isEmpty {
        throw .rule(
          "conditions", is: conditions.isEmpty ? "left out" : "given beside 'grid'",
          mustBe: "given, or 'grid', but not both")
      }
      for (key, list) in [("conditions", conditions), ("trained", trained)] {
        for case .beside(let name) in list {
          throw .rule(key, is: "':\(name)'", mustBe: "a source, as there is no file of images")
        }
      }
    } else {
      if conditions.isEmpty { throw .missing("conditions", "name an array with a row (x, y) for every image") }
      if images.contains(where: { !$0.name.contains(":") }), conditions.contains(where: \.isBeside) {
        throw .rule(
          "images", is: "without the name of an array", mustBe: "as in 'made.npz:images' where others lie beside")
      }
      for (key, isGiven) in [
        ("grid", !grid.isEmpty), ("condition", condition != nil), ("predicts", predicts != nil),
        ("process", process != nil), ("inputs", inputs != nil), ("clip", clip != nil), ("count", count != 1),
        ("sampler", sampler != Self.standard.sampler), ("precision", precision != Self.standard.precision),
      ] where isGiven { throw .rule(key, is: "given", mustBe: "left out where no network is run") }
    }
    try validateGrid()
    _ = try process?.noiseProcess()
    try sampler.validate()
    if let clip, !(clip > 0 && clip.isFinite) { throw .rule("clip", is: clip, mustBe: "above 0 and finite") }
    if !(1...Self.mostConditions).contains(count) {
      throw .rule("count", is: count, mustBe: "from 1 to \(Self.mostConditions)")
    }
    for (key, value) in [("tolerance", tolerance), ("nearness", nearness)]
    where !(value > 0 && value <= Self.farthest) {
      throw .rule(key, is: value, mustBe: "above 0, and at most \(rounded(Self.farthest))")
    }
    if !(width >= 0.1 && width <= Self.farthest) {
      throw .rule("width", is: width, mustBe: "from 0.1 to \(rounded(Self.farthest))")
    }
    for (key, value) in [("likeness", likeness), ("learned", learned), ("enough", enough)]
    where !(value > 0 && value < 1) { throw .rule(key, is: value, mustBe: "above 0 and below 1") }
    if !background.isFinite { throw .rule("background", is: background, mustBe: "finite") }
    if !(abs(peak - background) > 1e-9 && abs(peak - background) < 1e9) {
      throw .rule("peak", is: peak, mustBe: "apart from 'background', which is \(rounded(background)), but not by 1e9")
    }
    if groups.contains("") { throw .rule("groups", is: "empty for one of them", mustBe: "a name for each") }
    if let consecutive, !(1...1000).contains(consecutive) {
      throw .rule("consecutive", is: consecutive, mustBe: "from 1 to 1000")
    }
    if !(smoothing >= 0 && smoothing <= 100) { throw .rule("smoothing", is: smoothing, mustBe: "from 0 to 100") }
    if !(1...100).contains(shown) { throw .rule("shown", is: shown, mustBe: "from 1 to 100") }
    if !(20...10_000).contains(draws) { throw .rule("draws", is: draws, mustBe: "from 20 to 10000") }
  }

  private func validateGrid() throws(ParameterError) {
    guard !grid.isEmpty else { return }
    if grid.count != 2 { throw .rule("grid", is: "of \(grid.count)", mustBe: "of two features, x and y") }
    for values in grid {
      guard values.count == 3, values[0] <= values[1], values.allSatisfy({ abs($0) <= Self.farthest }),
        values[2] == values[2].rounded(),
        values[2] >= 1, values[2] <= 1000, (values[2] == 1) == (values[0] == values[1])
      else {
        throw .rule(
          "grid", is: "[\(values.map { rounded($0) }.joined(separator: ", "))] for a feature",
          mustBe: "[from, to, count] with from below to, both within 1000 pixels, and a count from 2 to 1000")
      }
    }
    let whole = grid.reduce(1.0) { $0 * $1[2] }
    if whole > Double(Self.mostConditions) {
      throw .rule("grid", is: "of \(Int(whole)) conditions", mustBe: "of at most \(Self.mostConditions)")
    }
  }

  /// Measures; random numbers come from the generator alone.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> CompositionFinding {
    try measure(subject, using: &random) { _ in }
  }

  /// Measures, telling how far it is.
  public func measure(
    _ subject: Subject, using random: inout SeededGenerator, progress: @escaping MeasurementProgress
  ) throws -> CompositionFinding {
    let generator = random.reseeded(by: seed)
    return try CompositionMeasurement(of: self, subject).finding(using: generator, progress: progress)
  }
}

extension ConditionReference {
  fileprivate var isBeside: Bool { if case .beside = self { true } else { false } }
}

extension FeatureImages.Kind: ParameterChoice {}
extension FeatureDecoder.Method: ParameterChoice {}
