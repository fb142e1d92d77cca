import Analysis
import Checkpoints
import Diagnostics
import Foundation
import Networks
import Probing
import Testing

@testable import Fieldwork

@Suite struct RecordingSourceTests {
  private static let table = "trial,condition,time,v,w\na,go,0,1,2\na,go,0.5,3,5\nb,stop,0,5,6\nb,stop,0.5,7,9\n"

  private func bench(_ cell: RecordingCell, _ files: [String: String] = [:]) throws -> SourceBench {
    let workspace = Rehearsal(files).workspace
    let arrays = (1...2).map { trial in
      Tensor(name: "t\(trial)", shape: [4, 2], doubles: (0..<8).map { Double($0 * trial) })
    }
    try workspace.write(Array(try Safetensors.encode(arrays)), to: "trials.st")
    return SourceBench(sources: ["rec": .recording(cell)], shelf: SourceShelf(workspace: workspace))
  }

  private func refusal(_ body: () throws -> Void) -> String? {
    do { try body() } catch {
      let diagnostic = Diagnostic(thrown: error)
      return diagnostic.message + (diagnostic.hint.map { " | \($0)" } ?? "")
    }
    return nil
  }

  @Test func readsTablesArraysAndSeveralArrays() throws {
    let table = try bench(RecordingCell(path: "x.csv"), ["x.csv": Self.table])
    let read = try table.recording("rec", convention: RecordingConvention())
    #expect(read.conditions == ["go", "stop"] && read.unitNames == ["v", "w"] && read.sampleInterval == 0.5)
    let cell = RecordingCell(path: "trials.st", sampleInterval: 0.1, layout: .unitsByTime, conditions: ["a", "b"])
    let several = try bench(cell).recording("rec", convention: RecordingConvention())
    #expect(several.trajectories.map(\.name) == ["t1", "t2"] && several.unitCount == 4 && several.timeUnit == "s")
    // A member is one array; a path needs no cell.
    let one = try bench(cell).recording("trials.st:t2", convention: RecordingConvention(sampleInterval: 2))
    #expect(one.trajectories.count == 1 && one.unitCount == 2 && one.sampleInterval == 2)
  }

