import Testing

@testable import Probes

@Suite struct AxisNameTests {
  @Test func manySystemsAreNamedByTheirGroups() {
    let labels = (0..<40).map { "system \($0)" }
    let groups = (0..<40).map { $0 < 12 ? "a" : $0 < 13 ? "stray" : "b" }
    let order = Array((0..<40).reversed())
    let names = labels.axisNames(of: order, groups: groups)
    #expect(names?.enumerated().filter { !$0.element.isEmpty }.map(\.offset) == [13, 33])
    #expect(names?[13] == "b" && names?[33] == "a")
    #expect(labels.axisNames(of: order, groups: []) == nil)
    #expect(["x", "y"].axisNames(of: [1, 0], groups: []) == ["y", "x"])
  }
}
