import Foundation
import Testing

@testable import Checkpoints

/// Sound files with random damage. Each must be read or refused; a trap would end the whole run.
@Suite struct MutationTests {
  static let sound = [
    "reference.safetensors", "deflated.npz", "streamed.npz", "mixed.npz", "arrays/fortran_i2.npy", "arrays/big_c8.npy",
    "arrays/version2.npy",
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

  @Test func neverReadsOtherNumbersFromAnArchiveWithOneByteChanged() throws {
    let original = Array(try FixtureFile.bytes("Fixtures/deflated.npz").data)
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
}
