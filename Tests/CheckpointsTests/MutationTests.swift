import Foundation
import Testing

@testable import Checkpoints

/// Sound files with random damage. Each must be read or refused; a trap would end the whole run.
@Suite struct MutationTests {
  static let sound = [
    "reference.safetensors", "deflated.npz", "streamed.npz", "mixed.npz", "arrays/fortran_i2.npy", "arrays/big_c8.npy",
    "arrays/version2.npy", "pytorch/protocol2.pt", "pytorch/deflated.pt", "pytorch/views_legacy.pt",
    "pytorch/legacy_protocol4.pt", "pytorch/sequential_legacy.pt", "flax/training.msgpack", "flax/chunked.msgpack",
    "flax/types.msgpack", "pytorch/arrays2.pkl", "pytorch/arrays5.pkl",
  ]

  /// Reads everything there is to read, so that every decoder sees the damage.
  private func contents(of bytes: Bytes) throws -> [String] {
    let checkpoint = try Checkpoint(decoding: bytes)
    _ = checkpoint.summaries()
    return checkpoint.tensors.map { "\($0.name) \($0.content)" }
  }

  @Test(arguments: sound) func refusesEveryPrefixOfASoundFile(file: String) throws {
    let bytes = try FixtureFile.bytes("Fixtures/\(file)")
    for end in 0..<bytes.count {
      #expect(throws: CheckpointError.self, "cut at \(end)") { try contents(of: bytes[0..<end]) }
    }
  }

