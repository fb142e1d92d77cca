import Foundation
import Testing

@Suite struct BuildCommandTests {
  /// A notebook about a shipped network; small enough to measure in a moment.
  static func notebook(check: String = "min: 0", extra: String = "", points: String = "points.npy") -> String {
    """
    ---
    title: Digits
    params:
      n: {type: int, default: 2, min: 1}
    ---

    ```{network #net}
    path: \(Command.shipped("digits/score.onnx"))
    ```

    ```{jacobian-spectrum #spec}
    network: net
    points: {from: \(Command.shipped("digits/\(points)")), count: "${n}"}
    given: {t: 5}
    ```

    ```{table #tbl-a}
    show: spec.summary
    ```

    ```{check #chk}
    value: spec.inputSize
    \(check)
    ```

    \(extra)
    """
  }

  @Test func buildsAndRecognisesWhatItBuilt() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.notebook(), to: "a.md")
      let first = try fieldbook("build", "a.md")
      #expect(first.status == 0 && first.output.isEmpty, "\(first)")
      #expect(
        first.errors == "measuring jacobian-spectrum #spec\na.md → _site/a/index.html (1 measured, 0 from records)\n")
      for file in [
        "index.html", "a.md", "values.json", "values.tex", "build.json", "tables/tbl-a.csv", "records/spec/record.json",
      ] {
        #expect(fieldbook.exists("_site/a/\(file)"), "\(file)")
      }
      let page = try fieldbook.read("_site/a/index.html")
      #expect(try fieldbook("build", "a.md").errors == "a.md → _site/a/index.html (unchanged)\n")
      #expect(try fieldbook("build", "a.md", "--fresh", "-q").errors.isEmpty)
      #expect(try fieldbook.read("_site/a/index.html") == page)
    }
  }

  @Test func answersAsJSON() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.notebook(check: "equals: 65"), to: "a.md")
      let run = try fieldbook("build", "a.md", "nosuch.md", "--json")
      let answers = try #require(run.json as? [[String: Any]])
      #expect(answers.compactMap { $0["status"] as? Int } == [3, 66] && run.status == 66)
      #expect(answers[0]["report"] as? String == "_site/a" && answers[1]["report"] is NSNull)
      let diagnostic = try #require((answers[0]["diagnostics"] as? [[String: Any]])?.first)
      #expect(diagnostic["message"] as? String == "check 'chk' did not pass: 'spec.inputSize' is 64; it must be 65")
      #expect(diagnostic["file"] as? String == "a.md" && diagnostic["line"] as? Int == 21)
    }
  }

  @Test func aFailedCellIs1AndTheRestIsThere() throws {
    try withCommand { fieldbook in
      let bad =
        "```{jacobian-spectrum #bad}\nnetwork: net\npoints: {from: \(Command.shipped("sphere/points.npy")), count: 2}\ngiven: {t: 5}\n```"
      try fieldbook.write(Self.notebook(extra: bad), to: "a.md")
      let run = try fieldbook("build", "a.md")
      #expect(run.status == 1 && run.errors.contains("a.md:26:5: error: "), "\(run)")
      #expect(fieldbook.exists("_site/a/tables/tbl-a.csv"))
      #expect(try fieldbook("build", "a.md").status == 1)
    }
  }

  @Test func aWrongNotebookIs2WithItsPlace() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.notebook().replacing("given", with: "gvien"), to: "a.md")
      for verb in ["build", "check"] {
        let run = try fieldbook(verb, "a.md")
        #expect(run.status == 2 && run.output.isEmpty)
        #expect(
          run.errors
            == "a.md:14:1: error: unknown key 'gvien'\n  | gvien: {t: 5}\n  | ^^^^^\n  hint: did you mean 'given'?\n")
      }
      #expect(!fieldbook.exists("_site/a"))
    }
  }

  @Test func aFailedCheckIs3EveryTime() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.notebook(check: "max: 10"), to: "a.md")
      for _ in 0..<2 {
        let run = try fieldbook("build", "a.md")
        #expect(run.status == 3 && run.errors.contains("it must be at most 10"))
      }
    }
  }

  @Test func publishShowsRecordsAndIs4WhereTheyAreStale() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.notebook(), to: "a.md")
      #expect(try fieldbook("publish", "a.md").status == 4)
      #expect(try fieldbook("build", "a.md").status == 0)
      let published = try fieldbook("publish", "a.md", "--theme", "icml")
      #expect(published.status == 0 && published.errors.contains("(0 measured, 1 from records)"))
      let stale = try fieldbook("publish", "a.md", "--set", "n=3")
      #expect(stale.status == 4 && stale.errors.contains("hint: run 'fieldbook build' to measure it"))
      #expect(fieldbook.exists("_site/a/index.html"))
    }
  }

  @Test func warningsAre5UnderStrictEveryTime() throws {
    try withCommand { fieldbook in
      try fieldbook.write("No front matter here.\n", to: "a.md")
      #expect(try fieldbook("build", "a.md").status == 0)
      for _ in 0..<2 { #expect(try fieldbook("build", "a.md", "--strict").status == 5) }
      #expect(try fieldbook("check", "a.md", "--strict").status == 5)
    }
  }

  @Test func whatCannotBeWrittenIs73() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.notebook(), to: "a.md")
      try fieldbook.write("x", to: "file")
      #expect(try fieldbook("build", "a.md", "--output", "file").status == 73)
      #expect(try fieldbook("build", "a.md", "--output", "/proc/nowhere").status == 73)
      #expect(try fieldbook.read("file") == "x")
    }
  }

  @Test func aFolderThatIsNoReportIsLeftAlone() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.notebook(), to: "reports/a/notebook.md")
      let run = try fieldbook("build", "reports/a/notebook.md", "--output", "reports")
      #expect(run.status == 73 && run.errors.contains("holds something other than a report"))
      #expect(try fieldbook.read("reports/a/notebook.md") == Self.notebook())
    }
  }

  @Test func oneBrokenNotebookHidesNoOther() throws {
    try withCommand { fieldbook in
      try fieldbook.write("---\ntitle: [\n---\n", to: "bad.md")
      try fieldbook.write(Self.notebook(), to: "good.md")
      for verb in ["build", "check"] {
        let run = try fieldbook(verb, "nosuch.md", "bad.md", "good.md")
        #expect(run.status == 66 && run.errors.contains("good.md"), "\(run)")
      }
      #expect(fieldbook.exists("_site/good/index.html"))
    }
  }

  @Test func namesOfAnyKindWork() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.notebook(), to: "mein Heft/Größe & <b>.md")
      #expect(try fieldbook("build", "mein Heft/Größe & <b>.md").status == 0)
      let page = try fieldbook.read("_site/Größe & <b>/index.html")
      #expect(!page.contains("& <b>.md") && page.contains("&amp; &lt;b&gt;.md"))
      try fieldbook.write(Self.notebook(), to: "b")
      #expect(try fieldbook("build", "b", "./b", "--output", "o").status == 0)
    }
  }

  @Test func withoutNamesItTakesTheNotebookHereOrAllReports() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.notebook(), to: "reports/a/notebook.md")
      try fieldbook.write(Self.notebook(), to: "reports/b/notebook.md")
      let all = try fieldbook("check")
      #expect(
        all.errors == "reports/a/notebook.md: 4 cells, nothing wrong\nreports/b/notebook.md: 4 cells, nothing wrong\n")
      try fieldbook.write(Self.notebook(), to: "notebook.md")
      #expect(try fieldbook("check").errors == "notebook.md: 4 cells, nothing wrong\n")
    }
  }

  @Test func theShippedReportsArePlannedWithoutAnythingWrong() throws {
    let reports = Command.repository.appending(path: "reports")
    let folders = try FileManager.default.contentsOfDirectory(atPath: reports.path)
    #expect(folders.count >= 3)
    try withCommand { fieldbook in
      for folder in folders {
        let run = try fieldbook("check", reports.appending(path: "\(folder)/notebook.md").path)
        #expect(run.status == 0 && run.errors.contains("nothing wrong"), "\(folder): \(run.errors)")
      }
    }
  }

  @Test func aSecondRunIs75AndAnInterruptedOneLeavesNothingBehind() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.notebook().replacing("given: {t: 5}", with: "given: {t: 5}"), to: "a.md")
      #expect(try fieldbook("build", "a.md").status == 0)
      let before = try fieldbook.read("_site/a/index.html")
      // Long enough to be interrupted: every point, several times over.
      let cells = (0..<40).map {
        "```{spectral-gap #g\($0)}\nnetwork: net\npredicts: noise\nprocess: ddpm\npoints: \(Command.shipped("digits/points.npy"))\nsigmas: [0.1, 0.2, 0.5]\n```\n"
      }
      try fieldbook.write(Self.notebook(extra: cells.joined(separator: "\n")), to: "a.md")
      let process = fieldbook.start(["build", "a.md"])
      let said = fieldbook.folder.appending(path: "said")
      FileManager.default.createFile(atPath: said.path, contents: nil)
      process.standardError = try FileHandle(forWritingTo: said)
      try process.run()
      while try !fieldbook.read("said").contains("measuring spectral-gap #g0"), process.isRunning { usleep(5000) }
      let second = try fieldbook("build", "a.md")
      #expect(second.status == 75 && second.errors.contains("in use by another run"))
      process.interrupt()
      process.waitUntilExit()
      #expect(process.terminationStatus == 130)
      #expect(try fieldbook.read("_site/a/index.html") == before)
      let names = FileManager.default.subpaths(atPath: fieldbook.folder.path) ?? []
      #expect(!names.contains { $0.hasSuffix(".partial") || $0.hasSuffix(".tmp") }, "\(names)")
    }
  }
}
