import Testing

@testable import Fieldwork

@Suite struct SiteTests {
  @Test(arguments: [
    ("notebook.md", "notebook"), ("gaps.md", "gaps"), ("reports/gaps/notebook.md", "gaps"),
    ("reports/gaps/./notebook.md", "gaps"), ("reports/gaps/README.md", "gaps"), ("../notebook.md", "notebook"),
    ("a/../notebook.md", "notebook"), ("/notebook.md", "notebook"), ("/srv/gaps/index.md", "gaps"), ("a.b.md", "a.b"),
    ("no-ending", "no-ending"), (".hidden.md", "hidden"), ("..md", "notebook"), ("mein Heft/Größe.md", "Größe"),
    ("reports/.drafts/notebook.md", "drafts"), ("a/gaps.md", "gaps"), ("./gaps.md", "gaps"), ("a", "a"),
    (".", "notebook"),
  ])
  func namesTheReportAfterTheNotebook(path: String, name: String) {
    let site = Site(notebookPath: path, output: "_site")
    #expect(site.name == name && site.folder == "_site/\(name)")
  }

  @Test func onlyReportsAreReplaced() throws {
    let site = Site(notebookPath: "gaps.md", output: "site")
    #expect(site.isReplaceable(in: MemoryWorkspace()))
    #expect(!site.isReplaceable(in: MemoryWorkspace(["site/gaps/thesis.tex": "x"])))
    #expect(!site.isReplaceable(in: MemoryWorkspace(["site/gaps/build.json": #"{"compiler": "cc"}"#])))
    #expect(!site.isReplaceable(in: MemoryWorkspace(["site/gaps": "a file"])))
    #expect(!site.isReplaceable(in: MemoryWorkspace(["site/gaps/build.json": "{"])))
    // A report whose summary was damaged is still a report.
    let damaged = ["site/gaps/build.json": "{", "site/gaps/index.html": "", "site/gaps/values.tex": ""]
    #expect(site.isReplaceable(in: MemoryWorkspace(damaged)))
    #expect(site.isReplaceable(in: MemoryWorkspace(["site/gaps/build.json": #"{"software": "fieldbook 0.0.1"}"#])))
    let rehearsal = Rehearsal(["gaps.md": Rehearsal.notebook("Nothing.")])
    _ = try rehearsal.build("gaps.md")
    #expect(site.isReplaceable(in: rehearsal.workspace))
  }

  @Test func aNotebooksOwnFolderIsSafe() throws {
    var rehearsal = Rehearsal(["reports/gaps/notebook.md": Rehearsal.notebook("Nothing.")])
    rehearsal.places.output = "reports"
    #expect(throws: WorkspaceError.notAReport("reports/gaps")) { try rehearsal.build("reports/gaps/notebook.md") }
    #expect(rehearsal.workspace.paths == ["reports/gaps/notebook.md"])
  }
}
