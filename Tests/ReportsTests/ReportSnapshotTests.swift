import Diagnostics
import Foundation
import Notebooks
import Reports
import Testing

/// The sample report in every form, against files. `FIELDBOOK_RECORD=1 swift test` writes them anew.
@Suite struct ReportSnapshotTests {
  private func compare(_ text: String, with file: String) throws {
    if ProcessInfo.processInfo.environment["FIELDBOOK_RECORD"] != nil {
      try text.write(to: SampleReport.folder.appending(path: file), atomically: true, encoding: .utf8)
    }
    let expected = try #require(try? SampleReport.text(file), "no \(file); record it with FIELDBOOK_RECORD=1")
    #expect(text == expected)
  }

  /// The page without what changes with every stroke of the designer.
  private func withoutStyleAndScript(_ page: String) -> String {
    var page = page
    for (start, end) in [("<style>", "</style>"), ("<script>", "</script>"), ("content=\"default-src", "\" />")] {
      guard let first = page.range(of: start), let last = page.range(of: end, range: first.upperBound..<page.endIndex)
      else { continue }
      page.replaceSubrange(first.upperBound..<last.lowerBound, with: "…")
    }
    return page
  }

  @Test func composesWithoutComplaint() throws {
    let outcome = try SampleReport.composed()
    #expect(outcome.diagnostics == [])
  }

  @Test func writesTheSameMarkdown() throws {
    try compare(MarkdownPage().rendered(try #require(SampleReport.composed().value)), with: "expected.md")
  }

  @Test func writesTheSameHTML() throws {
    let page = HTMLPage().rendered(try #require(SampleReport.composed().value))
    try compare(withoutStyleAndScript(page), with: "expected.html")
  }

  @Test func survivesEncodingAndDecoding() throws {
    let report = try #require(SampleReport.composed().value)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let data = try encoder.encode(report)
    #expect(try decoder.decode(Report.self, from: data) == report)
  }

  @Test func writesTheSameBytesTwice() throws {
    let first = try #require(SampleReport.composed().value)
    let second = try #require(SampleReport.composed().value)
    #expect(HTMLPage().rendered(first) == HTMLPage().rendered(second))
    #expect(MarkdownPage().rendered(first) == MarkdownPage().rendered(second))
  }
}
