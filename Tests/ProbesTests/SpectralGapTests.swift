import Diagnostics
import Exhibits
import Networks
import Probing
import Testing

@testable import Probes

@Suite struct SpectralGapTests {
  private static let plain: WrittenValue = [
    "network": "net", "predicts": "noise", "process": "ve", "points": "points", "sigmas": [0.1, 1],
  ]

  private func bench(points count: Int = 8, convention: ScoreConvention = .init()) throws -> TestBench {
    let data = GaussianData.six
    return TestBench(
      networks: [
        "net": try TestFiles.fixture("noise-ve"), "turning": try TestFiles.fixture("turning"),
        "both": try TestFiles.fixture("two-outputs"), "alike": try TestFiles.fixture("alike"),
        "narrow": try TestFiles.fixture("narrow"),
        "vp": try TestFiles.fixture("noise-vp"),
      ], convention: convention,
      arrays: [
        "points": data.points(count), "covariance": data.covariance, "factor": data.factor,
        "five": NDArray(shape: [8, 5], repeating: 0), "row": NDArray(shape: [6], repeating: 0),
        "bad": NDArray(shape: [1, 6], values: [0, 0, 0, .infinity, 0, 0]),
        "negative": NDArray(shape: [6, 6], values: (0..<36).map { $0 % 7 == 0 ? ($0 == 0 ? -1 : 1) : 0 }),
        "zero": NDArray(shape: [6, 6], repeating: 0),
      ])
  }

  private func finding(_ changes: WrittenValue, points: Int = 8) throws -> SpectralGapFinding {
    try SpectralGap.finding(Self.plain.with(changes), on: bench(points: points))
  }

  private func refusal(_ changes: WrittenValue) throws -> String? {
    SpectralGap.refusal(Self.plain.with(changes), on: try bench())
  }

  // MARK: Levels

  @Test func measuresAtEachLevelOnceByRisingNoise() throws {
    let found = try finding(["sigmas": [1, 0.1, 1, 0.1]])
    #expect(found.levels.map(\.sigma) == [0.1, 1])
    #expect(found.levels.map(\.time) == [0.1, 1])
  }

  @Test func takesLevelsByTime() throws {
    let written: WrittenValue = [
      "network": "vp", "predicts": "noise", "process": "vp", "points": "points", "times": [0.5, 0.1],
    ]
    let found = try SpectralGap.finding(written, on: bench())
    #expect(found.levels.map(\.time) == [0.1, 0.5])
  }

  @Test func choosesLevelsWhereNoneAreAskedFor() throws {
    for (network, process) in [("net", "ve"), ("vp", "vp")] {
      let written: WrittenValue = [
        "network": WrittenValue(.text(network)), "predicts": "noise", "process": WrittenValue(.text(process)),
        "points": "points",
      ]
      let found = try SpectralGap.finding(written, on: bench())
      #expect(found.levels.count == 12)
      #expect(isClose(found.levels.first?.noiseToSignal, 0.01, within: 1e-9))
      #expect(isClose(found.levels.last?.noiseToSignal, 10, within: 1e-9))
    }
  }