  @Test(arguments: sound) func readsOrRefusesRandomDamage(file: String) throws {
    let original = Array(try FixtureFile.bytes("Fixtures/\(file)").data)
    var random = SplitMix(state: 4)
    let edges: [UInt64] = [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 62, .max >> 1, 1 << 63, .max]
    var refused = 0
    for _ in 0..<1000 {
      var damaged = original
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          damaged[Int.random(in: 0..<damaged.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
      case 1: damaged[Int.random(in: 0..<damaged.count, using: &random)] = .random(in: 0...255, using: &random)
      case 2:
        let edge = edges[Int.random(in: 0..<edges.count, using: &random)]
        let place = Int.random(in: 0..<(damaged.count - 8), using: &random)
        for index in 0..<[2, 4, 8][Int.random(in: 0..<3, using: &random)] {
          damaged[place + index] = UInt8(truncatingIfNeeded: edge >> UInt64(8 * index))
        }
      default:
        let start = Int.random(in: 0..<damaged.count, using: &random)
        damaged.removeSubrange(start..<min(damaged.count, start + Int.random(in: 1...20, using: &random)))
      }
      do { _ = try contents(of: Bytes(damaged)) } catch is CheckpointError { refused += 1 }
    }
    #expect(refused > 100)
  }

  @Test(arguments: ["deflated.npz", "pytorch/deflated.pt", "pytorch/big_endian.pt"])
  func neverReadsOtherNumbersFromAnArchiveWithOneByteChanged(file: String) throws {
    let original = Array(try FixtureFile.bytes("Fixtures/\(file)").data)
    let whole = try contents(of: Bytes(original))
    for place in original.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var damaged = original
        damaged[place] ^= mask
        guard let read = try? contents(of: Bytes(damaged)) else { continue }
        #expect(read == whole, "byte \(place)")
      }
    }
  }

  @Test(arguments: sound) func readsOrRefusesEveryFlippedByte(file: String) throws {
    let original = Array(try FixtureFile.bytes("Fixtures/\(file)").data)
    var refused = 0
    for place in original.indices {
      for mask: UInt8 in original.count < 4096 ? [0x01, 0x80, 0xFF] : [0xFF] {
        var damaged = original
        damaged[place] ^= mask
        do { _ = try contents(of: Bytes(damaged)) } catch is CheckpointError { refused += 1 }
      }
    }
    #expect(refused > 20)
  }

  @Test func refusesEveryPrefixOfAnIndexAndReadsOrRefusesEveryFlippedByte() throws {
    let folder = ExternalDataFolder(path: FixtureFile.path("Fixtures/sharded/safetensors"))
    let original = Array(try folder.bytes("model.safetensors.index.json").data)
    let text = original.dropLast()
    for end in 0..<text.count {
      #expect(throws: CheckpointError.self, "cut at \(end)") {
        try Checkpoint(decoding: Bytes(original[0..<end])) { try folder.bytes($0) }
      }
    }
    let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    for place in original.indices {
      for mask: UInt8 in [0x01, 0x20, 0x80, 0xFF] {
        var damaged = original
        damaged[place] ^= mask
        guard let read = try? Checkpoint(decoding: Bytes(damaged), companion: { try folder.bytes($0) }) else {
          continue
        }
        // A tensor of another name, or another metadata: but never another file.
        #expect(read.companions.map(\.name).allSatisfy(shards.contains), "byte \(place)")
      }
    }
  }

  @Test(arguments: [1, 2]) func readsOrRefusesRandomDamageToAShard(number: Int) throws {
    let folder = ExternalDataFolder(path: FixtureFile.path("Fixtures/sharded/pytorch"))
    let index = try folder.bytes("pytorch_model.bin.index.json")
    let damagedName = "pytorch_model-0000\(number)-of-00002.bin"
    let original = Array(try folder.bytes(damagedName).data)
    let whole = try Checkpoint(decoding: index) { try folder.bytes($0) }.tensors.map { "\($0.name) \($0.content)" }
    for place in original.indices {
      var damaged = original
      damaged[place] ^= 0xFF
      let read = try? Checkpoint(decoding: index) { $0 == damagedName ? Bytes(damaged) : try folder.bytes($0) }
      // The shards are zip archives, whose checksums tell.
      if let read { #expect(read.tensors.map { "\($0.name) \($0.content)" } == whole, "byte \(place)") }
    }
  }

  /// The archive's checksums would catch the damage; it is done to the pickle before they are made.
  @Test(arguments: ["views.pt", "with_python_values.pt", "rnn.pt", "lightning.ckpt", "protocol4.pt", "script.pt"])
  func readsOrRefusesRandomDamageToAPickle(file: String) throws {
    let archive = try ZipArchive(try FixtureFile.bytes("Fixtures/pytorch/\(file)"))
    let place = try #require(archive.members.firstIndex { $0.name.hasSuffix("/data.pkl") })
    let members = try archive.members.map { ($0.name, Array(try archive.contents(of: $0).data)) }
    var random = SplitMix(state: 5)
    var refused = 0
    for _ in 0..<600 {
      var pickle = members[place].1
      switch Int.random(in: 0..<3, using: &random) {
      case 0: pickle[Int.random(in: 0..<pickle.count, using: &random)] = .random(in: 0...255, using: &random)
      case 1:
        for _ in 0..<4 {
          pickle[Int.random(in: 0..<pickle.count, using: &random)] =
            [0x28, 0x2E, 0x52, 0x62, 0x65, 0x71, 0x74, 0x75]
            .randomElement(using: &random) ?? 0
        }
      default:
        let start = Int.random(in: 0..<pickle.count, using: &random)
        let copy = pickle[start..<min(pickle.count, start + Int.random(in: 1...20, using: &random))]
        pickle.insert(contentsOf: copy, at: Int.random(in: 0..<pickle.count, using: &random))
      }
      var writer = ZipWriter()
      for (index, member) in members.enumerated() {
        writer.add(member.0, [Bytes(index == place ? pickle : member.1)])
      }
      let bytes = writer.finish().reduce(into: Data()) { $0.append($1.data) }
      do { _ = try contents(of: Bytes(data: bytes)) } catch is CheckpointError { refused += 1 }
    }
    #expect(refused > 100)
  }
}
