import Foundation
import Testing

@testable import Checkpoints

/// Checkpoints that PyTorch wrote, and what it holds their tensors for: `Fixtures/pytorch/make_pytorch.py`.
@Suite struct PyTorchTests {
  struct Expected: Decodable {
    struct Entry: Decodable, Equatable {
      let name: String
      let dtype: String
      let shape: [Int]
      let hex: String
    }
    let format: String
    let notes: [String]
    let unreadable: [String]
    let tensors: [Entry]
  }

  static let expected =
    (try? FixtureFile.json("Fixtures/pytorch/expected.json", as: [String: Expected].self)) ?? [:]

  private func open(_ file: String) throws -> Checkpoint {
    try Checkpoint.open(path: FixtureFile.path("Fixtures/pytorch/\(file)"))
  }

  @Test func hasExpectationsForEveryFile() throws {
    let files = try FixtureFile.names(in: "Fixtures/pytorch").filter { !$0.hasSuffix(".py") && !$0.hasSuffix(".json") }
    #expect(files == Self.expected.keys.sorted())
    #expect(files.count >= 30)
  }

  @Test(arguments: expected.keys.sorted()) func readsWhatPyTorchWrote(file: String) throws {
    let wanted = try #require(Self.expected[file])
    let checkpoint = try open(file)
    #expect(checkpoint.format.rawValue == wanted.format)
    #expect(checkpoint.notes == wanted.notes)
    #expect(checkpoint.unreadable.map(\.name) == wanted.unreadable)
    #expect(checkpoint.tensors.map(\.name) == wanted.tensors.map(\.name))
    for (tensor, entry) in zip(checkpoint.tensors, wanted.tensors) {
      #expect(tensor.content == "\(entry.dtype) \(entry.shape) \(entry.hex)", "\(tensor.name)")
    }
  }
}
