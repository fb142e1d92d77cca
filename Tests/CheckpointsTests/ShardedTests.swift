import Foundation
import Testing

@testable import Checkpoints

/// Folders of models, with and without an index of their files: `Fixtures/sharded/make_sharded.py`.
@Suite struct ShardedTests {
  private func folder(_ kind: String) -> String { FixtureFile.path("Fixtures/sharded/\(kind)") }

  @Test(arguments: [
    ("safetensors", "model.safetensors.index.json"), ("pytorch", "pytorch_model.bin.index.json"),
  ])
  func readsAFolderAsItsIndex(kind: String, index: String) throws {
    let expected = try FixtureFile.json("Fixtures/sharded/expected.json", as: [FlaxTests.Expected.Entry].self)
    for path in [folder(kind), "\(folder(kind))/", "\(folder(kind))/\(index)"] {
      let checkpoint = try Checkpoint.open(path: path)
      #expect(checkpoint.format == .shardIndex)
      #expect(checkpoint.tensors.map(\.name) == expected.map(\.name))
      for (tensor, entry) in zip(checkpoint.tensors, expected) {
        #expect(tensor.content == "\(entry.dtype) \(entry.shape) \(entry.hex)", "\(tensor.name)")
      }
      #expect(checkpoint.companions.count == 2)
      #expect(checkpoint.parameterCount == 15 + 9 + 3 + 6)
      #expect(checkpoint.byteCount == checkpoint.bytes.count + checkpoint.companions.reduce(0) { $0 + $1.bytes.count })
      let note = "of the folder, '\(index)' is read"
      #expect(checkpoint.notes == (path.hasSuffix(".json") ? [] : [note]) + ["4 tensors in 2 files"])
    }
  }

  @Test func readsAnArrayOfAFolder() throws {
    #expect(try Checkpoint.array(path: "\(folder("safetensors")):lm_head.weight").shape == [2, 3])
  }

  @Test func readsASetOfTensorsByWhatTheirNamesBeginWith() throws {
    let layers = try Checkpoint.open(path: folder("safetensors"), set: "model.layers")
    #expect(layers.tensors.map(\.name) == ["0.weight", "0.bias"])
  }

  @Test func digestsEveryFileOfAnIndex() throws {
    let index = #"{"weight_map": {"a": "s"}}"#
    func digest(_ value: Float, name: String = "s") throws -> ContentDigest {
      let shard = Bytes(data: try Safetensors.encode([Tensor(name: "a", shape: [1], floats: [value])]))
      let text = index.replacingOccurrences(of: "\"s\"", with: "\"\(name)\"")
      return try Checkpoint(decoding: Bytes(text.utf8)) { _ in shard }.digest
    }
    #expect(try digest(1) == digest(1))
    #expect(try digest(1) != digest(2))
    #expect(try digest(1) != digest(1, name: "t"))
  }

  @Test func asksForNothingWhenNothingIsListed() throws {
    _ = try? Checkpoint(decoding: Bytes(#"{"weight_map": {"a": "../s", "b": "t"}}"#.utf8)) { _ in
      Issue.record("a file is asked for")
      return Bytes([0])
    }
    #expect(throws: CheckpointError.shards(.noFolder)) {
      try Checkpoint(decoding: Bytes(#"{"weight_map": {"a": "s"}}"#.utf8))
    }
  }

  @Test func saysWhatIsOddAboutAnIndex() throws {
    #expect(
      try Checkpoint.open(path: FixtureFile.path("Attacks/ok_shards_size_lies")).notes.dropFirst(2)
        == ["the index speaks of 1099511627776 bytes; the tensors have 12"])
    #expect(
      try Checkpoint.open(path: FixtureFile.path("Attacks/ok_shards_more_than_listed")).notes.dropFirst(2)
        == ["left out, as not in the index: 'ema.a' of 'model-00001-of-00002.safetensors'"])
    #expect(
      try Checkpoint.open(path: FixtureFile.path("Attacks/ok_folder")).notes
        == ["of the folder, 'model.safetensors' is read; left alone: 'pytorch_model.bin'"])
  }

  @Test func readsNoFileWithASecondName() throws {
    try withScratchFolder { folder in
      let shard = try Safetensors.encode([Tensor(name: "a", shape: [1], floats: [1])])
      try shard.write(to: folder.appendingPathComponent("secret"))
      let model = folder.appendingPathComponent("model")
      try FileManager.default.createDirectory(at: model, withIntermediateDirectories: false)
      try Data(#"{"weight_map": {"a": "s"}}"#.utf8).write(to: model.appendingPathComponent("x.safetensors.index.json"))
      try FileManager.default.linkItem(
        at: folder.appendingPathComponent("secret"), to: model.appendingPathComponent("s"))
      let path = model.path
      #expect(
        throws: CheckpointError.inFile(path, .inFile("x.safetensors.index.json", .inFile("s", .file(.severalNames(2)))))
      ) { try Checkpoint.open(path: path) }
    }
  }

  @Test func choosesAsHuggingFaceDoes() throws {
    func choice(_ names: [String]) -> String? { (try? WeightsFolder.weights(among: names))?.file }
    #expect(choice(["pytorch_model.bin", "model.safetensors.index.json", "model.safetensors"]) == "model.safetensors")
    #expect(choice(["pytorch_model.bin.index.json", "pytorch_model-1.bin"]) == "pytorch_model.bin.index.json")
    #expect(choice(["config.json", "run.pt"]) == "run.pt")
    #expect(choice(["x.safetensors.index.json", "x-1.safetensors", "x-2.safetensors"]) == "x.safetensors.index.json")
    #expect(choice([".safetensors"]) == nil)
    #expect(choice(["a.pt", "b.pt"]) == nil)
  }
}
