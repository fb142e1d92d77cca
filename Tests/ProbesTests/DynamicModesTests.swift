import Diagnostics
import Foundation
import LinearAlgebra
import Networks
import Probes
import Probing
import Testing

@Suite struct DynamicModesTests {
  private static func bench(_ arrays: [String: NDArray<Double>]) -> TestBench { TestBench(arrays: arrays) }

  private static var plain: TestBench {
    bench([
      "clean": RecordedSystems.turning(noise: 0), "noisy": RecordedSystems.turning(samples: 400, noise: 0.3),
      "trials": RecordedSystems.turning(trials: 8, samples: 50, units: 4, noise: 0.05),
    ])
  }

  private static func angles(_ finding: DynamicModesFinding) -> [Double] {
    finding.modes.map { $0.frequency }.filter { $0 > 0 }.sorted()
  }

  @Test(arguments: ["exact", "projected", "total-least-squares", "forward-backward", "optimized", "eigen-time-delay"])
  func findsTheFrequenciesOfACleanRecording(method: String) throws {
    let finding = try DynamicModes.finding(
      ["recording": "clean", "sampleInterval": 0.01, "method": .init(.text(method)), "draws": 0, "grid": 0],
      on: Self.plain)
    #expect(finding.rank == 4 && finding.rankChoice?.rank == 4)
    let expected = [0.2, 0.5].map { $0 / (2 * Double.pi * 0.01) }
    #expect(largestDifference(Self.angles(finding), expected) < 1e-5)
    let decaying = try #require(finding.modes.first { abs($0.frequency - expected[1]) < 1e-3 })
    #expect(isClose(decaying.halfLife, log(2) / -log(0.98) * 0.01, within: 1e-6))
    #expect(isClose(decaying.growthRate, log(0.98) / 0.01, within: 1e-6))
    #expect(finding.modes.allSatisfy { $0.isTrusted && ($0.residual ?? 1) < 1e-6 })
    #expect((finding.forecast?.model.max() ?? 1) < 1e-4)
    #expect(finding.caveats.map(\.name) == ["one-trial"])
  }

  @Test func optimisedFitsWithstandNoiseThatShrinksTheOthers() throws {
    func moduli(_ method: String) throws -> [Double] {
      let finding = try DynamicModes.finding(
        ["recording": "noisy", "method": .init(.text(method)), "rank": 4, "draws": 0, "grid": 0], on: Self.plain)
      return finding.modes.filter { abs(abs($0.frequency) - 0.2 / (2 * Double.pi)) < 0.005 }.map(\.modulus)
    }
    let (plain, optimised) = (try moduli("exact"), try moduli("optimized"))
    #expect(optimised.count == 2 && optimised.allSatisfy { abs($0 - 1) < 1e-3 })
    #expect(plain.allSatisfy { $0 < 0.995 })
  }

  @Test func intervalsHoldTheTruth() throws {
    let finding = try DynamicModes.finding(
      ["recording": "trials", "rank": 4, "draws": 80, "grid": 0, "method": "total-least-squares"], on: Self.plain)
    for truth in [0.2, 0.5].map({ $0 / (2 * Double.pi) }) {
      let mode = try #require(finding.modes.min { abs($0.frequency - truth) < abs($1.frequency - truth) })
      let ends = try #require(mode.frequencyInterval)
      let slack = 0.5 * (ends[1] - ends[0]) + 1e-4
      #expect(ends[0] - slack <= truth && truth <= ends[1] + slack)
      #expect(mode.cloudReal.count == 80 && mode.cloudImaginary.count == 80)
    }
    #expect(!finding.caveats.map(\.name).contains("one-trial"))
  }

