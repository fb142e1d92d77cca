import Analysis
import Diagnostics
import Exhibits
import Foundation
import LinearAlgebra
import Networks
import Probes
import Probing
import Testing

@Suite struct SignalReconstructionTests {
  private static let lorenz = Result { try RecordedSystems.simulated(.lorenz, samples: 4000, every: 0.02) }

  private static func bench(_ arrays: [String: NDArray<Double>]) -> TestBench { TestBench(arrays: arrays) }

  private static func column(_ values: [Double]) -> NDArray<Double> {
    NDArray(shape: [values.count, 1], values: values)
  }

  @Test func unfoldsLorenz() throws {
    let finding = try SignalReconstruction.finding(
      [
        "recording": "lorenz", "sampleInterval": 0.02, "surrogates": 19, "largestDimension": 5, "largestDelay": 40,
        "estimator": "adaptive-bins",
      ],
      on: Self.bench(["lorenz": try Self.lorenz.get()]))
    // Known: the first minimum of the mutual information at 0.16 to 0.18.
    #expect((7...12).contains(finding.delay) && finding.delayReason == .firstMinimum)
    #expect(abs(finding.delayTime - 0.02 * Double(finding.delay)) < 1e-12 && finding.timeUnit == "s")
    #expect(finding.dimension == 3 && finding.dimensionReason == .falseNeighbours)
    #expect(finding.falseNearestNeighbours.count == 5 && finding.falseNearestNeighbours[0] > 0.9)
    #expect(finding.falseNearestNeighbours[1] > 0.02 && finding.falseNearestNeighbours[2] < 0.01)
    #expect(abs(finding.caoE1[2] - 0.89) < 0.12 && finding.caoE2.count == 5)
    #expect(finding.autocorrelation.count == 41 && finding.mutualInformation.count == 41)
    #expect(finding.structure == .nonlinear && finding.forecasts.randomPhaseProbability == 0.05)
    #expect(finding.noiseAmplification < -0.5 && finding.amplification.leastDimension >= 3)
    let divergence = try #require(finding.divergence)
    #expect(abs(divergence.exponent - 0.906) < 0.25)
    let size = try #require(finding.correlation.dimension)
    #expect(abs(size - 2.06) < 0.25)
    #expect(finding.cloud.count == 3 && finding.cloud.allSatisfy { $0.count == 3000 })
  }

  @Test func coloursTheReconstructionByWhatItHasNotSeen() throws {
    let recorded = try Self.lorenz.get()
    let bench = Self.bench(["lorenz": NDArray(shape: [1200, 3], values: Array(recorded.values.prefix(3600)))])
    func found(_ written: WrittenValue) throws -> (SignalReconstructionFinding, Figure, String) {
      let quick: WrittenValue = [
        "recording": "lorenz", "surrogates": 0, "delay": 8, "dimension": 3, "largestDimension": 3, "costDelays": [8],
      ]
      let finding = try SignalReconstruction.finding(quick.with(written), on: bench)
      let exhibit = try #require(finding.exhibits.first { $0.name == "embedding" })
      guard case .figure(let figure) = exhibit.content else { throw CancellationError() }
      return (finding, figure, exhibit.caption)
    }
    let (finding, figure, caption) = try found(["colour": "3"])
    // The present is the newest of three coordinates, eight samples apart.
    let hidden = (16..<1200).map { recorded.values[3 * $0 + 2] }
    let colouring = try #require(finding.colouring)
    #expect(colouring.unit == "3" && colouring.values == hidden && colouring.period == nil)
    #expect(figure.panels.count == 2)
    for panel in figure.panels {
      guard case .cloud(let cloud) = panel.layers[0].mark else { throw CancellationError() }
      #expect(cloud.values == hidden && panel.levels == LevelScale(Axis("unit 3")))
    }
    #expect(
      caption.hasSuffix(
        " Colour: unit 3 at the same time, of which the reconstruction has seen nothing; where states are unfolded, it varies smoothly from one to the next."
      ))
    let skill = try #require(finding.forecasts.skillInterval)
    #expect(skill[0] <= finding.forecasts.skill && finding.forecasts.skill <= skill[1])
    let amplified = try #require(finding.noiseAmplificationInterval)
    #expect(amplified[0] <= finding.noiseAmplification && finding.noiseAmplification <= amplified[1])

