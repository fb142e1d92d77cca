import Probing
import Testing

@Suite struct ValuePathTests {
  private let root: JSONValue = .record([
    "levels": .list([
      .record([
        "sigma": .number(0.1), "gaps": .list([.record(["width": .integer(1)]), .record(["width": .integer(2)])]),
      ]),
      .record(["sigma": .number(0.2), "gaps": .list([])]),
      .record(["sigma": .number(0.4), "gaps": .list([.record(["width": .integer(3)])])]),
    ]),
    "final": .record(["width": .number(0.9)]), "dimension": .integer(40),
  ])

  private func value(_ path: String) throws -> JSONValue {
    try #require(ValuePath(path)).value(in: root)
  }

  private func refusal(_ path: String) -> ValuePathError? {
    do {
      _ = try value(path)
      return nil
    } catch { return error as? ValuePathError }
  }

  @Test func followsKeysAndPositions() throws {
    #expect(try value("dimension") == .integer(40))
    #expect(try value("final.width") == .number(0.9))
    #expect(try value("levels[1].sigma") == .number(0.2))
    #expect(try value("levels.1.sigma") == .number(0.2))
    #expect(try value("levels[last].sigma") == .number(0.4))
    #expect(try value("levels[0].gaps[1].width") == .integer(2))
    #expect(try value("levels[0].gaps.last") == .record(["width": .integer(2)]))
  }

  @Test func readsColumns() throws {
    #expect(try value("levels[].sigma") == .list([.number(0.1), .number(0.2), .number(0.4)]))
    #expect(
      try value("levels[].gaps[].width")
        == .list([.list([.integer(1), .integer(2)]), .list([]), .list([.integer(3)])]))
    #expect(try value("levels[]") == value("levels"))
  }

  @Test(arguments: ["", ".", "a.", ".a", "a..b", "a[", "a[0", "[0]", "[]", "a[0]b", "a[0]]"])
  func refusesAPathThatIsNone(text: String) { #expect(ValuePath(text) == nil) }

  @Test func splitsItsHeadOff() throws {
    let (head, tail) = try #require(ValuePath("gaps.levels[0].sigma")?.headAndTail)
    #expect(head == "gaps")
    #expect(tail == ValuePath("levels[0].sigma"))
    #expect(ValuePath("gaps")?.headAndTail?.tail.isEmpty == true)
  }

  @Test func namesTheStepThatLeadsNowhereAndTheNearest() {
    #expect(refusal("levls")?.message == "unknown value 'levls'")
    #expect(refusal("levls")?.hint == "did you mean 'levels'?")
    #expect(refusal("final.with")?.hint == "did you mean 'width'?")
    #expect(refusal("levels[].sigmas")?.hint == "did you mean 'sigma'?")
    #expect(refusal("dimension.x")?.hint == nil)
    #expect(refusal("final[].width")?.message == "unknown value '[]'")
    #expect(refusal("levls")?.status == .notebookWrong)
  }

  @Test func namesThePositionsOfAList() {
    #expect(refusal("levels[9].sigma")?.message == "unknown value '9'")
    #expect(refusal("levels[9].sigma")?.hint == "use a position from 0 to 2, or 'last'")
    #expect(refusal("levels[-1]")?.hint == "use a position from 0 to 2, or 'last'")
    #expect(refusal("levels[2].gaps[1]")?.hint == "use a position from 0 to 0, or 'last'")
    #expect(refusal("levels[1].gaps[0]")?.hint == nil)
    #expect(refusal("levels.sigma")?.hint == "use one of '0', '2', 'last'")
  }
}
