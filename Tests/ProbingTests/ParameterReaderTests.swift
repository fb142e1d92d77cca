import Diagnostics
import Testing

@testable import Probing

@Suite struct ParameterReaderTests {
  private func read(_ written: WrittenValue) throws(ParameterError) -> TestParameters {
    try ParameterReader.read(TestParameters.self, from: written, over: TestParameters()).value
  }

  private func refusal(_ written: WrittenValue) -> ParameterError? {
    do {
      _ = try read(written)
      return nil
    } catch {
      return error
    }
  }

  // MARK: Reading

  @Test func leavesTheStandardWhereNothingIsWritten() throws {
    #expect(try read([:]) == TestParameters())
    #expect(try read(nil) == TestParameters())
  }

  @Test func laysWrittenKeysOverTheStandard() throws {
    var expected = TestParameters()
    expected.name = "mine"
    expected.count = 9
    expected.small = 255
    expected.ratio = 2
    expected.isOn = true
    expected.shade = .halfTone
    expected.inner.depth = 4
    #expect(
      try read([
        "name": "mine", "count": 9, "small": 255, "ratio": 2, "isOn": true, "shade": "half-tone",
        "inner": ["depth": 4],
      ]) == expected)
    #expect(expected.inner.weight == 2, "the rest of a record stays as it was")
  }

  @Test func takesOptionalKeysAsWritten() throws {
    let read = try read([
      "shades": ["light", "dark"], "sigmas": [1, 0.5], "others": [["depth": 1], ["depth": 2, "weight": 3]],
      "given": ["t": 1, "gain": 0.5],
    ])
    #expect(read.shades == [.light, .dark])
    #expect(read.sigmas == [1, 0.5])
    #expect(read.others == [.init(depth: 1), .init(depth: 2, weight: 3)])
    #expect(read.given == ["t": 1, "gain": 0.5])
  }

  @Test func takesOneValueForAListOfOne() throws {
    #expect(try read(["sigmas": 0.1]).sigmas == [0.1])
    #expect(try read(["shades": "light"]).shades == [.light])
    #expect(try read(["sources": "x.npy"]).sources == ["x.npy"])
  }

  @Test func takesNothingForAnOptionalKeyAsItsAbsence() throws {
    #expect(try read(["sigmas": nil, "process": nil, "inner": ["depth": 2, "weight": nil]]).inner.weight == nil)
  }

  @Test func takesAWholeNumberWhereANameMayBeAPosition() throws {
    #expect(try read(["name": 0]).name == "0")
    #expect(try read(["name": -12]).name == "-12")
  }

  @Test func readsWithoutAStandard() throws {
    let read = try ParameterReader.read(TestParameters.Inner.self, from: ["depth": 2], over: nil)
    #expect(read.value == .init(depth: 2))
  }

  @Test func spellsShorthandOut() throws {
    #expect(try read(["process": "ve"]).process == ProcessParameters(.ve))
    #expect(try read(["process": ["kind": "ddpm", "steps": 10]]).process == ProcessParameters(.ddpm, steps: 10))
    #expect(try read(["points": "x.npy"]).points == PointSelection(from: "x.npy"))
  }

  @Test func readsTheCommandLinesFormOfShorthandWithFurtherKeys() throws {
    let written: WrittenValue = ["process": [WrittenValue.itself: "ddpm", "steps": 10]]
    #expect(try read(written).process == ProcessParameters(.ddpm, steps: 10))
  }

  // MARK: References

  @Test func collectsReferencesInTheOrderOfTheKeysWithTheirPlaces() throws {
    let written = WrittenValue(
      .record([
        .init(key: "points", value: WrittenValue(.text("clean:test"), at: line(1))),
        .init(key: "finding", value: WrittenValue(.text("gaps.levels[].sigma"), at: line(2))),
        .init(key: "sources", value: WrittenValue(.list([WrittenValue(.text("a"), at: line(3)), "b"]))),
        .init(key: "from", value: WrittenValue(.text("x.npy"), at: line(4))),
      ]))
    let references = try ParameterReader.read(TestParameters.self, from: written, over: TestParameters()).references
    #expect(
      references == [
        WrittenReference(target: .source("x.npy"), key: "from", range: line(4)),
        WrittenReference(target: .source("a"), key: "sources.0", range: line(3)),
        WrittenReference(target: .source("b"), key: "sources.1", range: nil),
        WrittenReference(target: .finding(FindingReference("gaps.levels[].sigma")), key: "finding", range: line(2)),
        WrittenReference(target: .source("clean:test"), key: "points.from", range: line(1)),
      ])
  }

  @Test func collectsNoReferenceWhereNoneIsNamed() throws {
    #expect(try ParameterReader.read(TestParameters.self, from: [:], over: TestParameters()).references.isEmpty)
  }

  @Test func splitsAFindingReferenceIntoCellAndRest() {
    let whole = FindingReference("gaps.levels[].sigma")
    #expect((whole.cell, whole.rest) == ("gaps", "levels[].sigma"))
    #expect((FindingReference("gaps[0].x").cell, FindingReference("gaps[0].x").rest) == ("gaps", "[0].x"))
    #expect((FindingReference("gaps").cell, FindingReference("gaps").rest) == ("gaps", ""))
  }

  // MARK: Refusals

  @Test func refusesAnUnknownKeyAndNamesTheNearest() {
    let error = refusal(["rati": 1])
    #expect(error?.message == "unknown key 'rati'")
    #expect(error?.hint == "did you mean 'ratio'?")
  }

  @Test func refusesANestedUnknownKeyByItsWholeWay() {
    #expect(refusal(["inner": ["dept": 1]])?.hint == "did you mean 'inner.depth'?")
    #expect(refusal(["others": [["depth": 1, "wait": 2]]])?.message == "unknown key 'others.0.wait'")
    #expect(refusal(["process": ["kind": "ve", "beta": 1]])?.hint == "did you mean 'process.betas'?")
  }

  @Test func comparesOnlyTheLastPartOfAKey() {
    #expect(refusal(["inner": ["zzzz": 1]])?.hint == "use one of 'inner.depth', 'inner.weight'")
  }

  @Test func namesAMisspellingAndNotTheKeyItLeavesMissing() {
    let error = refusal(["process": ["knid": "ve"]])
    #expect(error?.message == "unknown key 'process.knid'")
    #expect(error?.hint == "did you mean 'process.kind'?")
  }

  @Test func doesNotCallAKnownKeyUnknownBecauseAnEarlierOneIsMissing() {
    // 'process.kind' is asked for before 'process.steps', 'from' and 'points' are.
    let error = refusal(["process": ["steps": 10], "from": "x.npy", "points": "y.npy"])
    #expect(error == .missing(key: "process.kind", meaning: "it has no default", nil))
    #expect(
      refusal(["others": [["weight": 1]], "from": "x"])?.message == "'others.0.depth' is missing: it has no default")
  }

  @Test func saysWhenAKeyIsWrittenWithoutAValue() {
    let error = refusal(["count": WrittenValue(.null, at: line(5))])
    #expect(error?.message == "'count' is missing: it is written without a value")
    #expect(error?.range == line(5))
  }

  @Test(
    arguments: [
      ("count", 1.5, "'count' is a number; it must be a whole number"),
      ("count", "3", "'count' is text; it must be a whole number"),
      ("ratio", "x", "'ratio' is text; it must be a number"),
      ("ratio", true, "'ratio' is true or false; it must be a number"),
      ("isOn", 1, "'isOn' is a whole number; it must be true or false"),
      ("name", 1.5, "'name' is a number; it must be text"),
      ("name", false, "'name' is true or false; it must be text"),
      ("name", ["a"], "'name' is a list; it must be text"),
      ("inner", 3, "'inner' is a whole number; it must be a mapping of keys to values"),
      ("inner", [1], "'inner' is a list; it must be a mapping of keys to values"),
      ("given", 3, "'given' is a whole number; it must be a mapping of keys to values"),
      ("sigmas", ["a": 1], "'sigmas' is a mapping; it must be a list"),
      ("sigmas", [1, "x"], "'sigmas.1' is text; it must be a number"),
      ("sigmas", [1, nil], "'sigmas.1' is nothing; it must be a number"),
      ("given", ["t": "x"], "'given.t' is text; it must be a number"),
      ("process", ["kind": ["ve"]], "'process.kind' is a list; it must be text"),
      ("small", 256, "'small' is 256; it must be from 0 to 255"),
      ("small", -1, "'small' is -1; it must be from 0 to 255"),
    ] as [(String, WrittenValue, String)])
  func refusesAValueOfAnotherKind(key: String, value: WrittenValue, message: String) {
    #expect(refusal(WrittenValue(.record([.init(key: key, value: value)])))?.message == message)
  }

  @Test func refusesAWordThatIsNoChoice() {
    let error = refusal(["shade": "darkk"])
    #expect(error?.message == "'shade' is 'darkk', which is not one of its choices")
    #expect(error?.hint == "did you mean 'dark'?")
    #expect(refusal(["shades": ["light", "blue"]])?.hint == "use one of 'dark', 'light', 'half-tone'")
    #expect(refusal(["process": "vee"])?.message == "'process.kind' is 'vee', which is not one of its choices")
  }

  @Test func refusesABodyThatIsNoMapping() {
    #expect(refusal([1])?.message == "'body' is a list; it must be a mapping of keys to values")
    #expect(refusal("x")?.message == "'body' is text; it must be a mapping of keys to values")
  }

  @Test func refusesAPlainValueBesideKeysWhereNoneStandsForIt() {
    let error = refusal(["inner": [WrittenValue.itself: 3, "depth": 2]])
    #expect(error?.message == "'inner' is a whole number; it must be a mapping of keys to values")
  }

  @Test func carriesThePlaceOfWhatItRefuses() {
    let key = WrittenValue(
      .record([.init(key: "rati", keyRange: line(2), value: WrittenValue(.integer(1), at: line(3)))]))
    #expect(refusal(key)?.range == line(2))
    let value = WrittenValue(
      .record([.init(key: "ratio", keyRange: line(2), value: WrittenValue(.text("x"), at: line(3)))]))
    #expect(refusal(value)?.range == line(3))
    let missing = WrittenValue(
      .record([.init(key: "process", keyRange: line(2), value: WrittenValue(.record([]), at: line(3)))]))
    #expect(refusal(missing)?.range == line(3))
  }

  @Test func isANotebooksFault() { #expect(refusal(["rati": 1])?.status == .notebookWrong) }

  @Test func findsThePlaceOfAnErrorThatHasNone() {
    let written = WrittenValue(
      .record([
        .init(
          key: "process",
          value: WrittenValue(.record([.init(key: "betas", value: WrittenValue(.list([]), at: line(4)))]), at: line(3)))
      ]), at: line(1))
    func place(_ key: String) -> SourceRange? {
      ParameterError.rule(key, is: 1, mustBe: "2").located(in: written).range
    }
    #expect(place("process.betas") == line(4))
    #expect(place("process.steps") == line(3))
    #expect(place("other") == line(1))
    let located = ParameterError.missing(key: "x", meaning: "y", line(9))
    #expect(located.located(in: written) == located)
  }
}
