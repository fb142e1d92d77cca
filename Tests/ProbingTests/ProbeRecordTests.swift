import Diagnostics
import Exhibits
import Foundation
import LinearAlgebra
import Probing
import Testing

/// The smallest probe there is: it draws a number.
private struct Dice: Probe {
  static let card = ProbeCard(name: "dice", version: 3, question: "?", citations: [], parameters: [], exhibits: [])
  static let standard = Dice()
  var sides = 6
  var from: SourceReference?

  func validate() throws(ParameterError) {
    if sides < 1 { throw .rule("sides", is: sides, mustBe: "at least 1") }
  }
  func gather(from bench: some Bench) throws -> Int {
    if let from { _ = try bench.array(from) }
    return sides
  }
  func measure(_ subject: Int, using random: inout SeededGenerator) throws -> Throw {
    Throw(value: random.uniform() * Double(subject), caveats: [Caveat("one-throw", "one throw was made")])
  }
}

private struct Throw: ProbeFinding {
  var value: Double
  var caveats: [Caveat]
  var exhibits: [Exhibit] { [] }
}

@Suite struct ProbeRecordTests {
  private func record() throws -> ProbeRecord {
    let finding = try Dice().prepared(on: ArrayBench([:])).measure(7)
    return try ProbeRecord(
      probe: Dice(), seed: UInt64(Int.max), sources: [.init(name: "x.npy", part: "array", sha256: "00")],
      finding: finding,
      software: "test")
  }

  @Test func holdsEverythingThatMadeIt() throws {
    let record = try record()
    #expect(record.schema == 1)
    #expect((record.probe.name, record.probe.version) == ("dice", 3))
    #expect(record.parameters == .record(["sides": .integer(6)]))
    #expect(record.caveats == [Caveat("one-throw", "one throw was made")])
    #expect(record.finding["value"]?.number != nil)
    #expect(try Dice.finding(in: record).caveats == record.caveats)
  }

  @Test func survivesItsFile() throws {
    let record = try record()
    let bytes = try JSONValue(encoding: record).jsonData(isPretty: true)
    let again = try JSONValue(json: bytes).decoded(as: ProbeRecord.self)
    #expect(again == record)
    #expect(again.seed == UInt64(Int.max))
    #expect(try JSONValue(encoding: again).jsonData(isPretty: true) == bytes)
  }

  @Test func measuresTheSameForTheSameSeed() throws {
    let prepared = try Dice().prepared(on: ArrayBench([:]))
    let value = { (seed: UInt64) in (try prepared.measure(seed) as? Throw)?.value }
    #expect(try value(1) == value(1))
    #expect(try value(1) != value(2))
  }
}

@Suite struct ProbeCatalogTests {
  @Test func findsProbesByKind() {
    let catalog = ProbeCatalog([Dice.self])
    #expect(catalog.kinds == ["dice"])
    #expect(catalog.probe(ofKind: "dice") == Dice.self)
    #expect(catalog.probe(ofKind: "die") == nil)
  }

  @Test func readsAProbeAndChecksIt() throws {
    let request = try Dice.reading(["sides": 8, "from": "x.npy"])
    #expect((request.probe as? Dice)?.sides == 8)
    #expect(request.references.map(\.key) == ["from"])
    let written = WrittenValue(.record([.init(key: "sides", value: WrittenValue(.integer(0), at: line(3)))]))
    #expect(throws: ParameterError.rule(key: "sides", value: "0", rule: "at least 1", line(3))) {
      try Dice.reading(written)
    }
  }
}
