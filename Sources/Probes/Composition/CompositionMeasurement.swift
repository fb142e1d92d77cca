import Analysis
import Diagnostics
import LinearAlgebra
import Networks
import Probing

/// Draws images of what was asked for and reads them.
struct CompositionMeasurement {
  let probe: Composition
  let subject: Composition.Subject

  init(of probe: Composition, _ subject: Composition.Subject) {
    (self.probe, self.subject) = (probe, subject)
  }

  /// What one run came to, with its images.
  private struct Scored {
    let run: CompositionFinding.Run
    let pixels: NDArray<Double>
    let conditions: [[Double]]
    let isRight: [Bool]
    let sampler: String?
    let warnings: [String]
  }

  func finding(using random: SeededGenerator, progress: @escaping MeasurementProgress) throws -> CompositionFinding {
    var strange: (name: String, ends: ClosedRange<Double>)?
    var runs: [CompositionFinding.Run] = []
    var galleries: [String: (key: [Double], gallery: CompositionFinding.Gallery)] = [:]
    var (sampler, caveats): (String?, [Caveat]) = (nil, [])
    for (index, run) in subject.runs.enumerated() {
      progress("\(run.name), \(index + 1) of \(subject.runs.count)")
      // The same noise for every model: what differs between them is not luck.
      let scored = try score(run, using: random)
      runs.append(scored.run)
      if strange == nil, let ends = strangeShades(scored.pixels) { strange = (scored.run.name, ends) }
      sampler = scored.sampler ?? sampler
      for warning in scored.warnings where !caveats.contains(where: { $0.message == warning }) {
        caveats.append(Caveat("network", warning))
      }
      // Of a group, the largest images of the longest training on most data are shown.
      let key = [Double(scored.run.rowCount), scored.run.step ?? 0, scored.run.dataSize ?? 0]
      if let known = galleries[run.group], !known.key.lexicographicallyPrecedes(key) { continue }
      galleries[run.group] = (key, gallery(of: scored))
    }
    let series = CompositionSeries(of: runs, probe: probe)
    let courses = try series.courses(using: random.split("turns"))
    let needs = try series.needs(using: random.split("needs"))
    var finding = CompositionFinding(
      joint: 0, features: [], product: 0, synergy: 0, medianError: 0, runs: runs, courses: courses, needs: needs,
      growth: try series.growth(of: needs), galleries: [], feature: probe.feature, decoder: probe.decoder,
      tolerance: probe.tolerance,
      learned: probe.learned, consecutive: series.consecutive, enough: probe.enough,
      shades: [probe.background, probe.peak], sampler: sampler, caveats: caveats)
    finding.galleries = finding.groups.compactMap { galleries[$0]?.gallery }
    guard let last = finding.examples.last else { throw AnalysisError.tooFew("models", count: 0, minimum: 1) }
    finding.joint = last.score.joint.value
    finding.features = last.score.features.map(\.value)
    finding.product = last.score.product
    finding.synergy = last.score.synergy
    finding.medianError = last.medianError
    func joint(_ region: CompositionRegion) -> Double? {
      last.regions.first { $0.region == region }?.score.joint.value
    }
    finding.seen = joint(.seen)
    finding.composed = joint(.composed)
    finding.interpolated = joint(.interpolated)
    finding.extrapolated = joint(.extrapolated)
    finding.caveats += doubts(about: finding, strange: strange)
    return finding
  }

  // MARK: One run

