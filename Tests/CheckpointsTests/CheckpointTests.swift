import Diagnostics
import Foundation
import Testing

@testable import Checkpoints

@Suite struct CheckpointTests {
  private let weights = [
    Tensor(name: "module.net.0.weight", shape: [2, 2], floats: [1, 2, 3, 4]),
    Tensor(name: "module.net.0.bias", shape: [2], floats: [5, 6]),
  ]

  @Test func looksTensorsUpAndOffersTheNearestName() throws {
    let checkpoint = try Safetensors.decode(Bytes(data: Safetensors.encode(weights)))
    #expect(try checkpoint.tensor(named: "module.net.0.bias").floats() == [5, 6])
    #expect(throws: CheckpointError.unknownTensor("net.0.bias", hint: "did you mean 'module.net.0.bias'?")) {
      try checkpoint.tensor(named: "net.0.bias")
    }
    #expect(throws: CheckpointError.unknownTensor("module.net.0.wieght", hint: "did you mean 'module.net.0.weight'?")) {
      try checkpoint.tensor(named: "module.net.0.wieght")
    }
    #expect(throws: CheckpointError.unknownTensor("x", hint: "use one of 'module.net.0.bias', 'module.net.0.weight'")) {
      try checkpoint.tensor(named: "x")
    }
  }

  @Test func readsAnArrayByPathAndName() throws {
    try withScratchFolder { folder in
      let archive = folder.appendingPathComponent("a:b.npz").path
      try NumPyArchive.write([weights[0].named("w:1"), weights[1].named("b")], to: archive)
      let single = folder.appendingPathComponent("points.npy").path
      try NumPyArray.write(weights[1], to: single)
      let tensors = folder.appendingPathComponent("w.safetensors").path
      try Safetensors.write(weights, to: tensors)

      #expect(try Checkpoint.array(path: "\(archive):w:1").floats() == [1, 2, 3, 4])
      #expect(try Checkpoint.array(path: archive, member: "b").floats() == [5, 6])
      #expect(try Checkpoint.array(path: single).floats() == [5, 6])
      #expect(try Checkpoint.array(path: "\(tensors):module.net.0.bias").shape == [2])
      #expect(throws: CheckpointError.inFile(archive, .notOneTensor(names: ["w:1", "b"]))) {
        try Checkpoint.array(path: archive)
      }
      #expect(throws: CheckpointError.inFile(archive, .unknownTensor("q", hint: "use one of 'w:1', 'b'"))) {
        try Checkpoint.array(path: "\(archive):q")
      }
      let missing = folder.appendingPathComponent("none.npz:w").path
      #expect(throws: CheckpointError.inFile(missing, .file(.missing))) { try Checkpoint.array(path: missing) }
    }
  }

  @Test func goesByContentAndNotByTheNamesExtension() throws {
    try withScratchFolder { folder in
      let path = folder.appendingPathComponent("weights.pt").path
      try Safetensors.write(weights, to: path)
      #expect(try Checkpoint.open(path: path).format == .safetensors)
      try NumPyArchive.write(weights, to: path)
      #expect(try Checkpoint.open(path: path).format == .npz)
      try NumPyArray.write(weights[0], to: path)
      #expect(try Checkpoint.open(path: path).format == .npy)
    }
  }

  @Test func saysWhatIsWrongWithAFileAsAWhole() throws {
    func fault(_ path: String) -> CheckpointError? {
      do throws(CheckpointError) {
        _ = try Checkpoint.open(path: path)
        return nil
      } catch {
        return error
      }
    }
    try withScratchFolder { folder in
      let path = folder.path
      #expect(fault("\(path)/none") == .inFile("\(path)/none", .file(.missing)))
      #expect(fault("\(path)/none/none") == .inFile("\(path)/none/none", .file(.missing)))
      #expect(fault(path) == .inFile(path, .folder(.noWeights)))
      #expect(fault("") == .inFile("", .file(.missing)))
      #expect(fault("/dev/null") == .inFile("/dev/null", .file(.notRegular)))
      #expect(fault("a\0b") == .inFile("a\0b", .file(.missing)))
      try #require(mkfifo("\(path)/pipe", 0o600) == 0)
      #expect(fault("\(path)/pipe") == .inFile("\(path)/pipe", .file(.notRegular)))
      try #require(symlink("\(path)/loop", "\(path)/loop") == 0)
      #expect(fault("\(path)/loop")?.message == "'\(path)/loop': it cannot be read: too many levels of symbolic links")
      // A file of many zeros that takes no space, of which the beginning alone is read.
      try #require(FileManager.default.createFile(atPath: "\(path)/sparse", contents: nil))
      try #require(truncate("\(path)/sparse", 1 << 39) == 0)
      #expect(fault("\(path)/sparse") == .inFile("\(path)/sparse", .notRead(.zeros)))
      try #require(truncate("\(path)/sparse", 1 << 41) == 0)
      #expect(
        fault("\(path)/sparse") == .inFile("\(path)/sparse", .file(.tooLarge(size: 1 << 41, limit: 1 << 40))))
    }
  }

  @Test(.enabled(if: geteuid() != 0, "the superuser may read everything")) func saysThatAFileMayNotBeRead() throws {
    try withScratchFolder { folder in
      let path = folder.appendingPathComponent("secret").path
      try Safetensors.write(weights, to: path)
      chmod(path, 0)
      #expect(throws: CheckpointError.inFile(path, .file(.denied))) { try Checkpoint.open(path: path) }
    }
  }

  @Test func readsLargeFilesThroughAMapping() throws {
    try withScratchFolder { folder in
      let count = Bytes.copiedFile / 4 + 1000
      let tensor = Tensor(name: "x", shape: [count], floats: (0..<count).map(Float.init))
      let path = folder.appendingPathComponent("large.safetensors").path
      try Safetensors.write([tensor], to: path)
      let read = try Checkpoint.open(path: path)
      #expect(read.bytes.count > Bytes.copiedFile)
      #expect(try read.tensor(named: "x").floats() == tensor.floats())
    }
  }

  @Test func slicesBytesWithoutLosingTheirPlace() {
    let bytes = Bytes([1, 2, 3, 4, 5, 6, 7, 8, 9])
    let slice = bytes[2..<8][1..<6]
    #expect(slice.count == 5)
    #expect(slice[0] == 4)
    #expect(slice.number(UInt32.self, at: 0) == 0x0706_0504)
    #expect(slice.number(UInt32.self, at: 2) == nil)
    #expect(slice.stretch(at: 3, count: 2)?.hex == "0708")
    #expect(slice.stretch(at: 3, count: 3) == nil)
    #expect(slice.stretch(at: -1, count: 1) == nil)
    #expect(slice.stretch(at: Int.max, count: Int.max) == nil)
  }
}
