import Analysis
import Diagnostics
import Exhibits
import LinearAlgebra
import Probes
import Probing
import Testing

@Suite struct DrivenSimilarityTests {
  private typealias Finding = DynamicalSimilarityFinding

  private static let turning = Matrix<Double>(
    rowCount: 3, columnCount: 3, entries: [0.85, -0.4, 0.1, 0.4, 0.85, 0, 0, 0.2, 0.7])
  private static let other = Matrix<Double>(
    rowCount: 3, columnCount: 3, entries: [0.5, 0, 0, 0.6, 0.4, 0, 0, 0.3, -0.6])
  private static let weights = Matrix<Double>(rowCount: 3, columnCount: 2, entries: [1, 0, 0.3, -0.5, 0, 0.8])
  private static let otherWeights = Matrix<Double>(rowCount: 3, columnCount: 2, entries: [0.2, 1, 0.2, 0.9, 0.1, 1])

  /// Trials of x ↦ A x + B u from random states, seen in five units through an isometry, and the inputs.
  private static func system(
    _ map: Matrix<Double>, _ weights: Matrix<Double>, seed: UInt64, inputSeed: UInt64 = 1, trials: Int = 3,
    samples: Int = 50, conditions: [String?] = [], offset: [Double] = [0, 0]
  ) throws -> (states: Recording, inputs: Recording) {
    var random = SeededGenerator(seed: seed)
    let seen = try Matrix<Double>.randomOrthogonal(5, using: &random).rows(0..<3)
    random = SeededGenerator(seed: inputSeed)
    var (states, inputs): ([Trajectory], [Trajectory]) = ([], [])
    for trial in 0..<trials {
      var state = (0..<3).map { _ in 3 * random.gaussian() }
      let varying = Matrix<Double>.gaussian(samples, 2, using: &random)
      let drive = try Matrix(rows: varying.rowArrays.map { row in zip(row, offset).map { $0 + $1 } })
      var rows: [Double] = []
      for step in 0..<samples {
        rows += state
        state = zip(map * state, weights * drive.row(step)).map { $0 + $1 }
      }
      let condition = conditions.isEmpty ? nil : conditions[trial]
      let hidden = Matrix(rowCount: samples, columnCount: 3, entries: rows)
      states.append(Trajectory(name: "\(trial + 1)", condition: condition, samples: hidden * seen))
      inputs.append(Trajectory(name: "\(trial + 1)", condition: condition, samples: drive))
    }
    return (try Recording(states), try Recording(inputs))
  }

  /// Four systems: two alike in other units, one whose inputs act otherwise, one of other dynamics.
  private static func bench(inputSeeds: [UInt64] = [1, 2, 3, 4]) throws -> RecordingBench {
    let kinds = [(turning, weights), (turning, weights), (turning, otherWeights), (other, weights)]
    var recordings: [String: Recording] = [:]
    for (index, (name, kind)) in zip(["one", "same", "coupled", "other"], kinds).enumerated() {
      let made = try system(kind.0, kind.1, seed: UInt64(index + 10), inputSeed: inputSeeds[index])
      recordings[name] = made.states
      recordings["u-\(name)"] = made.inputs
    }
    return RecordingBench(recordings)
  }

  private static let driven: WrittenValue = [
    "recordings": ["one", "same", "coupled", "other"], "inputs": ["u-one", "u-same", "u-coupled", "u-other"], "rank": 3,
    "surrogates": 0, "splitHalf": false,
  ]

  @Test(arguments: ["angular", "euclidean"]) func inputsAreToldApartFromDynamics(score: String) throws {
    let found = try DynamicalSimilarity.finding(
      Self.driven.with(["score": .init(.text(score)), "groups": ["a", "a", "b", "b"]]), on: Self.bench())
    let parts = try #require(found.driven)
    // One system in two bases, each with its own inputs: 0 in all three. A step from trial to trial would spoil that.
    for part in [parts.state, parts.control, parts.joint] { #expect(part[0][1] < 1e-6, "\(part)") }
    // The same dynamics, on which inputs act otherwise.
    #expect(parts.state[0][2] < 1e-6 && parts.control[0][2] > 0.3 && parts.joint[0][2] > 0.3)
    // Other dynamics, on which inputs act alike.
    #expect(parts.state[0][3] > 0.3 && parts.control[0][3] < 1e-6 && parts.joint[0][3] > 0.3)
    #expect(parts.compared == .joint && found.distances == parts.joint && found.method == .exact)
    #expect(found.lowerBounds == found.distances && found.certified.allSatisfy { $0.allSatisfy { $0 } })
    #expect(parts.inputs == ["1", "2"])
    guard case .table(let table)? = found.exhibits.first(where: { $0.name == "parts" })?.content else {
      Issue.record("there is no table of parts")
      return
    }
    #expect(table.columns.map(\.heading) == ["part", "mean", "within groups", "between groups"])
    guard case .numbers(let within, _) = table.columns[2].values else { return }
    #expect(
      within.compactMap { $0 }.count == 3 && abs((within[0] ?? 0) - (parts.joint[1][0] + parts.joint[3][2]) / 2) < 1e-12
    )
    guard case .figure(let figure)? = found.exhibits.first?.content else { return }
    #expect(figure.panels.map(\.title) == ["joint", "state", "control"])
  }

