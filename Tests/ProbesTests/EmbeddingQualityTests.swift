import Analysis
import Diagnostics
import Exhibits
import Foundation
import LinearAlgebra
import Networks
import Probes
import Probing
import Testing

@Suite struct EmbeddingQualityTests {
  /// Eight trials of Lorenz's system, and states that hold it, half of it, or nothing of it.
  private static let lorenz = Result { () throws -> [String: NDArray<Double>] in
    let (trials, samples) = (8, 100)
    let recording = try SimulatedSystem(.lorenz).recording(
      SystemSampling(sampleCount: trials * samples * 2, sampleInterval: 0.02, discarded: 1000))
    let path = recording.trajectories[0].samples
    var random = SeededGenerator(seed: 12)
    var (x, yz, whole, noise): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    for trial in 0..<trials {
      for time in 0..<samples {
        // Every other stretch, so that trials do not follow one another.
        let row = path.row(2 * trial * samples + time)
        x.append(row[0])
        yz += [row[1], row[2]]
        whole += [row[0] + 0.5 * row[2], row[1] - row[0], tanh(row[2] / 40), row[0] * row[1] / 30]
        noise += random.gaussians(4)
      }
    }
    return [
      "x": NDArray(shape: [trials, samples, 1], values: x), "yz": NDArray(shape: [trials, samples, 2], values: yz),
      "whole": NDArray(shape: [trials, samples, 4], values: whole),
      "noise": NDArray(shape: [trials, samples, 4], values: noise),
      "still": NDArray(shape: [trials, samples, 1], values: Array(repeating: 1, count: trials * samples)),
      "short": NDArray(shape: [trials, 20, 1], values: Array(x.prefix(trials * 20))),
      "fewer": NDArray(shape: [trials - 1, samples, 1], values: Array(x.prefix((trials - 1) * samples))),
    ]
  }

  private static func bench(networks: [String: Network] = [:], series: [String: NetworkSeries] = [:]) throws
    -> TestBench
  {
    TestBench(networks: networks, arrays: try lorenz.get(), series: series)
  }

  private static let common: WrittenValue = ["observed": "x", "hidden": "yz", "discard": 20, "neighbours": 10]

  private func finding(_ written: WrittenValue, on bench: TestBench) throws -> EmbeddingQualityFinding {
    try EmbeddingQuality.finding(Self.common.with(written), on: bench)
  }

