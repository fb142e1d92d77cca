import Checkpoints
import Diagnostics
import Foundation
import Networks
import Probes
import Probing
import Testing

@Suite struct BatteryTests {
  static let gap: WrittenValue = [
    "network": "net", "predicts": "noise", "process": "ve", "points": "points", "sigmas": [0.03, 0.3, 1],
  ]

  @Sendable static func six() throws -> TestBench {
    let data = GaussianData.six
    return TestBench(
      networks: [
        "net": try TestFiles.fixture("noise-ve"), "vp": try TestFiles.fixture("v-vp"),
        "ddpm": try TestFiles.fixture("noise-ddpm"), "flow": try TestFiles.fixture("flow-flow"),
        "untold": try TestFiles.fixture("untold"), "turning": try TestFiles.fixture("turning"),
        "wide": try TestFiles.fixture("wide"), "nilpotent": try TestFiles.fixture("nilpotent"),
        "curved": try TestFiles.fixture("curved"), "image": try TestFiles.fixture("image"),
        "three": try TestFiles.fixture("three"), "drawer": try DrawnImages.network("bumps-bounded-step-1500"),
      ],
      arrays: [
        "points": data.points(10), "covariance": data.covariance, "factor": data.factor,
        "four": NDArray(shape: [40, 4], values: (0..<160).map { Double($0) / 160 }),
        "two": NDArray(shape: [1, 2], values: [0.3, -1]),
        "recording": RecordedSystems.turning(), "trials": RecordedSystems.turning(trials: 9, samples: 40, units: 3),
        "driven": RecordedSystems.driven().states, "inputs": RecordedSystems.driven().inputs,
        "standing": RecordedSystems.standing,
        "others": RecordedSystems.turning(trials: 9, samples: 40, units: 4, seed: 8),
        "trials-4": RecordedSystems.turning(trials: 9, samples: 40, units: 4, seed: 5),
        "driven-160": RecordedSystems.turning(units: 3, seed: 11), "few": RecordedSystems.turning(samples: 9, units: 4),
        "henon": try RecordedSystems.simulated(.henon, samples: 400, every: 1),
        "white": try RecordedSystems.simulated(.whiteNoise, samples: 300, every: 1),
        "maps": try RecordedSystems.simulated(.coupledLogistic, samples: 300, every: 1),
        "ring": KnownShapes.ring(70), "rings": KnownShapes.twoRings(40), "torus": KnownShapes.torus(9),
        "sums": KnownCodes.sums, "combinations": KnownCodes.combinations, "six-by-five": KnownCodes.labels(6, 5),
        "maps-of-sums": NDArray(shape: [30, 2, 3, 2], values: KnownCodes.sums.values + KnownCodes.sums.values),
        "scattered": KnownCodes.scattered, "scattered-code": KnownCodes.scatteredCode,
        "angles": KnownShapes.torusAngles(9), "levels": KnownShapes.levels(160, 2),
        "mixed": KnownShapes.mixedLevels(160),
        "drawn-0:images": DrawnImages.bumps(wrong: 0.9), "drawn-0:conditions": DrawnImages.lattice(),
        "drawn-8:images": DrawnImages.bumps(wrong: 0.2), "drawn-8:conditions": DrawnImages.lattice(),
        "crossed": DrawnImages.crossed, "asked": DrawnImages.lattice(), "known": DrawnImages.lattice(from: 4),
        "large": DrawnImages.bumps(side: 16), "largely": DrawnImages.lattice(side: 16),
        "less": DrawnImages.lattice(from: 8),
        "shares": NDArray(shape: [2], values: [0.25, 0.5]),
        "flat": NDArray(shape: [60], values: (0..<60).map { Double($0 * $0 % 61) }),
        "pair": NDArray(shape: [2, 2, 2], values: [0.9, 0.3, -0.3, 0.9, 0.5, 1, 0, 0.5]),
      ],
      series: [
        "run": .steps((0..<5).map { WeightsOverTrainingTests.weights(at: $0) }),
        "biases": .steps((0..<2).map { [Tensor(name: "b", shape: [2], doubles: [Double($0), 1])] }, over: .seed),
        "still": .steps([[Tensor(name: "b", shape: [1], doubles: [0])], [Tensor(name: "b", shape: [1], doubles: [0])]]),
      ])
  }

  static func gap(_ name: String, _ changes: WrittenValue) -> ProbeSample {
    ProbeSample(name: name, kind: "spectral-gap", written: gap.with(changes), bench: six)
  }

  static func jacobian(_ name: String, _ written: WrittenValue) -> ProbeSample {
    ProbeSample(name: name, kind: "jacobian-spectrum", written: written, bench: six)
  }

  static func generated(_ name: String, _ written: WrittenValue) -> ProbeSample {
    ProbeSample(name: name, kind: "generated-samples", written: written, bench: six)
  }

  static func dynamics(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["recording": "recording", "draws": 12, "grid": 9]
    return ProbeSample(name: name, kind: "dmd", written: quick.with(written), bench: six)
  }

