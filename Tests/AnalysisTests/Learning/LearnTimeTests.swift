import Analysis
import Foundation
import Testing

@Suite struct LearnTimeTests {
  /// Accuracies from 0 to 1 around step 300.
  private static func logistic(_ steps: [Double]) -> [Double] { steps.map { 1 / (1 + exp(-($0 - 300) / 20)) } }

  private static func time(
    _ accuracies: [Double], smoothing: Double = 0, consecutive: Int = 3
  ) throws -> LearnTime {
    try LearnTime(
      steps: accuracies.indices.map { 100 * Double($0 + 1) }, accuracies: accuracies,
      rule: .init(consecutive: consecutive, smoothing: smoothing))
  }

  @Test func findsWhereALogisticCourseCrosses() throws {
    let truth = 300 + 20 * log(9.0)
    #expect(abs(truth - 343.944) < 1e-3)
    for spacing in [1.0, 5, 10] {
      let steps = (0...Int(600 / spacing)).map { spacing * Double($0) }
      let found = try LearnTime(steps: steps, accuracies: Self.logistic(steps))
      let (after, by, estimate) = try (#require(found.after), #require(found.by), #require(found.estimate))
      #expect(found.state == .learned && after < truth && truth <= by && by - after == spacing)
      // A line between points of a course of curvature c at slope s is off by at most c h²/8 s: here c/s = −0.8/20.
      #expect(abs(estimate - truth) < 0.05 * spacing * spacing / 8)
      #expect(found.known == CensoredStep(estimate, .exactly))
    }
  }

  @Test func smoothingBlursACourseButHardlyMovesAnEvenlyRisingOne() throws {
    let steps = (0...600).map(Double.init)
    let found = try LearnTime(steps: steps, accuracies: Self.logistic(steps), rule: .init(smoothing: 2))
    // Second order: half the variance times the course's curvature over its slope.
    #expect(abs(try #require(found.estimate) - (300 + 20 * log(9.0)) - 0.5 * 4 * 0.8 / 20) < 0.01)
  }

  @Test func needsSeveralInARow() throws {
    let found = try Self.time([0.1, 0.95, 0.2, 0.95, 0.95, 0.2, 0.8, 0.9, 0.95, 1, 0])
    #expect(found.state == .learned && found.after == 700 && found.by == 800)
    #expect(abs(try #require(found.estimate) - 800) < 1e-9)
    #expect(try Self.time([0.1, 0.95, 0.2], consecutive: 1).by == 200)
  }

  @Test func saysWhatIsCensored() throws {
    let early = try Self.time([0.9, 0.95, 1, 0.1])
    #expect(early.state == .atFirst && early.after == nil && early.by == 100 && early.estimate == nil)
    #expect(early.known == CensoredStep(100, .atMost))
    let never = try Self.time([0.1, 0.2, 0.3, 0.4])
    #expect(never.state == .notYet && never.after == 400 && never.by == nil && never.estimate == nil)
    #expect(never.known == CensoredStep(400, .above))
    // Two above the threshold are too few to know.
    let late = try Self.time([0.1, 0.2, 0.95, 0.95])
    #expect(late.state == .notYet && late.after == 200 && late.by == nil && late.estimate == nil)
    // Reached and lost again.
    #expect(try Self.time([0.95, 0.95, 0.3]).known == CensoredStep(300, .above))
  }

  @Test func aSingleCheckpointTellsWhatItCan() throws {
    #expect(try Self.time([0.2]).known == CensoredStep(100, .above))
    let above = try Self.time([0.95])
    #expect(above.state == .notYet && above.after == nil && above.known == nil)
    #expect(try Self.time([0.95], consecutive: 1).state == .atFirst)
    #expect(try Self.time([0.95, 0.95, 0.95], smoothing: 5).state == .atFirst)
  }

  @Test func refusesWhatIsNoCourse() {
    func said(_ steps: [Double], _ accuracies: [Double], _ rule: LearnTime.Rule = .init()) -> String? {
      do {
        _ = try LearnTime(steps: steps, accuracies: accuracies, rule: rule)
        return nil
      } catch { return error.message }
    }
    #expect(said([], []) == "checkpoints: 0 given; at least 1 are needed")
    #expect(said([1, 2], [1]) == "number of accuracies is 1; it must be 2, as of steps")
    #expect(said([1, 1], [1, 1]) == "step is 1; it must be above the step before")
    #expect(said([1, .infinity], [1, 1]) == "step is inf; it must be a finite number")
    #expect(said([1, 2], [1, .nan]) == "accuracy is nan; it must be a finite number")
    #expect(said([1], [1], .init(threshold: .nan)) == "threshold is nan; it must be a finite number")
    #expect(said([1], [1], .init(consecutive: 0)) == "checkpoints in a row: 0 given; at least 1 are needed")
    #expect(said([1], [1], .init(smoothing: -1)) == "smoothing deviation is -1; it must be from 0 to 1000 checkpoints")
  }

  @Test func smoothsAsSciPy() throws {
    // scipy.ndimage.gaussian_filter1d, mode "reflect".
    let course = [0, 0.1, 0, 0.4, 0.9, 0.7, 1]
    let expected: [(Double, [Double], [Double])] = [
      (
        1.5, course,
        [
          0.05830202277700042, 0.1132544205490477, 0.2395703475544951, 0.43002402501571013, 0.628855239675474,
          0.7770956536694635, 0.8528982907588092,
        ]
      ),
      (
        4, course,
        [
          0.3408996582627549, 0.36106283317623916, 0.3974267481973359, 0.4428019736691079, 0.4882203213304093,
          0.5246763126703877, 0.5449121526937656,
        ]
      ),
      (2, [0.2, 0.8], [0.497841952849221, 0.502158047150779]), (0, [0.2, 0.8], [0.2, 0.8]), (3, [], []),
    ]
    for (deviation, values, wanted) in expected {
      let found = try CheckpointSmoothing(deviation: deviation).smoothed(values)
      #expect(found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-12 }, "\(found)")
    }
  }

  // MARK: Several seeds

  /// A time by the course that has it: learned halfway before `step`, or of what is given as an enum case.
  private static func seeds(_ steps: [Double]) throws -> [LearnTime] {
    try steps.map { step in
      switch step {
      case 0: try LearnTime(steps: [10, 20, 30], accuracies: [1, 1, 1])
      case .infinity: try LearnTime(steps: [10, 20, 900], accuracies: [0, 0, 0])
      default: try LearnTime(steps: [10, step + 1, step + 2, step + 3], accuracies: [0.9 - (step - 10) / 10, 1, 1, 1])
      }
    }
  }

  @Test func theMedianIsTheOrdinaryOneWithoutCensoring() throws {
    let odd = try LearnTimeSummary(of: Self.seeds([300, 100, 200]))
    #expect(abs(try #require(odd.median).step - 200) < 1e-9 && odd.median?.side == .exactly)
    #expect(odd.earliest?.text == "100" && odd.latest?.text == "300" && odd.learnedCount == 3 && odd.count == 3)
    let even = try LearnTimeSummary(of: Self.seeds([300, 100, 200, 600]))
    #expect(abs(try #require(even.median).step - 250) < 1e-9)
  }

  @Test func theMedianHeedsSeedsThatHaveNotLearned() throws {
    let most = try LearnTimeSummary(of: Self.seeds([100, 200, 300, .infinity, .infinity]))
    #expect(most.median?.text == "300" && most.latest?.text == "> 900" && most.notYetCount == 2)
    let few = try LearnTimeSummary(of: Self.seeds([100, 200, .infinity, .infinity, .infinity]))
    #expect(few.median?.text == "> 900" && few.earliest?.text == "100")
    // Half of them: the median lies between the last learned and an unknown one.
    #expect(try LearnTimeSummary(of: Self.seeds([100, 200, .infinity, .infinity])).median?.text == "> 200")
    let none = try LearnTimeSummary(of: Self.seeds([.infinity]))
    #expect(none.median?.text == "> 900" && none.earliest == none.median && none.latest == none.median)
    let early = try LearnTimeSummary(of: Self.seeds([0, 0, 100]))
    #expect(early.median?.text == "≤ 10" && early.atFirstCount == 2 && early.latest?.text == "100")
  }

  @Test func aSeedThatStoppedEarlyCountsAsLongAsItIsKnown() throws {
    // Kaplan and Meier by hand: of 5, 100 leaves 4/5, one stops at 150, 200 leaves 4/5 · 2/3, 300 leaves 4/15.
    let stopped = try LearnTime(steps: [50, 150], accuracies: [0, 0])
    let found = try LearnTimeSummary(of: Self.seeds([100, 200, 300, 400]) + [stopped])
    #expect(found.median?.text == "300" && found.latest?.text == "> 400")
    // Of a seed of which nothing is known nothing follows.
    let unknown = try LearnTime(steps: [1], accuracies: [1])
    let alone = try LearnTimeSummary(of: [unknown])
    #expect(alone.median == nil && alone.earliest == nil && alone.latest == nil && alone.notYetCount == 1)
    #expect(throws: AnalysisError.tooFew("learn times", count: 0, minimum: 1)) { try LearnTimeSummary(of: []) }
  }

  @Test func stepsAreWrittenShortly() {
    #expect(CensoredStep(343.9444, .exactly).text == "343.9" && CensoredStep(12_345.6, .above).text == "> 12346")
    #expect(CensoredStep(0.5, .atMost).text == "≤ 0.5")
  }

  @Test func keepsWhatItIsThroughARecord() throws {
    let times = try Self.seeds([0, 100, .infinity])
    let data = try JSONEncoder().encode(times)
    #expect(try JSONDecoder().decode([LearnTime].self, from: data) == times)
    let summary = try LearnTimeSummary(of: times)
    #expect(try JSONDecoder().decode(LearnTimeSummary.self, from: JSONEncoder().encode(summary)) == summary)
  }
}
