import Diagnostics
import Notebooks
import Testing

@Suite struct MarkdownTests {
  private func blocks(_ text: String) throws -> [MarkdownBlock] {
    let outcome = MarkdownBlock.parse(text)
    #expect(outcome.diagnostics.isEmpty)
    return try #require(outcome.value)
  }

  private func inlines(_ text: String) throws -> [MarkdownInline] {
    let outcome = MarkdownInline.parse(text)
    #expect(outcome.diagnostics.isEmpty)
    return try #require(outcome.value)
  }

  private func math(_ tex: String, display: Bool = false, id: String? = nil) -> MathText {
    MathText(tex: tex, isDisplay: display, id: id)
  }

  @Test func keepsMathematicsFromMarkdown() throws {
    #expect(
      try inlines(#"Let $a_1 * b_2 * c \\ \{x\}$ and *$x_i$* be."#)
        == [
          .text("Let "), .math(math(#"a_1 * b_2 * c \\ \{x\}"#)), .text(" and "), .emphasis([.math(math("x_i"))]),
          .text(" be."),
        ])
  }

  @Test func knowsMoneyFromMathematics() throws {
    #expect(try inlines("It costs $5 and $10.") == [.text("It costs $5 and $10.")])
    #expect(try inlines(#"A \$x$ here."#) == [.text("A $x$ here.")])
  }

  @Test func leavesCodeAlone() throws {
    #expect(
      try inlines("`$x$` and ``[@a]`` and `@fig-a`") == [
        .code("$x$"), .text(" and "), .code("[@a]"), .text(" and "), .code("@fig-a"),
      ])
    #expect(
      try blocks("```\n$x$ [@a]\n```\n\n    $y$ @fig-b") == [
        .code(language: "", text: "$x$ [@a]\n"), .code(language: "", text: "$y$ @fig-b\n"),
      ])
  }

  @Test func breaksParagraphsAtEquations() throws {
    #expect(
      try blocks("We have\n$$\na_1\n- b_1\n$$ {#eq-a}\nas above.")
        == [
          .paragraph([.text("We have")]), .equation(math("a_1\n- b_1", display: true, id: "eq-a")),
          .paragraph([.text("as above.")]),
        ])
  }

  @Test func readsEquationsInQuotationsAndLists() throws {
    #expect(try blocks("> $$\n> x\n> = 1\n> $$") == [.quote([.equation(math("x\n= 1", display: true))])])
    #expect(
      try blocks("- one\n  $$x$$")
        == [
          .list(
            MarkdownBlock.List(items: [
              .init(blocks: [.paragraph([.text("one")]), .equation(math("x", display: true))])
            ]))
        ])
  }

  @Test func readsValuesWithFormats() throws {
    let format = ValueFormat(.fixed, precision: 2)
    #expect(
      try inlines("`=gaps.levels[0].sigma|.2f` and ` =x`")
        == [.value(InlineValue(path: "gaps.levels[0].sigma", format: format)), .text(" and "), .code(" =x")])
  }

  @Test func readsValuesInTables() throws {
    let value = InlineValue(path: "a.b", format: ValueFormat(.fixed, precision: 1))
    let expected = MarkdownBlock.table(
      MarkdownBlock.Grid(
        alignments: [.left, .right], header: [[.text("h")], [.text("k")]],
        rows: [[[.value(value)], [.math(math("|x|"))]]]))
    #expect(try blocks("| h | k |\n|:--|--:|\n| `=a.b|.1f` | $|x|$ |") == [expected])
    #expect(try blocks("| h | k |\n|:--|--:|\n| `=a.b\\|.1f` | $|x|$ |") == [expected])
  }

  @Test func readsReferencesAndCitations() throws {
    #expect(
      try inlines("See @fig-a, (@tbl-b). As @smith2020 says [see @a_b; @c:d, p. 3].")
        == [
          .text("See "), .reference(CrossReference(kind: .figure, id: "fig-a")), .text(", ("),
          .reference(CrossReference(kind: .table, id: "tbl-b")), .text("). As "),
          .citation(Citation(items: [.init(key: "smith2020")], isNarrative: true)), .text(" says "),
          .citation(Citation(items: [.init(key: "a_b", prefix: "see"), .init(key: "c:d", suffix: "p. 3")])), .text("."),
        ])
  }

  @Test func takesNoMailAddressForACitation() throws {
    #expect(
      try inlines("Write to ada@example.org or <ada@example.org>.").filter {
        if case .citation = $0 { true } else { false }
      }.isEmpty)
    #expect(
      try inlines(#"\@someone and https://x.org/@you"#).filter { if case .citation = $0 { true } else { false } }
        .isEmpty)
  }

  @Test func readsHeadingsWithIds() throws {
    #expect(
      try blocks("## The *score* {#sec-score}")
        == [
          .heading(
            MarkdownBlock.Heading(level: 2, content: [.text("The "), .emphasis([.text("score")])], id: "sec-score"))
        ])
  }

  @Test func showsRawMarkupAsText() throws {
    #expect(try inlines("a <b>c</b>") == [.text("a <b>c</b>")])
    #expect(try blocks("<script>\nalert(1)\n</script>") == [.html("<script>\nalert(1)\n</script>")])
    #expect(try blocks("<!-- a remark -->").isEmpty)
  }

  @Test func readsListsTasksAndStrikethrough() throws {
    let list = try blocks("3. a\n4. b")
    #expect(
      list == [
        .list(
          MarkdownBlock.List(
            start: 3, items: [.init(blocks: [.paragraph([.text("a")])]), .init(blocks: [.paragraph([.text("b")])])]))
      ])
    let tasks = try blocks("- [x] done\n- [ ] ~~not~~")
    #expect(
      tasks == [
        .list(
          MarkdownBlock.List(items: [
            .init(blocks: [.paragraph([.text("done")])], isDone: true),
            .init(blocks: [.paragraph([.struck([.text("not")])])], isDone: false),
          ]))
      ])
  }

  @Test func numbersFootnotesByFirstMention() throws {
    let source = SourceText(
      name: "n.md", text: "---\ntitle: T\n---\nA[^b] B[^a].\n\n[^a]: First written.\n\n[^b]: First mentioned.\n")
    let notebook = try #require(Notebook.parse(source).value)
    try #require(notebook.footnotes.map(\.label) == ["1", "2"])
    #expect(notebook.footnotes[0].blocks == [.paragraph([.text("First mentioned.")])])
    guard case .prose(let prose) = notebook.blocks[0] else { return }
    #expect(
      prose.blocks == [.paragraph([.text("A"), .footnote(label: "1"), .text(" B"), .footnote(label: "2"), .text(".")])])
  }

  @Test func placesValuesAndReferencesExactly() throws {
    let source = SourceText(name: "n.md", text: "---\ntitle: \"λ `=a.b`\"\n---\nλ *x* `=c.d` and @fig-e\n")
    let notebook = try #require(Notebook.parse(source).value)
    let places = notebook.inlineValues.map { "\($0.path) \($0.range?.start.line ?? 0):\($0.range?.start.column ?? 0)" }
    #expect(places == ["a.b 2:11", "c.d 4:7"])
    let diagnostics = notebook.checkReferences(exhibits: [], bibliography: nil)
    #expect(diagnostics.map(\.range?.start) == [SourcePosition(line: 4, column: 18)])
  }
}