  @Test func theDistancesMayBeOfOnePart() throws {
    for part in ["state", "control"] {
      let found = try DynamicalSimilarity.finding(
        Self.driven.with(["compare": .init(.text(part))]), on: Self.bench())
      #expect(found.distances == (part == "state" ? found.driven?.state : found.driven?.control))
    }
    let spectra = try DynamicalSimilarity.finding(
      Self.driven.with(["compare": "state", "score": "wasserstein"]), on: Self.bench())
    #expect(spectra.distances[0][2] < 1e-8 && spectra.distances[0][3] > 0.1)
  }

  @Test func blindToInputsTheSameDynamicsDiffer() throws {
    let blind: WrittenValue = [
      "recordings": ["one", "same", "coupled", "other"], "rank": 3, "surrogates": 0, "splitHalf": false,
      "method": "exact",
    ]
    let found = try DynamicalSimilarity.finding(blind, on: Self.bench())
    #expect(found.driven == nil && found.distances[0][2] > 0.01)
  }

  @Test func noStepReachesFromTrialToTrial() throws {
    let made = try Self.system(Self.turning, Self.weights, seed: 10)
    let turned = try Self.system(Self.turning, Self.weights, seed: 11, inputSeed: 5)
    let bench = RecordingBench([
      "trials": made.states, "u-trials": made.inputs, "joined": try Recording(made.states.stacked),
      "u-joined": try Recording(made.inputs.stacked), "turned": turned.states, "u-turned": turned.inputs,
    ])
    for method in ["exact", "subspace"] {
      let found = try DynamicalSimilarity.finding(
        [
          "recordings": ["turned", "trials", "joined"], "inputs": ["u-turned", "u-trials", "u-joined"], "rank": 3,
          "compare": "state", "score": "wasserstein", "method": .init(.text(method)), "splitHalf": false,
          "surrogates": 0, "delays": .init(.integer(method == "exact" ? 1 : 3)),
        ], on: bench)
      #expect(found.distances[0][1] < 1e-6 && found.distances[0][2] > 1e-3, "\(method): \(found.distances)")
    }
  }

