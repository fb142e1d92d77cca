import Notebooks
import Testing

@Suite struct ValueFormatTests {
  @Test(arguments: [
    (".2f", 3.14159, "3.14"), (".2f", -3.14159, "−3.14"), (".1f", -0.01, "0.0"), ("+.1f", 0.25, "+0.2"),
    ("+.1f", -0.25, "−0.2"), (".3g", 1234.0, "1.23 × 10³"), (".3g", 0.000012345, "1.23 × 10⁻⁵"), (".3g", 0.5, "0.5"),
    ("d", 41.7, "42"), ("d", -0.2, "0"), (",d", 1_234_567, "1\u{202F}234\u{202F}567"), (",d", 1234, "1234"),
    (".1%", 0.1234, "12.3 %"), ("%", 0.1, "10 %"), (".1e", 1234.5, "1.2 × 10³"), ("e", 1.0, "1.00"), ("s", 0.1, "0.1"),
    ("s", 3.0, "3"), (".2f", .infinity, "∞"), ("d", -.infinity, "−∞"), (".1f", .nan, "NaN"),
  ])
  func writesNumbersAsPeopleReadThem(format: String, value: Double, expected: String) throws {
    let written = try #require(ValueFormat(format)).applied(to: value)
    #expect(written == expected)
  }

  @Test func writesTheLargestNumbersInFull() throws {
    #expect(try #require(ValueFormat(".15f")).applied(to: -1.7e308).count == 1 + 309 + 1 + 15)
  }

  @Test(arguments: ["", "f2", ".f", ".2", "2f", ".2d", ".99f", ".2x", "..2f", "+", ",", ".2ff", ".-1f"])
  func refusesWhatIsNoFormat(text: String) { #expect(ValueFormat(text) == nil) }

  @Test(arguments: [".2f", "+.3g", "d", ",d", ".1%", "s", "+,.2f"])
  func survivesWritingAndReading(text: String) throws {
    #expect(try #require(ValueFormat(text)).description == text)
  }
}