    let (turned, wheel, _) = try found(["colour": "3", "colourPeriod": 6.2832])
    #expect(turned.colouring?.values.allSatisfy { (0..<6.2832).contains($0) } == true)
    #expect(wheel.panels[0].levels?.kind == .cyclic && wheel.panels[0].levels?.axis.scale == .angle)
    let (plain, bare, words) = try found([:])
    #expect(plain.colouring == nil && bare.panels[0].levels == nil && words.hasSuffix("in deviations of the signal."))
  }

  @Test func unfoldsHenonAndSaysThatNoiseHasNoStructure() throws {
    let bench = Self.bench([
      "henon": try RecordedSystems.simulated(.henon, samples: 1500, every: 1),
      "white": try RecordedSystems.simulated(.whiteNoise, samples: 1500, every: 1),
    ])
    func finding(_ name: String) throws -> SignalReconstructionFinding {
      try SignalReconstruction.finding(
        ["recording": .init(.text(name)), "surrogates": 19, "largestDimension": 4, "largestDelay": 20], on: bench)
    }
    let henon = try finding("henon")
    #expect(henon.delay == 1 && henon.delayReason == .decay && henon.dimension == 2 && henon.structure == .nonlinear)
    let noise = try finding("white")
    #expect(noise.structure == .none && noise.dimension == nil && noise.dimensionReason == .none)
    #expect(noise.delay == 1 && noise.delayReason == .nothingLeft && noise.divergence == nil)
    #expect(noise.caoE2.allSatisfy { abs($0 - 1) < 0.06 })
    let said = try #require(noise.caveats.first { $0.name == "no-structure" })
    #expect(
      said.message.hasPrefix("the signal is foretold no better than its values in any other order; Cao's E2 is never "))
    #expect(said.message.hasSuffix(": there is nothing to unfold, and no dimension is given"))
  }

  @Test func theMeasureOfAUnitDoesNotMatter() throws {
    let henon = try RecordedSystems.simulated(.henon, samples: 300, every: 1)
    let bench = Self.bench([
      "small": henon, "large": NDArray(shape: henon.shape, values: henon.values.map { 0x1p600 * $0 }),
    ])
    let found = try ["small", "large"].map {
      try SignalReconstruction.finding(
        ["recording": .init(.text($0)), "surrogates": 0, "largestDimension": 3, "largestDelay": 8, "costDelays": [1]],
        on: bench)
    }
    #expect(found[0].delay == found[1].delay && found[0].dimension == found[1].dimension)
    #expect(abs(found[0].noiseAmplification - found[1].noiseAmplification) < 1e-6)
    #expect(found[0].structure == .untested)
  }

  @Test func drivenNoiseIsLinear() throws {
    var random = SeededGenerator(seed: 14)
    var values = [0.0]
    for _ in 1..<1200 { values.append(0.8 * (values.last ?? 0) + random.gaussian()) }
    let finding = try SignalReconstruction.finding(
      ["recording": "x", "surrogates": 39, "largestDimension": 4], on: Self.bench(["x": Self.column(values)]))
    #expect(finding.structure == .linear && finding.dimension == nil)
    #expect(Set(finding.caveats.map(\.name)).isSuperset(of: ["linear", "no-dimension"]))
    #expect(
      finding.caveats.first { $0.name == "linear" }?.message
        == "signals of the same spectrum are foretold as well: what is unfolded may be linear dynamics driven by noise")
  }

  @Test func tellsWhoDrivesWhom() throws {
    let finding = try SignalReconstruction.finding(
      [
        "recording": "maps", "against": "2", "dimension": 2, "delay": 1, "surrogates": 19, "largestDimension": 3,
        "draws": 10,
        "nonUniform": true, "largestDelay": 8,
      ], on: Self.bench(["maps": try RecordedSystems.simulated(.coupledLogistic, samples: 600, every: 1)]))
    #expect(finding.crossMapping.map(\.target) == ["1", "2"] && finding.crossMapping.map(\.witness) == ["2", "1"])
    let (driver, driven) = (finding.crossMapping[0], finding.crossMapping[1])
    #expect(driver.converges && driver.probability == 0.05)
    #expect((driver.means.last ?? 0) > 0.9 && (driver.means.last ?? 0) > (driven.means.last ?? 1) + 0.1)
    #expect(finding.coordinates.first?.lag == 0 && finding.coordinates.first?.gain == nil)
    #expect(finding.delayReason == .given && finding.dimensionReason == .given)
  }

  @Test func refusesWhatIsNoSignalInWords() {
    var gap = (0..<200).map { sin(0.3 * Double($0)) + cos(0.3 * 1.618 * Double($0)) }
    let short = Array(gap.prefix(40))
    gap[7] = .nan
    let bench = Self.bench([
      "gap": Self.column(gap), "short": Self.column(short), "still": Self.column(Array(repeating: 2, count: 300)),
      "cycle": Self.column((0..<400).map { sin(2 * .pi * Double($0) / 20) }),
      "spike": Self.column((0..<300).map { $0 == 150 ? 1 : 0 }),
      "maps": NDArray(shape: [150, 2], values: (0..<300).map { Double($0 * $0 % 17) }),
    ])
    let said = [
      SignalReconstruction.refusal(["recording": "gap"], on: bench),
      SignalReconstruction.refusal(["recording": "short"], on: bench),
      SignalReconstruction.refusal(["recording": "still"], on: bench),
      SignalReconstruction.refusal(["recording": "cycle"], on: bench),
      SignalReconstruction.refusal(["recording": "spike"], on: bench),
      SignalReconstruction.refusal(["recording": "maps", "unit": "3"], on: bench),
      SignalReconstruction.refusal(["recording": "maps", "unit": "2", "against": "2"], on: bench),
      SignalReconstruction.refusal(["recording": "maps", "unit": "2", "colour": "2"], on: bench),
    ]
    #expect(
      said == [
        "recording 'gap': sample 7 of unit '1' in trial '1' is nan; every value must be a finite number | cut the gap out, or fill it, before the recording is saved",
        "unit '1' of recording 'short': the longest trial has 40 samples; a reconstruction takes at least 100 | take a shorter delay, fewer dimensions, a smaller window or more samples",
        "unit '1' of recording 'still': every sample is 2.0; a signal must change over time to be embedded | take another unit, or check that time runs along the rows",
        "unit '1' of recording 'cycle': the signal repeats itself every 20.0 samples; what never leaves one closed curve has no delay and no dimension to be measured | record the system where it does not settle on a cycle, or take two delays a quarter of the period apart",
        "unit '1' of recording 'spike': the signal takes 2 different values only; at least 8 are needed for states to be near and yet apart | take a unit that is not counted or rounded so coarsely",
        "'unit' is '3'; it must be one of the 2 units '1', '2'",
        "'against' is the unit itself; it must be another one",
        "'colour' is the unit itself; it must be another one",
      ])
  }

  @Test func saysWhatIsWrongWithParameters() {
    let cases: [(WrittenValue, String)] = [
      (["delay": 0], "'delay' is 0; it must be from 1 to 10000"),
      (["largestDimension": 1], "'largestDimension' is 1; it must be from 2 to 20"),
      (["surrogates": 5], "'surrogates' is 5; it must be 0, or at least 19 to tell anything at a level of 5 %"),
      (["bins": 4, "estimator": "neighbours"], "'bins' is given; it must be left out unless 'estimator' is bins"),
      (["ratio": 0], "'ratio' is 0.0; it must be a finite number above 0"),
      (["costDelays": [3, 2]], "'costDelays' is 2; it must be above the one before, 3, and at most 10000"),
      (
        ["costDelays": .init(.list([]))], "'costDelays' is 0 delays; it must be from 1 to 40 of them"
      ),
      (
        ["estimator": "bin"], "'estimator' is 'bin', which is not one of its choices | did you mean 'bins'?"
      ),
      (["colourPeriod": 2], "'colourPeriod' is given; it must be left out unless 'colour' names a unit"),
      (["colour": "2", "colourPeriod": 0], "'colourPeriod' is 0.0; it must be a finite number above 0"),
      (["sampleInterval": -1], "'sampleInterval' is -1.0; it must be a finite number above 0"),
    ]
    for (written, message) in cases {
      #expect(SignalReconstruction.refusal((["recording": "x"] as WrittenValue).with(written)) == message)
    }
  }

  @Test func fewSamplesAndShortTrialsAreDoubted() throws {
    var random = SeededGenerator(seed: 5)
    let henon = try RecordedSystems.simulated(.henon, samples: 300, every: 1)
    let x = stride(from: 0, to: 600, by: 2).map { henon.values[$0] }
    let trials = NDArray(
      shape: [2, 200, 1], values: Array(x.prefix(200)) + Array(x[200..<260]) + Array(repeating: .nan, count: 140))
    let drift = (0..<260).reduce(into: [0.0]) { values, _ in values.append((values.last ?? 0) + random.gaussian()) }
    let bench = Self.bench(["trials": trials, "drift": Self.column(drift)])
    func doubts(_ written: WrittenValue) throws -> [String: String] {
      let quick: WrittenValue = ["surrogates": 19, "largestDimension": 4, "largestDelay": 10]
      let caveats = try SignalReconstruction.finding(quick.with(written), on: bench).caveats
      return Dictionary(caveats.map { ($0.name, $0.message) }) { first, _ in first }
    }
    let few = try doubts(["recording": "trials"])
    #expect(few["few-samples"] == "260 samples: neighbours are far, and every curve here is coarse")
    #expect(
      few["short-trials"]
        == "1 trial of 2 has fewer than 100 samples; what is too short for a window is left out")
    let long = try doubts(["recording": "drift", "delay": 60, "largestDimension": 8])
    #expect(
      long["fewer-dimensions"]
        == "the longest trial has 261 samples: at a delay of 60 there is room for 1 dimension, not 8")
    let unfollowed = try doubts([
      "recording": "drift", "delay": 60, "dimension": 3, "window": 55, "horizon": 1, "largestDimension": 2,
      "surrogates": 0,
    ])
    #expect(
      unfollowed["no-divergence"]
        == "near states cannot be followed for 52 samples: points apart in place and time: 0 given; at least 1 are needed"
    )
    let limit = try doubts(["recording": "drift", "largestDelay": 4])
    #expect(
      limit["delay-at-limit"]
        == "neither does mutual information have a minimum nor autocorrelation decay within 4 samples: take a larger largestDelay, or subsample"
    )
  }
}