  @Test func inputsAreNotTakenForDynamics() throws {
    let (states, inputs) = RecordedSystems.driven()
    let bench = Self.bench(["x": states, "u": inputs])
    let driven = try DynamicModes.finding(
      ["recording": "x", "inputs": "u", "rank": 2, "draws": 20, "grid": 9], on: bench)
    #expect(driven.modes.allSatisfy { abs($0.modulus - 0.9) < 1e-9 && abs(abs($0.frequency) - 0.4 / (2 * .pi)) < 1e-9 })
    #expect(isClose(driven.explainedChange, 1, within: 1e-9) && driven.isDriven)
    // Told the inputs, forecasts are exact at every horizon.
    #expect((driven.forecast?.model.max() ?? 1) < 1e-9)
    let hidden = try DynamicModes.finding(
      ["recording": "x", "inputs": "u", "method": "subspace", "delays": 3, "rank": 2], on: bench)
    #expect(hidden.modes.allSatisfy { abs($0.modulus - 0.9) < 1e-5 })
    #expect(
      hidden.caveats.map(\.message) == [
        "the hidden coordinates are found up to a change of basis; there are eigenvalues and forecasts, and neither residuals nor intervals"
      ])
    #expect((hidden.forecast?.model.max() ?? 1) < 1e-5 && hidden.forecast?.horizons.count == 9)
    #expect(hidden.exhibits.map(\.name).contains("forecast"))
  }

  @Test func delaysAfterPrincipalComponentsAreHigherOrderDynamics() throws {
    // One unit shows two oscillations only through its past.
    let all = RecordedSystems.turning(noise: 0)
    let one = NDArray(shape: [160], values: (0..<160).map { all.values[6 * $0] })
    let bench = Self.bench(["one": one, "all": all])
    let blind = try DynamicModes.finding(["recording": "one", "draws": 0, "grid": 0], on: bench)
    let seeing = try DynamicModes.finding(["recording": "one", "delays": 8, "draws": 0, "grid": 0], on: bench)
    #expect(blind.rank == 1 && seeing.rank == 4)
    let truth = [0.2, 0.5].map { $0 / (2 * Double.pi) }
    #expect(largestDifference(Self.angles(seeing), truth) < 1e-6)
    let reduced = try DynamicModes.finding(
      ["recording": "all", "components": 2, "delays": 8, "draws": 0, "grid": 0, "rank": 5], on: bench)
    #expect(reduced.shapes[0].moduli.count == 6)
    #expect(truth.allSatisfy { t in Self.angles(reduced).contains { abs($0 - t) < 1e-6 } })
  }

  @Test func spuriousModesAreToldFromTrueOnes() throws {
    // Noise has no dynamics: what is fitted to it is not borne out.
    var random = SeededGenerator(seed: 1)
    let noise = NDArray(shape: [300, 5], values: (0..<1500).map { _ in random.gaussian() })
    let finding = try DynamicModes.finding(
      ["recording": "noise", "rank": 5, "draws": 10, "grid": 15], on: Self.bench(["noise": noise]))
    #expect(finding.modes.allSatisfy { !$0.isTrusted })
    #expect(finding.caveats.map(\.name).contains("spurious-modes"))
    let plane = try #require(finding.plane)
    #expect(plane.residuals.count == 15 && plane.residuals.allSatisfy { $0.count == 15 })
    // The lower half mirrors the upper.
    #expect(plane.residuals[0] == plane.residuals[14] && plane.residuals[3] == plane.residuals[11])
  }

  // MARK: Bad input

  private static func column(_ values: [Double], beside other: [Double]) -> NDArray<Double> {
    NDArray(shape: [values.count, 2], values: zip(values, other).flatMap { [$0, $1] })
  }

  @Test func saysWhatIsWrongWithARecording() {
    let wave = (0..<40).map { sin(0.3 * Double($0)) }
    var gap = wave
    gap[7] = .nan
    let bench = Self.bench([
      "gap": Self.column(wave, beside: gap), "still": NDArray(shape: [20, 2], values: Array(repeating: 3, count: 40)),
      "short": NDArray(shape: [5, 2], values: (0..<10).map { Double($0 * $0) }),
      "one": NDArray(shape: [1, 3], values: [1, 2, 3]), "deep": NDArray(shape: [1, 1, 1, 1], values: [1]),
      "wave": NDArray(shape: [40], values: wave), "pair": Self.column(wave, beside: wave),
      "drive": NDArray(shape: [39], values: Array(wave.dropLast())),
      "trials": NDArray(shape: [2, 20, 1], values: wave),
      "large": NDArray(shape: [40], values: wave.map { 1e200 * $0 }),
      "small": NDArray(shape: [40], values: wave.map { $0 == 0 ? 0 : 1e-200 }),
    ])
    let said = [
      DynamicModes.refusal(["recording": "gap"], on: bench),
      DynamicModes.refusal(["recording": "still"], on: bench),
      DynamicModes.refusal(["recording": "short", "delays": 6], on: bench),
      DynamicModes.refusal(["recording": "one"], on: bench),
      DynamicModes.refusal(["recording": "deep"], on: bench),
      DynamicModes.refusal(["recording": "wave", "rank": 2], on: bench),
      DynamicModes.refusal(["recording": "pair", "delays": 2, "rank": 4], on: bench),
      DynamicModes.refusal(["recording": "wave", "components": 3], on: bench),
      DynamicModes.refusal(["recording": "wave", "inputs": "drive"], on: bench),
      DynamicModes.refusal(["recording": "wave", "inputs": "trials"], on: bench),
      DynamicModes.refusal(["recording": "wave", "inputs": "wave", "rank": 1], on: bench),
      DynamicModes.refusal(["recording": "large"], on: bench)?.replacing(/9\.\d+/, with: "9.9"),
      DynamicModes.refusal(["recording": "wave", "inputs": "small"], on: bench),
      DynamicModes.refusal(["recording": "wavy"], on: bench),
    ]
    #expect(
      said == [
        "recording 'gap': sample 7 of unit '2' in trial '1' is nan; every value must be a finite number | cut the gap out, or fill it, before the recording is saved",
        "recording 'still': every unit is constant; at least one must change over time | check that time runs along the rows and units along the columns",
        "recording 'short': the longest trial has 5 samples; 6 delays at lag 1 and a step take at least 7 | take fewer delays, a shorter lag or a smaller subsampling factor",
        "recording 'one': every unit is constant; at least one must change over time | check that time runs along the rows and units along the columns",
        "array 'deep' is 1×1×1×1; it must be time × units, or trials × time × units",
        "rank is 2; the 39×1 samples have rank 1, which it must not exceed | take a lower rank, more delays or more samples",
        "rank is 4; the 38×4 samples have rank 2, which it must not exceed | take a lower rank, more delays or more samples",
        "'components' is 3; it must be at most 1, as the recording has 1 unit",
        "the inputs of trial '1' have 39 samples; they must have 40, as the recording has | save inputs as trials × time × inputs, with the trials of the recording",
        "number of trials of the inputs is 2; it must be 1, as the recording has",
        "states and inputs together have rank 1; at least 2 is needed to tell their effects apart | take a lower rank, or record inputs that vary more",
        "recording 'large': the largest value is 9.9e+199; it must be from 1e-140 to 1e+140, so that squares of values are numbers | record in another unit",
        "recording 'small': the largest value is 1e-200; it must be from 1e-140 to 1e+140, so that squares of values are numbers | record in another unit",
        "source 'wavy' is neither a cell nor a file | did you mean 'wave'?",
      ])
  }

  @Test func asksForNoMoreMemoryThanIsSensible() {
    let wide = NDArray(shape: [2, 30_000], values: (0..<60_000).map { Double($0) })
    let long = NDArray(shape: [40_000, 2], values: (0..<80_000).map { Double($0 % 7) })
    let bench = Self.bench(["wide": wide, "long": long])
    #expect(
      DynamicModes.refusal(["recording": "long", "delays": 1000], on: bench)
        == "'delays' is 1000; it must be at most 625 for 40000 samples of 2 units, or the units reduced by 'components'"
    )
    #expect(
      DynamicModes.refusal(["recording": "wide", "delays": 1000], on: bench)?.hasPrefix("'delays' is 1000; ") == true)
  }

  @Test func saysWhatIsWrongWithParameters() {
    let cases: [(WrittenValue, String)] = [
      (
        ["rank": 0],
        "'rank' is 0; it must be a whole number from 1, a share of energy between 0 and 1, or one of 'held-out', 'hard-threshold', 'all'"
      ),
      (
        ["rank": 1.5],
        "'rank' is 1.5; it must be a whole number from 1, a share of energy between 0 and 1, or one of 'held-out', 'hard-threshold', 'all'"
      ),
      (
        ["rank": "energy"],
        "'rank' is 'energy', which is not one of its choices | use one of 'held-out', 'hard-threshold', 'all'"
      ),
      (["delays": 0], "'delays' is 0; it must be from 1 to 2000"),
      (["draws": 1], "'draws' is 1; it must be 0 or at least 2"),
      (["grid": 3], "'grid' is 3; it must be 0 or at least 5"),
      (["heldOut": 1], "'heldOut' is 1.0; it must be above 0 and below 1"),
      (["residualBound": 0], "'residualBound' is 0.0; it must be a finite number above 0"),
      (["forcing": true], "'forcing' is true; it must be false where there are fewer than 3 delays"),
      (["method": "subspace"], "'inputs' is missing: the method 'subspace' needs what drives the recording"),
      (
        ["method": "optimized", "inputs": "u"],
        "'method' is 'optimized'; it must be 'exact' or 'subspace' where there are inputs"
      ),
      (["sampleInterval": -1], "'sampleInterval' is -1.0; it must be a finite number above 0"),
    ]
    for (written, message) in cases {
      #expect(DynamicModes.refusal((["recording": "x"] as WrittenValue).with(written)) == message)
    }
  }

  @Test func everyDoubtIsSaid() throws {
    var random = SeededGenerator(seed: 5)
    let wave = (0..<60).map { sin(0.3 * Double($0)) }
    let loud = wave.map { 1e4 * $0 }
    let steps = (0..<40).map { pow(1.1, Double($0)) }
    let bench = Self.bench([
      "part": Self.column(wave, beside: wave.map { _ in 2 }),
      "faint": NDArray(
        shape: [60, 3], values: wave.indices.flatMap { [loud[$0], 0.9 * loud[59 - $0], 1e-3 * random.gaussian()] }),
      "growing": NDArray(shape: [40], values: steps),
      "noise": NDArray(shape: [12, 6], values: (0..<72).map { _ in random.gaussian() }),
      "uneven": NDArray(
        shape: [2, 30, 1],
        values: (0..<30).map { sin(0.5 * Double($0)) } + (0..<3).map { Double($0) } + Array(repeating: .nan, count: 27)),
    ])
    func doubts(_ written: WrittenValue) throws -> [String: String] {
      let quick: WrittenValue = ["draws": 8, "grid": 0]
      let caveats = try DynamicModes.finding(quick.with(written), on: bench).caveats
      return Dictionary(caveats.map { ($0.name, $0.message) }) { first, _ in first }
    }
    #expect(
      try doubts(["recording": "part"])["constant-units"]
        == "1 unit ('2') stands still; what stands still is a mode with eigenvalue 1")
    #expect(
      try doubts(["recording": "part", "scaling": "z-score"])["constant-units"]
        == "1 unit ('2') stands still; z-scoring leaves out what has no scale")
    #expect(
      try doubts(["recording": "faint", "scaling": "z-score"])["faint-units"]
        == "1 unit varies by less than a thousandth of what the median unit does; z-scoring makes rounding or noise of them as loud as the rest"
    )
    #expect(
      try doubts(["recording": "growing"])["growing-modes"]
        == "1 mode grows with each step; forecasts far ahead diverge")
    let noise = try doubts(["recording": "noise", "rank": 5])
    #expect(
      noise["few-samples"]
        == "11 states for an operator of rank 5; below five for each direction a fit follows the noise")
    #expect(noise["spurious-modes"]?.hasSuffix("they are none of the dynamics, or noise drowns them") == true)
    #expect(
      noise["one-trial"]
        == "there is one trial: forecasts are judged by its end, and intervals take blocks of its samples for independent"
    )
    #expect(noise["noise-bias"]?.hasPrefix("total least squares at the same rank moves an eigenvalue by ") == true)
    #expect(
      try doubts(["recording": "uneven", "delays": 4])["short-trials"]
        == "1 trial of 2 is shorter than the window of 4 samples and a step, and left out")
    #expect(
      try doubts(["recording": "part", "delays": 3, "rank": "hard-threshold"])["dependent-noise"]
        == "the hard threshold takes noise for independent from entry to entry, which delays repeat; compare it with rank: held-out"
    )
    let long = try doubts(["recording": "growing", "delays": 19])
    #expect(
      long["rank-by-threshold"]?.hasPrefix("no part of the recording could be held out to choose the rank (") == true)
    #expect(long["no-forecast"]?.hasPrefix("forecasts could not be judged on a part held out: ") == true)
    #expect(
      try doubts(["recording": "growing", "delays": 3, "rank": 1, "forcing": true])["no-forcing"]
        == "at rank 1 there is no coordinate left to be a forcing; 3 are needed")
  }
}
