import Analysis
import LinearAlgebra
import Testing

@Suite struct BootstrapIntervalTests {
  @Test func isAboutTwoStandardErrorsWideForAMean() throws {
    var random = SeededGenerator(seed: 14)
    let samples = random.gaussians(400).map { 3 + 2 * $0 }
    let interval = try BootstrapInterval(meanOf: samples, using: &random)
    #expect(interval.lower < interval.value && interval.value < interval.upper)
    // 2 × 1.96 × 2/√400, give or take the noise of both samplings.
    #expect(abs((interval.upper - interval.lower) / 0.392 - 1) < 0.2)
  }

  @Test func coversTheTruthAboutAsOftenAsItSays() throws {
    var random = SeededGenerator(seed: 15)
    var covered = 0
    for _ in 0..<200 {
      let interval = try BootstrapInterval(
        meanOf: random.gaussians(40), level: 0.9, resampleCount: 100, using: &random)
      if interval.lower <= 0, 0 <= interval.upper { covered += 1 }
    }
    // 0.9 less the method's own bias at 40 samples; the spread is 0.02.
    #expect((160...195).contains(covered))
  }

  @Test func isAPointForASampleThatDoesNotVary() throws {
    var random = SeededGenerator(seed: 1)
    let interval = try BootstrapInterval(of: [5.0, 5, 5], resampleCount: 20, using: &random) { $0.max() ?? 0 }
    #expect(interval.value == 5 && interval.lower == 5 && interval.upper == 5 && interval.level == 0.95)
  }

  @Test func refusesWhatItCannotResample() {
    var random = SeededGenerator(seed: 1)
    #expect(throws: AnalysisError.tooFew("samples", count: 1, minimum: 2)) {
      try BootstrapInterval(meanOf: [1], using: &random)
    }
    #expect(throws: AnalysisError.outOfRange("level", 1, rule: "above 0 and below 1")) {
      try BootstrapInterval(meanOf: [1, 2], level: 1, using: &random)
    }
    #expect(throws: AnalysisError.tooFew("resamples", count: 1, minimum: 2)) {
      try BootstrapInterval(meanOf: [1, 2], resampleCount: 1, using: &random)
    }
  }

  @Test func blocksWidenAnIntervalAsMuchAsSamplesDepend() throws {
    var random = SeededGenerator(seed: 3)
    var values = [0.0]
    for _ in 1..<20_000 { values.append(0.9 * (values.last ?? 0) + random.gaussian()) }
    func width(_ length: Int) throws -> Double {
      let found = try BootstrapInterval(meansOf: [values], blockLength: length, using: &random) { $0[0] }
      #expect(abs(found.value - values.reduce(0, +) / 20_000) < 1e-12)
      return found.upper - found.lower
    }
    let (alone, together) = (try width(1), try width(200))
    // A mean of dependent samples varies by (1 + 0.9)/(1 − 0.9) times as much.
    #expect(abs(together / alone - 19.squareRoot()) < 0.6)
    #expect(abs(alone - 2 * 1.96 / (1 - 0.81).squareRoot() / 20_000.squareRoot()) < 0.1 * alone)
  }

  @Test func blocksRefuseWhatTheyCannotBeDrawnFrom() {
    var random = SeededGenerator(seed: 3)
    func said(_ columns: [[Double]], _ length: Int) -> String? {
      do {
        _ = try BootstrapInterval(meansOf: columns, blockLength: length, using: &random) { $0[0] }
        return nil
      } catch { return error.message }
    }
    #expect(said([[1, 2, 3]], 1) == "samples for four blocks of 1: 3 given; at least 4 are needed")
    #expect(said([[1, 2, 3, 4], [1]], 1) == "number of samples is 1; it must be 4")
    #expect(said([[1, 2, 3, 4]], 0) == "samples of a block: 0 given; at least 1 are needed")
    #expect(said([], 1) == "samples for four blocks of 1: 0 given; at least 4 are needed")
  }
}
