import Checkpoints
import Foundation
import Testing

@testable import Networks

/// Whole modules, recipes and configurations that lie. Sentences are recorded with `FIELDBOOK_RECORD=1`, and read by people.
@Suite struct HostileModuleTests {
  private static let folder = ModuleFixture.folder.appendingPathComponent("attacks")

  private func compare(_ found: [String], with file: String) throws {
    let url = Self.folder.appendingPathComponent(file)
    let text = found.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["FIELDBOOK_RECORD"] != nil {
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(found == expected) }
  }

  private func sentence(_ error: NetworkError) -> String {
    "\(error.message)" + (error.hint.map { " [\($0)]" } ?? "")
  }

  /// What loading and, where it loads, one evaluation says.
  private func said(_ load: () throws(NetworkError) -> Network) -> String {
    do throws(NetworkError) {
      let network = try load()
      var inputs: [String: NDArray<Double>] = [:]
      for port in network.inputs {
        let shape = port.shape.map { $0 ?? 2 }
        inputs[port.name] = NDArray(shape: shape, values: [Double](repeating: 0, count: shape.reduce(1, *)))
      }
      _ = try network.evaluate(inputs)
      return "is evaluated"
    } catch {
      return sentence(error)
    }
  }

  @Test func refusesHostileModules() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".pt") }
      .sorted()
    #expect(names.count >= 60)
    let found = names.map { name in
      let path = Self.folder.appendingPathComponent(name).path
      return "\(name.dropLast(3)): " + said { () throws(NetworkError) in try Network.load(path: path) }
    }
    #expect(!found.contains { $0.hasSuffix("is evaluated") })
    try compare(found, with: "modules.txt")
  }

  @Test func refusesHostileTexts() throws {
    #expect(RecipeAttacks.all.count >= 60)
    let weights = try weightsFile()
    let found = RecipeAttacks.all.map { attack in
      "\(attack.name): "
        + said { () throws(NetworkError) in
          try Network(
            reading: Bytes(attack.text.utf8), name: "attack",
            companion: { location in
              switch location {
              case "w.safetensors": return weights
              case "itself.json": return Bytes(attack.text.utf8)
              default: throw CheckpointError.file(.missing)
              }
            })
        }
    }
    #expect(!found.contains { $0.hasSuffix("is evaluated") })
    try compare(found, with: "texts.txt")
  }

  private func weightsFile() throws -> Bytes {
    let complex = Tensor(name: "Z", elementType: .c64, shape: [2], bytes: Bytes([UInt8](repeating: 0, count: 16)))
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("recipes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("w.safetensors").path
    try Safetensors.write([Tensor(name: "W", shape: [2, 2], doubles: [1, 2, 3, 4]), complex], to: path)
    return Bytes(data: try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func survivesEveryTruncationAndFlip() throws {
    let whole = Array(try Data(contentsOf: ModuleFixture.folder.appendingPathComponent("shared.pt")))
    // The archive's checks find every change in the modules' own bytes; the rest must only not end the run.
    for count in stride(from: 0, to: whole.count, by: 7) {
      #expect(throws: NetworkError.self) { try Network(reading: Bytes(whole[..<count]), name: "cut") }
    }
    var bytes = whole
    for index in stride(from: 0, to: whole.count, by: 3) {
      bytes[index] ^= 0x40
      _ = try? Network(reading: Bytes(bytes), name: "flipped")
      bytes[index] = whole[index]
    }
    let text = Array(try Data(contentsOf: ModuleFixture.recipes.appendingPathComponent("ctrnn-step.json")))
    let weights = Bytes(data: try Data(contentsOf: ModuleFixture.folder.appendingPathComponent("ctrnn.safetensors")))
    for index in text.indices {
      var changed = text
      changed[index] ^= 0x04
      _ = try? Network(reading: Bytes(changed), name: "flipped", companion: { _ in weights })
    }
  }
}
