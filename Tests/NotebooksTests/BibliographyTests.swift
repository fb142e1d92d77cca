import Diagnostics
import Notebooks
import Testing

@Suite struct BibliographyTests {
  private func read(_ text: String) -> Outcome<Bibliography> {
    Bibliography.parse(SourceText(name: "refs.bib", text: text))
  }

  @Test func readsEntriesOfEveryMake() throws {
    let outcome = read(
      """
      A remark outside entries.
      @string{nips = "Advances in " # {Neural Systems}}
      @comment{ @article{no, title={No}} }
      @preamble{"\\newcommand{\\x}{y}"}
      @Article{a:1,
        author = {G{\\"o}del, Kurt and Erd{\\H o}s, P{\\'a}l},
        title = "On {Formally} Undecidable $\\ell_2$ Sentences",
        journal = nips, year = 1931, month = mar, pages = {1--20},
      }
      @book(b, author = "Donald E. Knuth", title = {The {\\TeX}book}, year = 1984)
      """)
    #expect(outcome.diagnostics.isEmpty)
    let bibliography = try #require(outcome.value)
    #expect(bibliography.keys == ["a:1", "b"])
    let first = try #require(bibliography["a:1"])
    #expect(first.people.map(\.family) == ["Gödel", "Erdős"])
    #expect(first.people.map(\.given) == ["Kurt", "Pál"])
    #expect(first.fields["journal"] == "Advances in Neural Systems")
    #expect(first.fields["month"] == "March")
    #expect(first.fields["pages"] == "1–20")
    #expect(first.fields["title"] == "On Formally Undecidable $\\ell_2$ Sentences")
    #expect(bibliography["b"]?.people == [.init(given: "Donald E.", family: "Knuth")])
  }

  @Test(arguments: [
    ("Ludwig van Beethoven", "Ludwig", "van Beethoven"), ("van der Waals, J. D.", "J. D.", "van der Waals"),
    ("{DeepMind Team}", "", "DeepMind Team"), ("King, Jr, Martin Luther", "Martin Luther", "King, Jr"),
    ("Plato", "", "Plato"), ("Jean-Paul Sartre", "Jean-Paul", "Sartre"),
  ])
  func readsNames(written: String, given: String, family: String) throws {
    let entry = try #require(read("@misc{k, author = {\(written)}}").value?["k"])
    #expect(entry.people == [.init(given: given, family: family)])
  }

  @Test(arguments: [
    (#"{\"o}"#, "ö"), (#"\'{e}"#, "é"), (#"\'e"#, "é"), (#"{\c c}"#, "ç"), (#"\v{S}"#, "Š"), (#"{\ss}"#, "ß"),
    (#"\o stergaard"#, "østergaard"), (#"{\AA}ngstr{\"o}m"#, "Ångström"), (#"\'{\i}"#, "í"), (#"\~n"#, "ñ"),
    (#"A \& B"#, "A & B"), ("``q''", "“q”"), ("a~b", "a\u{A0}b"), (#"\emph{x} \unknown{y}"#, "x y"), ("a\n   b", "a b"),
    (#"\"#, ""), (#"\'"#, ""),
  ])
  func writesAccentsInUnicode(tex: String, expected: String) throws {
    let entry = try #require(
      read("@misc{k, title = {\(tex)\(tex.hasSuffix("\\") || tex == #"\'"# ? " " : "")}}").value?["k"])
    #expect(entry.fields["title"] == expected)
  }

  @Test func speaksOfAuthors() throws {
    func names(_ list: String) throws -> String {
      try #require(read("@misc{k, author={\(list)}, year=2024}").value?["k"]).shortNames
    }
    #expect(try names("Ventura, E. and Achilli, B. and Ambrogioni, L.") == "Ventura et al.")
    #expect(try names("Ventura, E. and Achilli, B.") == "Ventura and Achilli")
    #expect(try names("Ventura, E.") == "Ventura")
    #expect(try names("Ventura, E. and others") == "Ventura et al.")
  }

  @Test func writesTheListEntry() throws {
    let entry = try #require(
      read(
        "@article{k, author={Silverstein, Jack W. and Bai, Z. D.}, title={On $n$ Things}, journal={J. Many}, volume=54, number=2, pages={175--192}, year=1995, doi={10.1/x}}"
      ).value?["k"])
    #expect(
      entry.reference(letter: "a") == [
        .text("Silverstein, J.\u{A0}W. and Bai, Z.\u{A0}D. (1995a). "), .text("On "), .math(MathText(tex: "n")),
        .text(" Things"), .text(". "), .emphasis([.text("J. Many")]), .text(" 54(2), 175–192. "),
        .link(destination: "https://doi.org/10.1/x", title: "", content: [.text("doi.org/10.1/x")]), .text("."),
      ])
  }

  @Test(arguments: [
    ("@article{a, title = {x}", "refs.bib:1:1: error: entry '@article{a' is not closed"),
    ("@article{a, title = {x\n}\n", "refs.bib:1:1: error: entry '@article{a' is not closed"),
    ("@article{a, title = {x, year = 3", "refs.bib:1:21: error: '{' is not closed"),
    ("@article{, title = {x}}", "refs.bib:1:1: error: entry '@article' has no key"),
    ("@article{title = {x}}", "refs.bib:1:1: error: entry '@article' has no key"),
    ("@article{a, title {x}}", "refs.bib:1:13: error: '{' stands where '=' must follow the field 'title'"),
    ("@article{a, title = }", "refs.bib:1:21: error: field 'title' has no value"),
    ("@article{a, title = {x}}\n@misc{a, title = {y}}", "refs.bib:2:7: error: key 'a' is already used on line 1"),
    ("@article{a, journal = nature}", "refs.bib:1:23: error: abbreviation 'nature' is not defined"),
    ("@article{a, month = jam}", "refs.bib:1:21: error: abbreviation 'jam' is not defined"),
    ("@article{a, title = {x} \"y\"}", "refs.bib:1:25: error: '\"' stands where a field or the entry's end must"),
    ("@article{a, title = {x}\n@misc{b, title = {y}}", "refs.bib:1:1: error: entry '@article{a' is not closed"),
  ])
  func saysWhatIsWrongAndWhere(text: String, expected: String) {
    #expect(read(text).diagnostics.map(\.headline) == [expected])
  }

  @Test func goesOnAfterABrokenEntry() {
    #expect(read("@article{a, title {x}}\n@misc{b, title = {y}}").value?.keys == ["b"])
    #expect(read("@article{a, title = {x}\n@misc{b, title = {y}}").value?.keys == ["b"])
  }
}