  @Test func statesThatHoldTheSystemTellItAndNoiseDoesNot() throws {
    let found = try finding(["states": ["noise", "whole"], "landmarks": 60], on: Self.bench())
    let (noise, whole) = (found.models[0], found.models[1])
    #expect(found.models.map(\.group) == ["noise", "whole"] && found.hidden == ["1", "2"])
    for decoded in whole.states.decoding {
      #expect(decoded.nonlinear > 0.99 && decoded.linear > 0.9)
      #expect(decoded.nonlinearInterval[0] <= decoded.nonlinear && decoded.nonlinear <= decoded.nonlinearInterval[1])
    }
    for decoded in noise.states.decoding { #expect(decoded.nonlinear < 0.05 && decoded.linear < 0.05) }
    #expect(whole.states.neighbourOverlap > 0.5 && abs(noise.states.neighbourOverlap - found.overlapChance) < 0.02)
    #expect(whole.states.noiseAmplification < noise.states.noiseAmplification - 0.5)
    #expect(whole.states.mapping.hidden.last ?? 0 > 0.95 && whole.states.mapping.states.last ?? 0 > 0.95)
    #expect(abs(noise.states.mapping.hidden.last ?? 1) < 0.2 && abs(noise.states.mapping.states.last ?? 1) < 0.2)
    #expect((1.5...2.8).contains(whole.states.dimension ?? 0) && (noise.states.dimension ?? 0) > 3)
    #expect(noise.states.participationRatio > 3.8 && whole.states.bettiNumbers.count == 2)
    // The last one's values are the finding's own.
    #expect(found.decoding == whole.states.decoding && found.neighbourOverlap == whole.states.neighbourOverlap)
    #expect(found.mase == nil && whole.rollouts.isEmpty && whole.freeRun == nil)
    // Horizons: the variance after near states rises, towards that of the signal for noise.
    #expect(whole.states.conditionalVariances.count == 10)
    #expect(whole.states.conditionalVariances[0] < whole.states.conditionalVariances[9])
    #expect(noise.states.conditionalVariances.allSatisfy { $0 > 0.5 })
  }

  @Test func delaysTellTheSystemThePresentHalfOfItAndShuffledOnesNothing() throws {
    let found = try finding(["states": "whole"], on: Self.bench())
    let kinds = Dictionary(grouping: found.references, by: \.kind)
    let (delays, present, shuffled) = (
      try #require(kinds[.delays]?.first), try #require(kinds[.present]?.first), try #require(kinds[.shuffled]?.first)
    )
    #expect(delays.points.unitCount == 4 && present.points.unitCount == 1)
    for decoded in delays.points.decoding { #expect(decoded.nonlinear > 0.93) }
    // Of z the present x tells its size alone.
    #expect(present.points.decoding[1].nonlinear < 0.8 && present.points.decoding[1].linear < 0.2)
    for decoded in shuffled.points.decoding { #expect(decoded.nonlinear < 0.1 && decoded.linear < 0.1) }
    #expect(present.points.neighbourOverlap < delays.points.neighbourOverlap)
    #expect(found.models[0].reference == 0)
  }

  @Test func aSeedOfItsOwnTakesTheNotebooksPlace() throws {
    let bench = try Self.bench()
    func found(_ seed: Int?, notebook: UInt64) throws -> EmbeddingQualityFinding {
      let written: WrittenValue = ["states": "noise", "nonlinear": "neighbours"]
      return try EmbeddingQuality.finding(
        Self.common.with(seed == nil ? written : written.with(["seed": 5])), on: bench, seed: notebook)
    }
    // Intervals are drawn at random.
    #expect(try found(5, notebook: 1) == found(5, notebook: 2))
    #expect(try found(nil, notebook: 1) != found(nil, notebook: 2))
  }

  @Test func theRecordingThatIsConstantIsNamed() throws {
    let bench = try Self.bench()
    #expect {
      try finding(["states": ["whole", "whole", "noise"], "observed": ["x", "x", "still"]], on: bench)
    } throws: { error in
      (error as? any Diagnosable)?.message.hasPrefix("unit '1' of recording 'still': every sample is 1.0") == true
    }
  }

  @Test func doubtsSayTheirNumbers() throws {
    let found = try finding(
      ["states": "whole", "discard": 0, "window": 3, "folds": 10, "horizon": 50], on: Self.bench())
    #expect(
      found.caveats.map(\.message) == [
        "states have up to 4 units; the delays they are held against have 1, as no more samples are known before every point",
        "8 trials for 10 folds: trials are cut, with 3 samples left out beside each cut",
        "400 points: neighbours are far, and every number here is coarse",
      ])
  }

  @Test(arguments: [("elastic-net", "neighbours")])
  func decodersAreNamed(linear: String, nonlinear: String) throws {
    let found = try finding(
      ["states": "whole", "linear": .init(.text(linear)), "nonlinear": .init(.text(nonlinear))], on: Self.bench())
    #expect(found.decoders == [linear, nonlinear])
    for decoded in found.decoding { #expect(decoded.linear > 0.85 && decoded.nonlinear > 0.9) }
  }

  // MARK: Networks

  private static func shipped(_ name: String) throws -> Network {
    try Network.load(path: TestFiles.root.appendingPathComponent("checkpoints/sequence-models/\(name)").path)
  }

  /// The held-out trials, 120 samples of each; with most discarded, few points of many trials are left.
  private static let heldOut = Result { () throws -> [String: NDArray<Double>] in
    try Dictionary(
      uniqueKeysWithValues: ["clean", "yz"].map { name in
        let whole = try TestFiles.array("sequence-models/trials.npz:\(name)")
        let (samples, width) = (whole.shape[1], whole.shape[2])
        let kept = (0..<16).flatMap { trial in
          whole.values[(trial * samples * width)..<((trial * samples + 120) * width)]
        }
        return (name, NDArray(shape: [16, 120, width], values: kept))
      })
  }

  @Test func aTrainedRecurrentNetworkUnfoldsLorenzAndForetellsIt() throws {
    let arrays = try Self.heldOut.get()
    let bench = TestBench(
      networks: [
        "begun": try Self.shipped("gru-25-clean-seed-1-step-0000.json"),
        "trained": try Self.shipped("gru-25-clean-seed-1-step-3000.json"),
      ], arrays: arrays)
    let found = try EmbeddingQuality.finding(
      [
        "network": ["begun", "trained"], "observed": "clean", "hidden": "yz", "discard": 60, "freeRun": 16,
        "rollouts": [1, 7],
      ], on: bench)
    let (begun, trained) = (found.models[0], found.models[1])
    // The manifest's own MASE is of all held-out trials.
    #expect((0.03...0.1).contains(trained.mase ?? 1) && (begun.mase ?? 0) > 5)
    #expect(found.mase == trained.mase && trained.rollouts.map(\.steps) == [1, 7])
    #expect((trained.rollouts[1].mase ?? 0) > (trained.rollouts[0].mase ?? 1))
    // Of 16 trials the hidden variables are told far better than from the present alone.
    let present = try #require(found.references.first { $0.kind == .present }).points.decoding
    #expect(found.decoding[0].nonlinear > 0.95)
    #expect(zip(found.decoding, present).allSatisfy { $0.nonlinear > $1.nonlinear + 0.15 })
    #expect(trained.parameterCount == 2126 && trained.states.unitCount == 25)
    #expect(trained.freeRun?.samples == 16 && (trained.freeRun?.spectralCorrelation ?? 0) > 0.9)
    #expect((trained.freeRun?.histogramDivergence ?? 9) < (begun.freeRun?.histogramDivergence ?? 0))
  }

  @Test func seriesAreFollowedAndSeedsAreTakenTogether() throws {
    let arrays = try Self.heldOut.get()
    func series(_ names: [String], over: NetworkSeries.Index, numbers: [Double]) -> NetworkSeries {
      NetworkSeries(
        over: over, members: numbers.map { NetworkSeries.Member(number: $0, label: "\(Int($0))") },
        weights: { _ in throw Unexpected() }, functions: { NetworkSource(network: try Self.shipped(names[$0])) })
    }
    let steps = series(
      ["decoder-10-clean-seed-1-step-0000.pt2", "decoder-10-clean-seed-1-step-3000.pt2"], over: .step,
      numbers: [0, 3000])
    let seeds = series(
      ["decoder-10-clean-seed-1-step-3000.pt2", "decoder-10-clean-seed-2-step-3000.pt2"], over: .seed, numbers: [1, 2])
    let bench = TestBench(arrays: arrays, series: ["steps:": steps, "seeds:": seeds])
    let common: WrittenValue = [
      "observed": "clean", "hidden": "yz", "discard": 85, "nonlinear": "neighbours", "freeRun": 0,
      "rollouts": [1],
    ]
    let trained = try EmbeddingQuality.finding(common.with(["network": "steps:", "groups": ["decoder"]]), on: bench)
    #expect(trained.settings.map(\.number) == [0, 3000] && trained.settings.map(\.modelCount) == [1, 1])
    #expect(trained.settings.allSatisfy { $0.group == "decoder" })
    #expect(trained.exhibits.map(\.name).contains("training") && !trained.exhibits.map(\.name).contains("size"))
    let repeated = try EmbeddingQuality.finding(
      common.with(["network": "seeds:", "over": "seed", "conditions": ["none"]]), on: bench)
    #expect(repeated.settings.count == 1 && repeated.settings[0].modelCount == 2)
    let errors = repeated.models.compactMap(\.mase)
    #expect(repeated.settings[0].mase?.least == errors.min() && repeated.settings[0].mase?.most == errors.max())
    #expect(repeated.models.allSatisfy { $0.number == nil && $0.condition == "none" })
  }

  // MARK: What is refused

  @Test(
    arguments: [
      ([:], "'network' is missing: name the network or networks, or recordings of 'states'"),
      (
        ["network": "a", "states": "b"],
        "'states' is given beside 'network'; it must be left out where networks are run"
      ),
      (["network": ""], "'network' is missing: name a network source or file"),
      (["states": "whole", "hidden": ""], "'hidden' is missing: name the recording of what the models are not given"),
      (["states": "whole", "observed": [""]], "'observed' is missing: name the recording that the models are given"),
      (
        ["states": "whole", "signal": ""],
        "'signal' is missing: name the recording of what is observed without noise, or leave it out"
      ),
      (["states": "whole", "folds": 2], "'folds' is 2; it must be from 3 to 20"),
      (["states": "whole", "landmarks": 3], "'landmarks' is 3; it must be 0, or from 10 to 1000"),
      (["states": "whole", "freeRun": 5], "'freeRun' is 5; it must be 0, or 16 at least, for a spectrum"),
      (["states": "whole", "rollouts": []], "'rollouts' is 0 numbers; it must be from 1 to 20 of them"),
      (
        ["states": "whole", "rollouts": [7, 7]], "'rollouts' is 7; it must be above the one before, 7, and at most 1000"
      ),
      (["states": "whole", "layer": "x"], "'layer' is given; it must be left out where 'states' are recordings"),
      (
        ["states": "whole", "layout": "units-time"],
        "'layout' is 'units-time'; it must be time-units or time-trials-units, as networks have it"
      ),
      (
        ["states": ["whole", "noise"], "observed": ["x", "x", "x"]],
        "'observed' is 3 long; it must be one recording, or one for each of 2 sources"
      ),
      (["states": "whole", "observed": ["x", "x"]], "'observed' is 2 long; it must be one recording"),
      (["states": "whole", "groups": ["a", "b"]], "'groups' is 2 long; it must be 1 long, one for each system"),
      (
        ["states": "whole", "hidden": "short"],
        "length of trial '1' of recording 'short' is 20; it must be 100, as in 'x'"
      ),
      (["states": "whole", "hidden": "fewer"], "number of trials of recording 'fewer' is 7; it must be 8, as in 'x'"),
      (["states": "whole", "signal": "yz"], "number of units of recording 'yz' is 2; it must be 1, as in 'x'"),
      (
        ["states": "whole", "hidden": "still"],
        "unit '1' of recording 'still': every sample is 1.0; a signal must change over time to be embedded"
      ),
      (
        ["states": "whole", "observed": "still"],
        "unit '1' of recording 'still': every sample is 1.0; a signal must change over time to be embedded"
      ),
      (
        ["states": "still"],
        "source 'still' is one whose states are all the same; it must be a model whose states change"
      ),
      (
        ["states": "whole", "discard": 150],
        "recording 'yz': the longest trial has 100 samples; 100 points between the samples discarded and the horizon take at least 173"
      ),
    ] as [(WrittenValue, String)])
  func whatMakesNoSenseIsRefused(written: WrittenValue, expected: String) throws {
    let bench = try Self.bench()
    do {
      _ = try finding(written, on: bench)
      Issue.record("nothing was thrown")
    } catch let error as any Diagnosable { #expect(error.message == expected) }
  }

  @Test func networksThatDoNotFitSaySo() throws {
    let arrays = try Self.heldOut.get()
    let bench = TestBench(networks: ["net": try Self.shipped("decoder-10-clean-seed-1-step-3000.pt2")], arrays: arrays)
    func message(_ written: WrittenValue) -> String {
      let common: WrittenValue = [
        "network": "net", "observed": "clean", "hidden": "yz", "discard": 85, "freeRun": 0, "rollouts": [1],
      ]
      do {
        let found = try EmbeddingQuality.finding(common.with(written), on: bench)
        return found.caveats.map(\.name).joined(separator: ", ")
      } catch let error as any Diagnosable { return error.message } catch { return "\(error)" }
    }
    #expect(
      message(["layer": "representations"])
        == "unknown output 'representations'")
    #expect(
      message(["prediction": "representation"])
        == "array 'net:representation' is 16×120×10; it must be 16×120×1, as what is observed")
    // The states may be what is foretold, and what is foretold may be missing.
    #expect(message(["layer": "prediction"]) == "no-prediction, few-points")
  }
}
