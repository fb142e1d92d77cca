import Foundation
import Testing

@testable import Checkpoints

@Suite struct SafetensorsTests {
  @Test func carriesEveryTypeThereAndBackBitForBit() throws {
    var random = SplitMix(state: 1)
    let tensors = try ElementType.allCases.filter { $0 != .c128 }.map {
      try Tensor.random("t.\($0.rawValue)", $0, [2, 4], using: &random)
    }
    let metadata = [MetadataEntry(key: "format", value: "pt"), MetadataEntry(key: "line\n", value: "\"\u{1}é")]
    let file = try Safetensors.encode(tensors.shuffled(using: &random), metadata: metadata.reversed())
    let read = try Checkpoint(decoding: Bytes(data: file))
    #expect(read.format == .safetensors)
    #expect(read.metadata == metadata)
    #expect(read.tensors.count == tensors.count)
    for tensor in tensors { #expect(try read.tensor(named: tensor.name).content == tensor.content) }
  }

  @Test func readsWhatTheReferenceWrites() throws {
    let read = try Checkpoint.open(path: FixtureFile.path("Fixtures/reference.safetensors"))
    #expect(read.metadata == [MetadataEntry(key: "format", value: "np")])
    #expect(try read.tensor(named: "layer.weight").doubles() == [0, 1, 2, 3, 4, 5])
    #expect(try read.tensor(named: "layer.weight").shape == [2, 3])
    #expect(try read.tensor(named: "layer.bias").floats() == [-1.5, 0.25])
    #expect(try read.tensor(named: "steps").integers() == [7])
    #expect(try read.tensor(named: "mask").integers() == [1, 0, 1])
    #expect(try read.tensor(named: "none").shape == [0, 4])
    #expect(try read.tensor(named: "quote\"\\\n\u{1}é").integers() == [255])
  }

  @Test func writesTheBytesThatTheReferenceWrites() throws {
    let bytes = try FixtureFile.bytes("Fixtures/reference.safetensors")
    let read = try Safetensors.decode(bytes)
    #expect(try Safetensors.encode(read.tensors, metadata: read.metadata) == bytes.data)
  }

  @Test func keepsTheOrderOfTheHeader() throws {
    let header =
      #"{"z":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
    let bytes = Bytes(Array(Bytes(littleEndian: [UInt64(header.utf8.count)]).data) + Array(header.utf8) + [7, 9])
    let read = try Safetensors.decode(bytes)
    #expect(read.tensors.map(\.name) == ["z", "a"])
    #expect(try read.tensors.map { try $0.integers() } == [[9], [7]])
  }

  @Test func refusesToWriteWhatItCannotHold() throws {
    let one = Tensor(name: "a", shape: [1], floats: [1])
    #expect(throws: CheckpointError.duplicateName("a")) { try Safetensors.encode([one, one]) }
    #expect(throws: CheckpointError.reservedName("__metadata__")) {
      try Safetensors.encode([one.named("__metadata__")])
    }
    let wide = Tensor(name: "z", elementType: .c128, shape: [1], bytes: Bytes([UInt8](repeating: 0, count: 16)))
    #expect(throws: CheckpointError.notWritable(tensor: "z", .c128, .safetensors)) { try Safetensors.encode([wide]) }
    // Two spellings of one letter are two names.
    let both = [one.named("caf\u{E9}"), one.named("cafe\u{301}")]
    #expect(try Safetensors.decode(Bytes(data: Safetensors.encode(both))).tensors.count == 2)
  }
}
