import Analysis
import Foundation
import LinearAlgebra
import Probing

/// Runs that differ by their seed alone, together: over the course of training, and over data.
struct CompositionSettings {
  let runs: [CompositionFinding.Run]
  let probe: Composition
  let consecutive: Int

  init(of runs: [CompositionFinding.Run], probe: Composition) {
    (self.runs, self.probe) = (runs, probe)
    let counts = Dictionary(grouping: runs, by: \.group).values.map { Set($0.compactMap(\.step)).count }
    // Three in a row of few checkpoints would censor nearly all.
    consecutive = probe.consecutive ?? ((counts.max() ?? 0) >= 10 ? 3 : 1)
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
      group: group, region: region, steps: steps, joint: try scores.map { try CompositionFinding.Spread(of: $0) },
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

  func needs() throws -> [CompositionFinding.Need] {
    var needs: [CompositionFinding.Need] = []
    for group in groups {
      let longest = runs.filter { $0.group == group }.compactMap(\.step).max()
      let all = runs.filter { $0.group == group && $0.dataSize != nil && $0.step == longest }
      for side in Set(all.map(\.rowCount)).sorted() {
        let own = all.filter { $0.rowCount == side }
        let sizes = Set(own.compactMap(\.dataSize)).sorted()
        guard sizes.count > 1, sizes.allSatisfy({ $0 > 0 }) else { continue }
        let scores = sizes.map { size in own.filter { $0.dataSize == size }.map(\.score) }
        let joint = try scores.map { try CompositionFinding.Spread(of: $0) }
        let seedCount = scores.map(\.count).min() ?? 0
        let crossing = try self.crossing(sizes, joint.map(\.mean))
        needs.append(
          CompositionFinding.Need(
            group: group, side: side, sizes: sizes, joint: joint, size: crossing.size,
            sizesBySeed: try (0..<seedCount).compactMap { seed in
              try self.crossing(sizes, scores.map { $0[seed].joint.value }).size
            }, words: crossing.words))
      }
    }
    return needs
  }

  /// Where shares cross what is enough, on a line over the logarithm of sizes.
  private func crossing(_ sizes: [Double], _ shares: [Double]) throws -> (size: Double?, words: String) {
    let time = try LearnTime(
      steps: sizes.map { log2($0) }, accuracies: shares, rule: LearnTime.Rule(threshold: probe.enough, consecutive: 1))
    switch time.state {
    case .learned:
      let size = time.estimate.map { exp2($0) }
      return (size, size.map { rounded($0) } ?? "")
    case .atFirst: return (nil, "≤ \(rounded(sizes.first ?? 0))")
    case .notYet: return (nil, "> \(rounded(sizes.last ?? 0))")
    }
  }

  func growth(of needs: [CompositionFinding.Need]) throws -> [CompositionFinding.Growth] {
    try groups.compactMap { group in
      let points = needs.filter { $0.group == group }.flatMap { need in
        need.sizesBySeed.map { (x: Double(need.side), y: $0) }
      }
      guard Set(points.map(\.x)).count > 1 else { return nil }
      let law = try ScalingLaw(x: points.map(\.x), y: points.map(\.y))
      return CompositionFinding.Growth(
        group: group, exponent: law.exponent, standardError: law.standardError, offset: law.offset)
    }
  }
}

extension CompositionFinding.Run {
  /// How often images of a region, or all, are right.
  func score(of region: CompositionRegion?) -> CompositionScore? {
    guard let region else { return score }
    return regions.first { $0.region == region }?.score
  }
}

extension CompositionFinding.Spread {
  /// Of the joint shares of models that differ by their seed alone.
  init(of scores: [CompositionScore]) throws {
    let values = scores.map(\.joint.value)
    let total = scores.reduce(0) { $0 + $1.count }
    let right = scores.reduce(0.0) { $0 + $1.joint.value * Double($1.count) }
    let pooled = try Share(Int(right.rounded()), of: total)
    self.init(
      mean: values.reduce(0, +) / Double(max(1, values.count)), least: values.min() ?? 0, most: values.max() ?? 0,
      lower: pooled.lower, upper: pooled.upper)
  }
}
