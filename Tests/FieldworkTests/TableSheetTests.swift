import Exhibits
import Testing

@testable import Fieldwork

@Suite struct TableSheetTests {
  func csv(_ texts: [String]) -> [String] {
    let sheet = TableSheet(table: Table(columns: [.init("name", .texts(texts))])).csv
    #expect(sheet.unicodeScalars.suffix(2).elementsEqual("\r\n".unicodeScalars))
    return sheet.dropLast().components(separatedBy: "\r\n").dropFirst().map { $0 }
  }

  @Test func writesHeadingsUnitsAndNumbers() {
    let table = Table(columns: [
      .init("step", unit: "s", .numbers([1, 2.5, nil, .nan, -1e-9], format: ".1f")),
      .init("name", .texts(["a", "b", "c", "d", "e"])),
    ])
    #expect(
      TableSheet(table: table).csv == "step (s),name\r\n1.0,a\r\n2.5,b\r\n,c\r\n,d\r\n-1e-09,e\r\n")
  }

  @Test func quotesWhatWouldBreakARow() {
    #expect(csv(["a,b"]) == ["\"a,b\""])
    #expect(csv(["say \"a\""]) == ["\"say \"\"a\"\"\""])
    #expect(csv(["a\nb"]) == ["\"a\nb\""])
    #expect(TableSheet(table: Table(columns: [.init("n", .texts(["a\r\nb"]))])).csv == "n\r\n\"a\r\nb\"\r\n")
    #expect(csv(["plain"]) == ["plain"])
  }

  @Test(arguments: ["=1+1", "+1", "-1+2", "@SUM(A1)", "\tx", "|x", "%x"])
  func formulasStayText(text: String) {
    #expect(csv([text]) == ["'\(text)"])
  }

  @Test func formulasBehindALineBreakStayText() {
    #expect(TableSheet(table: Table(columns: [.init("n", .texts(["\r\n=1"]))])).csv == "n\r\n\"'\r\n=1\"\r\n")
  }

  @Test func headingsAreFieldsToo() {
    let table = Table(columns: [.init("=a,b", unit: "m", .texts(["x"]))])
    #expect(TableSheet(table: table).csv == "\"'=a,b (m)\"\r\nx\r\n")
  }
}
