import Checkpoints
import Diagnostics
import Foundation
import Probing
import Testing

@testable import Fieldwork

@Suite struct BuildTests {
  static let cells = """
    ```{samples #few}
    path: data/points.npy
    count: ${n}
    ```

    ```{trace #sum}
    points: few
    mood: wild
    ```

    ```{trace #plain}
    size: 700
    ```

    ```{figure #fig-a}
    show: sum.curve
    ```

    ```{table #tbl-a}
    show: plain.levels
    ```

    ```{check #chk}
    value: sum.shape[0]
    equals: 2
    ```
    """
  static let header = "title: Test\nparams:\n  n: {type: int, default: 2}"

  /// A notebook beside data of its own.
  func rehearsal(_ cells: String = cells, full: String? = nil) throws -> Rehearsal {
    let rehearsal = Rehearsal(["notebook.md": Rehearsal.notebook(cells, header: Self.header)], full: full)
    let points = try rehearsal.workspace.bytes(at: "shared/points.npy").withUnsafeBytes { Array($0) }
    try rehearsal.workspace.write(points, to: "data/points.npy")
    return rehearsal
  }

  @Test func twoBuildsGiveTheSameBytes() throws {
    let (one, other) = (try rehearsal(), try rehearsal())
    #expect(try one.build().status == .ok)
    _ = try other.build(freshness: .measureAll)
    #expect(one.workspace.folder("site") == other.workspace.folder("site"))
    #expect(one.workspace.folder("site").count > 10)
  }

  @Test func recordsGiveTheSameBytesAsMeasuring() throws {
    let one = try rehearsal()
    let first = try one.build()
    #expect(first.measuredCount == 2 && first.recordedCount == 0)
    let measured = one.workspace.folder("site")
    try one.workspace.write([0], to: "site/notebook/index.html")
    let second = try one.build()
    #expect(second.measuredCount == 0 && second.recordedCount == 2 && !second.isUnchanged)
    #expect(one.workspace.folder("site") == measured)
  }

  @Test func measuresOnlyWhatChanged() throws {
    let one = try rehearsal()
    _ = try one.build()
    var request = Planner.Request()
    request.set = ["n": "3"]
    let summary = try one.build(request: request)
    #expect(summary.measuredCount == 1 && summary.recordedCount == 1)
    #expect(one.measured.lines == ["measuring trace #sum", "measuring trace #plain", "measuring trace #sum"])
    #expect(summary.status == .checkFailed)
  }

  @Test func dataThatChangeAreMeasuredAgain() throws {
    let one = try rehearsal()
    _ = try one.build()
    let wide = try one.workspace.bytes(at: "shared/wide.npy").withUnsafeBytes { Array($0) }
    try one.workspace.write(wide, to: "data/points.npy")
    #expect(try one.build().measuredCount == 1)
  }

  @Test func anUnchangedBuildKeepsItsStatusAndItsWords() throws {
    let one = try rehearsal(Self.cells.replacingOccurrences(of: "equals: 2", with: "equals: 5"))
    let (first, before) = (try one.build(), one.workspace.folder("site"))
    let second = try one.build()
    #expect(second.isUnchanged && second.status == .checkFailed && second.report == first.report)
    #expect(second.diagnostics == first.diagnostics && second.diagnostics.count == 1)
    #expect(one.workspace.folder("site") == before)
  }

  @Test func anUnchangedBuildWithAFailedCellIsStillFailed() throws {
    let one = try rehearsal("```{trace #bad}\nfailure: no\n```\n\n\(Self.cells)")
    let first = try one.build()
    #expect(first.status == .cellFailed)
    let second = try one.build()
    #expect(second.isUnchanged && second.status == .cellFailed && second.diagnostics == first.diagnostics)
  }

  @Test(arguments: ["index.html", "figures/fig-a.pdf", "tables/tbl-a.csv", "build.json", "records/sum/record.json"])
  func aReportWithAFileGoneOrChangedIsWrittenAgain(file: String) throws {
    let one = try rehearsal()
    _ = try one.build()
    let whole = one.workspace.folder("site")
    let path = "site/notebook/\(file)"
    if file == "build.json" { try one.workspace.write(whole[path] ?? [], to: path) } else { one.workspace.remove(path) }
    #expect(try one.build().isUnchanged == (file == "build.json"))
    #expect(one.workspace.folder("site") == whole)
    if file != "build.json" {
      try one.workspace.write([1], to: path)
      #expect(try !one.build().isUnchanged)
      #expect(one.workspace.folder("site") == whole)
    }
  }

  @Test func newTemplatesOrThemesAreNoReasonToMeasure() throws {
    var one = try rehearsal()
    _ = try one.build()
    try one.workspace.write(Array("body { color: teal }".utf8), to: "own/style.css")
    one.places.templates = "own"
    let summary = try one.build(request: .init(theme: "icml"))
    #expect(summary.measuredCount == 0 && !summary.isUnchanged)
    #expect(one.workspace.read("site/notebook/index.html").contains("color: teal"))
    one.places.templates = "owm"
    #expect(throws: WorkspaceError.missing("owm")) { try one.build() }
  }

