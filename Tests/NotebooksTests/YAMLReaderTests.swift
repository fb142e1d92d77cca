import Diagnostics
import Notebooks
import Testing

@Suite struct YAMLReaderTests {
  private func value(_ text: String) throws -> WrittenValue {
    let outcome = YAMLReader().read(SourceText(name: "f.yml", text: text))
    #expect(outcome.diagnostics.isEmpty)
    return try #require(outcome.value)
  }

  private func place(_ value: WrittenValue?) -> String {
    guard let range = value?.range else { return "nowhere" }
    return "\(range.start.line):\(range.start.column)-\(range.end.line):\(range.end.column)"
  }

  @Test func readsPlainWordsByTheCoreSchema() throws {
    let list = try value(
      "a: [1, -2, +3, 0x1F, 0o17, 007, 1.5, .5, 5., 1e3, -1E-3, true, False, null, ~, yes, 1:30, 1_000, .inf, 99999999999999999999]"
    )
    guard case .list(let items)? = list["a"]?.content else {
      Issue.record("no list")
      return
    }
    #expect(
      items.map(\.content) == [
        .integer(1), .integer(-2), .integer(3), .integer(31), .integer(15), .integer(7), .number(1.5), .number(0.5),
        .number(5), .number(1000), .number(-0.001), .boolean(true), .boolean(false), .null, .null, .text("yes"),
        .text("1:30"), .text("1_000"), .number(.infinity), .number(1e20),
      ])
  }

  @Test func quotedWordsAreText() throws {
    let map = try value("a: '1'\nb: \"true\"\nc: !!str 3\nd: |\n  4\n")
    #expect(map["a"]?.content == .text("1"))
    #expect(map["b"]?.content == .text("true"))
    #expect(map["c"]?.content == .text("3"))
    #expect(map["d"]?.content == .text("4\n"))
  }

  @Test func placesScalarsExactly() throws {
    let map = try value("λ: plain word # remark\nb: 'it''s'\nc: \"a\\\"b\" \nd:\n  - x\n  -   yy\n")
    #expect(place(map["λ"]) == "1:4-1:14")
    #expect(place(map["b"]) == "2:4-2:11")
    #expect(place(map["c"]) == "3:4-3:10")
    #expect(place(map["d"]) == "5:3-6:9")
    #expect(
      map.entries?.map { place(WrittenValue(.null, at: $0.keyRange)) } == ["1:1-1:2", "2:1-2:2", "3:1-3:2", "4:1-4:2"])
  }

  @Test func placesCollectionsFromBracketToBracket() throws {
    let map = try value("a: {x: 1, y: [1,\n  2 ] # ]\n }\nb: []\n")
    #expect(place(map["a"]) == "1:4-3:3")
    #expect(place(map["a"]?["y"]) == "1:14-2:6")
    #expect(place(map["b"]) == "4:4-4:6")
  }

  @Test func placesAnEmptyValueAtItsKey() throws {
    let map = try value("a:\nbb:\n")
    #expect(map["bb"]?.content == .null)
    #expect(place(map["bb"]) == "2:1-2:3")
  }

  @Test func takesTwoBracesForAParameterOnlyAfterADollar() throws {
    let map = try value("a: {b: ${c}, d: x${e}y}\nf: {g: 1}\n")
    #expect(map["a"]?["b"]?.text == "${c}")
    #expect(map["a"]?["d"]?.text == "x${e}y")
    #expect(map["f"]?["g"]?.content == .integer(1))
  }

  @Test func expandsAliases() throws {
    let map = try value("a: &x {n: 1}\nb: *x\n")
    #expect(map["b"]?["n"]?.content == .integer(1))
  }

  @Test func anEmptyTextIsAnEmptyMapping() throws {
    for text in ["", "\n\n", "# nothing\n", "---\n"] { #expect(try value(text).content == .record([])) }
  }

  @Test func refusesNestingBeforeTheLibraryRecurses() {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "- ", count: 50_000),
      "{a: " + String(repeating: "{b: ", count: 500),
    ] {
      let outcome = YAMLReader().read(SourceText(name: "f.yml", text: text))
      #expect(outcome.value == nil)
      #expect(outcome.diagnostics.map(\.message) == ["values nested more than 64 deep"])
    }
  }

  @Test func refusesABombOfAliases() {
    var text = "a0: &a0 [x, x]\n"
    for level in 1...40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    let outcome = YAMLReader().read(SourceText(name: "f.yml", text: text))
    #expect(outcome.value == nil)
    #expect(outcome.diagnostics.count == 1)
  }
}
