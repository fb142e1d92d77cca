import Foundation
import Testing

@testable import Checkpoints

/// Checkpoints that Flax wrote, and what it restores of them: `Fixtures/flax/make_flax.py`.
@Suite struct FlaxTests {
  struct Expected: Decodable {
    struct Entry: Decodable {
      let name: String
      let dtype: String
      let shape: [Int]
      let hex: String
    }
    let notes: [String]
    let metadata: [String: String]
    let tensors: [Entry]
  }

  static let expected = (try? FixtureFile.json("Fixtures/flax/expected.json", as: [String: Expected].self)) ?? [:]

  private func open(_ file: String, set: String? = nil) throws -> Checkpoint {
    try Checkpoint.open(path: FixtureFile.path("Fixtures/flax/\(file)"), set: set)
  }

  @Test func hasExpectationsForEveryFile() throws {
    #expect(
      try FixtureFile.names(in: "Fixtures/flax").filter { $0.hasSuffix(".msgpack") } == Self.expected.keys.sorted())
    #expect(Self.expected.count == 7)
  }

  @Test(arguments: expected.keys.sorted()) func readsWhatFlaxWrote(file: String) throws {
    let wanted = try #require(Self.expected[file])
    let checkpoint = try open(file)
    #expect(checkpoint.format == .flax)
    #expect(checkpoint.notes == wanted.notes)
    #expect(
      checkpoint.metadata.map { "\($0.key): \($0.value)" }.sorted() == wanted.metadata.map { "\($0): \($1)" }.sorted())
    #expect(checkpoint.tensors.map(\.name) == wanted.tensors.map(\.name))
    for (tensor, entry) in zip(checkpoint.tensors, wanted.tensors) {
      #expect(tensor.content == "\(entry.dtype) \(entry.shape) \(entry.hex)", "\(tensor.name)")
    }
  }

  @Test func readsOneSetWhenItIsAskedFor() throws {
    let average = try open("average.msgpack", set: "ema_params")
    #expect(average.tensors.count == 6 && average.tensors[0].name == "BatchNorm_0.bias")
    #expect(average.sets.map(\.isRead) == [true, false])
    #expect(
      try open("training.msgpack", set: "opt_state.0.mu").tensors.map(\.name).sorted() == average.tensors.map(\.name))
    #expect(
      throws: CheckpointError.inFile(
        FixtureFile.path("Fixtures/flax/average.msgpack"), .unknownSet("ema", known: ["ema_params", "params"]))
    ) { try open("average.msgpack", set: "ema") }
  }
}
