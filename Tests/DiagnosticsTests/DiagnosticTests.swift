import Foundation
import Testing

@testable import Diagnostics

@Suite struct DiagnosticTests {
  private func range(_ line: Int, _ columns: Range<Int>, endLine: Int? = nil) -> SourceRange {
    SourceRange(
      file: "a.md", start: SourcePosition(line: line, column: columns.lowerBound),
      end: SourcePosition(line: endLine ?? line, column: columns.upperBound))
  }

  private func rendered(_ text: String, _ range: SourceRange, hint: String? = nil) -> [String] {
    Diagnostic(.error, "unknown key 'pints'", at: range, hint: hint)
      .rendered(in: SourceText(name: "a.md", text: text)).components(separatedBy: "\n")
  }

  @Test func saysThePlaceTheSeverityAndTheMessage() {
    #expect(Diagnostic(.error, "m", at: range(12, 3..<8)).headline == "a.md:12:3: error: m")
    #expect(Diagnostic(.warning, "m", file: "x.npy").headline == "x.npy: warning: m")
    #expect(Diagnostic(.note, "m").headline == "note: m")
    #expect(Diagnostic(.error, "m", at: range(1, 1..<2), file: "other").headline == "a.md:1:1: error: m")
  }

  @Test func marksTheRangeUnderItsLine() {
    #expect(
      rendered("network: n\npints: x.npy\n", range(2, 1..<6), hint: "did you mean 'points'?") == [
        "a.md:2:1: error: unknown key 'pints'",
        "  | pints: x.npy",
        "  | ^^^^^",
        "  hint: did you mean 'points'?",
      ])
  }

  @Test func keepsTabsSoThatTheCaretStandsUnderItsWord() {
    #expect(rendered("\t a\tbc", range(1, 5..<7)).suffix(2) == ["  | \t a\tbc", "  | \t  \t^^"])
  }

  @Test func findsTheLineInATextWithReturns() {
    #expect(rendered("one\r\ntwo\r\nthree", range(2, 1..<4)).suffix(2) == ["  | two", "  | ^^^"])
  }

  @Test func countsScalarsBeforeTheRange() {
    // λ̂ is two scalars.
    #expect(rendered("λ\u{302}: 3", range(1, 5..<6)).last == "  |     ^")
  }

  @Test func marksAtLeastOneColumnAndNoneBeyondTheLine() {
    #expect(rendered("ab", range(1, 2..<2)).last == "  |  ^")
    #expect(rendered("ab", range(1, 2..<99)).last == "  |  ^")
    #expect(rendered("ab", range(1, 9..<12)).last == "  |   ^")
    #expect(rendered("", range(1, 1..<4)).last == "  | ^")
  }

  @Test func marksARangeOfSeveralLinesToTheEndOfItsFirst() {
    #expect(rendered("abcd\nef", range(1, 2..<3, endLine: 2)).last == "  |  ^^^")
  }

  @Test func cutsWideMarksShort() {
    let text = String(repeating: "x", count: 500)
    #expect(rendered(text, range(1, 1..<501)).last == "  | " + String(repeating: "^", count: 120))
  }

  @Test func survivesAColumnBelowOne() { #expect(rendered("ab", range(1, 0..<1)).last == "  | ^") }

  @Test func leavesTheLineOutWhereItHasNone() {
    #expect(rendered("ab", range(7, 1..<2)) == ["a.md:7:1: error: unknown key 'pints'"])
    let elsewhere = Diagnostic(.error, "m", at: range(1, 1..<2)).rendered(in: SourceText(name: "b.md", text: "ab"))
    #expect(elsewhere == "a.md:1:1: error: m")
    #expect(Diagnostic(.error, "m", at: range(1, 1..<2)).rendered() == "a.md:1:1: error: m")
  }

  @Test func survivesItsJSON() throws {
    let diagnostic = Diagnostic(.warning, "m", at: range(1, 2..<3), file: "f", hint: "h", status: .checkFailed)
    let data = try JSONEncoder().encode(diagnostic)
    #expect(try JSONDecoder().decode(Diagnostic.self, from: data) == diagnostic)
  }
}

@Suite struct OutcomeTests {
  @Test func hasErrorsOnlyWhereADiagnosticIsOne() {
    #expect(!Outcome(1).hasErrors)
    #expect(!Outcome(1, [Diagnostic(.warning, "w"), Diagnostic(.note, "n")]).hasErrors)
    #expect(Outcome(1, [Diagnostic(.warning, "w"), Diagnostic(.error, "e")]).hasErrors)
    #expect(!Outcome<Int>(nil).hasErrors)
  }
}

@Suite struct DiagnosableTests {
  private struct Plain: Diagnosable {
    var message: String { "'x' is 3; it must be 4" }
    var status: Diagnostics.ExitStatus { .inputDamaged }
  }

  private struct Helpful: Diagnosable {
    var message: String { "unknown key 'a'" }
    var hint: String? { "did you mean 'b'?" }
    var status: Diagnostics.ExitStatus { .notebookWrong }
  }

  @Test func describesItselfByItsMessage() {
    #expect("\(Plain())" == "'x' is 3; it must be 4")
    #expect(Plain().hint == nil)
  }

  @Test func becomesADiagnosticWithEverythingItKnows() {
    let range = SourceRange(file: "a.md", start: SourcePosition(line: 2, column: 3))
    #expect(
      Helpful().diagnostic(at: range, file: "f")
        == Diagnostic(
          .error, "unknown key 'a'", at: range, file: "f", hint: "did you mean 'b'?", status: .notebookWrong))
    #expect(Plain().diagnostic().status == .inputDamaged)
  }
}

@Suite struct ExitStatusTests {
  @Test func statusesAreTheDocumentedNumbers() {
    #expect(Diagnostics.ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 64, 66, 70, 73, 75, 130])
    #expect(Diagnostics.ExitStatus.cellFailed.rawValue == 1)
    #expect(Diagnostics.ExitStatus.notebookWrong.rawValue == 2)
    #expect(Diagnostics.ExitStatus.checkFailed.rawValue == 3)
    #expect(Diagnostics.ExitStatus.notReproducible.rawValue == 4)
    #expect(Diagnostics.ExitStatus.locked.rawValue == 75)
  }
}

@Suite struct WrittenValueTests {
  private let record = WrittenValue(
    .record([
      .init(key: "b", value: WrittenValue(.integer(3))), .init(key: "a", value: WrittenValue(.text("x"))),
    ]))

  @Test func answersOnlyWhatItIs() {
    #expect(record["b"]?.integer == 3)
    #expect(record["b"]?.number == 3)
    #expect(record["a"]?.text == "x")
    #expect(record["c"] == nil)
    #expect(record.text == nil)
    #expect(record.entries?.map(\.key) == ["b", "a"])
    #expect(WrittenValue(.number(1.5)).integer == nil)
    #expect(WrittenValue(.boolean(true)).number == nil)
    #expect(WrittenValue(.list([]))["a"] == nil)
  }

  @Test func namesItsKind() {
    let values: [WrittenValue.Content] = [
      .null, .boolean(true), .integer(1), .number(1), .text(""), .list([]), .record([]),
    ]
    #expect(
      values.map { WrittenValue($0).kindName } == [
        "nothing", "true or false", "a whole number", "a number", "text", "a list", "a mapping",
      ])
  }
}

@Suite struct CaveatTests {
  @Test func survivesItsJSON() throws {
    let caveat = Caveat("few-points", "only 2 points were measured")
    #expect(try JSONDecoder().decode(Caveat.self, from: JSONEncoder().encode(caveat)) == caveat)
  }
}
