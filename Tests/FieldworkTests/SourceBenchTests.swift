import Checkpoints
import Diagnostics
import Foundation
import Networks
import Probing
import Testing

@testable import Fieldwork

@Suite struct SourceBenchTests {
  let shelf = SourceShelf(workspace: Rehearsal().workspace)

  func bench(_ sources: [String: Source] = [:]) -> SourceBench { SourceBench(sources: sources, shelf: shelf) }
  func samples(path: String? = nil, from: String? = nil, count: Int? = nil) -> Source {
    .samples(SamplesCell(path: path.map { SourceReference($0) }, from: from.map { SourceReference($0) }, count: count))
  }
  func message(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return Diagnostic(thrown: error).message }
    return nil
  }

  @Test func remembersOnlyWhatItHandedOut() throws {
    let bench = bench(["few": samples(path: "shared/points.npy", count: 2), "all": samples(path: "shared/wide.npy")])
    #expect(bench.used.isEmpty)
    _ = try bench.array("few")
    _ = try bench.array("few")
    #expect(bench.used.map(\.name) == ["few"] && bench.used.map(\.part) == ["array"])
  }

  @Test func digestsTheNumbersAndNotTheFile() throws {
    let (one, other) = (bench(), bench(["half": samples(path: "shared/runs.npz:test")]))
    _ = try one.array("shared/runs.npz:test")
    _ = try other.array("half")
    #expect(one.used.map(\.sha256) == other.used.map(\.sha256))
    let third = bench()
    _ = try third.array("shared/runs.npz:train")
    #expect(third.used.map(\.sha256) != one.used.map(\.sha256))
  }

  @Test func aStarStandsForArraysOfSeveralFiles() throws {
    let workspace = Rehearsal().workspace
    for (name, count) in [("run-2", 3), ("run-10", 4), ("odd-a", 1)] {
      let tensors = ["images", "conditions"].map {
        Tensor(name: $0, shape: [count, 2], doubles: (0..<(2 * count)).map(Double.init))
      }
      try workspace.write(Array(try Safetensors.encode(tensors)), to: "made/\(name).st")
    }
    let bench = SourceBench(sources: [:], shelf: SourceShelf(workspace: workspace))
    let found = try bench.arrays("made/run-*.st:images")
    #expect(found.map(\.label) == ["2", "10"] && found.map(\.number) == [2, 10])
    #expect(found.map(\.array.shape) == [[3, 2], [4, 2]])
    #expect(bench.used.map(\.part) == ["array 2", "array 10"])
    #expect(bench.used.allSatisfy { $0.name == "made/run-*.st:images" })
    // Without numbers the text tells them apart, and a single file is one.
    let all = try bench.arrays("made/*.st:conditions")
    #expect(all.map(\.label) == ["odd-a", "run-10", "run-2"] && all.allSatisfy { $0.number == nil })
    let one = try bench.arrays("made/odd-a.st:images")
    #expect(one.map(\.label) == [nil] && one[0].array.shape == [1, 2])
    #expect(message { _ = try bench.arrays("made/no-*.st:images") } == "no file matches 'made/no-*.st'")
    #expect(message { _ = try bench.arrays("made/run-*.st:pictures") }?.contains("pictures") == true)
  }

  @Test func readsWhatWeightsAreTheWeightsOf() throws {
    func read(_ architecture: WrittenValue.Content) -> String? {
      let body = WrittenValue(
        .record([
          .init(key: "path", value: .init(.text("a.pt"))), .init(key: "architecture", value: .init(architecture)),
        ]))
      do {
        let cell = try NetworkCell.reading(body).form
        #expect(cell.architecture == NetworkArchitecture(.gru, part: "rnn", step: true))
        return nil
      } catch {
        return "\(error.message)" + (error.hint.map { " [\($0)]" } ?? "")
      }
    }
    func keys(_ entries: (String, WrittenValue.Content)...) -> WrittenValue.Content {
      .record(entries.map { .init(key: $0.0, value: .init($0.1)) })
    }
    #expect(read(keys(("kind", .text("gru")), ("part", .text("rnn")), ("step", .boolean(true)))) == nil)
    #expect(
      read(keys(("kind", .text("gruu"))))
        == "'architecture.kind' is 'gruu', which is not one of its choices [did you mean 'gru'?]")
    #expect(
      read(keys(("kind", .text("gru")), ("stpe", .boolean(true))))
        == "unknown key 'architecture.stpe' [did you mean 'architecture.step'?]")
    #expect(
      read(.text("rnn"))
        == "'architecture' is missing: the weights of a plain recurrent network do not say its activation; add 'activation: tanh' or 'activation: relu'"
    )
    #expect(read(keys(("step", .boolean(true)))) == "'architecture.kind' is missing: it has no default")
  }

  @Test func takesSamplesOfSamples() throws {
    let bench = bench([
      "all": samples(path: "shared/points.npy"), "few": samples(from: "all", count: 4),
      "fewer": samples(from: "few", count: 2),
    ])
    let (all, fewer) = (try bench.array("all"), try bench.array("fewer"))
    #expect(fewer.shape == [2, 3])
    #expect(fewer.values == Array(all.values[0..<3] + all.values[12..<15]))
  }

  @Test func refusesSamplesThatLeadBackToThemselves() {
    let bench = bench(["a": samples(from: "b"), "b": samples(from: "a")])
    #expect(message { _ = try bench.array("a") } == "source 'a' is a source of itself; it must be free of cycles")
  }

  @Test func takesMembersOfCheckpoints() throws {
    let bench = bench(["w": .checkpoint(CheckpointCell(path: "shared/weights.safetensors"))])
    #expect(try bench.array("w:layer.0").shape == [3, 2])
    #expect(try bench.array("w:layer.1").values == [0.5, -0.5])
    #expect(
      message { _ = try bench.array("w") }
        == "source 'shared/weights.safetensors' is a file of 2 ('layer.0', 'layer.1'); it must be one array, as in 'shared/weights.safetensors:NAME'"
    )
    #expect(message { _ = try bench.array("w:layer.7") } == "'shared/weights.safetensors': no tensor 'layer.7'")
  }

  @Test func tellsNetworksFromArrays() throws {
    let bench = bench([
      "net": .network(NetworkCell(path: "shared/tiny.onnx")), "few": samples(path: "shared/points.npy"),
      "w": .checkpoint(CheckpointCell(path: "shared/weights.safetensors")),
    ])
    #expect(try bench.network("net").network.inputs.map(\.name) == ["x"])
    #expect(message { _ = try bench.network("few") } == "source 'few' is a set of samples; it must be a network")
    #expect(
      message { _ = try bench.network("w") }
        == "source 'w' is a checkpoint, which has no function; it must be a network")
    #expect(message { _ = try bench.array("net") } == "source 'net' is a network; it must be an array")
  }

  @Test func conventionOfANetworkCountsAmongItsInputs() throws {
    func used(_ predicts: ScorePrediction?) throws -> [String] {
      let bench = bench(["net": .network(NetworkCell(path: "shared/tiny.onnx", predicts: predicts))])
      _ = try bench.network("net")
      return bench.used.map(\.sha256)
    }
    let (noise, denoised) = (try used(.noise), try used(.x0))
    #expect(noise.count == 2 && noise[0] == denoised[0] && noise[1] != denoised[1])
  }

  @Test func opensNetworksAndArraysByTheirContent() throws {
    try shelf.open("shared/tiny.onnx", in: "")
    try shelf.open("shared/points.npy", in: "")
    try shelf.open("runs.npz:test", in: "shared")
    #expect(message { try shelf.open("cut.npy", in: "shared") }?.hasPrefix("'shared/cut.npy': ") == true)
    #expect(message { try shelf.open("nowhere.npy", in: "shared") } == "file 'shared/nowhere.npy' does not exist")
  }

  @Test func aColonMayBePartOfAFilesName() throws {
    let workspace = Rehearsal().workspace
    let bytes = try workspace.bytes(at: "shared/points.npy").withUnsafeBytes { Array($0) }
    try workspace.write(bytes, to: "a:b.npy")
    #expect(try SourceShelf(workspace: workspace).array(named: "a:b.npy", in: "").shape == [8, 3])
  }

  @Test func takesAModelsWeightsFromTheFileBesideIt() throws {
    let (inside, outside) = (try shelf.network(at: "shared/tiny.onnx"), try shelf.network(at: "shared/outside.onnx"))
    #expect(outside.network.externalFiles == ["outside.data"])
    let x = ["x": NDArray(shape: [1, 3], values: [0.1, -0.2, 0.3])]
    #expect(try outside.network.evaluate(x) == inside.network.evaluate(x))
    // Other weights under the same model are another network.
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Acceptance/shared")
    let model = try Bytes(mapping: folder.appending(path: "outside.onnx").path)
    var digests: Set<String> = []
    for change in [UInt8(0), 1] {
      var data = Array(try Data(contentsOf: folder.appending(path: "outside.data")))
      data[0] ^= change
      let workspace = MemoryWorkspace()
      try workspace.write(Array(model.data), to: "m/outside.onnx")
      try workspace.write(data, to: "m/outside.data")
      digests.insert(try SourceShelf(workspace: workspace).network(at: "m/outside.onnx").digest.hex)
    }
    #expect(digests.count == 2)
  }
}
