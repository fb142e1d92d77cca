import Diagnostics
import Testing

@testable import Notebooks

/// Every sentence this module can say, as it is said. The fixtures show where; here is all there is.
@Suite struct WordingTests {
  private static let notebook: [NotebookProblem] = [
    .tooLarge(bytes: 9, limit: 8), .controlCharacter(7), .noFrontMatter, .frontMatterNotClosed,
    .frontMatterNotMapping(kind: "a list"), .unknownKey("titel", known: ["title"]),
    .wrongKind(key: "title", expected: "text", found: "a list"), .badSeed("-1"), .cellInfo("{.python}"),
    .cellWithoutID(kind: "figure"), .badID("1a"), .cellNotClosed(kind: "figure"), .fenceNotClosed,
    .cellBodyNotMapping(kind: "figure", found: "text"), .cellNotAtTop(kind: "figure"), .duplicateID("a", firstLine: 3),
    .badPath("a..b"), .badFormat("2q"), .mathNotClosed, .equationID("loss"), .unsafeLink("javascript:x"),
    .nestedTooDeep(limit: 40), .tooManySpans(limit: 10), .unknownReference(id: "fig-a", known: ["fig-b"]),
    .unknownCitation(key: "a2020", known: []), .citationWithoutBibliography(key: "a2020"), .unknownFootnote("a"),
  ]
  private static let yaml: [YAMLProblem] = [
    .tooLarge(bytes: 9, limit: 8), .tooDeep(limit: 64), .tooManyAliases(count: 20, limit: 16),
    .expandsTooFar(limit: 100), .tabInIndentation, .secondColon, .indentation, .notClosed("["), .notClosed("{"),
    .quoteNotClosed, .wordCannotStart("`"), .aliasUnknown, .severalDocuments, .tag("!a"), .keyNotText("a list"),
    .duplicateKey("a", firstLine: 3), .unreadable("did not find expected key"),
  ]
  private static let parameters: [ParameterProblem] = [
    .badName("a b"), .notDeclaration(name: "a", found: "text"), .unknownKey("mni", known: ["min", "max"]),
    .withoutType(name: "a"), .unknownType("integer"), .choicesMissing(name: "a"),
    .choicesNotNeeded(name: "a", type: "int"), .boundNotNumber(key: "min", found: "text"),
    .boundOnText(key: "min", type: "text"), .boundsCrossed(name: "a", minimum: "2", maximum: "1"),
    .wrongType(name: "a", expected: "a whole number", value: "'x'"), .below(name: "a", value: "0", minimum: "1"),
    .above(name: "a", value: "9", maximum: "8"), .notAChoice(name: "a", value: "fats", choices: ["fast", "slow"]),
    .unknownParameter("pints", known: ["points"]), .unknownParameter("points", known: []),
    .withoutValue(name: "a", type: "int"), .unknownSubstitution("a", known: []), .fileNotMapping(found: "a list"),
  ]
  private static let bibliography: [BibliographyProblem] = [
    .tooLarge(bytes: 9, limit: 8), .entryNotClosed(type: "article", key: "a"), .valueNotClosed("{"),
    .valueNotClosed("\""), .withoutKey(type: "article"), .withoutSign(field: "title", found: "{"),
    .withoutValue(field: "title"), .duplicateKey("a", firstLine: 3), .unknownAbbreviation("jam", known: ["jan"]),
    .unknownAbbreviation("nature", known: []), .straySign("\""),
  ]

  private var all: [any Diagnosable] { Self.notebook + Self.yaml + Self.parameters + Self.bibliography }

  @Test func saysTheseSentences() throws {
    let sentences = all.map { $0.message + ($0.hint.map { "\n  hint: \($0)" } ?? "") }.joined(separator: "\n") + "\n"
    try Snapshot.compare(sentences, with: "wording.txt")
  }

  @Test func everySentenceKeepsTheHouseStyle() {
    for problem in all {
      let message = problem.message
      #expect(message.last != ".", "\(message)")
      #expect(!["invalid", "failed to", "please"].contains { message.lowercased().contains($0) }, "\(message)")
      let first = message.split(separator: " ").first ?? ""
      let isName = first.first == "'" || first == "YAML" || first.contains { $0.isNumber }
      #expect(isName || first.lowercased() == first, "\(message)")
      #expect(problem.hint?.last != ".", "\(message)")
    }
  }
}
