import Diagnostics
import Reports
import Testing

@Suite struct TemplateTests {
  private func overlay(_ name: String, _ text: String) -> Outcome<TemplateSet> {
    TemplateSet.standard.overlaying([SourceText(name: name, text: text)])
  }

  @Test func everyStandardTemplateHasItsText() {
    #expect(TemplateSet.standard.files.keys.sorted() == TemplateSet.names)
    for (name, text) in TemplateSet.standard.files { #expect(!text.isEmpty, "\(name)") }
  }

  @Test func everyStandardTemplateCanBeRead() {
    let own = TemplateSet.standard.files.sorted { $0.key < $1.key }.map { SourceText(name: $0.key, text: $0.value) }
    #expect(TemplateSet.standard.overlaying(own).diagnostics == [])
  }

  @Test func aPersonsOwnTemplatesTakeTheirPlace() throws {
    let own = try #require(overlay("mine/page.mustache", "<p>{{title}}</p>{{{body}}}").value)
    let report = Report(title: [.text("a < b")], blocks: [.rule])
    #expect(HTMLPage(templates: own).rendered(report) == "<p>a &lt; b</p><hr />")
    let style = try #require(overlay("mine/style.css", "p{color:red}").value)
    let page = HTMLPage(templates: style).rendered(report)
    #expect(page.contains("<style>p{color:red}</style>"))
    #expect(page != HTMLPage().rendered(report))
  }

  @Test func placesWhatIsWrongInATemplate() {
    let outcome = overlay("mine/page.mustache", "<p>\n{{#a}}\n{{/b}}\n")
    #expect(outcome.value == nil)
    #expect(outcome.diagnostics.map(\.headline).first?.hasPrefix("mine/page.mustache:3:") == true)
    #expect(outcome.diagnostics.first?.message.hasPrefix("template 'page.mustache' cannot be read: ") == true)
  }

  @Test func namesTheTemplateMeant() {
    let outcome = overlay("mine/pages.mustache", "")
    #expect(
      outcome.diagnostics.map { $0.rendered() } == [
        "mine/pages.mustache: warning: template 'pages.mustache' is used by nothing\n  hint: did you mean 'page.mustache'?"
      ])
  }
}
