import Diagnostics
import Probing
import Testing

@Suite struct FindingShapeTests {
  private struct Finding: Codable {
    enum Mood: String, Codable, CaseIterable { case calm, wild }
    struct Row: Codable {
      var width: Double
      var note: String?
    }
    var total: Int
    var mood: Mood
    var rows: [Row]
    var grid: [[Double]]?
    var extra: [String: Double]
  }
  /// A word that is not among a closed list of words cannot be blank.
  private struct Riddle: Codable {
    enum Answer: String, Codable { case only }
    var answer: Answer
  }

  private func shape(_ path: String) throws -> FindingShape {
    let shape = try #require(FindingShape(of: Finding.self))
    return try shape.shape(at: #require(ValuePath(path)))
  }

  private func refusal(_ path: String) -> ValuePathError? {
    do { _ = try shape(path) } catch { return error as? ValuePathError }
    return nil
  }

  @Test func knowsEveryKeyOptionalOnesToo() throws {
    for path in ["total", "mood", "rows[0].width", "rows.last.note", "rows[].width", "grid[3][1]"] {
      #expect(try [.single, .list(.single)].contains(shape(path)), "\(path)")
    }
    #expect(try shape("rows") == .list(.record(["width": .single, "note": .single])))
    #expect(try shape("grid") == .list(.list(.single)))
  }

  @Test func leavesAMappingOfAnyKeysOpen() throws { #expect(try shape("extra.whatever.follows") == .open) }

  @Test func refusesAKeyThatNoFindingHas() {
    #expect(refusal("totla") == ValuePathError(key: "totla", known: ["extra", "grid", "mood", "rows", "total"]))
    #expect(refusal("rows[0].widht")?.known == ["note", "width"])
    #expect(refusal("rows.width")?.known == ["last"])
    #expect(refusal("total.x")?.key == "x")
    #expect(refusal("total[]")?.key == "[]")
  }

  @Test func isUnknownForATypeThatCannotBeBlank() { #expect(FindingShape(of: Riddle.self) == nil) }
}
