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

  @Test func listsEverySetOfTensors() throws {
    let sets = try open("training_with_average.pt").sets
    #expect(sets.prefix(2).map(\.path) == ["model", "ema"])
    #expect(sets.prefix(2).allSatisfy { $0.tensorCount == 7 && $0.isRead })
    #expect(sets.dropFirst(2).map(\.path) == (0..<4).map { "optimizer.state.\($0)" })
    #expect(sets.dropFirst(2).allSatisfy { $0.tensorCount == 3 && !$0.isRead })
    #expect(try open("protocol2.pt").sets == [TensorSet(path: "", tensorCount: 2, isRead: true)])
  }

  @Test func looksTensorsUpByTheirNameInTheModel() throws {
    #expect(try open("lightning.ckpt").tensor(named: "a.weight").shape == [2, 2])
    #expect(throws: CheckpointError.inMember("q", .pyTorch(.kind("torch._utils._rebuild_qtensor")))) {
      try open("quantised.pt").tensor(named: "q")
    }
    #expect(try open("rnn.pt").tensor(named: "rnn.weight_ih_l0").shape == [3, 2])
  }

  @Test func sharesTheFilesBytesWhereATensorLiesInOrder() throws {
    let checkpoint = try open("tied.pt")
    let starts = checkpoint.tensors.map { $0.bytes.withUnsafeBytes { $0.baseAddress } }
    #expect(starts[0] == starts[1])
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
