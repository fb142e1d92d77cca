import Diagnostics
import Exhibits
import Foundation
import FoundationXML
import Notebooks
import Reports
import Testing

/// Text from notebooks, files and tensors never becomes markup, and the page is well-formed.
@Suite struct EscapingTests {
  /// Collects what elements and attributes a page has; XML's parser is stricter than any browser.
  final class Listing: NSObject, XMLParserDelegate {
    var elements: [String: Int] = [:]
    var attributes: [(element: String, name: String, value: String)] = []
    var ids: [String] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes values: [String: String]
    ) {
      elements[name, default: 0] += 1
      for (key, value) in values.sorted(by: { $0.key < $1.key }) { attributes.append((name, key, value)) }
      if let id = values["id"] { ids.append(id) }
    }
  }

  private func listing(of page: String) throws -> Listing {
    let listing = Listing()
    let parser = XMLParser(data: Data(page.replacing("<!DOCTYPE html>", with: "").utf8))
    parser.delegate = listing
    let isWell = parser.parse()
    try #require(isWell, "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    return listing
  }

  static let evil =
    #"<script>alert("1")</script><img src=x onerror='alert(2)'> ${x} {{{title}}} ]]> --> </style> " onload="alert(3)"#

  /// A report with evil text wherever text can be.
  static func evilReport() -> Report {
    let words: [ReportInline] = [.text(evil)]
    var report = Report(title: words)
    report.subtitle = words
    report.authors = [evil]
    report.abstract = [.paragraph(words)]
    report.description = evil
    report.blocks = [
      .heading(ReportHeading(level: 1, id: "a\"><b>", number: "1", content: words)),
      .heading(ReportHeading(level: 2, id: "second", content: [.code(evil), .value(evil, path: evil)])),
      .paragraph([
        .missing(path: evil, reason: evil), .math(tex: evil, isDisplay: false), .emphasis(words), .strong(words),
        .struck(words), .lowered(words), .raised(words), .reference(text: evil, id: "\"><script>"),
        .citation([.init(evil, key: "\"><script>"), .init(evil)]),
        .link(destination: "https://x/\"onload=\"", content: words),
        .link(destination: "javascript:alert(1)", content: words),
        .link(destination: " java\nscript:alert(1)", content: words),
        .link(destination: "data:text/html,<script>", content: words),
      ]),
      .code(language: "\"><script>", text: evil), .quote([.paragraph(words)]),
      .list(ReportList(items: [.init(blocks: [.paragraph(words)], isDone: true)])),
      .grid(ReportGrid(alignments: [.right], header: [words], rows: [[words]])),
      .equation(tex: evil, id: "eq-\"><b>", number: 1),
      .check(ReportCheck(id: evil, claim: words, value: evil, bar: evil, isPassed: false, note: evil)),
      .trouble(
        ReportTrouble(label: evil, kind: evil, id: evil, place: evil, message: evil, hint: evil, waitedFor: [evil])),
      .table(
        ReportTable(
          id: "tbl-\"><b>", number: 1, caption: words,
          table: Table(columns: [
            Table.Column(evil, unit: evil, .texts([evil])), Table.Column("n_{<b>}", .numbers([.nan], format: evil)),
          ]), files: [ReportFile(evil, path: "javascript:alert(1)"), ReportFile(evil, path: "a\"b.csv")],
          caveats: [Caveat("c", evil)])),
      .figure(
        ReportFigure(
          id: "fig-a", number: 1, caption: words, svg: SampleReport.picture, altText: evil,
          files: [ReportFile(evil, path: evil)], caveats: [Caveat("c", evil)])),
      .quantity(
        ReportQuantity(id: "q", caption: words, quantity: Quantity(label: evil, value: 1, unit: evil), caveats: [])),
    ]
    report.footnotes = [ReportFootnote(number: 1, blocks: [.paragraph(words)])]
    report.references = [ReportReference(key: "\"><script>", label: evil, content: words)]
    report.parameters = [ReportParameter(name: evil, value: evil, origin: evil, help: evil)]
    report.methods = [
      ReportMethod(
        id: evil, kind: evil, question: evil, records: [ReportRecord(evil, evil)], citations: ["\"><script>"])
    ]
    report.provenance = [ReportRecord(evil, evil)]
    report.notices = [Diagnostic(.warning, evil, file: evil, hint: evil)]
    return report
  }

  @Test func evilTextStaysText() throws {
    let page = HTMLPage().rendered(Self.evilReport())
    let listing = try listing(of: page)
    #expect(listing.elements["script"] == 1)
    #expect(listing.elements["style"] == 1)
    #expect(listing.elements["img"] == nil)
    #expect(listing.elements["b"] == nil)
    let handlers = listing.attributes.filter { $0.name.hasPrefix("on") }
    #expect(handlers.isEmpty)
    let links = listing.attributes.filter { $0.name == "href" || $0.name == "src" }.map(\.value)
    #expect(links.allSatisfy { LinkDestination.isSafe($0) }, "\(links)")
    // It is there, as text.
    #expect(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"))
  }

  @Test func evilTextStaysTextInMarkdown() {
    let text = MarkdownPage().rendered(Self.evilReport())
    let prose = text.replacing(/(?s)```+.*?```+/, with: "").replacing(/`[^`\n]*`/, with: "")
    let tags = prose.matches(of: /(?:^|[^\\])<(?:script|img)/)
    #expect(tags.isEmpty, "\(tags.map { prose[$0.range.lowerBound...].prefix(60) })")
    #expect(!text.contains("](javascript:"))
  }

  @Test func evilNotebooksMakeNoMarkup() throws {
    let source = """
      ---
      title: "<script>alert(1)</script> *x*"
      authors: ["<b>Ada</b>"]
      ---
      <script>alert(2)</script>

      <img src=x onerror=alert(3)> &lt;script&gt; `<script>` [x](https://a/?"onclick="b) <https://a/"onclick=">

      ```{table #tbl-a}
      ```
      """
    let notebook = try #require(Notebook.parse(SourceText(name: "n.md", text: source)).value)
    let report = try #require(Report.compose(notebook, with: ReportMaterial()).value)
    let listing = try listing(of: HTMLPage().rendered(report))
    #expect(listing.elements["script"] == 1)
    #expect(listing.elements["img"] == nil)
    #expect(listing.elements["b"] == nil)
    #expect(!listing.attributes.contains { $0.name.hasPrefix("on") })
  }

  @Test func theSampleIsWellFormedWithAnchorsForAllItsLinks() throws {
    let page = HTMLPage().rendered(try #require(SampleReport.composed().value))
    let listing = try listing(of: page)
    #expect(Set(listing.ids).count == listing.ids.count, "ids used twice")
    let ids = Set(listing.ids)
    for link in listing.attributes where link.name == "href" && link.value.hasPrefix("#") {
      #expect(ids.contains(String(link.value.dropFirst())), "\(link.value) leads nowhere")
    }
    for reference in listing.attributes where reference.name == "aria-labelledby" {
      #expect(ids.contains(reference.value))
    }
  }

  @Test func thePageAsksForNothingFromOutside() throws {
    let page = HTMLPage().rendered(try #require(SampleReport.composed().value))
    let listing = try listing(of: page)
    #expect(!listing.attributes.contains { $0.name == "src" })
    #expect(listing.elements["link"] == nil)
    #expect(!page.contains("@import"))
    #expect(!page.contains("url("))
    let policy = try #require(listing.attributes.first { $0.value.contains("default-src") }?.value)
    #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
  }

  @Test func thePageItselfIsSmall() {
    let page = HTMLPage().rendered(Report(title: [.text("T")]))
    #expect(page.utf8.count < 40_000)
  }
}
