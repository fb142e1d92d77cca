import Foundation
import Probing
import Testing

@Suite struct JSONValueTests {
  private func text(_ value: JSONValue, isPretty: Bool = false) -> String {
    String(decoding: value.jsonData(isPretty: isPretty), as: UTF8.self)
  }

  private func parsed(_ text: String) throws -> JSONValue { try JSONValue(json: Data(text.utf8)) }

  private struct Everything: Codable, Hashable {
    var yes = true
    var no = false
    var one = 1
    var zero = 0
    var wholeDouble = 1.0
    var third = 1.0 / 3
    var tiny = 5e-324
    var huge = 1.7976931348623157e308
    var largest = Int.max
    var least = Int.min
    var minusZero = -0.0
    var text = "a\"b\\c\n\t\u{1}é\u{1F600}/</\u{2028}"
    var list = [1.5, 2]
    var empty: [Int] = []
    var none: Int?
    var nested = ["b": ["x": 1], "a": [:]]
  }

  @Test func tellsBooleansFromNumbers() throws {
    let value = try JSONValue(encoding: Everything())
    #expect(value["yes"] == .boolean(true))
    #expect(value["no"] == .boolean(false))
    #expect(value["one"] == .integer(1))
    #expect(value["zero"] == .integer(0))
    #expect(
      try parsed("[true, 1, 1.5, 0, false, null]").elements == [
        .boolean(true), .integer(1), .number(1.5), .integer(0), .boolean(false), .null,
      ])
  }

  @Test func survivesTheWayThroughJSON() throws {
    let value = try JSONValue(encoding: Everything())
    #expect(try parsed(text(value)) == value)
    #expect(try parsed(text(value, isPretty: true)) == value)
    #expect(try value.decoded(as: Everything.self) == Everything())
    #expect(try JSONValue.decoder.decode(JSONValue.self, from: value.jsonData()) == value)
    #expect(try JSONValue(json: JSONValue.encoder.encode(value)) == value)
  }

  @Test func keepsEveryBitOfADouble() throws {
    var state: UInt64 = 1
    for _ in 0..<2000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Of every size, and between 0 and 1, where most of what is measured lies.
      for number in [Double(bitPattern: state), Double(state >> 11) * 0x1p-53] where number.isFinite {
        let value = try JSONValue(encoding: [number])
        #expect(try value.decoded(as: [Double].self).map(\.bitPattern) == [number.bitPattern])
        #expect(try parsed(text(value)) == value)
      }
    }
  }

  @Test func keepsTheSignOfZero() throws {
    let value = try JSONValue(encoding: [-0.0, 0.0])
    #expect(text(value) == "[-0.0,0]")
    #expect(try value.decoded(as: [Double].self).map(\.sign) == [.minus, .plus])
  }

  @Test func writesWhatIsNotFiniteAsWords() throws {
    let numbers = [Double.infinity, -Double.infinity, Double.nan]
    let value = try JSONValue(encoding: numbers)
    #expect(text(value) == #"["inf","-inf","nan"]"#)
    let back = try value.decoded(as: [Double].self)
    #expect(back[0] == .infinity && back[1] == -.infinity && back[2].isNaN)
    #expect(text(.list(numbers.map { .number($0) })) == #"["inf","-inf","nan"]"#)
  }

  @Test func sortsKeysAndEscapesText() {
    let value = JSONValue.record(["b": .integer(1), "a\"\n": .text("\\\u{1F}\t\r/"), "B": .null])
    #expect(text(value) == #"{"B":null,"a\"\n":"\\\u001f\t\r/","b":1}"#)
  }

  @Test func breaksPrettyLinesButKeepsRowsOfNumbersTogether() {
    let value = JSONValue.record([
      "rows": .list([.list([.integer(1), .integer(2)]), .list([])]), "flat": .list([.number(0.5), .text("x")]),
      "none": .record([:]),
    ])
    #expect(
      text(value, isPretty: true) == """
        {
          "flat": [0.5,"x"],
          "none": {},
          "rows": [
            [1,2],
            []
          ]
        }
        """)
    #expect(text(value) == #"{"flat":[0.5,"x"],"none":{},"rows":[[1,2],[]]}"#)
  }

  @Test func readsFragments() throws {
    #expect(try parsed("3") == .integer(3))
    #expect(try parsed("\"x\"") == .text("x"))
    #expect(try parsed("null") == .null)
  }

  @Test func refusesWhatIsNotJSON() {
    for text in ["", "{", "[1 2]", "nan", "[01]", "1e400", "{\"a\" 1}"] {
      #expect(throws: (any Error).self) { try parsed(text) }
    }
  }

  @Test func looksUpKeysAndPositions() {
    let value = JSONValue.record(["a": .list([.integer(1), .number(2.5)]), "t": .text("x")])
    #expect(value["a"]?["0"]?.number == 1)
    #expect(value["a"]?["last"]?.number == 2.5)
    #expect(value["a"]?["2"] == nil)
    #expect(value["a"]?["-1"] == nil)
    #expect(value["t"]?["0"] == nil)
    #expect(value["t"]?.text == "x")
    #expect(value["t"]?.number == nil)
    #expect(value.keys == ["a", "t"])
    #expect(value["a"]?.keys == ["0", "1", "last"])
    #expect(JSONValue.list([.null]).keys == ["0", "last"])
    #expect(JSONValue.list([]).keys == [])
  }
}