  static func embedding(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = [
      "recording": "henon", "surrogates": 19, "largestDimension": 3, "largestDelay": 20, "costDelays": [1, 2],
      "horizon": 5,
    ]
    return ProbeSample(name: name, kind: "delay-embedding", written: quick.with(written), bench: six)
  }

  static func geometry(_ name: String, _ written: WrittenValue) -> ProbeSample {
    ProbeSample(name: name, kind: "geometric-similarity", written: written, bench: six)
  }

  static func similarity(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["permutations": 20, "draws": 20]
    return ProbeSample(name: name, kind: "dynamical-similarity", written: quick.with(written), bench: six)
  }

  static func quality(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["observed": "others", "hidden": "trials", "discard": 5, "neighbours": 5, "horizon": 4]
    return ProbeSample(name: name, kind: "embedding-quality", written: quick.with(written), bench: six)
  }

  static func dimension(_ name: String, _ written: WrittenValue) -> ProbeSample {
    ProbeSample(name: name, kind: "intrinsic-dimension", written: written, bench: six)
  }

  static func topology(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["surrogates": 5, "landmarks": 30]
    return ProbeSample(name: name, kind: "topology", written: quick.with(written), bench: six)
  }

  static func factorization(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["draws": 20]
    return ProbeSample(name: name, kind: "factorization", written: quick.with(written), bench: six)
  }

  static func composition(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["draws": 20]
    return ProbeSample(name: name, kind: "composition", written: quick.with(written), bench: six)
  }

  static func percolation(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["replicas": 5, "fractions": 20]
    return ProbeSample(name: name, kind: "percolation", written: quick.with(written), bench: six)
  }

  static func layouts(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["neighbours": 6]
    return ProbeSample(name: name, kind: "embedding", written: quick.with(written), bench: six)
  }

  static func latents(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["latents": "mixed", "sources": "levels", "draws": 6]
    return ProbeSample(name: name, kind: "disentanglement", written: quick.with(written), bench: six)
  }

  @Test(arguments: samples)
  func everyProbeObeysTheLaws(sample: ProbeSample) throws {
    let type = try #require(ProbeCatalog.battery.probe(ofKind: sample.kind))
    try checkProbe(type, sample)
  }

  @Test func everyProbeIsSampledAndRefusesAnEmptyBench() throws {
    for type in ProbeCatalog.battery.probes {
      let sample = try #require(Self.samples.first { $0.kind == type.card.name }, "no sample of '\(type.card.name)'")
      try checkEmptyBench(type, sample.written)
    }
  }

  @Test func everyCardIsFilledIn() {
    for card in ProbeCatalog.battery.probes.map({ $0.card }) {
      #expect(card.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
      #expect(card.version >= 1)
      #expect(card.question.hasSuffix("?"))
      #expect(!card.citations.isEmpty)
      #expect(card.parameters.allSatisfy { !$0.meaning.isEmpty && !$0.meaning.hasSuffix(".") })
    }
  }

  @Test func everyProbeSaysWhatItNeedsWhenNothingIsWritten() throws {
    for type in ProbeCatalog.battery.probes {
      let needed: ParameterError =
        switch type.card.parameters[0].key {
        case "series":
          .missing(key: "series", meaning: "name a series source, or a path with * where the step stands", nil)
        case "recordings" where type.card.name == "dynamical-similarity":
          .missing(key: "recordings", meaning: "name recording sources or files of trajectories, or 'operators'", nil)
        case "network" where type.card.name == "embedding-quality":
          .missing(
            key: "network", meaning: "name the network or networks, or recordings of 'states'", nil)
        case "network" where type.card.name == "composition":
          .missing(key: "network", meaning: "name a network, or 'images' that were made already", nil)
        case "activations":
          .missing(key: "activations", meaning: "name an array of samples × units, or a 'network'", nil)
        case "side":
          .missing(
            key: "side", meaning: "give the side of the image in pixels, or name an array of 'points'", nil)
        case "latents": .missing(key: "latents", meaning: "name a file or a source cell of samples × latents", nil)
        case "recording": .missing(key: "recording", meaning: "name a recording source or a file of trajectories", nil)
        case "points":
          .missing(
            key: "points", meaning: "name files or source cells of points × coordinates, or 'recordings'", nil)
        case "recordings":
          .missing(
            key: "recordings", meaning: "name at least two recording sources or files of samples × units", nil)
        default: .missing(key: "network", meaning: "name a network source or an ONNX file", nil)
        }
      #expect(throws: needed) { try type.reading([:]) }
    }
  }

  @Test func everyProbeHasNotesForTheScientist() throws {
    let folder = TestFiles.root.appendingPathComponent("Sources/Probes")
    for card in ProbeCatalog.battery.probes.map({ $0.card }) {
      let name = card.name.split(separator: "-").map(\.capitalized).joined()
      let notes = try String(contentsOf: folder.appendingPathComponent("\(name)/README.md"), encoding: .utf8)
      #expect(notes.contains("fieldbook measure \(card.name) "))
      #expect(notes.contains(card.question))
    }
  }
}
