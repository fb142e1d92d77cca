import Checkpoints
import Diagnostics
import Foundation
import Probing
import Testing

@testable import Fieldwork

@Suite struct SeriesTests {
  /// A workspace with a file of one tensor `w` at every path.
  private func workspace(_ files: [String: Double], metadata: [String: String] = [:]) throws -> MemoryWorkspace {
    let workspace = Rehearsal().workspace
    for (path, value) in files {
      let entry = metadata[path].map { [MetadataEntry(key: "global_step", value: $0)] } ?? []
      let bytes = try Safetensors.encode([Tensor(name: "w", shape: [1], doubles: [value])], metadata: entry)
      try workspace.write(Array(bytes), to: path)
    }
    return workspace
  }

  private func bench(_ workspace: MemoryWorkspace, _ cell: SeriesCell, folder: String = "") -> SourceBench {
    SourceBench(sources: ["run": .series(cell)], folder: folder, shelf: SourceShelf(workspace: workspace))
  }

  private func refusal(_ body: () throws -> Void) -> String? {
    do { try body() } catch {
      let diagnostic = Diagnostic(thrown: error)
      return diagnostic.message + (diagnostic.hint.map { " | \($0)" } ?? "")
    }
    return nil
  }

  @Test func sortsMembersByNumberAndNotByName() throws {
    let workspace = try workspace([
      "runs/step-2.st": 2, "runs/step-10.st": 10, "runs/step-0.5.st": 0.5, "runs/other.st": 9,
    ])
    let series = try bench(workspace, SeriesCell(path: "step-*.st"), folder: "runs").series("run")
    #expect(series.members.map(\.label) == ["0.5", "2", "10"])
    #expect(series.members.map(\.number) == [0.5, 2, 10])
    #expect(try series.members.indices.map { try series.tensors(ofMember: $0)[0].doubles() } == [[0.5], [2], [10]])
    #expect(series.over == .step)
  }

  @Test func findsTheNumberInAFoldersName() throws {
    let workspace = try workspace(["seeds/7/model.st": 7, "seeds/3/model.st": 3, "seeds/4/other.st": 4])
    let cell = SeriesCell(path: "seeds/*/model.st", over: .seed)
    #expect(try bench(workspace, cell).series("run").members.map(\.label) == ["3", "7"])
  }

  @Test func readsTheNumberFromInsideTheFiles() throws {
    let workspace = try workspace(
      ["a/last.st": 1, "a/best.st": 2], metadata: ["a/last.st": "900", "a/best.st": "400"])
    let series = try bench(workspace, SeriesCell(path: "a/*.st", number: "global_step")).series("run")
    #expect(series.members.map(\.number) == [400, 900])
    #expect(try series.tensors(ofMember: 0)[0].doubles() == [2])
  }

  @Test func remembersEveryMemberAndSeesWhenOneChanges() throws {
    let workspace = try workspace(["s-1.st": 1, "s-2.st": 2])
    func used(_ set: String? = nil) throws -> [ProbeRecord.SourceDigest] {
      let bench = bench(workspace, SeriesCell(path: "s-*.st", set: set))
      _ = try bench.series("run")
      return bench.used
    }
    let before = try used()
    #expect(before.map(\.name) == ["run", "run", "run"] && before.map(\.part) == ["1", "2", "cell"])
    let other = try Safetensors.encode([Tensor(name: "w", shape: [1], doubles: [3])])
    try workspace.write(Array(other), to: "s-2.st")
    let after = try used()
    #expect(after[0] == before[0] && after[1] != before[1] && after[2] == before[2])
    // The same files read in another way are another input.
    #expect(try used("ema")[2] != after[2])
  }

