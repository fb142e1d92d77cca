import Analysis
import Foundation
import LinearAlgebra
import Probing

/// Runs that differ by their seed alone, together: over the course of training, and over data.
struct CompositionSeries {
  let runs: [CompositionFinding.Run]
  let probe: Composition
  let consecutive: Int

  init(of runs: [CompositionFinding.Run], probe: Composition) {
    (self.runs, self.probe) = (runs, probe)
    let counts = Dictionary(grouping: runs, by: \.group).values.map { Set($0.compactMap(\.step)).count }
    // Three in a row of few checkpoints would censor nearly all.
    consecutive = probe.consecutive ?? ((counts.max() ?? 0) >= 10 ? 3 : 1)
  }

  /// Groups whose steps, or sizes of one side, do not all have the same number of models.
  var uneven: [String] {
    groups.filter { group in
      let own = runs.filter { $0.group == group }
      let counts = Dictionary(grouping: own) { [$0.step ?? 0, $0.dataSize ?? 0, Double($0.rowCount)] }.mapValues(
        \.count)
      return Set(counts.values).count > 1
    }
  }

  private var groups: [String] {
    var found: [String] = []
    for run in runs where !found.contains(run.group) { found.append(run.group) }
    return found
  }

  // MARK: Courses

  func courses(using random: SeededGenerator) throws -> [CompositionFinding.Course] {
    var courses: [CompositionFinding.Course] = []
    for group in groups {
      let own = runs.filter { $0.group == group && $0.step != nil }
      let steps = Set(own.compactMap(\.step)).sorted()
      guard steps.count > 1 else { continue }
      var regions: [CompositionRegion?] = [nil]
      regions += CompositionRegion.allCases.filter { region in
        own.allSatisfy { run in run.regions.contains { $0.region == region } }
      }
      // One region is all of it.
      if regions.count == 2 { regions.removeLast() }
      for region in regions {
        var generator = random.split("\(group) \(region?.rawValue ?? "")")
        courses.append(try course(of: own, steps: steps, group: group, region, using: &generator))
      }
    }
    return courses
  }

  private func course(
    of own: [CompositionFinding.Run], steps: [Double], group: String, _ region: CompositionRegion?,
    using random: inout SeededGenerator
  ) throws -> CompositionFinding.Course {
    let scores = steps.map { step in own.filter { $0.step == step }.compactMap { $0.score(of: region) } }
    func means(_ value: (CompositionScore) -> Double) -> [Double] {
      scores.map { $0.map(value).reduce(0, +) / Double($0.count) }
    }
    // Which run goes with which seed is not told: they are taken in the order in which they come at each step.
    let seedCount = scores.map(\.count).min() ?? 0
    let seeds = (0..<seedCount).map { seed in scores.map { $0[seed] } }
    let rule = LearnTime.Rule(
      threshold: probe.learned, consecutive: consecutive, smoothing: probe.smoothing)
    let readings: [(String, (CompositionScore) -> Double)] = [
      ("x", { $0.features[0].value }), ("y", { $0.features[1].value }), ("both", { $0.joint.value }),
    ]
    let times = try readings.map { what, value in
      let times = try seeds.map { try LearnTime(steps: steps, accuracies: $0.map(value), rule: rule) }
      let summary = try LearnTimeSummary(of: times)
      return CompositionFinding.Learned(
        what: what, learnedCount: summary.learnedCount + summary.atFirstCount, modelCount: seeds.count,
        step: summary.median?.side == .exactly ? summary.median?.step : nil, words: summary.median?.text ?? "unknown")
    }
    let trajectory = try ConceptTrajectory(
      steps: steps,
      seeds: seeds.map { seed in
        Matrix(rowCount: steps.count, columnCount: 2, entries: seed.flatMap { $0.features.map(\.value) })
      })
    let turn = try TrajectoryTurn(
      of: trajectory,
      settings: TrajectoryTurn.Settings(
        halfWidth: steps.count >= 13 ? 3 : 1, smoothing: probe.smoothing, drawCount: 200, resampleCount: 200),
      using: &random)
    return CompositionFinding.Course(
      group: group, region: region, steps: steps, joint: try scores.map { try spread(of: $0, using: &random) },
      x: means { $0.features[0].value }, y: means { $0.features[1].value }, product: means(\.product),
      mean: means(\.mean), times: times,
      turn: turn.angle.flatMap { angle in
        turn.step.map {
          CompositionFinding.Turn(
            step: $0, angle: angle, chance: turn.chance, interval: turn.interval.map { [$0.lower, $0.upper] })
        }
      })
  }

  // MARK: Data

