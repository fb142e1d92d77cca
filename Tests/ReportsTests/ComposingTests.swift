import Diagnostics
import Exhibits
import Notebooks
@testable import Reports
import Testing

@Suite struct ComposingTests {
  private func compose(
    _ body: String, header: String = "title: T", material: ReportMaterial = ReportMaterial()
  ) throws -> Outcome<Report> {
    let source = SourceText(name: "n.md", text: "---\n\(header)\n---\n\(body)")
    let parsed = Notebook.parse(source)
    #expect(parsed.diagnostics == [])
    return Report.compose(try #require(parsed.value), with: material)
  }

  private func figure(_ id: String) -> CellResult {
    .shown([ShownExhibit(id: id, content: .figure(svg: SampleReport.picture), caption: [.text("C")])])
  }

  @Test func failedFiguresKeepTheirNumbers() throws {
    let body = "@fig-b and @fig-c\n\n```{figure #fig-a}\n```\n\n```{figure #fig-b}\n```\n\n```{figure #fig-c}\n```\n"
    let failed = CellResult.failed(Diagnostic(.error, "no"))
    let report = try #require(
      try compose(
        body, material: ReportMaterial(results: ["fig-a": figure("fig-a"), "fig-b": failed, "fig-c": figure("fig-c")])
      ).value)
    guard case .paragraph(let words) = report.blocks[0], case .trouble(let trouble) = report.blocks[2],
      case .figure(let last) = report.blocks[3]
    else {
      Issue.record("other blocks than expected: \(report.blocks)")
      return
    }
    #expect(
      words == [
        .reference(text: "Figure 2", id: "fig-b"), .text(" and "), .reference(text: "Figure 3", id: "fig-c"),
      ])
    #expect(trouble.label == "Figure 2")
    #expect(trouble.place == "n.md:9:1")
    #expect(last.number == 3)
  }

  @Test func numbersSectionsOnlyWhereAskedOrReferredTo() throws {
    let body = "## A\n\n### B {#sec-b}\n\n## C\n\n#### D\n"
    func numbers(_ report: Report?) -> [String?] {
      (report?.blocks ?? []).compactMap { if case .heading(let heading) = $0 { heading.number } else { nil } }
    }
    #expect(numbers(try compose(body).value) == [nil, nil, nil, nil])
    #expect(numbers(try compose(body, header: "title: T\nnumber-sections: true").value) == ["1", "1.1", "2", "2.1.1"])
    let referred = try #require(try compose(body + "\nSee @sec-b.\n").value)
    #expect(numbers(referred) == ["1", "1.1", "2", "2.1.1"])
    #expect(
      referred.blocks.last == .paragraph([.text("See "), .reference(text: "Section 1.1", id: "sec-b"), .text(".")]))
  }

  @Test func takesTheTitleFromTheFirstHeadingWhereThereIsNone() throws {
    let report = try #require(try compose("# The title\n\nText\n", header: "seed: 1").value)
    #expect(report.title == [.text("The title")])
    #expect(report.blocks == [.paragraph([.text("Text")])])
    #expect(try compose("Text\n", header: "seed: 1").value?.title == [.text("n")])
  }

  @Test func saysWhichValuesAreUnknownAndWhere() throws {
    let material = ReportMaterial { $0 == "a.b" ? .number(1) : .unknown(nearest: "a.b") }
    let outcome = try compose("Is `=a.b` or `=a.c`?\n", material: material)
    #expect(
      outcome.diagnostics.map { $0.rendered() } == [
        "n.md:4:14: error: 'a.c' is no value of this report\n  hint: did you mean 'a.b'?"
      ])
  }

  @Test func writesNumbersByTheirFormats() throws {
    let values: [String: ValueLookup] = ["a.n": .number(0.123456), "a.i": .integer(1234567), "a.t": .text("<x>")]
    let report = try #require(
      try compose(
        "`=a.n` `=a.n|.1%` `=a.i` `=a.i|,d` `=a.t|.2f`\n",
        material: ReportMaterial { values[$0] ?? .unknown(nearest: nil) }
      ).value)
    guard case .paragraph(let words) = report.blocks[0] else { return }
    let shown = words.compactMap { if case .value(let text, _) = $0 { text } else { nil } }
    #expect(shown == ["0.1235", "12.3 %", "1234567", "1\u{202F}234\u{202F}567", "<x>"])
  }

  @Test func warnsOfTeXItDoesNotKnow() throws {
    let outcome = try compose("$\\frob{x}$\n\n$$\\left( x$$\n")
    #expect(
      outcome.diagnostics.map(\.headline) == [
        "n.md:4:1: warning: TeX command '\\frob' is not known and is shown by its name",
        "n.md:6:1: warning: '\\left' without '\\right' in a formula",
      ])
  }

  @Test func refusesPicturesWithScripts() throws {
    let bad = ShownExhibit(id: "fig-a", content: .figure(svg: "<svg><script>alert(1)</script></svg>"), caption: [])
    let outcome = try compose("```{figure #fig-a}\n```\n", material: ReportMaterial(results: ["fig-a": .shown([bad])]))
    #expect(outcome.diagnostics.map(\.message) == ["picture of 'fig-a' holds '<script'"])
    #expect(outcome.value?.blocks == [])
  }

  @Test func takesPicturesThatCarryTheirPixelsAndRefusesThoseThatPointElsewhere() {
    #expect(SVGPicture.refusal(of: "<svg><image href=\"data:image/png;base64,AA==\"/><use href=\"#a\"/></svg>") == nil)
    #expect(SVGPicture.refusal(of: "<svg><image href=\"https://a.b/c.png\"/></svg>") == "points outside itself")
    #expect(SVGPicture.refusal(of: "<svg><image xlink:href=\"file:///x\"/></svg>") == "points outside itself")
  }

  @Test func tellsWorksOfOneAuthorAndYearApart() throws {
    let bibliography = try #require(
      Bibliography.parse(
        SourceText(
          name: "r.bib",
          text: "@misc{x, author={A, B}, title={Zebra}, year=2020}\n@misc{y, author={A, B}, title={Ant}, year=2020}")
      ).value)
    let report = try #require(
      try compose("[@x; @y] and @x\n", material: ReportMaterial(bibliography: bibliography)).value)
    guard case .paragraph(let words) = report.blocks[0] else { return }
    #expect(words.plainText == "(A, 2020b; A, 2020a) and A (2020b)")
    #expect(report.references.map(\.key) == ["y", "x"])
    #expect(report.references[0].content.plainText == "A, B. (2020a). Ant.")
  }

  @Test func givesEqualHeadingsUnlikeAnchors() throws {
    let report = try #require(try compose("# Same\n\n# Same\n\n# <b>\n").value)
    let ids = report.blocks.compactMap { if case .heading(let heading) = $0 { heading.id } else { nil } }
    #expect(ids == ["s-same", "s-same-2", "s-b"])
  }
}