  @Test func oneRecordingOfInputsMayDriveAll() throws {
    // The same inputs and first states: what is hidden has the same balanced coordinates.
    let bench = try Self.bench(inputSeeds: [1, 1, 1, 1])
    let found = try DynamicalSimilarity.finding(
      Self.driven.with(["inputs": "u-one", "method": "subspace", "delays": 3, "rank": 3]), on: bench)
    let parts = try #require(found.driven)
    for part in [parts.state, parts.control, parts.joint] { #expect(part[0][1] < 1e-6 && part[0][3] > 0.1, "\(part)") }
    #expect(parts.control[0][2] > 0.1 && found.method == .subspace && found.delays == 3)
    // Longer recordings have the same coordinates but for chance.
    let long = try Self.system(Self.turning, Self.weights, seed: 20, inputSeed: 30, trials: 4, samples: 4000)
    let short = try Self.system(Self.turning, Self.weights, seed: 21, inputSeed: 31, trials: 4, samples: 1000)
    let lengths = try DynamicalSimilarity.finding(
      [
        "recordings": ["long", "short"], "inputs": ["u-long", "u-short"], "method": "subspace", "delays": 3, "rank": 3,
        "score": "euclidean", "surrogates": 0, "splitHalf": false,
      ],
      on: RecordingBench([
        "long": long.states, "u-long": long.inputs, "short": short.states, "u-short": short.inputs,
      ]))
    let apart = try #require(lengths.driven)
    #expect(apart.control[0][1] < 0.15 && apart.state[0][1] < 0.15, "\(apart)")
  }

  @Test func ranksNullsAndSweepsKnowOfTheInputs() throws {
    let found = try DynamicalSimilarity.finding(
      Self.driven.with([
        "rank": "held-out", "splitHalf": true, "surrogates": 1, "sweepDelays": [1, 2], "sweepRanks": [2, 3],
      ]), on: Self.bench())
    #expect(found.size == 3 && found.systems.allSatisfy { ($0.splitHalf ?? 1) < 1e-6 })
    #expect((found.shuffled?.mean ?? 0) > 0.1)
    let sweep = try #require(found.sweep)
    let taken = sweep.settings[sweep.recommended]
    #expect(taken.rank == 3 && taken.delays == 1 && taken.error < 1e-8)
    #expect(sweep.settings.first { $0.rank == 2 && $0.delays == 1 }.map { $0.error > 0.01 } == true)
    let order = try DynamicalSimilarity.finding(
      Self.driven.with(["rank": 0.999999, "method": "subspace", "delays": 4]), on: Self.bench())
    #expect(order.size == 3)
  }

  @Test func centredStatesHaveCentredInputs() throws {
    // Inputs that push to one side: their mean moves the states' mean, and both are taken off.
    let pushed = try Self.system(
      Self.other, Self.weights, seed: 41, trials: 1, samples: 3000, offset: [50, -20])
    let free = try Self.system(Self.other, Self.weights, seed: 42, inputSeed: 2)
    let found = try DynamicalSimilarity.finding(
      [
        "recordings": ["a", "b"], "inputs": ["u", "v"], "rank": 3, "scaling": "centre", "surrogates": 0,
        "splitHalf": false,
      ], on: RecordingBench(["a": pushed.states, "u": pushed.inputs, "b": free.states, "v": free.inputs]))
    let parts = try #require(found.driven)
    #expect(parts.control[0][1] < 0.05 && parts.state[0][1] < 0.05, "\(parts)")
  }

  // MARK: Bad input

  @Test func saysWhatIsWrongWithInputs() throws {
    let made = try Self.system(Self.turning, Self.weights, seed: 10, conditions: ["x", "y", "x"])
    let still = try made.inputs.trajectories.map { trial in
      Trajectory(name: trial.name, samples: try Matrix(rows: trial.samples.column(0).map { [$0, 2] }))
    }
    let doubled = try made.inputs.trajectories.map { trial in
      Trajectory(name: trial.name, samples: try Matrix(rows: trial.samples.column(0).map { [$0, $0] }))
    }
    let bench = RecordingBench([
      "a": made.states, "u": made.inputs, "b": try Self.system(Self.turning, Self.weights, seed: 12).states,
      "few": try Recording(Array(made.inputs.trajectories.prefix(2))),
      "short": try Recording(
        made.inputs.trajectories.map { Trajectory(name: $0.name, samples: $0.samples.rows(0..<49)) }),
      "swapped": try Recording([1, 0, 2].map { made.inputs.trajectories[$0] }), "still": try Recording(still),
      "doubled": try Recording(doubled),
      "one": try Recording(
        made.inputs.trajectories.map { Trajectory(name: $0.name, samples: $0.samples.columns(0..<1)) }),
      "tiny": try Recording(made.states.stacked.rows(0..<5)), "u-tiny": try Recording(made.inputs.stacked.rows(0..<5)),
      "timed": try Recording(made.states.trajectories, sampleInterval: 0.01, timeUnit: "s"),
      "u-timed": try Recording(made.inputs.trajectories, sampleInterval: 0.02, timeUnit: "s"),
    ])
    func said(_ recordings: WrittenValue, _ inputs: WrittenValue, _ others: WrittenValue = [:]) -> String? {
      let base: WrittenValue = ["rank": 3]
      return DynamicalSimilarity.refusal(
        base.with(["recordings": recordings, "inputs": inputs]).with(others), on: bench)
    }
    #expect(
      [
        said(["a", "b", "a"], ["u", "u"]), said(["b", "a"], ["u", "few"]), said(["b", "a"], ["u", "short"]),
        said(["b", "a"], ["u", "swapped"]),
        said(["b", "a"], ["u", "still"]), said(["b", "a"], ["u", "one"]), said(["b", "a"], ["u", "doubled"]),
        said(["b", "tiny"], ["u", "u-tiny"]), said(["timed", "timed"], "u-timed"), said(["a", "b"], "v"),
        said(["b", "a"], "u", ["systems": "trials", "inputs": ["u", "still"]]),
        DynamicalSimilarity.refusal(["recordings": "a", "inputs": "u", "systems": "conditions", "rank": 6], on: bench),
      ] == [
        "'inputs' is 2 recordings; it must be 3, one for each recording, or one for all",
        "system 'a': number of trials of the inputs is 2; it must be 3, as the recording has",
        "system 'a': the inputs of trial '1' have 49 samples; they must have 50, as the recording has | save inputs as trials × time × inputs, with the trials of the recording",
        "system 'a': the inputs of trial '1' are of condition 'y'; they must be of 'x', as the recording is | save inputs as trials × time × inputs, with the trials of the recording",
        "system 'a': input '2' is constant; every input must vary for its effect to be known | leave it out, or record inputs that vary",
        "system 'a': number of inputs is 1; it must be 2, as system 'b' has",
        "system 'a': states and inputs together have rank 4; at least 5 is needed to tell their effects apart | take a lower rank, or record inputs that vary more",
        "system 'tiny': rank is 3; the 4×5 samples have rank 2, which it must not exceed | take a lower rank, more delays or more samples",
        "system 'timed': sample interval of the inputs is 0.02 s; it must be 0.01 s, as the recording has",
        "source 'v' is neither a cell nor a file",
        "system 'a 1': input '2' is constant; every input must vary for its effect to be known | leave it out, or record inputs that vary",
        "system 'x': rank is 6; the 98×5 samples have rank 3, which it must not exceed | take a lower rank, more delays or more samples",
      ])
  }

