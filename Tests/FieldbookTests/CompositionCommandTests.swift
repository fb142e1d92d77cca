import Foundation
import Testing

/// What models drew, from the shell.
@Suite struct CompositionCommandTests {
  private static let folder = Command.repository.appending(path: "checkpoints/composition-scaling").path
  private static let eight = "images=\(folder)/bumps-side-08-seed-1-*.npz:images"

  @Test func judgesImagesOfSeveralFiles() throws {
    try withCommand { fieldbook in
      let run = try fieldbook(
        "measure", "composition", Self.eight, "conditions=:conditions", "trained=:trained", "background=255",
        "over=size", "draws=20", "--json", "-q")
      #expect(run.status == 0, "\(run)")
      let record = try #require(run.json as? [String: Any], "\(run)")
      let finding = try #require(record["finding"] as? [String: Any])
      let runs = try #require(finding["runs"] as? [[String: Any]])
      #expect(runs.compactMap { $0["dataSize"] as? Double } == [8, 16, 32, 64, 128])
      let needs = try #require(finding["needs"] as? [[String: Any]])
      let size = try #require(needs.first?["size"] as? Double)
      #expect((8.0...16).contains(size) && finding["joint"] as? Double == 1)
      #expect(finding["composed"] as? Double == 1 && finding["interpolated"] == nil)
    }
  }

  @Test func asksANetworkAndReadsItsTable() throws {
    try withCommand { fieldbook in
      let network = Command.repository.appending(path: "checkpoints/composition/sums-bounded-step-1500.json").path
      let run = try fieldbook(
        "measure", "composition", "network=\(network)", "grid=[[3,12,2],[4,11,2]]", "feature=sums", "predicts=noise",
        "process=ddpm", "peak=-1", "sampler.kind=ddim", "sampler.steps=5", "precision=float32", "draws=20")
      #expect(run.status == 0 && run.output.contains("sums-bounded-step-1500"), "\(run)")
      #expect(run.errors.contains("4 images of a model say little"), "\(run)")
    }
  }

  @Test(arguments: [
    (["conditions=:conditions", "trained=:known"], "known", 66),
    (["conditions=:conditions", "tolerance=0"], "'tolerance' is 0.0; it must be above 0, and at most 1000", 64),
    (["grid=[[0,7,8],[0,7,8]]"], "'conditions' is missing: name an array with a row (x, y) for every image", 64),
    (["conditions=:conditions", "near=1"], "unknown key 'near'", 64),
  ])
  func refusesInWords(arguments: [String], words: String, status: Int32) throws {
    try withCommand { fieldbook in
      let run = try fieldbook.run(["measure", "composition", Self.eight] + arguments)
      #expect(run.status == status && run.errors.contains(words), "\(run)")
    }
  }
}