  private func score(_ run: Composition.Run, using random: SeededGenerator) throws -> Scored {
    let (pixels, sampler, warnings): (NDArray<Double>, String?, [String])
    switch run.content {
    case .images(let given): (pixels, sampler, warnings) = (given, nil, [])
    case .network(let member): (pixels, sampler, warnings) = try drawn(by: member, run, using: random)
    }
    let (rowCount, columnCount) = (pixels.shape[1], pixels.shape[2])
    let images = try FeatureImages(
      probe.feature, rowCount: rowCount, columnCount: columnCount, width: probe.width, isPeriodic: probe.periodic,
      background: probe.background, peak: probe.peak)
    try requirePlaces(run.conditions, within: images)
    let coverage = try run.trained.map { try self.coverage(of: $0, images) }
    let perCondition = pixels.shape[0] / run.conditions.count
    let size = rowCount * columnCount
    let others = FeatureDecoder.Method.allCases.filter { $0 != probe.decoder }
    let decoder = FeatureDecoder(of: images, by: probe.decoder)
    let second = others.first.map { FeatureDecoder(of: images, by: $0) }
    let found = try concurrently(Array(run.conditions.indices)) { index throws(AnalysisError) in
      try (0..<perCondition).map { sample throws(AnalysisError) in
        let start = (index * perCondition + sample) * size
        let own = Array(pixels.values[start..<(start + size)])
        return judged(
          try decoder.reading(of: own), other: try second?.reading(of: own), asked: run.conditions[index], images)
      }
    }
    let regions = run.conditions.map { coverage?.region(of: $0) }
    var generator = random.split("images drawn again")
    let all = found.flatMap { $0 }
    var byRegion: [CompositionFinding.RegionScore] = []
    for region in CompositionRegion.allCases {
      let places = regions.indices.filter { regions[$0] == region }
      guard let coverage, !places.isEmpty else { continue }
      let guessed = places.count { isNear(coverage.nearest(to: run.conditions[$0]), run.conditions[$0], images) }
      byRegion.append(
        CompositionFinding.RegionScore(
          region: region,
          score: try CompositionScore(
            of: places.flatMap { found[$0].map(\.right) }, resampleCount: probe.draws, using: &generator),
          nearest: Double(guessed) / Double(places.count)))
    }
    let right = all.filter(\.isRight)
    func share(_ isIt: (Judged) -> Bool) -> Double { Double(all.count(where: isIt)) / Double(max(1, all.count)) }
    let scored = CompositionFinding.Run(
      name: run.name, group: run.group, step: run.step,
      dataSize: run.size ?? coverage.map { Double($0.conditions.count) }, rowCount: rowCount, columnCount: columnCount,
      score: try CompositionScore(of: all.map(\.right), resampleCount: probe.draws, using: &generator),
      regions: byRegion,
      outcomes: CompositionFinding.Outcomes(
        right: share(\.isRight), misplaced: share { !$0.isRight && $0.count == 1 },
        several: share { !$0.isRight && $0.count > 1 }, none: share { !$0.isRight && $0.count == 0 }),
      medianError: Self.median(all.map(\.error)), jointByOther: share(\.isRightByOther),
      decoderDifference: right.isEmpty ? nil : Self.median(right.map(\.difference)),
      templateError: Self.median(all.map(\.distance)),
      conditions: zip(run.conditions, found).enumerated().map { index, pair in
        CompositionFinding.Asked(
          x: pair.0[0], y: pair.0[1], region: regions[index],
          right: Double(pair.1.count(where: \.isRight)) / Double(max(1, pair.1.count)),
          error: Self.median(pair.1.map(\.error)))
      })
    return Scored(
      run: scored, pixels: pixels, conditions: run.conditions, isRight: found.map { $0.first?.isRight ?? false },
      sampler: sampler,
      warnings: warnings)
  }

  /// What is made of one image.
  private struct Judged: Sendable {
    let right: (x: Bool, y: Bool)
    let isRightByOther: Bool
    let error: Double
    let distance: Double
    let count: Int
    let difference: Double
    var isRight: Bool { right.x && right.y }
  }

  private func judged(
    _ reading: FeatureReading, other: FeatureReading?, asked: [Double], _ images: FeatureImages
  ) -> Judged {
    func offsets(_ place: [Double], from other: [Double]) -> [Double] {
      [0, 1].map { abs(images.offset(place[$0], from: other[$0], axis: $0)) }
    }
    func length(_ offsets: [Double]) -> Double { (offsets[0] * offsets[0] + offsets[1] * offsets[1]).squareRoot() }
    func right(_ reading: FeatureReading) -> [Bool] {
      let offsets = offsets(reading.centre, from: asked)
      return [0, 1].map { reading.shows(axis: $0, likeness: probe.likeness) && offsets[$0] <= probe.tolerance }
    }
    let isRight = right(reading)
    return Judged(
      right: (isRight[0], isRight[1]), isRightByOther: other.map { !right($0).contains(false) } ?? false,
      error: length(offsets(reading.centre, from: asked)), distance: reading.distance, count: reading.count,
      difference: other.map { length(offsets(reading.centre, from: $0.centre)) } ?? 0)
  }

  /// Whether a place lies within the tolerance of another, in both directions.
  private func isNear(_ place: [Double], _ other: [Double], _ images: FeatureImages) -> Bool {
    [0, 1].allSatisfy { abs(images.offset(place[$0], from: other[$0], axis: $0)) <= probe.tolerance }
  }

  /// Refuses what no image can show, and a tolerance that takes every place for right.
  private func requirePlaces(_ conditions: [[Double]], within images: FeatureImages) throws(ParameterError) {
    let half = Double(images.sides.min() ?? 0) / 2
    guard probe.tolerance < half else {
      throw .rule("tolerance", is: probe.tolerance, mustBe: "below half of a side, which is \(rounded(half)) pixels")
    }
    for (row, place) in conditions.enumerated() {
      for axis in [0, 1] where !(place[axis] > -1 && place[axis] < Double(images.sides[axis])) {
        throw .rule(
          "conditions", is: "(\(rounded(place[0])), \(rounded(place[1]))) in row \(row)",
          mustBe: "within images of \(images.sides[1]) × \(images.sides[0]) pixels")
      }
    }
  }