  @Test func asksForLevelsWhereTheProcessHasNoneOfTheUsual() throws {
    let written: WrittenValue = [
      "network": "vp", "predicts": "noise", "process": ["kind": "vp", "betas": [1e-9, 1e-9]], "points": "points",
    ]
    #expect(
      SpectralGap.refusal(written, on: try bench())
        == "'sigmas' is missing: no noise level from σ/μ = 0.01 to 10 is within the process; say which to measure at")
  }

  @Test func takesTheConventionFromTheSourceUnlessTold() throws {
    let source = ScoreConvention(predicts: .noise, process: ProcessParameters(.ve))
    let silent: WrittenValue = ["network": "net", "points": "points", "sigmas": 0.1]
    let exact = GaussianData.six.spectrum(0.01)
    let found = try SpectralGap.finding(silent, on: bench(convention: source))
    #expect(largestDifference(found.levels[0].singularValues, exact) < 1e-12)
    let wrong = ScoreConvention(predicts: .score, process: ProcessParameters(.ve))
    let told = try SpectralGap.finding(silent.with(["predicts": "noise"]), on: bench(convention: wrong))
    #expect(largestDifference(told.levels[0].singularValues, exact) < 1e-12)
  }

  // MARK: Detectors and gaps

  @Test func detectorsReadTheSameStepTheirOwnWay() throws {
    for detector in ["gap", "threshold"] {
      let found = try finding(["detector": WrittenValue(.text(detector)), "sigmas": 0.05])
      #expect(found.dimension == 3)
    }
    let caption = try finding(["detector": "threshold"]).exhibits.first { $0.name == "dimension" }?.caption
    #expect(caption?.hasPrefix("Dimension by the values below one half (bars") == true)
  }

  @Test func followsWithoutTheoryWhatIsWidestMoreThanOnce() throws {
    let found = try finding(["sigmas": [0.01, 0.02, 0.5, 1]])
    #expect(found.gaps.map(\.dimension) == [2, 3])
    #expect(found.gaps.allSatisfy { $0.theory == nil && $0.widths.count == 4 })
    #expect(found.predictedPhases.isEmpty && found.densities.isEmpty)
  }

  @Test func followsNoGapWhereThereIsNone() throws {
    // Of a covariance of zeros nothing is along the data.
    let found = try finding(["theory": ["covariance": "zero"]])
    #expect(found.gaps.isEmpty)
    #expect(found.levels.allSatisfy { $0.predicted?.gap.dimension == 0 && $0.predicted?.phase == .trivial })
  }

  // MARK: Doubts

  private func caveat(_ name: String, in found: SpectralGapFinding) -> String? {
    found.caveats.first { $0.name == name }?.message
  }

  @Test func hasNoDoubtsWhereThereIsNoReason() throws { #expect(try finding(["sigmas": 0.05]).caveats.isEmpty) }

  @Test func doubtsFewPoints() throws {
    #expect(
      caveat("few-points", in: try finding([:], points: 1))
        == "only 1 point was measured; spectra vary from point to point")
    #expect(
      caveat("few-points", in: try finding([:], points: 7))
        == "only 7 points were measured; spectra vary from point to point")
    #expect(caveat("few-points", in: try finding([:], points: 8)) == nil)
    #expect(try finding([:], points: 1).levels[0].flipdInterval == nil)
  }

  @Test func doubtsAFieldThatTurnsAndIsNotToldTheNoise() throws {
    let found = try finding(["network": "turning", "predicts": "score", "sigmas": 1])
    // −1 + K with a skew K of entries ½: ‖2K‖/‖2‖.
    #expect(isClose(found.levels[0].symmetryDefect, 0.5, within: 1e-12))
    #expect(
      caveat("asymmetric", in: found)
        == "the Jacobian's symmetry defect exceeds 0.2 at 1 of 1 levels (σ from 1 to 1); an exact score's is 0")
    #expect(
      caveat("untold", in: found) == "the network is not told the noise level; one function stands for all levels")
  }

  @Test func doubtsAChoiceBetweenGapsOfOneWidth() throws {
    // With variances 1 and 0.04 the two gaps are equally wide at t* = ab/(a − 2b) = 0.04/0.92.
    let found = try finding(["sigmas": .numbers([0.01, (0.04 / 0.92).squareRoot()])])
    #expect(
      caveat("close-gaps", in: found)
        == "at 1 of 2 levels (from σ = 0.209) the widest gap is less than 1.2 times the next; the dimension there is a toss between them"
    )
    #expect(caveat("close-gaps", in: try finding(["sigmas": 0.209, "detector": "threshold"])) == nil)
  }

  @Test func doubtsGaussianProbes() throws {
    #expect(
      caveat("gaussian-probes", in: try finding(["method": "stanczuk"]))
        == "with 4d Gaussian probes every true level is blurred between half and one and a half of itself")
    #expect(caveat("gaussian-probes", in: try finding(["method": "orthogonal"])) == nil)
  }

  // MARK: Refusals

  @Test func refusesParametersThatMakeNoSense() throws {
    let cases: [(WrittenValue, String)] = [
      (["network": ""], "'network' is missing: name a network source or an ONNX file"),
      (["points": ["count": 3]], "'points.from' is missing: say where the points are: a file or a source cell"),
      (["times": [0.1]], "'times' is given beside 'sigmas'; it must be left out where 'sigmas' is given"),
      (["sigmas": []], "'sigmas' is 0 values long; it must be from 1 to 1000 values long"),
      (
        ["sigmas": .numbers(Array(repeating: 1, count: 1001))],
        "'sigmas' is 1001 values long; it must be from 1 to 1000 values long"
      ),
      (["sigmas": [0.1, 0]], "'sigmas' is 0.0; it must be above 0 and finite"),
      (["sigmas": .numbers([.nan])], "'sigmas' is nan; it must be above 0 and finite"),
      (["threshold": 0], "'threshold' is 0.0; it must be above 0 and below 1"),
      (["threshold": 1], "'threshold' is 1.0; it must be above 0 and below 1"),
      (
        ["method": "stanczuk", "location": "noised"],
        "'location' is 'noised'; it must be 'data' where 'method' is 'stanczuk', whose probes surround the data"
      ),
      (["process": "flow"], "'sigmas' is 1.0; it must be below 1 in a flow"),
      (
        ["process": ["kind": "ve", "steps": 3]],
        "'process.steps' is 3; it must be left out: a 've' process has no steps"
      ),
      (["predicts": "v"], "'process' is 've'; it must be 'vp' or 'ddpm' where the network predicts 'v'"),
      (["method": "denes"], "'method' is 'denes', which is not one of its choices | did you mean 'dense'?"),
      (["count": 1], "'count' is 1; it must be from 2 to 1024"),
    ]
    for (changes, message) in cases { #expect(try refusal(changes) == message) }
  }

  @Test func refusesAnIncompleteTheory() throws {
    let cases: [(WrittenValue, String)] = [
      ([:], "'theory.variances' is missing: say what is known: 'factor', 'covariance', or 'variances' with 'counts'"),
      (
        ["factor": "factor", "covariance": "covariance"],
        "'theory.covariance' is given beside 'factor'; it must be left out where 'factor' is given"
      ),
      (
        ["counts": [1]],
        "'theory.variances' is missing: say what is known: 'factor', 'covariance', or 'variances' with 'counts'"
      ),
      (["factor": "factor", "counts": [1]], "'theory.variances' is missing: 'counts' needs the variances they are of"),
      (
        ["factor": "factor", "normalization": "latent"],
        "'theory.variances' is missing: 'normalization' needs the variances it is of"
      ),
      (["variances": [1]], "'theory.counts' is missing: say how many directions have each variance"),
      (
        ["variances": [1], "counts": [1, 2]],
        "'theory.counts' is 2 long; it must be as long as 'variances', from 1 to 64 values"
      ),
      (["variances": [0], "counts": [1]], "'theory.variances' is 0.0; it must be above 0 and finite"),
      (["variances": [1], "counts": [0]], "'theory.counts' is 0; it must be from 1 to 1000000"),
      (
        ["factor": "factor", "variances": [1], "counts": [7]],
        "'theory.counts' is 7 in all; it must be at most 6, the points' dimension"
      ),
      (["factor": "five"], "array 'five' is 8×5; it must be a factor of 6 rows, as the points have coordinates"),
      (["covariance": "five"], "array 'five' is 8×5; it must be a covariance of size 6×6"),
      (
        ["covariance": "negative"],
        "covariance has the eigenvalue -1 beside 1; no eigenvalue may be negative | pass a symmetric positive semi-definite matrix, such as an average of outer products"
      ),
    ]
    for (theory, message) in cases { #expect(try refusal(["theory": theory]) == message) }
  }

  @Test func refusesSourcesThatDoNotFit() throws {
    let cases: [(WrittenValue, String)] = [
      (["points": "five"], "points have 5 coordinates; the network's input is batch×6"),
      (["points": "row"], "points have 1 coordinates; the network's input is batch×6"),
      (["points": "bad"], "array 'bad' has 1 NaN or infinite value; every value must be finite"),
      (
        ["points": ["from": "points", "count": 9]],
        "array 'points' is 8×6; it must be at least 9 points, as 'count' asks for"
      ),
      (["network": "nett"], "source 'nett' is neither a cell nor a file | did you mean 'net'?"),
      (
        ["network": "alike"],
        "inputs 'a', 'b' leave open which one is the noised data | say which with 'inputs: {x: NAME}'"
      ),
      (["network": "narrow"], "output is 8×4×6 where the points are 8×6; a score has the shape of its point"),
      (["inputs": ["x": "y"]], "unknown input 'y' | use one of 'x', 'level'"),
    ]
    for (changes, message) in cases { #expect(try refusal(changes) == message) }
  }

  // MARK: Wording

  @Test func captionsSayWhatToSee() throws {
    let found = try finding(["theory": ["covariance": "covariance", "variances": [1, 0.04], "counts": [2, 1]]])
    #expect(
      found.exhibits.map { "\($0.name): \($0.caption)" } == [
        "spectra: Singular values of the dimensionless score Jacobian, mean over 8 points, coloured by noise level. Dashed: theory.",
        "gaps: Width of the gap that keeps the given number of directions. Dashed: theory. The rule marks the threshold *D* = 0.1.",
        "dimension: Dimension by the widest gap (bars: quartiles over points) and by FLIPD (band: 95 % bootstrap interval of the mean). Dashed: theory.",
        "phases: Phases by noise level, with a gap counting as open from *D* = 0.1.",
        "density: Density of singular values over 8 points. Dashed: the random-matrix prediction of the bulks; the directions normal to the data are a spike at 1.",
        "levels: What net shows at each noise level, from 8 points.",
        "summary: The widest gap at *σ* = 0.1 is 0.8.",
      ])
  }

  @Test func oneLevelAtOnePointShowsItselfToo() throws {
    let found = try finding(["sigmas": 0.3, "theory": ["covariance": "covariance"]], points: 1)
    #expect(found.phases.map { [$0.from, $0.to] } == [[0.3, 0.3]])
    #expect(found.predictedPhases == found.phases)
    for exhibit in found.exhibits {
      guard case .figure(let figure) = exhibit.content else { continue }
      let marks = figure.panels[0].layers.map(\.mark)
      switch exhibit.name {
      case "phases":
        guard case .stretches(let stretches)? = marks.first else { throw Unexpected() }
        #expect(stretches.map(\.row) == [1, 0])
        #expect(stretches.allSatisfy { isClose($0.end / $0.start, 2, within: 1e-12) })
        #expect(figure.panels[0].x.lower == stretches[0].start && figure.panels[0].x.upper == stretches[0].end)
      case "dimension":
        #expect(exhibit.caption == "Dimension by the widest gap and by FLIPD. Dashed: theory.")
        #expect(marks.count { if case .points = $0 { true } else { false } } == 2)
        #expect(!marks.contains { if case .intervals = $0 { true } else { false } })
      default: break
      }
    }
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1"), (0.1, "0.1"), (0.20851, "0.209"), (12.345, "12.3"), (0.000123456, "0.000123"), (99.96, "100"),
    (1234.5, "1235"), (-0.05678, "−0.0568"), (.infinity, "inf"),
  ])
  func numbersInSentencesHaveThreeDigits(value: Double, text: String) { #expect(rounded(value) == text) }

  @Test func saysAtWhichNoiseAScoreIsNoNumber() throws {
    #expect(
      try refusal(["sigmas": [1e-200, 1]])
        == "score of the network is NaN or infinite at σ = 1e-200 | measure at noise levels it was trained on; 'fieldbook inspect' shows whether its weights are finite"
    )
  }

  @Test func asksWhichOfTwoOutputsIsMeant() throws {
    let message = try refusal(["network": "both"])
    #expect(
      message?.hasSuffix("leave open which one is the prediction | say which with 'inputs: {output: NAME}'") == true)
    #expect(try finding(["network": "both", "inputs": ["output": 0]]).dimension == finding([:]).dimension)
  }

  @Test func doubtsSpectraThatNoScoreHas() throws {
    // The negated noise pushes away from the data: FLIPD is far above d.
    let found = try finding(["network": "both", "inputs": ["output": "other"], "sigmas": [0.1, 1]])
    #expect(caveat("out-of-range", in: found)?.contains("check 'predicts', 'process'") == true)
    #expect(caveat("out-of-range", in: try finding(["sigmas": [0.1, 1]])) == nil)
  }

  @Test func saysWhereNoCornerWasFound() throws {
    let found = try finding(["detector": "curvature", "sigmas": [0.1, 1]])
    let count = found.levels.count { $0.dimension == 0 }
    #expect((caveat("no-dimension", in: found) != nil) == (count > 0))
    #expect(count == 2)
    #expect(caveat("no-dimension", in: try finding(["detector": "threshold", "sigmas": [1e3]])) == nil)
  }

  @Test func refusesMoreDirectionsThanTheSpaceHas() throws {
    #expect(
      try refusal(["theory": ["variances": [1, 0.1], "counts": [4, 3]]])
        == "'theory.counts' is 7 in all; it must be at most 6, the points' dimension")
  }
}
