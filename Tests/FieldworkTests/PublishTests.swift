import Diagnostics
import Testing

@testable import Fieldwork

@Suite struct PublishTests {
  func built() throws -> Rehearsal {
    let rehearsal = try BuildTests().rehearsal()
    _ = try rehearsal.build()
    return rehearsal
  }

  @Test func needsNeitherSourcesNorCache() throws {
    let one = try built()
    let whole = one.workspace.folder("site")
    one.workspace.remove("data/points.npy")
    for path in one.workspace.folder("records").keys { one.workspace.remove(path) }
    let summary = try one.build(freshness: .publish)
    #expect(summary.status == .ok && summary.measuredCount == 0 && summary.recordedCount == 2)
    #expect(one.workspace.folder("site") == whole)
    #expect(one.measured.lines.count == 2)
  }

  @Test func showsNewWordsAndLooks() throws {
    let one = try built()
    let text = one.workspace.read("notebook.md") + "\nA new paragraph.\n"
    try one.workspace.write(Array(text.utf8), to: "notebook.md")
    #expect(try one.build(request: .init(theme: "icml"), freshness: .publish).status == .ok)
    #expect(one.workspace.read("site/notebook/notebook.md").contains("A new paragraph."))
  }

  @Test func changedParametersAreStaleAndTheReportStays() throws {
    let one = try built()
    let whole = one.workspace.folder("site")
    // Only the source cell changes, not the probe's own parameters.
    let summary = try one.build(request: .init(set: ["n": "3"]), freshness: .publish)
    #expect(summary.status == .notReproducible && summary.report == nil)
    #expect(
      summary.diagnostics.map(\.message) == [
        "record of cell 'sum' in 'site/notebook' was measured with other parameters or another version"
      ])
    #expect(one.workspace.folder("site") == whole)
  }

  @Test func aNewCellIsStale() throws {
    let one = try built()
    let text = one.workspace.read("notebook.md") + "\n```{trace #more}\nsize: 2\n```\n"
    try one.workspace.write(Array(text.utf8), to: "notebook.md")
    let summary = try one.build(freshness: .publish)
    #expect(summary.status == .notReproducible)
    #expect(summary.diagnostics.map(\.message) == ["cell 'more' has no record in 'site/notebook'"])
  }

  @Test func anotherSeedIsStale() throws {
    let one = try built()
    let text = one.workspace.read("notebook.md").replacing("title: Test", with: "title: Test\nseed: 9")
    try one.workspace.write(Array(text.utf8), to: "notebook.md")
    #expect(try one.build(freshness: .publish).status == .notReproducible)
  }

  @Test func aDamagedRecordIsStale() throws {
    let one = try built()
    try one.workspace.write([1], to: "site/notebook/records/plain/record.json")
    let summary = try one.build(freshness: .publish)
    #expect(summary.status == .notReproducible)
    #expect(summary.diagnostics.map(\.message) == ["record of cell 'plain' in 'site/notebook' cannot be read"])
  }

  @Test func withoutAReportThereIsNothingToPublish() throws {
    let summary = try BuildTests().rehearsal().build(freshness: .publish)
    #expect(summary.status == .notReproducible && summary.report == nil)
  }

  @Test func checksAreJudgedAnew() throws {
    let one = try built()
    let text = one.workspace.read("notebook.md").replacing("equals: 2", with: "equals: 4")
    try one.workspace.write(Array(text.utf8), to: "notebook.md")
    #expect(try one.build(freshness: .publish).status == .checkFailed)
    #expect(try one.build(freshness: .publish).status == .checkFailed)
  }
}