  @Test func aDamagedRecordIsMeasuredAgain() throws {
    let one = try rehearsal()
    _ = try one.build()
    let whole = one.workspace.folder("site")
    for path in one.workspace.folder("records").keys { try one.workspace.write(Array("{]".utf8), to: path) }
    one.workspace.remove("site/notebook/index.html")
    let summary = try one.build()
    #expect(summary.measuredCount == 2 && summary.status == .ok)
    #expect(one.workspace.folder("site") == whole)
  }

  @Test func recordsThatDoNotFitTheirProbeAreMeasuredAgain() throws {
    let one = try rehearsal()
    _ = try one.build()
    let whole = one.workspace.folder("site")
    // A sound record, with a finding of another layout.
    for path in one.workspace.folder("records").keys where path.hasSuffix("record.json") {
      let text = one.workspace.read(path).replacing("\"total\"", with: "\"sum\"")
      try one.workspace.write(Array(text.utf8), to: path)
      let digest = ContentDigest(of: Bytes(Array(text.utf8))).hex
      try one.workspace.write(Array(digest.utf8), to: path.replacing("record.json", with: "record.sha256"))
    }
    let summary = try one.build()
    #expect(summary.measuredCount == 2 && summary.recordedCount == 0 && summary.status == .ok)
    #expect(one.workspace.folder("site") == whole)
  }

  @Test func recordsThatCannotBeKeptAreAWarning() throws {
    let summary = try rehearsal(full: "records").build()
    #expect(summary.status == .ok && summary.report != nil)
    #expect(summary.diagnostics.allSatisfy { $0.severity == .warning && $0.message.contains("no space left") })
    #expect(summary.diagnostics.count == 2)
  }

  @Test func aReportThatCannotBeWrittenIsAnError() throws {
    let one = try rehearsal(full: "site")
    #expect(throws: WorkspaceError.cannotWrite("site/notebook", reason: "no space left on device")) { try one.build() }
  }

  @Test func pointsThatAProbeFoundAreMeasuredOnce() throws {
    func notebook(seed: Int) -> String {
      Rehearsal.notebook(
        """
        `=sum.total|.3f`

        ```{generated-samples #made}
        network: checkpoints/sphere/score.onnx
        predicts: flow
        count: 3
        sampler: {kind: ddim, steps: 2}
        seed: \(seed)
        ```

        ```{trace #sum}
        points: made
        ```
        """)
    }
    let rehearsal = Rehearsal(["notebook.md": notebook(seed: 1)])
    #expect(try rehearsal.build().status == .ok)
    let again = try rehearsal.build()
    #expect(
      again.isUnchanged && rehearsal.measured.lines == ["measuring generated-samples #made", "measuring trace #sum"])
    // Publishing knows that the samples are other ones, though nothing about the sum's own cell has changed.
    try rehearsal.workspace.write([UInt8](notebook(seed: 2).utf8), to: "notebook.md")
    #expect(try rehearsal.build(freshness: .publish).status == .notReproducible)
    #expect(try rehearsal.build().measuredCount == 2)
  }

  @Test func aDamagedSourceLeavesTheLastGoodReport() throws {
    let one = try rehearsal()
    _ = try one.build()
    let whole = one.workspace.folder("site")
    try one.workspace.write([1, 2, 3], to: "data/points.npy")
    let summary = try one.build()
    #expect(summary.status == .inputDamaged && summary.report == nil)
    #expect(one.workspace.folder("site") == whole)
  }

  @Test func aDoubtOfSeveralPanelsIsToldOnce() throws {
    func page(_ titles: [String]) throws -> String {
      let cells = titles.enumerated().map { number, title in
        "```{trace #t\(number)}\nmood: \(title == "calm" ? "calm" : "wild")\ntitle: \(title)\n```"
      }
      let shown = titles.indices.map { "t\($0).curve" }.joined(separator: ", ")
      let figure = "```{figure #fig-a}\nshow: [\(shown)]\n```"
      let rehearsal = Rehearsal([
        "notebook.md": Rehearsal.notebook((cells + [figure]).joined(separator: "\n\n"))
      ])
      #expect(try rehearsal.build().status == .ok)
      return rehearsal.workspace.read("site/notebook/notebook.md")
    }
    let differing = try page(["x", "y", "x"])
    #expect(differing.contains("> **Caveat** (a) (c) the mood is wild: x; with other numbers (b)"))
    #expect(!differing.contains("wild: y"))
    #expect(try page(["calm", "x"]).contains("> **Caveat** (b) the mood is wild: x\n"))
    #expect(try page(["x", "x"]).contains("> **Caveat** the mood is wild: x\n"))
  }

  @Test func aFailingProbeBecomesAPanelAndTheRestIsWritten() throws {
    let (rehearsal, _) = try AcceptanceTests.rehearsal(of: "failing-probe")
    _ = try rehearsal.build()
    let page = rehearsal.workspace.read("site/notebook/index.html")
    let markdown = rehearsal.workspace.read("site/notebook/notebook.md")
    for text in [page, markdown] {
      #expect(text.contains("the numbers ran out") && text.contains("calm down"))
      #expect(text.contains("notebook.md:10:5"))
      #expect(text.contains("fig-c"))
    }
    #expect(page.contains("bad") && page.contains("which was not measured"))
    #expect(page.contains("The curve, sum."))
  }
}
