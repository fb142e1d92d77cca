import Checkpoints
import Diagnostics
import Foundation
import LinearAlgebra
import Probing
import Testing

@testable import Fieldwork

@Suite struct RecordStoreTests {
  let workspace = MemoryWorkspace()
  var store: RecordStore { RecordStore(workspace: workspace, folder: "records") }

  func record(size: Int = 3, scale: Double = 1) throws -> ProbeRecord {
    var probe = TraceProbe.standard
    (probe.size, probe.scale) = (size, scale)
    var random = SeededGenerator(seed: 1)
    let finding = try probe.measure(.init(shape: [2], values: [1, 2]), using: &random)
    return try ProbeRecord(probe: probe, seed: 1, sources: [], finding: finding, software: "test")
  }

  func key(
    _ probe: TraceProbe = .standard, seed: UInt64 = 1, sources: [ProbeRecord.SourceDigest] = [],
    software: String = "test"
  ) throws -> ContentDigest {
    try RecordStore.key(probe: probe, seed: seed, sources: sources, software: software)
  }

  @Test(arguments: [1, 512, 513, 4000])
  func recordsComeBackAsTheyWere(size: Int) throws {
    let record = try record(size: size, scale: 1 / 3)
    let key = try key()
    try store.keep(RecordFiles.write(record), under: key)
    #expect(store.record(for: key)?.record == record)
    #expect(workspace.exists("records/\(key.hex)/arrays.safetensors") == (size > 512))
  }

  @Test func wholeNumbersStayWholeAmongOthers() throws {
    // heights are 0.25, 1.25 …; steps are 0, 1 … and JSON calls them integers.
    let record = try record(size: 600)
    let files = try RecordFiles.write(record)
    let back = try RecordFiles.read { Bytes(files[$0] ?? []) }
    #expect(back.finding["steps"]?.elements?.first == .integer(0))
    #expect(back.finding == record.finding)
  }

  @Test func everyListOfNumbersComesBackBitForBit() throws {
    var random = SeededGenerator(seed: 5)
    let special: [Double] = [
      0, 1, -1, 0.1, 1e16, 1.5e300, 5e-324, -1e-310, 0x1p53 - 1, 1 - 0x1p53, .greatestFiniteMagnitude, .pi,
    ]
    for _ in 0..<20 {
      let numbers = (0..<700).map { _ in
        random.uniform() < 0.2
          ? special[random.index(below: special.count)] : random.gaussian() * exp(random.gaussian() * 50)
      }
      let value = try JSONValue(encoding: numbers)
      let array = try #require(NumberArray(value))
      #expect(array.numbers.map(\.bitPattern) == numbers.map(\.bitPattern))
      #expect(array.value == value)
    }
  }

  @Test func onlyRectanglesOfFiniteNumbersAreArrays() throws {
    func isArray(_ value: some Encodable) throws -> Bool { NumberArray(try JSONValue(encoding: value)) != nil }
    #expect(try isArray([[1, 2], [3, 4.5]]))
    #expect(try !isArray([[1, 2], [3]]))
    #expect(try !isArray([1, .nan]))
    #expect(try !isArray(["a"]))
    #expect(try !isArray([Int]()))
    #expect(try !isArray([[Int](), []]))
    #expect(try !isArray([1, (1 << 53) + 1]))
    #expect(NumberArray(.list([.list([.integer(1)]), .integer(2)])) == nil)
    #expect(NumberArray(.list([.integer(2), .list([.integer(1)])])) == nil)
  }

  @Test(arguments: ["record.json", "record.sha256", "arrays.safetensors"])
  func damagedRecordsAreNone(file: String) throws {
    let (record, key) = (try record(size: 600), try key())
    let path = "records/\(key.hex)/\(file)"
    for damage in 0..<4 {
      try store.keep(RecordFiles.write(record), under: key)
      #expect(store.record(for: key) != nil)
      var bytes = try workspace.bytes(at: path).withUnsafeBytes { Array($0) }
      switch damage {
      case 0: bytes = []
      case 1: bytes.removeLast(bytes.count / 2)
      case 2: bytes[bytes.count - 2] ^= 1
      default: bytes = Array("{}".utf8)
      }
      try workspace.write(bytes, to: path)
      #expect(store.record(for: key) == nil, "damage \(damage)")
    }
    workspace.remove(path)
    #expect(store.record(for: key) == nil)
  }

  @Test func keyChangesWithEachIngredient() throws {
    let source = ProbeRecord.SourceDigest(name: "x", part: "array", sha256: "00")
    var bigger = TraceProbe.standard
    bigger.size = 4
    let keys = [
      try key(), try key(bigger), try key(seed: 2), try key(software: "test 2"), try key(sources: [source]),
      try key(sources: [.init(name: "x", part: "network", sha256: "00")]),
      try key(sources: [.init(name: "x", part: "array", sha256: "01")]), try key(sources: [source, source]),
    ]
    #expect(Set(keys.map(\.hex)).count == keys.count)
  }

  @Test func keyDoesNotChangeWithTheNameOfASource() throws {
    let one = ProbeRecord.SourceDigest(name: "a/x.npy", part: "array", sha256: "00")
    let other = ProbeRecord.SourceDigest(name: "b/x.npy", part: "array", sha256: "00")
    #expect(try key(sources: [one]) == key(sources: [other]))
  }

  @Test func recordsAreTheSameBytesEveryTime() throws {
    #expect(try RecordFiles.write(record(size: 600)) == RecordFiles.write(record(size: 600)))
  }
}