  @Test func saysWhatIsWrongWithParametersOfDrivenSystems() {
    let driven: WrittenValue = ["recordings": ["x", "y", "z"], "inputs": "u"]
    let cases: [(WrittenValue, String)] = [
      (["method": "optimized"], "'method' is 'optimized'; it must be 'exact' or 'subspace' where there are inputs"),
      (
        ["score": "wasserstein"],
        "'score' is 'wasserstein'; it must be 'angular' or 'euclidean' unless 'compare' is 'state'"
      ),
      (["method": "subspace", "lag": 2], "'lag' is 2; it must be 1 with the method 'subspace'"),
      (
        ["method": "subspace", "sweepRanks": 2, "sweepDelays": 2],
        "'sweepRanks' is given; it must be left out with the method 'subspace'"
      ),
      (
        ["compare": "input"],
        "'compare' is 'input', which is not one of its choices | use one of 'joint', 'state', 'control'"
      ),
    ]
    for (written, message) in cases { #expect(DynamicalSimilarity.refusal(driven.with(written)) == message) }
    #expect(
      DynamicalSimilarity.refusal(["operators": "a", "inputs": "u"])
        == "'inputs' is given; it must be left out where there are operators")
    #expect(
      DynamicalSimilarity.refusal(["recordings": ["x", "y"], "method": "subspace"])
        == "'inputs' is missing: the method 'subspace' needs what drives the systems")
    #expect(
      DynamicalSimilarity.refusal(["recordings": ["x", "y"], "compare": "joint"])
        == "'compare' is 'joint'; it must be left out where there are no 'inputs'")
  }

  @Test func inputsThatDoNothingAreDoubted() throws {
    let made = try Self.system(Self.turning, Self.weights, seed: 10)
    let idle = try Self.system(Self.turning, .zeros(3, 2), seed: 11, samples: 14)
    let found = try DynamicalSimilarity.finding(
      [
        "recordings": ["a", "b"], "inputs": ["u", "v"], "rank": 3, "surrogates": 0, "splitHalf": false,
        "compare": "state",
      ], on: RecordingBench(["a": made.states, "u": made.inputs, "b": idle.states, "v": idle.inputs]))
    #expect(
      found.caveats.map(\.message) == [
        "in 1 system ('b') inputs explain no more of what changes than random numbers would; control and joint distances there are of noise"
      ])
    // Noise alone follows inputs by chance.
    let noise = try Recording(
      (0..<2).map { seed in
        var random = SeededGenerator(seed: UInt64(seed + 60))
        return Trajectory(name: "\(seed)", samples: .gaussian(60, 5, using: &random))
      })
    let drive = try Recording(
      (0..<2).map { seed in
        var random = SeededGenerator(seed: UInt64(seed + 70))
        return Trajectory(name: "\(seed)", samples: .gaussian(60, 2, using: &random))
      })
    let random = try DynamicalSimilarity.finding(
      ["recordings": ["b", "a"], "inputs": ["v", "u"], "rank": 3, "surrogates": 0, "splitHalf": false],
      on: RecordingBench(["a": made.states, "u": made.inputs, "b": noise, "v": drive]))
    #expect(random.caveats.map(\.name) == ["idle-inputs"], "\(random.caveats)")
    let brief = try Self.system(Self.turning, Self.weights, seed: 12, trials: 1, samples: 20)
    let scarce = try DynamicalSimilarity.finding(
      ["recordings": ["a", "b"], "inputs": ["u", "v"], "rank": 3, "surrogates": 0, "splitHalf": false],
      on: RecordingBench(["a": made.states, "u": made.inputs, "b": brief.states, "v": brief.inputs]))
    #expect(
      scarce.caveats.map(\.message) == [
        "1 system (the first 'b', with 19 states) for an operator of rank 3 and 2 inputs; below five states for each direction a fit follows the noise"
      ])
  }
}