  @Test func givesMembersByNumberFirstAndLast() throws {
    let workspace = try workspace(["s-0500.st": 5, "s-1000.st": 10])
    let bench = bench(workspace, SeriesCell(path: "s-*.st"))
    for (reference, value) in [
      ("run:500", 5.0), ("run:0500", 5), ("run:1000:w", 10), ("run:first:w", 5), ("run:last", 10),
    ] {
      #expect(try bench.array(SourceReference(reference)).values == [value], "\(reference)")
    }
    #expect(
      refusal { _ = try bench.array("run:700") }
        == "series 'run' has no member at step '700' | use one of '0500', '1000'")
    #expect(
      refusal { _ = try bench.array("run") }
        == "source 'run' is a series; it must be an array, as in 'run:0500:NAME'")
    #expect(refusal { _ = try bench.array("run:last:x") } == "'s-1000.st': no tensor 'x' | use one of 'w'")
  }

  @Test func givesNetworksByNumberWithWhatTheCellSaysOfThem() throws {
    let workspace = Rehearsal().workspace
    let model = try workspace.bytes(at: "shared/tiny.onnx").withUnsafeBytes { Array($0) }
    for step in [1, 2] { try workspace.write(model, to: "n/\(step).onnx") }
    let bench = bench(workspace, SeriesCell(path: "n/*.onnx", predicts: .noise))
    #expect(try bench.network("run:2").convention.predicts == .noise)
    #expect(bench.used.map(\.part) == ["network", "convention"])
    #expect(
      refusal { _ = try bench.network("run") } == "source 'run' is a series; it must be a network, as in 'run:1'")
    let series = try bench.series("run")
    #expect(try series.network(ofMember: 1).network.inputs.map(\.name) == ["x"])
    #expect(try series.network(ofMember: 1).convention.predicts == .noise)
  }

  @Test func takesAPathWithAStarForASeries() throws {
    let bench = SourceBench(shelf: SourceShelf(workspace: try workspace(["s-1.st": 1, "s-2.st": 2])))
    #expect(try bench.series("s-*.st").members.count == 2)
    #expect(
      refusal { _ = try bench.series("s-1.st") }
        == "source 's-1.st' is a single file; it must be a series, with * in its path")
    #expect(
      refusal { _ = try bench.series("nosuch") }?.hasPrefix("source 'nosuch' is neither a cell nor a file") == true)
  }

  @Test(
    arguments: [
      (
        ["s-1.st", "s-x.st"], "s-*.st", nil,
        "file 's-x.st' has 'x' where its step should stand; it must be a number | write more of the name beside the *, or name the value inside the files with 'number'"
      ),
      (
        ["s-nan.st"], "s-*.st", nil,
        "file 's-nan.st' has 'nan' where its step should stand; it must be a number | write more of the name beside the *, or name the value inside the files with 'number'"
      ),
      (
        ["s-10.st", "s-010.st"], "s-*.st", nil,
        "files 's-010.st' and 's-10.st' have the same step, 010; members must differ in it | move one of them away, or write more of the name beside the *"
      ),
      (
        ["other.st"], "s-*.st", nil,
        "no file matches 's-*.st' | check the path; it is relative to the notebook, and * stands within one name"
      ),
      (
        ["s-1.st"], "s-*.st", "gobal_step",
        "file 's-1.st' holds no value 'gobal_step' | 'fieldbook inspect' lists the values beside the tensors"
      ),
    ] as [([String], String, String?, String)])
  func namesTheFileThatSpoilsASeries(files: [String], path: String, number: String?, message: String) throws {
    let workspace = try workspace(Dictionary(uniqueKeysWithValues: files.map { ($0, 1) }))
    #expect(refusal { _ = try bench(workspace, SeriesCell(path: path, number: number)).series("run") } == message)
  }

  @Test func saysTheRestOfItsSentences() {
    let faults: [(SeriesFault, String, String?)] = [
      (
        .tooMany("s-*", count: 12, limit: 10), "12 files match 's-*'; a series has at most 10",
        "write more of the name beside the *"
      ),
      (
        .notNumber("a.pt", text: "x", over: .step, key: "epoch"), "file 'a.pt' has the epoch 'x'; it must be a number",
        "name another value with 'number', or leave it out to read the number from the names"
      ),
      (.noValue("a.pt", key: "epcoh", known: ["epoch"]), "file 'a.pt' holds no value 'epcoh'", "did you mean 'epoch'?"),
    ]
    for (fault, message, hint) in faults {
      #expect(fault.message == message && fault.hint == hint && fault.status == .inputDamaged)
    }
  }

  @Test func namesTheMemberThatCannotBeRead() throws {
    let workspace = try workspace(["s-1.st": 1, "s-2.st": 2])
    try workspace.write([1, 2, 3], to: "s-2.st")
    let series = try bench(workspace, SeriesCell(path: "s-*.st")).series("run")
    #expect(refusal { _ = try series.tensors(ofMember: 1) }?.hasPrefix("'s-2.st': it is of no known format") == true)
    #expect(try series.tensors(ofMember: 0).count == 1)
  }

  @Test func isBuiltAsANotebook() throws {
    let rehearsal = Rehearsal()
    for step in 0..<4 {
      let tensor = Tensor(name: "w", shape: [2, 2], doubles: [1, 0, 0, Double(step)])
      try rehearsal.workspace.write(Array(try Safetensors.encode([tensor])), to: "runs/step-\(step).st")
    }
    let cells = """
      ```{series #run}
      path: runs/step-*.st
      ```

      ```{trace #last}
      points: run:last:w
      ```

      ```{weights-over-training #moves}
      series: run
      ```

      ```{weights-over-training #others}
      series: runs/step-*.st
      ```

      Moved by `=moves.change|.1f` over `=run.path`.
      """
    try rehearsal.workspace.write(Array(Rehearsal.notebook(cells).utf8), to: "notebook.md")
    let summary = try rehearsal.build()
    #expect(summary.diagnostics.map(\.headline) == [])
    #expect(summary.measuredCount == 3)
    #expect(rehearsal.workspace.read("site/notebook/notebook.md").contains("Moved by 3.0 over runs/step-\\*.st"))
    // A further member is another series.
    let tensor = Tensor(name: "w", shape: [2, 2], doubles: [1, 0, 0, 9])
    try rehearsal.workspace.write(Array(try Safetensors.encode([tensor])), to: "runs/step-9.st")
    #expect(try rehearsal.build().measuredCount == 3)
  }

  @Test func isRefusedBeforeAnythingIsMeasured() throws {
    func headlines(_ cell: String) throws -> [String] {
      let rehearsal = Rehearsal(["notebook.md": Rehearsal.notebook(cell)])
      return try rehearsal.build().diagnostics.map(\.headline)
    }
    #expect(
      try headlines("```{series #run}\npath: runs/step-*.st\n```")
        == ["notebook.md:5:7: error: no file matches 'runs/step-*.st'"])
    #expect(
      try headlines("```{series #run}\npath: runs/*/step-*.st\n```")
        == ["notebook.md:5:7: error: 'path' is 'runs/*/step-*.st'; it must be a path with one *"])
    #expect(
      try headlines("```{series #run}\nover: step\n```")
        == ["notebook.md:5:1: error: 'path' is missing: name the files, with * where they differ"])
  }

  @Test func matchesWithinOneName() {
    func parts(_ path: String) -> [String]? {
      SeriesPattern(path).map { [$0.folder, $0.start, $0.end, $0.rest] }
    }
    #expect(parts("step-*.pt") == ["", "step-", ".pt", ""])
    #expect(parts("/step-*.pt") == ["/", "step-", ".pt", ""])
    #expect(parts("a/b/seed*/x/model.pt") == ["a/b", "seed", "", "x/model.pt"])
    #expect(parts("a/*") == ["a", "", "", ""])
    #expect(parts("a/b") == nil)
    #expect(parts("*/*") == nil)
  }
}
