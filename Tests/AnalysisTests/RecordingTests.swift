import Analysis
import LinearAlgebra
import Testing

@Suite struct RecordingTests {
  /// Trial, time and unit can be told from every value: 100 trial + 10 time + unit.
  private static func counted(_ lengths: [Int], units: Int = 2) throws -> Recording {
    try Recording(
      lengths.enumerated().map { trial, length in
        Trajectory(
          name: "\(trial + 1)", condition: trial % 2 == 0 ? "go" : "stop",
          samples: Matrix(
            rowCount: length, columnCount: units,
            entries: (0..<length).flatMap { time in (0..<units).map { Double(100 * trial + 10 * time + $0) } }))
      }, sampleInterval: 0.5, timeUnit: "s")
  }

  @Test func keepsTrialsOfDifferentLength() throws {
    let recording = try Self.counted([5, 3])
    #expect(recording.sampleCount == 8 && recording.unitCount == 2 && recording.longestSampleCount == 5)
    #expect(recording.conditions == ["go", "stop"])
    #expect(recording.stacked[5, 1] == 101)
    #expect(try recording.keeping { $0.condition == "stop" }.trajectories.map(\.name) == ["2"])
  }

  @Test func windowsNeverCrossTheBorderOfATrial() throws {
    let embedded = try DelayEmbedding(count: 3, lagInSamples: 2).embedded(Self.counted([7, 4, 5]))
    // The window reaches over five samples: the trial of four is left out.
    #expect(embedded.trajectories.map(\.sampleCount) == [3, 1] && embedded.unitCount == 6)
    #expect(embedded.trajectories[0].samples.row(0) == [40, 41, 20, 21, 0, 1])
    #expect(embedded.trajectories[1].samples.row(0) == [240, 241, 220, 221, 200, 201])
    for trajectory in embedded.trajectories {
      for row in trajectory.samples.rowArrays { #expect(Set(row.map { Int($0) / 100 }).count == 1) }
    }
    #expect(embedded.unitNames[2] == "1 −2")
  }

  @Test func oneDelayChangesNothing() throws {
    let recording = try Self.counted([4])
    #expect(try DelayEmbedding(count: 1).embedded(recording) == recording)
  }

  @Test func pairsNeverCrossTheBorderOfATrial() throws {
    let pairs = try SnapshotPairs(of: Self.counted([3, 1, 4]), step: 2)
    #expect(pairs.count == 3 && pairs.trialRows == [0..<1, 1..<3] && pairs.stepInterval == 1)
    #expect(pairs.past.row(1) == [200, 201] && pairs.future.row(1) == [220, 221])
  }

  @Test func zScoresOverAllTrialsAndLeavesOutWhatStandsStill() throws {
    let samples = try Matrix(rows: [[1, 7, 2], [3, 7, 0], [5, 7, 4], [7, 7, 2]])
    let recording = try Recording(samples)
    #expect(recording.constantUnits == [1])
    let scaled = try recording.scaled(.zScore)
    #expect(scaled.unitNames == ["1", "3"])
    for (mean, deviation) in zip(scaled.unitMeans, scaled.unitDeviations) {
      #expect(abs(mean) < 1e-15 && abs(deviation - 1) < 1e-15)
    }
    #expect(try recording.scaled(.centre).unitMeans.allSatisfy { abs($0) < 1e-15 })
    #expect(throws: RecordingError.allConstant) { try Recording(.zeros(4, 2)).scaled(.zScore) }
  }

  @Test func subsamplingThinsEveryTrialAndLengthensTheStep() throws {
    let thinned = try Self.counted([5, 4]).subsampled(by: 3)
    #expect(thinned.trajectories.map(\.sampleCount) == [2, 2] && thinned.sampleInterval == 1.5)
    #expect(thinned.trajectories[1].samples.row(1) == [130, 131])
  }

  @Test func principalComponentsKeepVarianceAndAreUncorrelated() throws {
    var random = SeededGenerator(seed: 3)
    let mixing = Matrix<Double>.gaussian(5, 5, using: &random)
    let recording = try Recording(.gaussian(80, 5, using: &random) * mixing)
    let all = try PrincipalComponents(of: recording, count: 9)
    #expect(all.variances.count == 5 && abs(all.explained - 1) < 1e-12)
    #expect(abs(all.totalVariance - recording.unitDeviations.reduce(0) { $0 + $1 * $1 }) < 1e-10)
    let projected = all.projected(recording)
    let covariance = (1 / 80.0) * projected.stacked.columnGram
    #expect(covariance.isApproximatelyEqual(to: .diagonal(all.variances), tolerance: 1e-10))
    #expect(projected.unitNames.prefix(2) == ["PC1", "PC2"])
  }

  @Test(arguments: [[60], [40, 50], [9, 9, 9, 9, 9, 9]]) func foldsTestEverySampleOnceAndKeepTheGap(lengths: [Int])
    throws
  {
    let recording = try Self.counted(lengths, units: 1)
    let gap = 3
    var tested: [Double] = []
    for fold in try recording.folds(4, gap: gap, shortest: 2) {
      let test = fold.test.stacked.entries
      tested += test
      for value in fold.training.stacked.entries {
        for other in test where Int(value) / 1000 == Int(other) / 1000 {
          // Of one trial: further apart than the gap. A value is 10 × time.
          if lengths.count < 4, fold.test.trajectories.contains(where: { $0.samples.entries.contains(other) }) {
            let sameTrial = fold.training.trajectories.first { $0.samples.entries.contains(value) }?.name
            let itsTrial = fold.test.trajectories.first { $0.samples.entries.contains(other) }?.name
            if sameTrial == itsTrial { #expect(abs(value - other) > Double(10 * gap)) }
          }
        }
      }
    }
    #expect(tested.count == recording.sampleCount)
  }

  @Test func holdsOutWholeTrialsWhereThereAreEnough() throws {
    let many = try Self.counted([6, 6, 6, 6, 6, 6]).heldOut(share: 0.3, gap: 2, shortest: 2)
    #expect(many.test.trajectories.map(\.name) == ["2", "5"] && many.training.trajectories.count == 4)
    let one = try Self.counted([20]).heldOut(share: 0.25, gap: 2, shortest: 3)
    #expect(one.test.sampleCount == 5 && one.training.sampleCount == 13)
    #expect(throws: (any Error).self) { try Self.counted([6]).heldOut(share: 0.2, gap: 2, shortest: 3) }
  }

  @Test func saysEveryRefusal() throws {
    func refusal(_ body: () throws -> Void) -> String {
      do {
        try body()
        return ""
      } catch let error as RecordingError { return error.message } catch { return "\(error)" }
    }
    let fine = Matrix<Double>(rowCount: 2, columnCount: 1, entries: [1, 2])
    var broken = fine
    broken[1, 0] = .nan
    let said = [
      refusal { _ = try Recording([]) },
      refusal { _ = try Recording(.zeros(3, 0)) },
      refusal { _ = try Recording(.zeros(0, 3)) },
      refusal {
        _ = try Recording([Trajectory(name: "a", samples: fine), Trajectory(name: "b", samples: .zeros(2, 3))])
      },
      refusal { _ = try Recording([Trajectory(name: "a", samples: fine)], unitNames: ["x", "y"]) },
      refusal { _ = try Recording(broken) },
      refusal { _ = try Recording(fine, sampleInterval: 0) },
      refusal { _ = try DelayEmbedding(count: 4).embedded(Recording(fine), successors: 1) },
      refusal { _ = try SnapshotPairs(of: Recording(.zeros(1, 2))) },
      RecordingError.notFinite(trial: "b", sample: 4, unit: "7", value: "inf", count: 3).message,
      RecordingError.allConstant.message,
    ]
    #expect(
      said == [
        "the recording has no trials; at least one is needed",
        "trial '1' has no units; at least one is needed",
        "trial '1' has no samples; at least one is needed",
        "trial 'b' has 3 units; it must have 1, as trial 'a' has",
        "2 names for 1 unit; there must be one for each",
        "sample 1 of unit '1' in trial '1' is nan; every value must be a finite number",
        "sample interval is 0.0; it must be a finite number above 0",
        "the longest trial has 2 samples; 4 delays at lag 1 and a step take at least 5",
        "the longest trial has 1 sample; a step takes at least 2",
        "sample 4 of unit '7' in trial 'b' is inf, and 2 more of the trial are not finite; every value must be a finite number",
        "every unit is constant; at least one must change over time",
      ])
    let errors: [RecordingError] = [
      .notFinite(trial: "b", sample: 4, unit: "7", value: "inf", count: 3), .allConstant,
      .tooShort(longest: 2, needed: 5, for: "a step takes"), .noTrials,
    ]
    #expect(
      errors.map { $0.hint ?? "–" } == [
        "cut the gap out, or fill it, before the recording is saved",
        "check that time runs along the rows and units along the columns",
        "take fewer delays, a shorter lag or a smaller subsampling factor", "–",
      ])
  }
}
