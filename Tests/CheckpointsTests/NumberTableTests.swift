import Foundation
import Testing

@testable import Checkpoints

@Suite struct NumberTableTests {
  private static func table(_ text: String) throws -> NumberTable {
    try NumberTable(decoding: Bytes(text.utf8)) { ["trial", "condition"].contains($0) }
  }

  private static func numbers(_ table: NumberTable) -> [[Double]] {
    table.columns.map { if case .numbers(let values) = $0 { values } else { [] } }
  }

  @Test(arguments: ["1,2\n3,4.5e1\n", "1;2\r\n3;45", "\u{FEFF}1\t2\n\n3\t 45 \n\n", "\"1\",2\n3,\"45\"\n"])
  func readsNumbersHoweverTheyAreSeparated(text: String) throws {
    let table = try Self.table(text)
    #expect(table.names == nil && table.rowCount == 2)
    #expect(Self.numbers(table) == [[1, 3], [2, 45]])
  }

  @Test func readsNamesAndText() throws {
    let table = try Self.table("trial,\"rate, left\",condition,y\na,1,\"go \"\"now\"\"\",inf\nb,-2,stop,nan\n")
    #expect(table.names == ["trial", "rate, left", "condition", "y"])
    guard case .texts(let trials) = table.columns[0], case .texts(let conditions) = table.columns[2] else {
      Issue.record("texts are numbers")
      return
    }
    #expect(trials == ["a", "b"] && conditions == ["go \"now\"", "stop"])
    #expect(Self.numbers(table)[1] == [1, -2])
    #expect(Self.numbers(table)[3][0] == .infinity && Self.numbers(table)[3][1].isNaN)
  }

  static let refusals: [(String, String, String?)] = [
    ("", "the table has no row of values", nil),
    ("a,b\n", "the table has no row of values", nil),
    (
      "a,b\n1,2\n3\n", "line 3 has 1 field; it must have 2, as the first has",
      "write every field, also where a value is missing"
    ),
    (
      "a,b\n1,2\n\n3,\n", "line 4, column 'b': there is nothing; a number is needed",
      "write missing values as nan, and leave out columns of words"
    ),
    ("a;b\n1,5;2\n", "line 2, column 'a': '1,5'; a number is needed", "write decimals with a point"),
    (
      "1,2\n3,0x10\n", "line 2, column '2': '0x10'; a number is needed",
      "write missing values as nan, and leave out columns of words"
    ),
    ("a,b\n1,\"2\n", "line 2: a quoted field must end in a quote, before the next field begins", nil),
    ("a,b\n1,\"2\"3\n", "line 2: a quoted field must end in a quote, before the next field begins", nil),
    ("a,\n1,2\n", "column 2 has no name, where others have one", "name every column once in the first row, or none"),
    ("a,a\n1,2\n", "two columns are named 'a'", "name every column once in the first row, or none"),
  ]

  @Test(arguments: refusals) func refusesWhatIsNoTableAndNamesTheLine(text: String, message: String, hint: String?) {
    do {
      _ = try Self.table(text)
      Issue.record("'\(text)' is read")
    } catch let error as CheckpointError {
      #expect(error.message == message && error.hint == hint && error.status == .inputDamaged)
    } catch { Issue.record("\(error)") }
  }

  @Test func refusesBytesThatAreNoText() {
    #expect(throws: CheckpointError.table(.notText)) { try NumberTable(decoding: Bytes([0x31, 0xFF, 0x0A])) }
    #expect(TableFault.tooLarge(9, limit: 8).message == "the table has 9 bytes; at most 8 are read")
    #expect(TableFault.notText.hint == "save it as UTF-8" && TableFault.tooLarge(9, limit: 8).hint == "save it as .npy")
  }

  @Test func survivesAnyDamage() throws {
    let text = Array("trial,x,y\na,1,2\nb,\"3\",4e2\n".utf8)
    for place in text.indices {
      for byte in [0, UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"), 0xC3] {
        var damaged = text
        damaged[place] = byte
        _ = try? NumberTable(decoding: Bytes(damaged)) { $0 == "trial" }
      }
      _ = try? NumberTable(decoding: Bytes(text[..<place])) { $0 == "trial" }
    }
  }
}
