import Reports
import Testing

@Suite struct ValuesFileTests {
  @Test func sortsByPath() {
    #expect(ValuesFile(["b": .integer(1), "a": .text("x")]).values.map(\.path) == ["a", "b"])
  }
}