  func needs(using random: SeededGenerator) throws -> [CompositionFinding.Need] {
    var needs: [CompositionFinding.Need] = []
    for group in groups {
      let longest = runs.filter { $0.group == group }.compactMap(\.step).max()
      let all = runs.filter { $0.group == group && $0.dataSize != nil && $0.step == longest }
      for side in Set(all.map(\.rowCount)).sorted() {
        let own = all.filter { $0.rowCount == side }
        let sizes = Set(own.compactMap(\.dataSize)).sorted()
        guard sizes.count > 1, sizes.allSatisfy({ $0 > 0 }) else { continue }
        var generator = random.split("\(group) \(side)")
        let scores = sizes.map { size in own.filter { $0.dataSize == size }.map(\.score) }
        let bySeed = try (0..<(scores.map(\.count).min() ?? 0)).map { seed in
          try crossing(sizes, scores.map { $0[seed].joint.value })
        }
        let whole = try crossing(sizes, scores.map { Self.mean($0.map(\.joint.value)) })
        var drawn: [Double] = []
        for _ in 0..<probe.draws {
          let shares = scores.map { Self.drawnMean(of: $0, using: &generator) }
          drawn.append(try crossing(sizes, shares).bound)
        }
        drawn.sort()
        // Where the end is one of those that are not known, it is not known either.
        let ends = [0.025, 0.975].map { drawn[Int(($0 * Double(drawn.count - 1)).rounded())] }
        needs.append(
          CompositionFinding.Need(
            group: group, side: side, sizes: sizes, joint: try scores.map { try spread(of: $0, using: &generator) },
            size: whole.size, lower: ends[0].isFinite ? ends[0] : nil, upper: ends[1].isFinite ? ends[1] : nil,
            sizesBySeed: bySeed.compactMap(\.size), censoredCount: bySeed.count { $0.size == nil }, words: whole.words))
      }
    }
    return needs
  }

  /// Where shares cross what is enough, on a line over the logarithm of sizes; infinite bounds where they do not.
  private func crossing(_ sizes: [Double], _ shares: [Double]) throws -> (size: Double?, bound: Double, words: String) {
    let time = try LearnTime(
      steps: sizes.map { log2($0) }, accuracies: shares, rule: LearnTime.Rule(threshold: probe.enough, consecutive: 1))
    switch time.state {
    case .learned:
      let size = exp2(time.estimate ?? 0)
      return (size, size, rounded(size))
    case .atFirst: return (nil, -.infinity, "≤ \(rounded(sizes.first ?? 0))")
    case .notYet: return (nil, .infinity, "> \(rounded(sizes.last ?? 0))")
    }
  }

  func growth(of needs: [CompositionFinding.Need]) throws -> [CompositionFinding.Growth] {
    try groups.compactMap { group in
      // A side of which some seeds are known only to need less, or more, would bend the law.
      let known = needs.filter { $0.group == group && $0.censoredCount == 0 }
      let points = known.flatMap { need in need.sizesBySeed.map { (x: Double(need.side), y: $0) } }
      guard known.count > 1 else { return nil }
      let law = try ScalingLaw(x: points.map(\.x), y: points.map(\.y))
      return CompositionFinding.Growth(
        group: group, sides: known.map(\.side), exponent: law.exponent, standardError: law.standardError,
        offset: law.offset)
    }
  }

  // MARK: Intervals

  private func spread(
    of scores: [CompositionScore], using random: inout SeededGenerator
  ) throws -> CompositionFinding.Spread {
    let values = scores.map(\.joint.value)
    var (lower, upper) = (scores[0].joint.lower, scores[0].joint.upper)
    if scores.count > 1 {
      let drawn = (0..<probe.draws).map { _ in Self.drawnMean(of: scores, using: &random) }.sorted()
      (lower, upper) = (quantile(of: drawn, 0.025), quantile(of: drawn, 0.975))
    }
    return CompositionFinding.Spread(
      mean: Self.mean(values), least: values.min() ?? 0, most: values.max() ?? 0, lower: lower, upper: upper)
  }

  /// The mean joint share of models drawn again, with images drawn again.
  private static func drawnMean(of scores: [CompositionScore], using random: inout SeededGenerator) -> Double {
    var sum = 0.0
    for _ in scores {
      let score = scores[random.index(below: scores.count)]
      var right = 0
      for _ in 0..<score.count where random.uniform() < score.joint.value { right += 1 }
      sum += Double(right) / Double(score.count)
    }
    return sum / Double(scores.count)
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
}

extension CompositionFinding.Run {
  /// How often images of a region, or all, are right.
  func score(of region: CompositionRegion?) -> CompositionScore? {
    guard let region else { return score }
    return regions.first { $0.region == region }?.score
  }
}