  @Test func tablesOfNumbersAreArrays() throws {
    let files = [
      "a.csv": "1,2\n3,4\n", "b.tsv": "first\tsecond\n1\t2\n3\t4\n", "words.txt": "Some notes, not\nnumbers.\n",
    ]
    let bench = try bench(RecordingCell(path: "x.csv"), files)
    for name in ["a.csv", "b.tsv"] {
      let array = try bench.array(SourceReference(name))
      #expect(array.shape == [2, 2] && array.values == [1, 2, 3, 4])
    }
    #expect(Set(bench.used.map(\.sha256)).count == 1 && bench.used.count == 2)
    let shelf = SourceShelf(workspace: Rehearsal(files).workspace)
    try shelf.open("a.csv", in: "")
    #expect(
      refusal { _ = try shelf.open("words.txt", in: "") }
        == "'words.txt': line 2 has 1 field; it must have 2, as the first has | write every field, also where a value is missing"
    )
  }

  @Test func whatTheProbeSaysGoesFirst() throws {
    let cell = RecordingCell(path: "trials.st", sampleInterval: 0.1, timeUnit: "ms")
    let read = try bench(cell).recording("rec", convention: RecordingConvention(sampleInterval: 5))
    #expect(read.sampleInterval == 5 && read.timeUnit == "ms")
  }

  @Test func remembersWhatWasReadAndHow() throws {
    func digest(_ cell: RecordingCell, _ text: String) throws -> ProbeRecord.SourceDigest {
      let bench = try bench(cell, ["x.csv": text])
      _ = try bench.recording("rec", convention: RecordingConvention())
      return try #require(bench.used.first)
    }
    let plain = try digest(RecordingCell(path: "x.csv"), Self.table)
    #expect(plain.name == "rec" && plain.part == "recording")
    #expect(try digest(RecordingCell(path: "x.csv"), Self.table) == plain)
    #expect(try digest(RecordingCell(path: "x.csv", sampleInterval: 1), Self.table) != plain)
    #expect(try digest(RecordingCell(path: "x.csv"), Self.table.replacing("7,9", with: "7,8")) != plain)
  }

  @Test func aRecordingIsNoNetworkAndMayServeAsAnArray() throws {
    let bench = try bench(RecordingCell(path: "trials.st:t1"))
    #expect(refusal { _ = try bench.network("rec") } == "source 'rec' is a recording; it must be a network")
    #expect(try bench.array("rec").shape == [4, 2])
  }

  @Test func namesFileAndLineOfADamagedTable() throws {
    let bench = try bench(RecordingCell(path: "x.csv"), ["x.csv": "v,w\n1,2\n3,x\n"])
    #expect(
      refusal { _ = try bench.recording("rec", convention: RecordingConvention()) }
        == "'x.csv': line 3, column 'w': 'x'; a number is needed | write missing values as nan, and leave out columns of words"
    )
  }

  @Test func runsARecurrentNetworkOnInputs() throws {
    let workspace = Rehearsal().workspace
    let file = Rehearsal.repository.appending(path: "Tests/NetworksTests/Modules/gru.pt")
    try workspace.write(Array(try Data(contentsOf: file)), to: "gru.pt")
    let values = (0..<(5 * 2 * 3)).map { sin(Double($0)) }
    try workspace.write(
      Array(try Safetensors.encode([Tensor(name: "x", shape: [5, 2, 3], doubles: values)])), to: "x.st")
    let shelf = SourceShelf(workspace: workspace)
    func recording(_ layout: RecordingLayout?) throws -> (Recording, SourceBench) {
      let cell = RecordingCell(network: "gru.pt", inputs: "x.st", sampleInterval: 0.1, layout: layout)
      let bench = SourceBench(sources: ["run": .recording(cell)], shelf: shelf)
      return (try bench.recording("run", convention: RecordingConvention()), bench)
    }
    let (run, bench) = try recording(.timeByTrialsByUnits)
    #expect(run.trajectories.count == 2 && run.longestSampleCount == 5 && run.unitCount == 8)
    #expect(Set(bench.used.map(\.part)).isSuperset(of: ["network", "recording"]))
    // The network's own output, axis by axis.
    let given = NDArray(shape: [5, 2, 3], values: values)
    let output = try #require(try shelf.network(at: "gru.pt").network.evaluate(["x": given])["output"])
    for (trial, step, unit) in [(0, 0, 0), (1, 3, 5), (0, 4, 7)] {
      #expect(run.trajectories[trial].samples[step, unit] == output.values[(step * 2 + trial) * 8 + unit])
    }
    #expect(try recording(nil).0.trajectories.count == 5)
  }

  // MARK: Several recordings

  private static func walk(_ seed: Double) -> String {
    "v,w\n" + (0..<40).map { "\(sin(0.3 * Double($0) + seed)),\(cos(seed * Double($0)))\n" }.joined()
  }

  @Test func aStarStandsForSeveralRecordings() throws {
    let files = ["rings/b-2.csv": Self.walk(2), "rings/b-10.csv": Self.walk(10), "rings/c-left.csv": Self.walk(3)]
    let bench = try bench(RecordingCell(path: "rings/b-*.csv", sampleInterval: 0.5), files)
    let found = try bench.recordings("rec", convention: RecordingConvention())
    #expect(found.map(\.label) == ["2", "10"] && found.allSatisfy { $0.recording.sampleInterval == 0.5 })
    #expect(bench.used.map(\.part) == ["recording 2", "recording 10"])
    let one = try bench.recording("rec:10", convention: RecordingConvention())
    #expect(one.trajectories == found[1].recording.trajectories && one.sampleInterval == 0.5)
    // Without numbers the text tells them apart.
    let mixed = try bench.recordings("rings/*.csv", convention: RecordingConvention())
    #expect(mixed.map(\.label) == ["b-10", "b-2", "c-left"])
    #expect(
      refusal { _ = try bench.recording("rec", convention: RecordingConvention()) }
        == "source 'rec' is a series of 2; it must be one recording, as in 'rec:2'")
    #expect(
      refusal { _ = try bench.array("rec") } == "source 'rec' is a series of 2; it must be an array, as in 'rec:2'")
    #expect(
      refusal { _ = try bench.recording("rec:3", convention: RecordingConvention()) }
        == "series 'rec' has no member at step '3' | use one of '2', '10'")
    #expect(
      refusal { _ = try bench.recordings("rings/x-*.csv", convention: RecordingConvention()) }
        == "no file matches 'rings/x-*.csv' | check the path; it is relative to the notebook, and * stands within one name"
    )
  }

  @Test func arraysOfTrialsAreSeveralRecordings() throws {
    let workspace = Rehearsal().workspace
    let arrays = ["rho-10", "rho-20"].enumerated().map { index, name in
      Tensor(name: name, shape: [2, 4, 1], doubles: (0..<8).map { sin(Double($0 + index)) })
    }
    try workspace.write(Array(try Safetensors.encode(arrays)), to: "clips.st")
    let bench = SourceBench(
      sources: ["clips": .recording(RecordingCell(path: "clips.st", sampleInterval: 0.1, conditions: ["a", "b"]))],
      shelf: SourceShelf(workspace: workspace))
    let compared = try bench.comparedRecordings(["clips"], convention: RecordingConvention())
    #expect(compared.map(\.name) == ["rho-10", "rho-20"] && compared.map(\.group) == ["clips", "clips"])
    #expect(compared.map(\.number) == [10, 20])
    #expect(compared.allSatisfy { $0.recording.conditions == ["a", "b"] && $0.recording.trajectories.count == 2 })
    let one = try bench.recording("clips:rho-20", convention: RecordingConvention())
    #expect(one == compared[1].recording)
    #expect(
      refusal { _ = try bench.recording("clips.st", convention: RecordingConvention()) }
        == "source 'clips.st' is a series of 2; it must be one recording, as in 'clips.st:rho-10'")
  }

  @Test func seriesAreGroupsOfWhatIsCompared() throws {
    let files = ["rings/b-2.csv": Self.walk(2), "rings/b-10.csv": Self.walk(10), "c.csv": Self.walk(3)]
    let bench = try bench(RecordingCell(path: "rings/b-*.csv"), files)
    func compared(_ names: [String]) throws -> [ComparedRecording] {
      try bench.comparedRecordings(names.map { RecordingReference($0) }, convention: RecordingConvention())
    }
    let cells = try compared(["rec", "c.csv"])
    #expect(cells.map(\.name) == ["rec 2", "rec 10", "c"] && cells.map(\.group) == ["rec", "rec", "c"])
    #expect(cells.map(\.source) == ["rec:2", "rec:10", "c.csv"] && cells.map(\.number) == [2, 10, nil])
    let paths = try compared(["rings/b-*.csv", "c.csv"])
    #expect(paths.map(\.name) == ["b-2", "b-10", "c"] && paths.map(\.group) == ["b", "b", "c"])
    #expect(paths.map(\.source) == ["rings/b-2.csv", "rings/b-10.csv", "c.csv"])
    #expect(try compared(["rings/b-2.csv", "c.csv"]).map(\.group) == [nil, nil])
    #expect(try ["r", "c"].spread(over: cells.map(\.sourceIndex), key: "groups") == ["r", "r", "c"])
    #expect(try ["r", "s", "c"].spread(over: cells.map(\.sourceIndex), key: "groups") == ["r", "s", "c"])
    #expect(
      refusal { _ = try ["r"].spread(over: cells.map(\.sourceIndex), key: "groups") }
        == "'groups' is 1 long; it must be 3 long, one for each system, or 2 long, one for each source")
  }

  @Test func runsEveryNetworkOfASeries() throws {
    let workspace = Rehearsal().workspace
    let file = Rehearsal.repository.appending(path: "Tests/NetworksTests/Modules/gru.pt")
    for seed in [1, 2] { try workspace.write(Array(try Data(contentsOf: file)), to: "gru-\(seed).pt") }
    let values = (0..<(5 * 2 * 3)).map { sin(Double($0)) }
    try workspace.write(
      Array(try Safetensors.encode([Tensor(name: "x", shape: [5, 2, 3], doubles: values)])), to: "x.st")
    let cell = RecordingCell(network: "gru", inputs: "x.st", layout: .timeByTrialsByUnits)
    let bench = SourceBench(
      sources: ["run": .recording(cell), "gru": .series(SeriesCell(path: "gru-*.pt", over: .seed))],
      shelf: SourceShelf(workspace: workspace))
    let found = try bench.recordings("run", convention: RecordingConvention())
    #expect(found.map(\.label) == ["1", "2"] && found[0].recording == found[1].recording)
    #expect(try bench.recording("run:2", convention: RecordingConvention()) == found[1].recording)
    #expect(try bench.array("run:2").shape == [5, 2, 8])
  }

  @Test func networksOfAPathAndOfASeriesAreOpenedOneByOne() throws {
    let workspace = Rehearsal().workspace
    let folder = Rehearsal.repository.appending(path: "checkpoints/sequence-models")
    // Recipe files, each with its weights beside it.
    for seed in [1, 2] {
      for ending in ["json", "npz"] {
        let name = "gru-10-clean-seed-\(seed)-step-0000.\(ending)"
        try workspace.write(Array(try Data(contentsOf: folder.appending(path: name))), to: name)
      }
    }
    let path = "gru-10-clean-seed-*-step-0000.json"
    let bench = SourceBench(
      sources: ["seeds": .series(SeriesCell(path: path, over: .seed))], shelf: SourceShelf(workspace: workspace))
    let compared = try bench.comparedNetworks(["seeds", SourceReference(path), "gru-10-clean-seed-1-step-0000.json"])
    #expect(compared.map(\.sourceIndex) == [0, 0, 1, 1, 2])
    #expect(compared.map(\.member.label) == ["1", "2", "1", "2", nil])
    #expect(compared.map(\.member.over) == [.seed, .seed, .step, .step, nil])
    #expect(compared[0].name == "seeds 1" && compared[0].group == "seeds" && compared[0].source == "seeds:1")
    #expect(compared[2].name == "gru-10-clean-seed-1-step-0000" && compared[2].group == "gru-10-clean-seed step-0000")
    #expect(compared[2].source == "gru-10-clean-seed-1-step-0000.json")
    for each in compared { #expect(try each.member.open().network.parameterCount == 401) }
    #expect(Set(bench.used.map(\.name)).count == 3)
    let missing = SourceReference("gru-*-none.json")
    #expect(
      refusal { _ = try bench.comparedNetworks([missing]) }?.hasPrefix("no file matches 'gru-*-none.json'") == true)
  }

  @Test func moreRecordingsThanCanBeHeldAreRefusedUnread() throws {
    let files = Dictionary(uniqueKeysWithValues: (0...1000).map { ("x-\($0).csv", "no table") })
    let bench = SourceBench(
      sources: [
        "many": .series(SeriesCell(path: "x-*.csv")), "run": .recording(RecordingCell(network: "many", inputs: "i")),
      ], shelf: SourceShelf(workspace: Rehearsal(files).workspace))
    for name in ["x-*.csv", "run"] {
      #expect(
        refusal { _ = try bench.recordings(SourceReference(name), convention: RecordingConvention()) }
          == "1001 files match 'x-*.csv'; a series has at most 1000 | write more of the name beside the *")
    }
  }

  @Test func saysWhatARecordingCellLacks() {
    func refusal(_ cell: RecordingCell) -> String? {
      do {
        try cell.validate()
        return nil
      } catch { return error.message }
    }
    #expect(
      refusal(RecordingCell()) == "'path' is missing: name the recording's file, or a network to run with 'network'")
    #expect(
      refusal(RecordingCell(path: "x", network: "y"))
        == "'network' is given beside 'path'; it must be left out where 'path' is given")
    #expect(refusal(RecordingCell(network: "y")) == "'inputs' is missing: the network needs what it is given")
    #expect(
      refusal(RecordingCell(path: "x", output: "h")) == "'output' is given; it must be left out where no network is run"
    )
  }

  private func build(_ cells: String, _ files: [String: String]) throws -> (Rehearsal, [String]) {
    var all = files
    all["notebook.md"] = Rehearsal.notebook(cells)
    let rehearsal = Rehearsal(all)
    let summary = try rehearsal.build()
    return (rehearsal, summary.diagnostics.map(\.message))
  }

  private static let wave =
    "time,v,w\n"
    + (0..<80).map { step in
      let t = 0.1 * Double(step)
      return "\(t),\(sin(2 * t)),\(cos(2 * t) + 0.5 * sin(5 * t))\n"
    }.joined()

  @Test func aNotebookAsksForTheDynamicsOfARecording() throws {
    let cells = """
      ```{recording #rec}
      path: wave.csv
      ```

      ```{dmd #modes}
      recording: rec
      delays: 4
      draws: 0
      grid: 0
      ```

      Rank `=modes.rank`, `=modes.modes.0.frequency|.2f` Hz, of `=rec.path`.

      ```{figure #fig-modes}
      show: modes.eigenvalues
      ```
      """
    let (rehearsal, said) = try build(cells, ["wave.csv": Self.wave])
    #expect(said.allSatisfy { !$0.contains("error") })
    let page = try rehearsal.workspace.text(at: "site/notebook/notebook.md").text
    #expect(page.contains("Rank 4,") && page.contains("Hz, of wave.csv"))
  }

  @Test func aDamagedRecordingIsFoundBeforeAnythingIsMeasured() throws {
    let cell = "```{recording #rec}\npath: wave.csv\n```\n"
    #expect(
      try build(cell, ["wave.csv": "v\n1\nx\n"]).1
        == ["'wave.csv': line 3, column 'v': 'x'; a number is needed"])
    let direct = "```{dmd #modes}\nrecording: wave.csv\ndraws: 0\ngrid: 0\n```\n"
    #expect(try build(direct, ["wave.csv": Self.wave]).0.measured.lines.contains { $0.contains("dmd #modes") })
  }
}
