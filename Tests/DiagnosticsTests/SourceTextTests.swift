import Testing

@testable import Diagnostics

@Suite struct SourceTextTests {
  private func lines(_ text: String) -> [String?] {
    let source = SourceText(name: "n", text: text)
    return (0...4).map { source.line($0).map(String.init) }
  }

  @Test func countsLinesFromOne() {
    #expect(lines("a\nb\nc") == [nil, "a", "b", "c", nil])
    #expect(lines("") == [nil, "", nil, nil, nil])
    #expect(lines("a\n") == [nil, "a", "", nil, nil])
    #expect(lines("\n\nc") == [nil, "", "", "c", nil])
  }

  @Test func endsLinesAtReturnsAndLineFeedsAlike() {
    #expect(lines("a\r\nb\r\nc") == [nil, "a", "b", "c", nil])
    #expect(lines("a\rb\rc") == [nil, "a", "b", "c", nil])
    #expect(lines("a\r\rb\n\r") == [nil, "a", "", "b", ""])
  }

  @Test func dropsAByteOrderMark() { #expect(lines("\u{FEFF}a\nb") == [nil, "a", "b", nil, nil]) }

  @Test func keepsCombiningMarksBehindALineBreak() {
    #expect(lines("a\n\u{301}b") == [nil, "a", "\u{301}b", nil, nil])
  }

  @Test func ordersPlacesAsTheyStand() {
    let places = [(2, 1), (1, 9), (1, 1), (2, 7)].map { SourcePosition(line: $0.0, column: $0.1) }
    #expect(places.sorted().map { [$0.line, $0.column] } == [[1, 1], [1, 9], [2, 1], [2, 7]])
  }

  @Test func makesARangeWithoutAnEndOneColumnWide() {
    let range = SourceRange(file: "n", start: SourcePosition(line: 3, column: 5))
    #expect(range.end == SourcePosition(line: 3, column: 6))
  }
}
