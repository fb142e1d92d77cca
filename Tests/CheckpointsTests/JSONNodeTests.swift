import Foundation
import Testing

@testable import Checkpoints

@Suite struct JSONNodeTests {
  private func parse(_ text: String) throws -> JSONNode { try JSONNode(parsing: Bytes(text.utf8)) }

  private func fault(_ text: String) -> String? { fault(Array(text.utf8)) }

  private func fault(_ bytes: [UInt8]) -> String? {
    do throws(CheckpointError) {
      _ = try JSONNode(parsing: Bytes(bytes))
      return nil
    } catch {
      return error.message
    }
  }

  @Test func readsEveryKindOfValue() throws {
    let node = try parse(#" {"a": [1, -2.5, 1e3, true, false, null, "x"], "b": {}, "c": []} "#)
    let elements = try #require(node["a"]?.elements)
    #expect(elements[0].integer == 1)
    #expect(elements[0].number == 1)
    #expect(elements[1].number == -2.5)
    #expect(elements[2].number == 1000)
    #expect(elements[2].integer == nil)
    #expect(elements[3].boolean == true)
    #expect(elements[4].boolean == false)
    #expect(elements[5].content == .null)
    #expect(elements[6].text == "x")
    #expect(node["b"]?.members?.isEmpty == true)
    #expect(node["c"]?.elements?.isEmpty == true)
    #expect(node["d"] == nil)
    #expect(elements[1].offset == 11)
    #expect(
      elements.map(\.kindName) == [
        "a whole number", "a number", "a number", "a truth value", "a truth value", "null", "a string",
      ])
  }

  @Test func agreesWithFoundationOnRandomTexts() throws {
    var random = SplitMix(state: 3)
    for _ in 0..<200 {
      let text = randomValue(depth: 4, using: &random)
      let theirs = try JSONDecoder().decode(Plain.self, from: Data(text.utf8))
      #expect(Plain(try parse(text)) == theirs)
    }
  }

  private func randomValue(depth: Int, using random: inout SplitMix) -> String {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: "\(Int.random(in: -1000...1000, using: &random))"
    case 1: "\(Double.random(in: -1e10...1e10, using: &random))"
    case 2: ["true", "false", "null"].randomElement(using: &random) ?? ""
    case 3: #""\u00e9\ud83d\ude00\n\/\\\"\#(Int.random(in: 0..<9, using: &random))é😀""#
    case 4: #""plain""#
    case 5: "[\((0..<3).map { _ in randomValue(depth: depth - 1, using: &random) }.joined(separator: ", "))]"
    default:
      "{\((0..<3).map { "\"k\($0)\" :\(randomValue(depth: depth - 1, using: &random))" }.joined(separator: ","))}"
    }
  }

  /// A JSON value as Foundation can read it too.
  indirect enum Plain: Decodable, Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case array([Plain])
    case object([String: Plain])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(Bool.self) {
        self = .boolean(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .text(value)
      } else if let value = try? container.decode([Plain].self) {
        self = .array(value)
      } else {
        self = .object(try container.decode([String: Plain].self))
      }
    }

    init(_ node: JSONNode) {
      switch node.content {
      case .null: self = .null
      case .boolean(let value): self = .boolean(value)
      case .integer(let value): self = .number(Double(value))
      case .number(let value): self = .number(value)
      case .text(let text): self = .text(text)
      case .array(let elements): self = .array(elements.map { Plain($0) })
      case .object(let members):
        self = .object(Dictionary(uniqueKeysWithValues: members.map { ($0.key, Plain($0.value)) }))
      }
    }
  }

  @Test func keepsKeysApartThatDifferInBytesOnly() throws {
    let node = try parse("{\"caf\u{E9}\": 1, \"cafe\u{301}\": 2}")
    #expect(node.members?.count == 2)
    #expect(node["caf\u{E9}"]?.integer == 1)
    #expect(node["cafe\u{301}"]?.integer == 2)
  }

  @Test func knowsTheEdgesOfIntegers() throws {
    #expect(try parse("9223372036854775807").integer == Int.max)
    #expect(try parse("-9223372036854775808").integer == Int.min)
    #expect(try parse("9223372036854775808").integer == nil)
    #expect(try parse("9223372036854775808").number == 0x1p63)
    #expect(try parse("3.0").integer == nil)
    #expect(try parse("-0").number?.sign == .minus)
  }

  @Test func allowsSixtyFourLevelsAndNoMore() throws {
    let open = String(repeating: "[", count: 64), close = String(repeating: "]", count: 64)
    #expect(fault(open + close) == nil)
    #expect(fault("[" + open + close + "]") == "JSON is nested more than 64 deep, at byte 64")
    #expect(fault(String(repeating: "{\"a\":", count: 100_000)) == "JSON is nested more than 64 deep, at byte 320")
  }

  @Test(arguments: [
    ("", "JSON is cut off, at byte 0"),
    ("[1", "JSON is cut off, at byte 2"),
    ("\"ab", "JSON is cut off, at byte 3"),
    ("tru", "JSON is cut off, at byte 3"),
    ("trap", "JSON has 'a' where 'true' is needed, at byte 2"),
    ("1 2", "JSON goes on after its end, at byte 2"),
    ("[1,]", "JSON has ']' where a value is needed, at byte 3"),
    ("{\"a\":1,}", "JSON has '}' where a key is needed, at byte 7"),
    ("{\"a\" 1}", "JSON has '1' where ':' is needed, at byte 5"),
    ("{a:1}", "JSON has 'a' where a key is needed, at byte 1"),
    ("{\"a\":1,\"\\u0061\":2}", "JSON key 'a' appears twice in one object, at byte 7"),
    ("01", "JSON number has a leading zero, at byte 0"),
    ("-01", "JSON number has a leading zero, at byte 0"),
    ("+1", "JSON has '+' where a value is needed, at byte 0"),
    (".5", "JSON has '.' where a value is needed, at byte 0"),
    ("1.", "JSON is cut off, at byte 2"),
    ("1.e3", "JSON has 'e' where a digit is needed, at byte 2"),
    ("1e", "JSON is cut off, at byte 2"),
    ("-", "JSON is cut off, at byte 1"),
    ("1e999", "JSON number is larger than 1.8e308, at byte 0"),
    ("NaN", "JSON has 'N' where a value is needed, at byte 0"),
    ("\"\\u12g4\"", "JSON string has a backslash that escapes nothing, at byte 1"),
    ("\"\\udc00\"", "JSON string has half a surrogate pair, at byte 1"),
    ("\"\\ud800\\u0041\"", "JSON string has half a surrogate pair, at byte 1"),
    ("\"a\tb\"", "JSON string holds byte 0x09 unescaped, at byte 2"),
    ("\u{FEFF}1", "JSON has byte 0xef where a value is needed, at byte 0"),
  ]) func refusesWhatTheGrammarDoesNotKnow(text: String, message: String) {
    #expect(fault(text) == message)
  }

  @Test func refusesStringsThatAreNotUTF8() {
    #expect(fault([0x22, 0xC3, 0x22]) == "JSON string is not UTF-8, at byte 0")
    #expect(fault([0x22, 0x5C, 0x6E, 0xED, 0xA0, 0x80, 0x22]) == "JSON string is not UTF-8, at byte 0")
  }

  @Test func stopsBeforeATextOfManyTinyValuesFillsTheMemory() {
    let message = fault(Array("[\(String(repeating: "1,", count: 2_000_000))1]".utf8))
    #expect(message == "JSON holds more than 2000000 values, at byte 3999999")
  }
}