  private func coverage(of trained: [[Double]], _ images: FeatureImages) throws -> TrainingCoverage {
    do {
      return try TrainingCoverage(of: trained, images: images, nearness: probe.nearness)
    } catch {
      guard case .tooFew = error else { throw error }
      throw ParameterError.rule(
        "trained",
        is: "without a row of which both features lie within images of \(images.sides[1]) × \(images.sides[0]) pixels",
        mustBe: "with one at least")
    }
  }

  private func drawn(
    by member: NetworkMember, _ run: Composition.Run, using random: SeededGenerator
  ) throws -> (NDArray<Double>, String?, [String]) {
    let source = try member.open()
    let network = source.network
    let name: String
    if let wanted = probe.condition {
      name = try network.inputName(wanted)
    } else {
      let pairs = network.inputs.filter { port in
        port.shape.count > 1 && port.shape.dropFirst().reduce(1) { $0 * ($1 ?? 0) } == 2
      }
      guard pairs.count == 1 else {
        throw ParameterError.missing(
          "condition", "name the input of '\(run.name)' that takes (x, y): \(pairs.count) take two numbers")
      }
      name = pairs[0].name
    }
    // Before anything is made of so many: of one pixel each they would be too many.
    guard run.conditions.count <= Composition.mostPixels / probe.count else { throw tooMany }
    let total = run.conditions.count * probe.count
    let rows = run.conditions.flatMap { row in (0..<probe.count).flatMap { _ in row } }
    let convention = ScoreConvention(predicts: probe.predicts, process: probe.process, inputs: probe.inputs)
      .completed(by: source.convention)
    let score = try convention.score(
      of: network, conditions: [name: NDArray(shape: [total, 2], values: rows)])
    let sample = score.pointInput.shape.dropFirst().compactMap { $0 }
    guard sample.count == score.pointInput.shape.count - 1, sample.count == 2 || sample.count == 3 && sample[0] == 1
    else {
      throw BenchError.wrongShape(
        "\(run.name):\(score.pointInput.name)", shape: score.pointInput.shape.map { $0 ?? 0 },
        rule: "images of rows × columns, of one channel")
    }
    let (rowCount, columnCount) = (sample[sample.count - 2], sample[sample.count - 1])
    let sides = FeatureImages.smallestSide...FeatureImages.largestSide
    guard sides.contains(rowCount), sides.contains(columnCount) else {
      throw BenchError.wrongShape(
        "\(run.name):\(score.pointInput.name)", shape: score.pointInput.shape.map { $0 ?? 0 },
        rule: "images from \(sides.lowerBound) to \(sides.upperBound) pixels a side")
    }
    guard total <= Composition.mostPixels / (rowCount * columnCount) else { throw tooMany }
    let levels = try probe.sampler.levels(of: score.process)
    func samples<Scalar: NetworkScalar>(_ type: Scalar.Type) throws -> NDArray<Double> {
      try score.samples(
        total, by: probe.sampler.sampler, over: levels, clippedTo: probe.clip, in: type, using: random)
    }
    let found =
      switch probe.precision {
      case .float64: try samples(Double.self)
      case .float32: try samples(Float.self)
      }
    let bad = found.values.count { !$0.isFinite }
    if bad > 0 { throw BenchError.notFinite("images of \(run.name)", count: bad) }
    return (
      found.reshaped(to: [total, rowCount, columnCount]), probe.sampler.words(levelCount: levels.count),
      network.warnings
    )
  }

  private var tooMany: ParameterError {
    .rule("count", is: probe.count, mustBe: "so that all images have at most \(Composition.mostPixels) pixels together")
  }

  private func gallery(of scored: Scored) -> CompositionFinding.Gallery {
    let conditionCount = scored.conditions.count
    let perCondition = scored.pixels.shape[0] / conditionCount
    let shown = min(probe.shown, conditionCount)
    let size = scored.run.rowCount * scored.run.columnCount
    let chosen = (0..<shown).map { ($0 * conditionCount + conditionCount / 2) / shown }
    return CompositionFinding.Gallery(
      name: scored.run.name, group: scored.run.group,
      pixels: chosen.map { index in
        let start = index * perCondition * size
        return Array(scored.pixels.values[start..<(start + size)])
      },
      conditions: chosen.map { scored.conditions[$0] }, isRight: chosen.map { scored.isRight[$0] },
      rowCount: scored.run.rowCount, columnCount: scored.run.columnCount)
  }

  static func median(_ values: [Double]) -> Double {
    quantile(of: values.sorted(), 0.5)
  }
}
