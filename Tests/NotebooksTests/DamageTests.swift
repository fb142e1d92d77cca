import Diagnostics
import Foundation
import Notebooks
import Testing

/// Damaged notebooks end in diagnostics: nothing traps, nothing runs away.
@Suite struct DamageTests {
  /// A small generator with a seed, so that a failure can be had again.
  struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static let seeds: [String] = NotebookFixtureTests.names.compactMap { NotebookFixtureTests.text($0, "notebook.md") }
  static let pieces = [
    "$", "$$", "`", "```", "`=", "|", "[@", "]", "{#", "}", "@fig-", "---\n", "\n\n", "> ", "- ", "&a ", "*a ", "${",
    "\\",
    "\t", "\u{0}", "\u{FEFF}", "\u{10FF00}", "\u{100000}", "é", "\u{308}", "\r", "\r\n", "[^1]", "[^1]: ", "<!--",
    "-->",
    "|--|", "~~", "%", "\u{2028}", "😀", "{a: [", "!!str ", "? ", ": ",
  ]

  private func damaged(_ text: String, with dice: inout Dice) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...8, using: &dice) {
      let place = Int.random(in: 0...scalars.count, using: &dice)
      switch Int.random(in: 0..<5, using: &dice) {
      case 0: scalars.removeSubrange(place..<min(scalars.count, place + Int.random(in: 0...20, using: &dice)))
      case 1: scalars.insert(contentsOf: (Self.pieces.randomElement(using: &dice) ?? "").unicodeScalars, at: place)
      case 2: scalars.insert(Unicode.Scalar(UInt8.random(in: 0...255, using: &dice)), at: place)
      case 3: scalars = Array(scalars[..<place])
      default:
        let end = min(scalars.count, place + Int.random(in: 0...60, using: &dice))
        scalars.insert(contentsOf: scalars[place..<end], at: Int.random(in: 0...scalars.count, using: &dice))
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private func readThrough(_ text: String) {
    let outcome = Notebook.parse(SourceText(name: "n.md", text: text))
    for diagnostic in outcome.diagnostics { #expect(!diagnostic.message.isEmpty) }
    guard let notebook = outcome.value else {
      #expect(outcome.hasErrors)
      return
    }
    let parameters = notebook.resolvingParameters().value ?? []
    _ = notebook.substituting(parameters)
    _ = notebook.checkReferences(exhibits: notebook.cells.map(\.id), bibliography: nil)
    for diagnostic in outcome.diagnostics { _ = diagnostic.rendered(in: notebook.source) }
    // No sign of the reader's own may come out.
    for case .text(let words) in notebook.allInlines {
      #expect(!words.unicodeScalars.contains { $0.value >= 0x10_0000 })
    }
  }

  /// cmark tells lines out of order here.
  @Test(arguments: ["---\n---\n-\n.\nt\n-:", "---\n---\na\n\nb\nt\n-:\n\nc"])
  func readsAParagraphThatEndsInATable(_ text: String) throws {
    readThrough(text)
    let notebook = try #require(Notebook.parse(SourceText(name: "n.md", text: text)).value)
    #expect(notebook.blocks.count == 1)
  }

  @Test(arguments: 0..<8)
  func readsDamagedNotebooks(round: Int) throws {
    var dice = Dice(state: UInt64(round))
    for _ in 0..<80 {
      let seed = try #require(Self.seeds.randomElement(using: &dice))
      readThrough(damaged(seed, with: &dice))
    }
  }

  @Test func readsNoiseMadeOfSyntax() {
    var dice = Dice(state: 99)
    for _ in 0..<300 {
      let text = (0..<60).map { _ in Self.pieces.randomElement(using: &dice) ?? "" }.joined()
      readThrough("---\ntitle: T\n---\n" + text)
    }
  }

  @Test func readsDamagedBibTeX() {
    let seed =
      "@article{a, author = {A and B}, title = {x {y} $z$}, year = 2024}\n@string{q = \"w\" # e}\n@misc(b, x = q)\n"
    var dice = Dice(state: 5)
    for _ in 0..<400 {
      let outcome = Bibliography.parse(SourceText(name: "b", text: damaged(seed, with: &dice)))
      for entry in outcome.value?.entries ?? [] { _ = entry.reference() }
    }
  }

  /// Texts that make naive scanners quadratic stay quick: this suite would hang otherwise.
  @Test(arguments: [
    String(repeating: "`", count: 1), "$", "$$ ", "[", "[@a ", "](", "{#", "{#a}", "<", "> ", "@a ", "[^a]", "`=a` ",
    "* ", "_a ",
    "|a", "\\$", "- ", "![", "[a](b", "~~a", "&a *a ",
  ])
  func readsLongRepetitions(piece: String) {
    readThrough("---\ntitle: T\n---\n" + String(repeating: piece, count: 20_000 / piece.count))
  }

  @Test func refusesHugeNotebooks() {
    let outcome = Notebook.parse(SourceText(name: "n.md", text: String(repeating: "a ", count: 1 << 20)))
    #expect(outcome.value == nil)
    #expect(outcome.diagnostics.map(\.headline) == ["n.md: error: 2097152 bytes in one notebook; the limit is 1048576"])
  }
}
