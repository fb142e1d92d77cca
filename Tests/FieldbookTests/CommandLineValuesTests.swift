import Diagnostics
import Probing
import Testing

@testable import fieldbook

@Suite struct CommandLineValuesTests {
  func entries(_ pairs: String...) throws -> [String: WrittenValue] {
    let written = try CommandLineValues(pairs: pairs).written()
    return Dictionary((written.entries ?? []).map { ($0.key, $0.value) }) { first, _ in first }
  }

  @Test(arguments: [
    ("3", WrittenValue.Content.integer(3)), ("-3", .integer(-3)), ("0.5", .number(0.5)), ("1e-3", .number(0.001)),
    ("true", .boolean(true)), ("false", .boolean(false)), ("True", .text("True")), ("nan", .text("nan")),
    ("inf", .text("inf")), ("infinity", .text("infinity")), ("", .text("")), ("a b", .text("a b")),
    ("a=b", .text("a=b")),
    ("007", .integer(7)), ("99999999999999999999", .number(1e20)),
  ])
  func readsScalars(text: String, content: WrittenValue.Content) throws {
    #expect(try entries("key=\(text)")["key"]?.content == content)
  }

  @Test func commasMakeLists() throws {
    guard case .list(let values)? = try entries("s=0.1,2,x,")["s"]?.content else {
      Issue.record("no list")
      return
    }
    #expect(values.map(\.content) == [.number(0.1), .integer(2), .text("x"), .text("")])
  }

  @Test(arguments: [
    ("[[-1,1,3],[0,2,4]]", "[[-1, 1, 3], [0, 2, 4]]"), ("[-1,1,3],[0,2,4]", "[[-1, 1, 3], [0, 2, 4]]"),
    ("[5]", "[5]"), ("[[5]]", "[[5]]"), ("[]", "[]"), ("[1,x],2", "[[1, x], 2]"), ("a[1].npy", "a[1].npy"),
    ("a[1].npy,b", "[a[1].npy, b]"), ("1]", "1]"), ("][", "]["), ("[1][2]", "[1][2]"),
  ])
  func bracketsKeepListsWithinLists(text: String, read: String) throws {
    func spelt(_ value: WrittenValue?) -> String {
      switch value?.content {
      case .list(let values)?: "[\(values.map(spelt).joined(separator: ", "))]"
      case .integer(let number)?: "\(number)"
      case .text(let text)?: text
      default: "?"
      }
    }
    #expect(spelt(try entries("grid=\(text)")["grid"]) == read)
  }

  @Test func dotsMakeMappingsWhateverTheOrder() throws {
    for pairs in [["p.count=3", "p=x.npy"], ["p=x.npy", "p.count=3"]] {
      let values = try CommandLineValues(pairs: pairs).written()
      #expect(values["p"]?["count"]?.content == .integer(3))
      #expect(values["p"]?[WrittenValue.itself]?.content == .text("x.npy"))
    }
  }

  @Test func everythingHasAPlaceOnTheCommandLine() throws {
    let line = CommandLineValues(pairs: ["größe=1", "b.c=x"])
    let written = try line.written()
    #expect(line.source.text == "größe=1 b.c=x")
    let range = try #require(written["b"]?["c"]?.range)
    #expect(range.start == SourcePosition(line: 1, column: 9) && range.end.column == 14)
  }

  @Test(arguments: [
    ["a"], ["=3"], ["a..b=1"], [".a=1"], ["a.=1"], ["a=1", "a=2"], ["a.b=1", "a.b=2"], ["a=1", "a.b=1", "a=2"],
    ["grid=[[0,1,2],[0,1,2]"], ["a=[1]]"], ["a=" + String(repeating: "[", count: 5000)],
  ])
  func refusesWhatItCannotPlace(pairs: [String]) {
    #expect(throws: Refusal.self) { _ = try CommandLineValues(pairs: pairs).written() }
  }

  @Test func theWorstStatusCounts() {
    #expect(ExitStatus.ok.worse(.warnings) == .warnings)
    #expect(ExitStatus.checkFailed.worse(.cellFailed) == .cellFailed)
    #expect(ExitStatus.notebookWrong.worse(.checkFailed) == .notebookWrong)
    #expect(ExitStatus.inputDamaged.worse(.internalError) == .internalError)
    for one in ExitStatus.allCases {
      for other in ExitStatus.allCases where one != .interrupted && other != .interrupted {
        #expect(one.worse(other) == other.worse(one))
      }
    }
  }
}
