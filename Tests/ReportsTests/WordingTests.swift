import Diagnostics
import Reports
import Testing

/// Every sentence this module can say.
@Suite struct WordingTests {
  @Test func saysTheseSentences() {
    let problems: [ReportProblem] = [
      .unknownValue(path: "a.c", nearest: "a.b"), .unknownValue(path: "a.c", nearest: nil),
      .unknownReference(id: "fig-a", known: ["fig-b"]), .unknownCitation(key: "a2020", known: ["a2021"]),
      .unknownTeX(command: "frob"), .brokenTeX("'{' is not closed in a formula"), .imageNotShown("a.png"),
      .badPicture(id: "fig-a", reason: "holds '<script'"),
      .badTemplate(name: "page.mustache", reason: "sectionCloseNameIncorrect"),
      .unknownTemplate("pages.mustache", known: ["page.mustache"]),
    ]
    let sentences = problems.map { $0.message + ($0.hint.map { "\n  hint: \($0)" } ?? "") }.joined(separator: "\n")
    #expect(
      sentences == #"""
        'a.c' is no value of this report
          hint: did you mean 'a.b'?
        'a.c' is no value of this report
        '@fig-a' refers to nothing
          hint: did you mean 'fig-b'?
        'a2020' is not in the bibliography
          hint: did you mean 'a2021'?
        TeX command '\frob' is not known and is shown by its name
          hint: use \operatorname{…} or \mathrm{…} for words
        '{' is not closed in a formula
        image 'a.png' is linked, not shown: the page is one file
          hint: show it with a 'figure' cell
        picture of 'fig-a' holds '<script'
        template 'page.mustache' cannot be read: sectionCloseNameIncorrect
        template 'pages.mustache' is used by nothing
          hint: did you mean 'page.mustache'?
        """#)
  }
}
