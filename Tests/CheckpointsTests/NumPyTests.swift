import Foundation
import Testing

@testable import Checkpoints

@Suite struct NumPyTests {
  struct Reference: Decodable {
    let dtype: String
    let shape: [Int]
    let hex: String
  }

  static let references = (try? FixtureFile.json("Fixtures/arrays.json", as: [String: Reference].self)) ?? [:]
  static let files = references.keys.sorted()

  @Test func hasReferences() { #expect(Self.files.count == 37) }

  @Test(arguments: files) func readsWhatNumPyWrites(file: String) throws {
    let reference = try #require(Self.references[file])
    let tensor = try Checkpoint.array(path: FixtureFile.path("Fixtures/arrays/\(file)"))
    #expect(tensor.name == "array")
    #expect(NumPyLayout.descriptor(of: tensor.elementType) == reference.dtype)
    #expect(tensor.shape == reference.shape)
    #expect(tensor.bytes.hex == reference.hex)
  }

  @Test(
    arguments: files.filter { $0.hasPrefix("little") || $0 == "scalar.npy" || $0 == "empty.npy" || $0 == "vector.npy" })
  func writesTheBytesThatNumPyWrites(file: String) throws {
    let bytes = try FixtureFile.bytes("Fixtures/arrays/\(file)")
    #expect(try NumPyArray.encode(try NumPyArray.decode(bytes, name: "x")) == bytes.data)
  }

  @Test func carriesEveryTypeOfNumPyThereAndBack() throws {
    var random = SplitMix(state: 2)
    var tensors: [Tensor] = []
    for type in ElementType.allCases {
      let tensor = try Tensor.random("t/\(type.rawValue)", type, [2, 1, 4], using: &random)
      if NumPyLayout.descriptor(of: type) == nil {
        #expect(throws: CheckpointError.notWritable(tensor: tensor.name, type, .npy)) { try NumPyArray.encode(tensor) }
        continue
      }
      #expect(try NumPyArray.decode(Bytes(data: NumPyArray.encode(tensor)), name: "x").content == tensor.content)
      tensors.append(tensor)
    }
    #expect(tensors.count == 14)
    let read = try Checkpoint(decoding: Bytes(data: NumPyArchive.encode(tensors)))
    #expect(read.format == .npz)
    #expect(read.tensors.map(\.name) == tensors.map(\.name))
    #expect(read.tensors.map(\.content) == tensors.map(\.content))
  }

  @Test func alignsTheElementsOfEveryShapeTo64Bytes() throws {
    for rank in 0..<20 {
      let tensor = Tensor(name: "x", shape: [Int](repeating: 1, count: rank), doubles: [1])
      #expect(try NumPyArray.encode(tensor).count % 64 == 8)
    }
  }

  @Test(arguments: ["stored.npz", "deflated.npz"]) func readsWhatSavezWrites(file: String) throws {
    let read = try Checkpoint.open(path: FixtureFile.path("Fixtures/\(file)"))
    #expect(read.tensors.map(\.name) == ["W", "b", "caf\u{E9}", "cafe\u{301}", "empty"])
    #expect(try read.tensor(named: "W").floats() == [0, 1, 2, 3, 4, 5])
    #expect(try read.tensor(named: "b").doubles() == [Double](repeating: 0, count: 1000))
    #expect(try read.tensor(named: "caf\u{E9}").integers() == [3])
    #expect(try read.tensor(named: "cafe\u{301}").integers() == [4])
    #expect(try read.tensor(named: "empty").shape == [0, 2])
    #expect(read.unreadable.isEmpty)
  }

  @Test func listsMembersWithoutNumbersBesideTheOthers() throws {
    let read = try Checkpoint.open(path: FixtureFile.path("Fixtures/mixed.npz"))
    #expect(read.tensors.map(\.name) == ["numbers"])
    #expect(read.unreadable.map(\.name) == ["objects", "words", "fields", "days", "half"])
    #expect(read.unreadable[0].reason == .numPy(.objects))
    #expect(read.unreadable[2].reason == .numPy(.structured))
    #expect(read.unreadable[4].reason == .numPy(.maybeBFloat16))
    #expect(throws: CheckpointError.inMember("objects", .numPy(.objects))) { try read.tensor(named: "objects") }
  }

  @Test func readsArchivesThatWereStreamedWithACommentAndOtherFiles() throws {
    let read = try Checkpoint.open(path: FixtureFile.path("Fixtures/streamed.npz"))
    #expect(read.tensors.map(\.name) == ["x"])
    #expect(try read.tensor(named: "x").doubles() == (0..<300).map(Double.init))
  }

  @Test func readsAnArchiveOfNothing() throws {
    #expect(try Checkpoint.open(path: FixtureFile.path("Fixtures/no_arrays.npz")).tensors.isEmpty)
  }

  @Test func refusesToWriteANameTwiceOrNoneAtAll() {
    let one = Tensor(name: "a", shape: [1], floats: [1])
    #expect(throws: CheckpointError.duplicateName("a")) { try NumPyArchive.encode([one, one]) }
    #expect(throws: CheckpointError.reservedName("")) { try NumPyArchive.encode([one.named("")]) }
  }

  @Test func writesTheSameArchiveEveryTime() throws {
    let tensors = [Tensor(name: "é", shape: [2], doubles: [1, 2]), Tensor(name: "empty", shape: [0], floats: [])]
    let first = try NumPyArchive.encode(tensors)
    #expect(try NumPyArchive.encode(tensors) == first)
    #expect(ContentDigest(of: Bytes(data: first)).hex.count == 64)
    #expect(try Checkpoint(decoding: Bytes(data: first)).tensors.map(\.name) == ["é", "empty"])
  }

  @Test func writesAndReadsMoreMembersThanSixteenBitsCount() throws {
    let empty = Tensor(name: "", elementType: .u8, shape: [0], bytes: Bytes([]))
    var writer = ZipWriter()
    let content = [Bytes(data: try NumPyArray.encode(empty))]
    for index in 0..<65_600 { writer.add("\(index).npy", content) }
    let bytes = Bytes(data: writer.finish().reduce(into: Data()) { $0.append($1.data) })
    let archive = try ZipArchive(bytes)
    #expect(archive.members.count == 65_600)
    #expect(archive.members.last?.name == "65599.npy")
  }
}
