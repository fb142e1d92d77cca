import Analysis
import Diagnostics
import Probing

/// What models drew of what they were asked for.
public struct CompositionFinding: ProbeFinding {
  /// How often images of a region are right.
  public struct RegionScore: Codable, Hashable, Sendable {
    /// Where the conditions lie to those trained on.
    public var region: CompositionRegion
    /// How often x, y and both are right.
    public var score: CompositionScore
    /// The share of conditions that would be right if the nearest training image were drawn for each.
    public var nearest: Double
  }

  /// What becomes of images, as shares of all.
  public struct Outcomes: Codable, Hashable, Sendable {
    /// Both places are right.
    public var right: Double
    /// One bump (of sums, one crossing) in a wrong place.
    public var misplaced: Double
    /// Several.
    public var several: Double
    /// None.
    public var none: Double
  }

  /// What came of one condition.
  public struct Asked: Codable, Hashable, Sendable {
    /// The place along the columns, in pixels.
    public var x: Double
    /// The place along the rows, in pixels.
    public var y: Double
    /// Where it lies to those trained on; `nil` if these are not known.
    public var region: CompositionRegion?
    /// The share of its images that are right.
    public var right: Double
    /// The median over its images of how far the place found is from the one asked for, in pixels.
    public var error: Double
  }

  /// One model.
  public struct Run: Codable, Hashable, Sendable {
    /// What it is called.
    public var name: String
    /// What it shares with those that differ in step, seed or data alone.
    public var group: String
    /// The step of its training.
    public var step: Double?
    /// How much it was trained on: conditions with both features, or the size that its source says.
    public var dataSize: Double?
    /// The number of rows of an image.
    public var rowCount: Int
    /// The number of columns.
    public var columnCount: Int
    /// How often images are right, all together.
    public var score: CompositionScore
    /// And by region, where it is known what the model was trained on.
    public var regions: [RegionScore]
    /// What becomes of images.
    public var outcomes: Outcomes
    /// The median over images of how far the place found is from the one asked for, in pixels.
    public var medianError: Double
    /// The share in which both places are right by the other decoder.
    public var jointByOther: Double
    /// The median over images that are right of how far apart the decoders find the place, in pixels; `nil` if none is.
    public var decoderDifference: Double?
    /// The median over images of the distance to the generator's nearest image, over that of this one to an empty image.
    public var templateError: Double
    /// What came of each condition.
    public var conditions: [Asked]
  }

  /// A mean over models that differ by their seed alone, with their range, and the interval of 95 % for the mean: over images (Wilson's) of one
  /// model, over models and images drawn again of several.
  public struct Spread: Codable, Hashable, Sendable {
    /// The mean.
    public var mean: Double
    /// The least.
    public var least: Double
    /// The most.
    public var most: Double
    /// The lower end of the interval.
    public var lower: Double
    /// Its upper end.
    public var upper: Double
  }

  /// Shares of one region, or of all, of models that differ by their seed alone.
  public struct Course: Codable, Hashable, Sendable {
    /// The group.
    public var group: String
    /// The region; `nil` for all conditions together.
    public var region: CompositionRegion?
    /// The steps.
    public var steps: [Double]
    /// The share in which both are right, at each.
    public var joint: [Spread]
    /// The share in which x is.
    public var x: [Double]
    /// The share in which y is.
    public var y: [Double]
    /// The product of both.
    public var product: [Double]
    /// Their mean.
    public var mean: [Double]
    /// When x, y and both were learned.
    public var times: [Learned]
    /// Where the way through (x, y) turns the most; `nil` where checkpoints are too few or nothing moves.
    public var turn: Turn?
  }

  /// When something was learned, over seeds.
  public struct Learned: Codable, Hashable, Sendable {
    /// x, y or both.
    public var what: String
    /// How many models have learned it.
    public var learnedCount: Int
    /// Of how many.
    public var modelCount: Int
    /// The median step at which the share that is asked for was crossed, between checkpoints on a line; `nil` where it is not known.
    public var step: Double?
    /// The same in words, such as `> 1500` where it came later than that, and `≤ 0` where it was there from the start.
    public var words: String
  }

  /// The sharpest turn of a way through concept space.
  public struct Turn: Codable, Hashable, Sendable {
    /// The step.
    public var step: Double
    /// The angle between the ways before and after it, in degrees.
    public var angle: Double
    /// The share of straight ways, as noisy as this one, that turn as sharply.
    public var chance: Double?
    /// The interval of 95 % for the step, over seeds drawn again; `nil` of a single seed.
    public var interval: [Double]?
  }

