import Diagnostics
import Foundation
import Probing
import Testing

@testable import Fieldwork

@Suite struct PlannerTests {
  func plan(_ cells: String, header: String = "title: Test", request: Planner.Request = .init()) throws -> FieldPlan {
    let outcome = try Rehearsal(["notebook.md": Rehearsal.notebook(cells, header: header)]).plan(request: request)
    return try #require(outcome.value, "\(outcome.diagnostics.map(\.headline))")
  }

  @Test func putsEveryStepAfterWhatItDependsOn() throws {
    let plan = try plan(
      """
      ```{figure #fig-a}
      show: sum.curve
      ```

      ```{trace #sum}
      points: few
      ```

      ```{samples #few}
      from: all
      count: 2
      ```

      ```{samples #all}
      path: shared/points.npy
      ```
      """)
    #expect(plan.steps.map(\.id) == ["all", "few", "sum", "fig-a"])
    #expect(plan.step("fig-a")?.dependsOn == ["sum"])
    #expect(plan.step("few")?.dependsOn == ["all"])
  }

  @Test func keepsReadingOrderOtherwise() throws {
    let cells = ["c", "a", "b"].map { "```{trace #\($0)}\nsize: 2\n```" }.joined(separator: "\n\n")
    #expect(try plan(cells).steps.map(\.id) == ["c", "a", "b"])
  }

  @Test(arguments: [
    "shared/points.npy", "shared/runs.npz:test", "few", "w:layer.0", "./shared/points.npy",
  ])
  func acceptsEveryKindOfReference(reference: String) throws {
    let plan = try plan(
      """
      ```{samples #few}
      path: shared/points.npy
      ```

      ```{checkpoint #w}
      path: shared/weights.safetensors
      ```

      ```{trace #sum}
      points: \(reference)
      ```
      """)
    let expected: [String: [String]] = ["few": ["few"], "w:layer.0": ["w"]]
    #expect(plan.step("sum")?.dependsOn == expected[reference] ?? [])
  }

  @Test func findsTheWholeOfALongCycle() throws {
    let cells = [("a", "b"), ("b", "c"), ("c", "a")].map { "```{samples #\($0)}\nfrom: \($1)\n```" }
    let outcome = try Rehearsal(["notebook.md": Rehearsal.notebook(cells.joined(separator: "\n\n"))]).plan()
    #expect(outcome.value == nil)
    #expect(outcome.diagnostics.map(\.message) == ["cells depend on each other: 'a' → 'b' → 'c' → 'a'"])
  }

  @Test func resolvesPathsFromTheNotebooksFolder() throws {
    let rehearsal = Rehearsal([
      "reports/gaps/notebook.md": Rehearsal.notebook("```{trace #sum}\npoints: ../../data/x.npy\n```"),
      "data/x.npy": "",
    ])
    let plan = try #require(try rehearsal.plan("reports/gaps/notebook.md").value)
    #expect(plan.folder == "reports/gaps")
    #expect(plan.resolved("../../data/x.npy") == "data/x.npy")
    #expect(plan.resolved("../..") == ".")
    #expect(plan.resolved("/data/x.npy") == "/data/x.npy")
  }

  @Test func resolvesPathsOfANotebookAtTheRoot() {
    #expect(FieldPlan.resolve("data/x.npy", in: "/") == "/data/x.npy")
    #expect(FieldPlan.resolve("../x.npy", in: "a/b") == "a/x.npy")
    #expect(FieldPlan.resolve("../../../x.npy", in: "a/b") == "../x.npy")
    #expect(FieldPlan.resolve("x.npy", in: "") == "x.npy")
  }

  @Test func askedThemeWinsAndTheLastNamedCounts() throws {
    let cell = "```{trace #sum}\nsize: 2\n```"
    #expect(try plan(cell, header: "title: T\ntheme: [neurips, icml]").theme.name == "icml")
    #expect(try plan(cell, header: "title: T\ntheme: icml", request: .init(theme: "nature")).theme.name == "nature")
    #expect(try plan(cell).theme.name == "screen")
  }

  @Test func questionChangesWithWhatIsAskedAndNotWithOtherCells() throws {
    func question(_ cells: String, seed: Int = 1) throws -> String {
      let plan = try plan(cells, header: "title: T\nseed: \(seed)")
      return try plan.question(of: try #require(plan.step("sum"))).hex
    }
    let few = "```{samples #few}\npath: shared/points.npy\ncount: 2\n```\n\n"
    let sum = "```{trace #sum}\npoints: few\n```\n\n"
    let first = try question(few + sum)
    #expect(try question(few + sum + "```{trace #more}\nsize: 2\n```") == first)
    #expect(try question(few.replacingOccurrences(of: "count: 2", with: "count: 3") + sum) != first)
    #expect(try question(few.replacingOccurrences(of: "points.npy", with: "wide.npy") + sum) != first)
    #expect(try question(few + sum.replacingOccurrences(of: "few", with: "few\nsize: 4")) != first)
    #expect(try question(few + sum, seed: 2) != first)
  }

  @Test func questionReachesThroughSourcesToTheirSources() throws {
    func question(_ path: String) throws -> String {
      let plan = try plan(
        """
        ```{trace #sum}
        points: few
        ```

        ```{samples #few}
        from: all
        ```

        ```{samples #all}
        path: shared/\(path)
        ```
        """)
      return try plan.question(of: try #require(plan.step("sum"))).hex
    }
    #expect(try question("points.npy") != question("wide.npy"))
  }

  @Test func everyErrorOfANotebookHasAPlace() throws {
    for name in AcceptanceTests.names {
      let (rehearsal, request) = try AcceptanceTests.rehearsal(of: name)
      guard request.set.isEmpty, request.theme == nil, request.parameterFile == nil,
        let outcome = try? rehearsal.plan(request: request)
      else { continue }
      for diagnostic in outcome.diagnostics { #expect(diagnostic.range != nil, "\(name): \(diagnostic.headline)") }
    }
  }
}
