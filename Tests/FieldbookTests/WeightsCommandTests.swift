import Checkpoints
import Foundation
import Testing

/// The verbs about weights: inspect in all its forms, convert.
@Suite struct WeightsCommandTests {
  static let fixtures = Command.repository.appending(path: "Tests/CheckpointsTests/Fixtures").path
  static let average = "\(fixtures)/pytorch/training_with_average.pt"
  static let shards = "\(fixtures)/sharded/safetensors"

  private func write(_ tensors: [Tensor], _ name: String, _ fieldbook: Command) throws {
    try Safetensors.write(tensors, to: fieldbook.folder.appending(path: name).path)
  }

  private func bytes(_ fieldbook: Command, _ name: String) throws -> Data {
    try Data(contentsOf: fieldbook.folder.appending(path: name))
  }

  private func record(_ outcome: Command.Outcome) throws -> [String: Any] {
    try #require(outcome.json as? [String: Any], "\(outcome)")
  }

  @Test func inspectsAFolderAndItsFiles() throws {
    try withCommand { fieldbook in
      let text = try fieldbook("inspect", Self.shards)
      #expect(
        text.status == 0 && text.output.contains(": shard-index, ") && text.output.contains("4 tensors, 33 parameters"))
      #expect(text.output.contains("note: of the folder, 'model.safetensors.index.json' is read"))
      let json = try record(try fieldbook("inspect", "\(Self.shards)/model.safetensors.index.json", "--json"))
      #expect(json["parameters"] as? Int == 33)
      #expect((json["files"] as? [[String: Any]])?.count == 2)
    }
  }

  @Test func listsNamesTypesAndShapesAlone() throws {
    try withCommand { fieldbook in
      let text = try fieldbook("inspect", Self.shards, "--no-statistics").output
      #expect(
        text.contains("tensor                 type  shape\n") && text.contains("BF16  3×3\n") && !text.contains("NaN"))
      let json = try record(try fieldbook("inspect", Self.shards, "--no-statistics", "--json"))
      let tensor = try #require((json["tensors"] as? [[String: Any]])?.first)
      let full = try record(try fieldbook("inspect", Self.shards, "--json"))
      // The same keys, so that one program reads both.
      #expect(try Set(tensor.keys) == Set(#require((full["tensors"] as? [[String: Any]])?.first).keys))
      #expect(tensor["count"] as? Int == 15 && tensor["min"] is NSNull)
    }
  }

  @Test func leavesStatisticsOfLargeFilesOutUnlessAsked() throws {
    try withCommand { fieldbook in
      // A file of zeros that takes no space.
      let header = Data(#"{"w":{"dtype":"U8","shape":[268435457],"data_offsets":[0,268435457]}}"#.utf8)
      var file = Data([UInt8(header.count), 0, 0, 0, 0, 0, 0, 0]) + header
      let path = fieldbook.folder.appending(path: "big").path
      try file.write(to: URL(fileURLWithPath: path))
      #expect(truncate(path, off_t(file.count + 268_435_457)) == 0)
      file.removeAll()
      let text = try fieldbook("inspect", "big")
      #expect(text.status == 0 && !text.output.contains("NaN"))
      #expect(
        text.output.contains(
          "note: statistics are left out, as the tensors are larger than 256 MiB; --statistics computes them"))
    }
  }

  @Test func readsOneSetWhenAsked() throws {
    try withCommand { fieldbook in
      let all = try fieldbook("inspect", Self.average)
      #expect(all.output.contains("note: one set alone is read with --set NAME"))
      let one = try record(try fieldbook("inspect", Self.average, "--set", "ema", "--json"))
      #expect((one["tensors"] as? [Any])?.count == 7)
      let none = try fieldbook("inspect", Self.average, "--set", "emma")
      #expect(none.status == 66 && none.errors.contains("no set of tensors 'emma' in it; it has 'model', 'ema'"))
      #expect(none.errors.contains("hint: did you mean 'ema'?"))
    }
  }

  @Test func comparesTwoFiles() throws {
    try withCommand { fieldbook in
      func tensor(_ name: String, _ values: [Double]) -> Tensor {
        Tensor(name: name, shape: [values.count], doubles: values)
      }
      try write([tensor("a", [3, 4]), tensor("b", [1]), tensor("c", [1]), tensor("x", [1])], "a", fieldbook)
      try write([tensor("a", [3, 9]), tensor("b", [5]), tensor("c", [1]), tensor("y\u{1B}\n", [1])], "b", fieldbook)
      let text = try fieldbook("inspect", "--diff", "a", "b")
      #expect(text.status == 0 && text.errors.isEmpty)
      #expect(
        text.output == """
          only in a: x
          only in b: y\\u{1B}\\u{A}
          identical: 1 tensor
          tensor  type  shape  relative change  change  not finite
          b       F64   1                    4       4           0
          a       F64   2                    1       5           0

          """)
      let json = try record(try fieldbook("inspect", "--diff", "a", "b", "--json"))
      #expect(json["identical"] as? Bool == false && json["onlyInFirst"] as? [String] == ["x"])
      let changes = try #require(json["changes"] as? [[String: Any]])
      #expect(changes.map { $0["relative"] as? Double } == [4, 1])
      #expect(
        try fieldbook("inspect", "--diff", "a", "a").output == "identical: 4 tensors, each the same to the last bit\n")
      #expect(try record(try fieldbook("inspect", "--diff", "a", "a", "--json"))["identical"] as? Bool == true)
    }
  }

  @Test func comparesANetworksWeightsWithACheckpoint() throws {
    try withCommand { fieldbook in
      let text = try fieldbook(
        "inspect", "--diff", Command.shipped("digits/score.onnx"), Command.shipped("digits/score.onnx"))
      #expect(text.status == 0 && text.output.hasPrefix("identical: "))
      let outside = Command.repository.appending(path: "Tests/FieldworkTests/Acceptance/shared/outside.onnx").path
      let refused = try fieldbook("inspect", "--diff", outside, outside)
      #expect(refused.status == 66 && refused.errors.contains("of its tensors in other files, which are not compared"))
    }
  }

  @Test func convertsWithNamesAndTypesAsTheyAre() throws {
    try withCommand { fieldbook in
      for target in ["o.safetensors", "o.npz"] {
        let source = target.hasSuffix("npz") ? "\(Self.fixtures)/pytorch/parallel.pt" : Self.shards
        let run = try fieldbook("convert", source, target)
        #expect(run.status == 0 && run.output.isEmpty && run.errors.contains("\(target): "), "\(run)")
        let written = try Checkpoint.open(path: fieldbook.folder.appending(path: target).path)
        let read = try Checkpoint.open(path: source, keepsNames: true)
        #expect(CheckpointDifference(from: read.tensors, to: written.tensors).isNothing)
        if target.hasSuffix("npz") { #expect(written.tensors.allSatisfy { $0.name.hasPrefix("module.") }) }
      }
      #expect(try fieldbook("convert", Self.average, "ema.npz", "--set", "ema", "-q").errors.isEmpty)
      let one = try Checkpoint.open(path: fieldbook.folder.appending(path: "ema.npz").path)
      #expect(one.tensors.count == 7 && !one.tensors[0].name.contains("ema"))
    }
  }

  @Test func keepsTheMetadataOfSafetensors() throws {
    try withCommand { fieldbook in
      let path = fieldbook.folder.appending(path: "a.safetensors").path
      try Safetensors.write(
        [Tensor(name: "w", shape: [], doubles: [1])], metadata: [MetadataEntry(key: "k", value: "v")], to: path)
      #expect(try fieldbook("convert", "a.safetensors", "b.safetensors").status == 0)
      #expect(try bytes(fieldbook, "b.safetensors") == bytes(fieldbook, "a.safetensors"))
    }
  }

  @Test func refusesWhatTheTargetCannotHold() throws {
    try withCommand { fieldbook in
      let run = try fieldbook("convert", Self.shards, "o.npz")
      #expect(run.status == 73 && !fieldbook.exists("o.npz"))
      #expect(
        run.errors == """
          error: 'o.npz': tensor 'model.layers.0.weight' is BF16, which npz cannot hold
            hint: write a .safetensors file instead

          """)
      let ending = try fieldbook("convert", Self.shards, "o.bin")
      #expect(ending.status == 64 && ending.errors.contains("'o.bin' ends in neither .safetensors nor .npz"))
    }
  }

  @Test func neverWritesOverItsOwnInput() throws {
    try withCommand { fieldbook in
      try write([Tensor(name: "w", shape: [], doubles: [1])], "a.safetensors", fieldbook)
      try FileManager.default.createSymbolicLink(
        atPath: fieldbook.folder.appending(path: "link.npz").path, withDestinationPath: "a.safetensors")
      let before = try bytes(fieldbook, "a.safetensors")
      for output in ["a.safetensors", "./a.safetensors", "link.npz"] {
        let run = try fieldbook("convert", "a.safetensors", output)
        #expect(run.status == 64 && run.errors.contains("error: '\(output)' is the input itself"), "\(run)")
      }
      #expect(try bytes(fieldbook, "a.safetensors") == before)
    }
  }

  @Test func neverWritesOverAShardOfItsInput() throws {
    try withCommand { fieldbook in
      let copy = fieldbook.folder.appending(path: "model")
      try FileManager.default.copyItem(at: URL(fileURLWithPath: Self.shards), to: copy)
      for input in ["model", "model/model.safetensors.index.json"] {
        let run = try fieldbook("convert", input, "model/model-00002-of-00002.safetensors")
        #expect(run.status == 64 && run.errors.contains("is the input itself"), "\(run)")
      }
    }
  }

  @Test func saysWhatAConversionLeavesOut() throws {
    try withCommand { fieldbook in
      let run = try fieldbook("convert", "\(Self.fixtures)/pytorch/quantised.pt", "o.npz")
      #expect(run.status == 0 && run.errors.contains("warning: tensor 'q' is left out: "), "\(run)")
    }
  }

  @Test func writesTheLinesOfARecipeBelowEachOther() throws {
    try withCommand { fieldbook in
      try Data([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]).write(to: fieldbook.folder.appending(path: "w.h5"))
      let run = try fieldbook("inspect", "w.h5")
      #expect(run.status == 66)
      #expect(
        run.errors.contains("  hint: convert it in Python:\n        import h5py, numpy as np\n        weights = {}\n"))
    }
  }
}