  /// How much data a group needs, at one size of image.
  public struct Need: Codable, Hashable, Sendable {
    /// The group.
    public var group: String
    /// The number of rows of an image.
    public var side: Int
    /// How much the models were trained on.
    public var sizes: [Double]
    /// The share in which both places are right, at each.
    public var joint: [Spread]
    /// The size at which enough is right, where the means over seeds cross it; `nil` where none does, or the least size is enough.
    public var size: Double?
    /// The lower end of its interval of 95 %, over models and images drawn again; `nil` where it is not known.
    public var lower: Double?
    /// The upper end; likewise.
    public var upper: Double?
    /// The same of each seed, where it is known.
    public var sizesBySeed: [Double]
    /// Of how many seeds it is not, since the least size is enough or the largest is not.
    public var censoredCount: Int
    /// In words, such as `> 128`.
    public var words: String
  }

  /// How the need of data grows with the side of an image, over those sides at which it is known of every seed.
  public struct Growth: Codable, Hashable, Sendable {
    /// The group.
    public var group: String
    /// The sides.
    public var sides: [Int]
    /// b of size ∝ side^b.
    public var exponent: Double
    /// Its standard error.
    public var standardError: Double?
    /// ln a of size = a·side^b.
    public var offset: Double
  }

  /// Images of a model.
  public struct Gallery: Codable, Hashable, Sendable {
    /// The model.
    public var name: String
    /// Its group.
    public var group: String
    /// Images, row after row of pixels.
    public var pixels: [[Double]]
    /// What was asked for.
    public var conditions: [[Double]]
    /// Whether each is right.
    public var isRight: [Bool]
    /// The number of rows of an image.
    public var rowCount: Int
    /// The number of columns.
    public var columnCount: Int
  }

  /// The share of the images in which both places are right, of the last group's model that was trained the longest, on most; of several seeds, of the
  /// first.
  public var joint: Double
  /// The shares in which x, and in which y is.
  public var features: [Double]
  /// Their product.
  public var product: Double
  /// The joint share less the product.
  public var synergy: Double
  /// The joint share among conditions that it was trained on.
  public var seen: Double?
  /// Among new combinations of what it was trained on.
  public var composed: Double?
  /// Among those between.
  public var interpolated: Double?
  /// Among those beyond.
  public var extrapolated: Double?
  /// The median distance from where a place was asked for, in pixels.
  public var medianError: Double
  /// The models.
  public var runs: [Run]
  /// The course of training of each group and region, where there are several steps.
  public var courses: [Course]
  /// The need of data of each group and side, where there are several sizes.
  public var needs: [Need]
  /// How that grows, where there are several sides.
  public var growth: [Growth]
  /// Images of the last model of each group.
  public var galleries: [Gallery]
  /// What a condition looks like.
  public var feature: FeatureImages.Kind
  /// How places were read off images.
  public var decoder: FeatureDecoder.Method
  /// How far off a place may be, in pixels.
  public var tolerance: Double
  /// The share right at which something is learned.
  public var learned: Double
  /// How many checkpoints in a row must have reached it.
  public var consecutive: Int
  /// The share right at which data are enough.
  public var enough: Double
  /// A pixel where nothing is, and one in the middle of a bump.
  public var shades: [Double]
  /// How images were drawn, in words; `nil` where they were given.
  public var sampler: String?
  /// The numerical doubts.
  public var caveats: [Caveat]
}

extension CompositionFinding {
  /// The groups, in the order in which they come.
  var groups: [String] {
    var found: [String] = []
    for run in runs where !found.contains(run.group) { found.append(run.group) }
    return found
  }

  /// Of every group and side, those that were trained the longest, on most.
  var finalRuns: [Run] {
    runs.filter { run in
      !runs.contains { other in
        other.group == run.group && other.rowCount == run.rowCount
          && ((other.step ?? 0) > (run.step ?? 0)
            || other.step == run.step && (other.dataSize ?? 0) > (run.dataSize ?? 0))
      }
    }
  }

  /// The first of these of every group, with its largest images.
  var examples: [Run] {
    groups.compactMap { group in
      let own = finalRuns.filter { $0.group == group }
      let side = own.map(\.rowCount).max()
      return own.first { $0.rowCount == side }
    }
  }
}

extension CompositionRegion: ParameterChoice {}
