import Checkpoints
import Foundation
import Testing

/// The repository's own checkpoints are what their manifest says.
@Suite struct ManifestTests {
  private let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../checkpoints")
    .standardized

  @Test func listsEveryFileWithItsSizeAndDigest() throws {
    let manifest = try JSONNode(parsing: Bytes(mapping: folder.appending(path: "manifest.json").path))
    let entries = try #require(manifest.elements)
    #expect(entries.count == 13)
    for entry in entries {
      let name = try #require(entry["name"]?.text)
      let files = try #require(entry["files"]?.members)
      let present = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)
      #expect(Set(files.map(\.key)) == Set(present), "\(name)")
      for file in files {
        let bytes = try Bytes(mapping: folder.appending(path: "\(name)/\(file.key)").path)
        #expect(file.value["bytes"]?.integer == bytes.count, "\(name)/\(file.key)")
        #expect(file.value["sha256"]?.text == ContentDigest(of: bytes).hex, "\(name)/\(file.key)")
      }
      for key in ["recipe", "licence", "data"] { #expect(entry[key]?.text?.isEmpty == false, "\(name): \(key)") }
      #expect(entry["seed"]?.integer != nil, "\(name)")
      let recipe = try #require(entry["recipe"]?.text)
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: recipe).path), "\(recipe)")
    }
  }
}
