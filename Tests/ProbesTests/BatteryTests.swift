import Checkpoints
import Diagnostics
import Foundation
import Networks
import Probes
import Probing
import Testing

@Suite struct BatteryTests {
  private static let gap: WrittenValue = [
    "network": "net", "predicts": "noise", "process": "ve", "points": "points", "sigmas": [0.03, 0.3, 1],
  ]

  @Sendable private static func six() throws -> TestBench {
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

  private static func gap(_ name: String, _ changes: WrittenValue) -> ProbeSample {
    ProbeSample(name: name, kind: "spectral-gap", written: gap.with(changes), bench: six)
  }

  private static func jacobian(_ name: String, _ written: WrittenValue) -> ProbeSample {
    ProbeSample(name: name, kind: "jacobian-spectrum", written: written, bench: six)
  }

  private static func generated(_ name: String, _ written: WrittenValue) -> ProbeSample {
    ProbeSample(name: name, kind: "generated-samples", written: written, bench: six)
  }

  private static func dynamics(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["recording": "recording", "draws": 12, "grid": 9]
    return ProbeSample(name: name, kind: "dmd", written: quick.with(written), bench: six)
  }

  private static func embedding(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = [
      "recording": "henon", "surrogates": 19, "largestDimension": 3, "largestDelay": 20, "costDelays": [1, 2],
      "horizon": 5,
    ]
    return ProbeSample(name: name, kind: "delay-embedding", written: quick.with(written), bench: six)
  }

  private static func geometry(_ name: String, _ written: WrittenValue) -> ProbeSample {
    ProbeSample(name: name, kind: "geometric-similarity", written: written, bench: six)
  }

  private static func similarity(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["permutations": 20, "draws": 20]
    return ProbeSample(name: name, kind: "dynamical-similarity", written: quick.with(written), bench: six)
  }

  private static func quality(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["observed": "others", "hidden": "trials", "discard": 5, "neighbours": 5, "horizon": 4]
    return ProbeSample(name: name, kind: "embedding-quality", written: quick.with(written), bench: six)
  }

  private static func dimension(_ name: String, _ written: WrittenValue) -> ProbeSample {
    ProbeSample(name: name, kind: "intrinsic-dimension", written: written, bench: six)
  }

  private static func topology(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["surrogates": 5, "landmarks": 30]
    return ProbeSample(name: name, kind: "topology", written: quick.with(written), bench: six)
  }

  private static func factorization(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["draws": 20]
    return ProbeSample(name: name, kind: "factorization", written: quick.with(written), bench: six)
  }

  private static func composition(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["draws": 20]
    return ProbeSample(name: name, kind: "composition", written: quick.with(written), bench: six)
  }

  private static func percolation(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["replicas": 5, "fractions": 20]
    return ProbeSample(name: name, kind: "percolation", written: quick.with(written), bench: six)
  }

  private static func layouts(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["neighbours": 6]
    return ProbeSample(name: name, kind: "embedding", written: quick.with(written), bench: six)
  }

  private static func latents(_ name: String, _ written: WrittenValue) -> ProbeSample {
    let quick: WrittenValue = ["latents": "mixed", "sources": "levels", "draws": 6]
    return ProbeSample(name: name, kind: "disentanglement", written: quick.with(written), bench: six)
  }

  static let samples: [ProbeSample] = [
    composition("of images", ["images": "crossed", "conditions": "asked", "feature": "sums"]),
    composition(
      "over training",
      ["images": "drawn-*:images", "conditions": ":conditions", "trained": "known", "nearness": 0.9]),
    composition(
      "over data and sides",
      [
        "images": ["drawn-0:images", "drawn-8:images", "large", "large"],
        "conditions": ["asked", "asked", "largely", "largely"], "trained": ["less", "known", "less", "known"],
        "groups": ["a", "a", "a", "a"], "enough": 0.5,
      ]),
    composition(
      "of a network with everything given",
      [
        "network": "drawer", "grid": [[2, 13, 3], [4, 11, 2]], "trained": "known", "width": 1, "periodic": false,
        "background": 1, "peak": -1, "condition": "c", "predicts": "noise", "process": "ddpm",
        "inputs": ["x": "x", "level": "t", "output": "noise"], "sampler": ["kind": "ddim", "steps": 4], "clip": 1,
        "count": 2, "decoder": "centroid", "tolerance": 2, "likeness": 0.5, "groups": ["net"], "over": "seed",
        "learned": 0.8, "consecutive": 2, "smoothing": 0.5, "shown": 4, "precision": "float32", "seed": 3,
      ]),
    factorization(
      "of two arrays", ["activations": ["combinations", "sums"], "factors": "six-by-five", "periodic": [6, 5]]),
    factorization(
      "of scattered conditions", ["activations": "scattered-code", "factors": "scattered", "periodic": 1]),
    factorization(
      "channel by channel with everything given",
      [
        "activations": "maps-of-sums", "factors": "six-by-five", "periodic": [6, "none"], "categorical": ["shape"],
        "factorNames": ["x", "shape"], "names": ["code"], "pooling": "channels", "decoding": false, "seed": 3,
      ]),
    factorization(
      "of networks over levels",
      [
        "network": ["wide", "wide"], "condition": "x", "grid": [[-1, 1, 3], [0, 1, 4], [0, 2, 2], [0, 1, 2]],
        "layer": "0", "precision": "float32", "decoding": false,
      ]),
    percolation("of points", ["points": "ring", "width": 0.05, "threshold": [0.05, 0.2]]),
    percolation("of a lattice over sides and widths", ["side": [8, 12], "width": [0.4, 0.5], "spacing": 0.5]),
    percolation("where nothing is joined", ["side": 6, "width": 0.1, "overlap": "coefficient"]),
    percolation("of training sets", ["side": 8, "trained": ["ring", "rings"], "accuracy": "shares"]),
    percolation(
      "with everything given",
      [
        "points": "ring", "periodic": true, "side": 4, "width": 0.1, "overlap": ["coefficient", "product"],
        "threshold": 0.1, "fractions": 12, "replicas": 20, "trained": ["ring", "rings"], "names": ["a", "b"],
        "groups": ["x", "y"], "accuracy": [0.2, 0.9], "seed": 4,
      ]),
    layouts("of a torus by its angles", ["points": "torus", "factors": "angles", "periodic": 6.283185307179586]),
    layouts(
      "in three dimensions",
      ["points": ["ring", "flat"], "dimensions": 3, "methods": ["pca", "classical-mds"], "scaling": "z-score"]),
    layouts(
      "with everything given",
      [
        "recordings": "trials", "names": ["a"], "layout": "time-units", "subsample": 3, "count": 60,
        "methods": ["isomap", "umap"], "leastDistance": 0.3, "landmarks": 20, "seed": 4,
      ]),
    latents("of mixed latents", [:]),
    latents(
      "of neighbours, with variances",
      [
        "estimator": "neighbours", "variances": "levels", "latents": "levels", "latentNames": ["a", "b"],
        "sourceNames": ["x", "y"], "neighbours": 3, "bins": 6, "seed": 2,
      ]),
    latents("of a single latent", ["latents": "flat", "sources": "flat", "draws": 0]),
    dimension("of a ring", ["points": "ring", "halvings": 0]),
    dimension(
      "of states and points", ["points": ["torus", "rings"], "recordings": ["trials", "henon"], "halvings": 1]),
    dimension("of numbers in a row", ["points": "flat", "methods": ["likelihood", "participation-ratio"]]),
    dimension(
      "with everything given",
      [
        "recordings": ["trials", "others"], "names": ["a", "b"], "groups": ["x", "y"], "layout": "time-units",
        "scaling": "z-score", "subsample": 2, "count": 100, "window": 3, "methods": ["two-neighbours", "correlation"],
        "halvings": 2, "seed": 5,
      ]),
    topology("of a ring", ["points": "ring", "circular": true]),
    topology("of a torus", ["points": "torus", "dimension": 2, "circular": true, "landmarks": 60]),
    topology("of pieces alone", ["points": "rings", "dimension": 0]),
    topology(
      "with everything given",
      [
        "points": "ring", "recordings": ["trials", "recording"], "names": ["a", "b", "c"], "groups": ["x", "y", "y"],
        "scaling": "z-score", "subsample": 2, "count": 60, "components": 2, "prime": 3, "limit": 1.5, "seed": 5,
      ]),
    quality("of one recording of states", ["states": "trials", "linear": "elastic-net", "nonlinear": "neighbours"]),
    quality(
      "of two under two conditions",
      [
        "states": ["trials", "others"], "groups": ["a", "a"], "conditions": ["one", "other"],
        "observed": ["others", "trials-4"], "signal": "others", "landmarks": 20, "window": 2, "folds": 3, "seed": 3,
      ]),
    embedding("of a map", ["sampleInterval": 0.5]),
    embedding("of noise", ["recording": "white", "estimator": "adaptive-bins"]),
    embedding(
      "of two species",
      ["recording": "maps", "against": "2", "draws": 4, "nonUniform": true, "estimator": "neighbours"]),
    embedding(
      "with everything given",
      [
        "unit": "2", "delay": 1, "dimension": 2, "window": 3, "bins": 8, "surrogates": 0, "subsample": 1,
        "timeUnit": "ms",
      ]),
    geometry("of three systems", ["recordings": ["recording", "driven-160", "recording"]]),
    geometry(
      "of trials",
      [
        "recordings": ["trials", "others"], "names": ["a", "b"], "scaling": "z-score", "subsample": 2,
        "regularization": 1, "comparison": "spearman", "dissimilarity": "correlation",
      ]),
    geometry(
      "by one measure of few samples",
      ["recordings": ["few", "four"], "layout": "units-time", "measures": ["cka"], "explained": 0.5]),
    geometry(
      "where one is undefined",
      [
        "recordings": ["few", "four"], "layout": "units-time", "measures": ["debiased-cka", "neighbours"],
        "neighbours": 4,
      ]),
    similarity(
      "of trials",
      ["recordings": "trials", "systems": "trials", "rank": 2, "groups": [1, 1, 1, 2, 2, 2, 3, 3, 3]]),
    similarity(
      "of recordings with a sweep",
      [
        "recordings": ["recording", "trials", "driven"], "rank": 2, "delays": 2, "sweepDelays": [1, 2],
        "sweepRanks": [1, 2], "score": "euclidean", "scaling": "z-score", "components": 2, "seed": 5,
      ]),
    similarity(
      "of driven trials",
      [
        "recordings": "driven", "inputs": "inputs", "systems": "trials", "rank": 2, "groups": ["a", "a", "b", "b"],
        "sweepDelays": 1, "sweepRanks": [1, 2], "compare": "control",
      ]),
    similarity(
      "with intervals",
      ["recordings": ["trials", "others", "recording"], "rank": 2, "trialDraws": 6, "groups": ["a", "a", "b"]]),
    similarity(
      "of hidden coordinates",
      ["recordings": ["driven", "driven"], "names": ["a", "b"], "inputs": "inputs", "method": "subspace", "rank": 2]),
    similarity("of operators", ["operators": ["covariance", "pair"], "score": "wasserstein"]),
    dynamics("of one trial", ["sampleInterval": 0.01]),
    dynamics("of trials", ["recording": "trials", "delays": 3, "scaling": "z-score", "timeUnit": "ms"]),
    dynamics(
      "with delays and forcing",
      ["delays": 8, "lag": 2, "rank": 6, "forcing": true, "components": 2, "method": "eigen-time-delay"]),
    dynamics("by exponentials", ["method": "optimized", "rank": 4, "subsample": 2]),
    dynamics("by total least squares", ["method": "total-least-squares", "rank": 0.99, "horizon": 1]),
    dynamics("forward and backward", ["method": "forward-backward", "rank": 4, "draws": 0, "grid": 0]),
    dynamics("by a threshold", ["rank": "hard-threshold", "delays": 2, "scaling": "centre", "method": "projected"]),
    dynamics("with inputs", ["recording": "driven", "inputs": "inputs", "rank": "all"]),
    dynamics(
      "of hidden coordinates",
      ["recording": "driven", "inputs": "inputs", "method": "subspace", "delays": 3, "rank": 2]),
    dynamics("of what stands still", ["recording": "standing", "rank": 1]),
    generated("of pictures", ["network": "image", "predicts": "noise", "process": "ve", "count": 5]),
    generated(
      "compared with data",
      ["network": "vp", "predicts": "v", "process": "vp", "sampler": "heun", "data": "points", "image": [3, 2]]),
    generated(
      "under conditions",
      [
        "network": "three", "predicts": "noise", "process": "ve", "count": 2, "sampler": ["kind": "ddim", "steps": 3],
        "conditions": ["label": [[0], [1], [2]]], "image": [2, 3], "clip": 2, "shades": [-2, 2], "seed": 4,
      ]),
    generated(
      "one by one",
      [
        "network": "three", "predicts": "noise", "process": "ve", "count": 1,
        "sampler": ["kind": "edm", "steps": 4, "churn": 5, "highest": 1, "lowest": 0.1],
        "conditions": ["label": 1], "precision": "float32",
      ]),
    gap(
      "under conditions",
      ["network": "three", "conditions": ["label": [[0], [1], [2]]], "points": ["from": "points", "count": 3]]),
    gap(
      "under one condition by Gaussian probes", ["network": "three", "conditions": ["label": 1], "method": "stanczuk"]),
    gap("plain", [:]),
    gap("at one point and one level", ["points": ["from": "points", "count": 1], "sigmas": 0.3]),
    gap("at one level, with theory", ["sigmas": 0.3, "theory": ["covariance": "covariance"]]),
    gap("where nothing shows", ["sigmas": [100, 200]]),
    gap("with the covariance", ["theory": ["covariance": "covariance"]]),
    gap("with the factor", ["theory": ["factor": "factor"], "location": "noised"]),
    gap("with variances", ["theory": ["variances": [1, 0.04], "counts": [2, 1]]]),
    gap(
      "with everything",
      ["theory": ["factor": "factor", "variances": [1, 0.04], "counts": [2, 1], "normalization": "latent"]]),
    gap("with as many variances as axes", ["theory": ["variances": [1], "counts": [6]]]),
    gap("by orthogonal probes", ["method": "orthogonal", "detector": "threshold"]),
    gap("by Gaussian probes", ["method": "stanczuk", "detector": "curvature"]),
    gap("by Lanczos' process", ["method": "lanczos", "count": 4]),
    gap("by a random block", ["method": "randomized", "count": 4, "location": "noised", "detector": "threshold"]),
    gap("in single precision", ["precision": "float32"]),
    gap("of preserved variance", ["network": "vp", "predicts": "v", "process": "vp", "sigmas": [0.1, 0.6]]),
    gap(
      "of steps",
      ["network": "ddpm", "process": ["kind": "ddpm", "betas": [0.001, 0.2], "steps": 50], "sigmas": [0.1, 0.6]]),
    gap("of a flow", ["network": "flow", "predicts": "flow", "process": "flow", "sigmas": [0.1, 0.6]]),
    gap("untold", ["network": "untold", "predicts": "score", "sigmas": 1]),
    gap("of a turning field", ["network": "turning", "predicts": "score"]),
    jacobian("of a wide map", ["network": "wide", "points": "four"]),
    jacobian(
      "of a wide map by Lanczos' process", ["network": "wide", "points": "four", "method": "lanczos", "count": 2]),
    jacobian("of a square map by a random block", ["network": "nilpotent", "points": "two", "method": "randomized"]),
    jacobian("of a wide map by its density", ["network": "wide", "points": "four", "method": "density", "count": 4]),
    jacobian("of a square map at one point", ["network": "nilpotent", "points": "two"]),
    ProbeSample(name: "of a run", kind: "weights-over-training", written: ["series": "run"], bench: six),
    ProbeSample(
      name: "of one tensor", kind: "weights-over-training", written: ["series": "run", "tensors": ["a."]], bench: six),
    ProbeSample(
      name: "without matrices", kind: "weights-over-training", written: ["series": "biases"], bench: six),
    ProbeSample(name: "of nothing but zero", kind: "weights-over-training", written: ["series": "still"], bench: six),
    jacobian("of a curved map", ["network": "curved", "points": "two", "given": ["gain": 2], "precision": "float32"]),
  ]

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
