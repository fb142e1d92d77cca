import Diagnostics
import Foundation
import Notebooks
import Testing

/// Folders of `Notebooks/`, each with a `notebook.md`, perhaps `refs.bib` and `set.txt`, and the diagnostics expected.
/// `FIELDBOOK_RECORD=1 swift test` writes the expectations anew.
@Suite struct NotebookFixtureTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Notebooks")
  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()

  static func text(_ name: String, _ file: String) -> String? {
    (try? Data(contentsOf: root.appending(path: "\(name)/\(file)"))).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Everything there is to say about one folder's notebook.
  static func transcript(of name: String) throws -> String {
    let source = SourceText(name: "notebook.md", text: try #require(text(name, "notebook.md")))
    let outcome = Notebook.parse(source)
    var diagnostics = outcome.diagnostics
    if let notebook = outcome.value {
      let pairs = (text(name, "set.txt") ?? "").split(separator: "\n").map { $0.split(separator: "=").map(String.init) }
      let set = Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
      let parameters = notebook.resolvingParameters(set: set)
      diagnostics += parameters.diagnostics
      if let values = parameters.value { diagnostics += notebook.substituting(values).diagnostics }
      var bibliography: Bibliography?
      if let bib = text(name, "refs.bib") {
        let read = Bibliography.parse(SourceText(name: "refs.bib", text: bib))
        diagnostics += read.diagnostics
        bibliography = read.value
      }
      let exhibits = notebook.cells.filter { ["figure", "table"].contains($0.kind) }.map(\.id)
      diagnostics += notebook.checkReferences(exhibits: exhibits, bibliography: bibliography)
    }
    let shown = outcome.value?.source ?? source
    return diagnostics.map { $0.rendered(in: shown) + "\n" }.joined()
  }

  @Test func thereAreEnoughNotebooks() { #expect(Self.names.count >= 50) }

  @Test(arguments: names)
  func saysWhatIsExpected(name: String) throws {
    let transcript = try Self.transcript(of: name)
    if ProcessInfo.processInfo.environment["FIELDBOOK_RECORD"] != nil {
      try transcript.write(to: Self.root.appending(path: "\(name)/expected.txt"), atomically: true, encoding: .utf8)
    }
    let expected = try #require(Self.text(name, "expected.txt"), "no expected.txt; record it with FIELDBOOK_RECORD=1")
    #expect(transcript == expected)
  }

  @Test func everyErrorHasAPlaceInItsText() throws {
    for name in Self.names where !name.hasPrefix("parameter-set") {
      let transcript = try Self.transcript(of: name)
      for line in transcript.split(separator: "\n") where line.contains(": error: ") {
        let isPlaced = line.split(separator: ":").dropFirst().first.flatMap { Int($0) } != nil
        #expect(isPlaced, "\(name): \(line)")
      }
    }
  }
}
