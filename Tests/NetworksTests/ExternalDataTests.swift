import Checkpoints
import Foundation
import Testing

@testable import Networks

@Suite struct ExternalDataTests {
  /// y = x · w, with w in another file.
  private func model(location: String, offset: String? = nil, length: String? = nil) -> Bytes {
    var model = ModelWriter()
    model.input("x", [nil, 2])
    model.tensors.append(
      ModelWriter.externalTensor("w", [2, 2], type: 11, location: location, offset: offset, length: length))
    model.node("MatMul", ["x", "w"], ["y"])
    model.output("y", [nil, 2])
    return Bytes(model.bytes)
  }

  /// Eight bytes of something else, then 1, 2, 3, 4.
  private let weights: [UInt8] =
    [UInt8](repeating: 0xEE, count: 8)
    + [1.0, 2, 3, 4].flatMap { (value: Double) in
      withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }

  private func message(_ body: () throws -> Void) -> String? {
    #expect(throws: NetworkError.self) { try body() }?.message
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fieldbook-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("model/below"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test func readsTensorsFromAnotherFile() throws {
    var asked: [String] = []
    let bytes = model(location: "net.onnx.data", offset: "8", length: "32")
    let network = try Network(reading: bytes, name: "net") {
      asked.append($0)
      return Bytes(weights)
    }
    #expect(asked == ["net.onnx.data"] && network.externalFiles == asked)
    #expect(network.parameterCount == 4)
    let y = try network.evaluate(["x": NDArray<Double>(shape: [1, 2], values: [1, 10])])["y"]
    #expect(y?.values == [31, 42])
  }

  @Test func readsThemBesideAModelOnDisk() throws {
    try withFolder { folder in
      let file = folder.appendingPathComponent("model/net.onnx")
      for place in ["net.onnx.data", "below/weights"] {
        try model(location: place, offset: "8").data.write(to: file)
        try Data(weights).write(to: folder.appendingPathComponent("model/\(place)"))
        let network = try Network.load(path: file.path)
        #expect(network.externalFiles == [place])
        #expect(
          try network.evaluate(["x": NDArray<Double>(shape: [1, 2], values: [1, 0])])["y"]?.values == [1, 2])
      }
    }
  }

  @Test func refusesThemWhereNobodyGivesFiles() {
    #expect(
      message { _ = try Network(reading: model(location: "net.onnx.data"), name: "net") }
        == "tensor 'w' is kept in another file, 'net.onnx.data'; Fieldbook does not evaluate this")
  }

  @Test(arguments: [
    "", "/etc/passwd", "../weights", "below/../../weights", "./weights", "below//weights", "weights/", "a\\b", "a\0b",
    String(repeating: "a", count: 1025),
  ])
  func asksForNothingOutsideTheFolder(_ location: String) {
    let found = message {
      _ = try Network(reading: model(location: location), name: "net") { _ in
        Issue.record("the file is asked for")
        return Bytes(weights)
      }
    }
    #expect(found == "tensor 'w' is kept in '\(location)'; only files in the model's own folder are read")
    #expect(throws: CheckpointError.self) { try ExternalDataFolder(path: "/").bytes(location) }
  }

  @Test(arguments: [
    ("9", "32", "tensor 'w' has 32 bytes at offset 9 of 'data', which has 40 in all"),
    (
      "9223372036854775807", "32",
      "tensor 'w' has 32 bytes at offset 9223372036854775807 of 'data', which has 40 in all"
    ),
    ("8", "31", "tensor 'w' has 31 bytes in 'data'; its shape and type need 32"),
    ("-8", "32", "tensor 'w' has the offset '-8' in 'data'; it must be a whole number of bytes"),
    (
      "8", "9223372036854775808",
      "tensor 'w' has the length '9223372036854775808' in 'data'; it must be a whole number of bytes"
    ),
    ("", "32", "tensor 'w' has the offset '' in 'data'; it must be a whole number of bytes"),
  ])
  func refusesPlacesThatAreNotInTheFile(offset: String, length: String, reason: String) {
    #expect(
      message {
        _ = try Network(reading: model(location: "data", offset: offset, length: length), name: "net") { _ in
          Bytes(weights)
        }
      } == reason)
  }

  @Test func followsNoLink() throws {
    try withFolder { folder in
      let files = FileManager.default
      let outside = folder.appendingPathComponent("secret")
      try Data(weights).write(to: outside)
      let inside = folder.appendingPathComponent("model")
      try files.createSymbolicLink(at: inside.appendingPathComponent("soft"), withDestinationURL: outside)
      try files.createSymbolicLink(at: inside.appendingPathComponent("way"), withDestinationURL: folder)
      try files.linkItem(at: outside, to: inside.appendingPathComponent("hard"))
      try Data().write(to: inside.appendingPathComponent("empty"))
      #expect(mkfifo(inside.appendingPathComponent("pipe").path, 0o600) == 0)
      let path = inside.appendingPathComponent("net.onnx")
      for (location, reason) in [
        ("soft", "'soft' is a link; no link is followed"),
        ("way/secret", "'way' is a link; no link is followed"),
        ("hard", "it has 2 names (hard links); a file with one is needed"),
        ("empty", "it is empty: 0 bytes"), ("pipe", "it is a pipe, socket or device; a regular file is needed"),
        ("below", "it is a folder; a file is needed"), ("missing", "no such file"), ("empty/x", "no such file"),
      ] {
        try model(location: location).data.write(to: path)
        let found = message { _ = try Network.load(path: path.path) }
        #expect(found == "tensor 'w' is kept in '\(location)': \(reason)")
      }
    }
  }
}
