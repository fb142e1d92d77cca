import Checkpoints
import Foundation
import Testing

/// Recordings from the shell.
@Suite struct RecordingCommandTests {
  private static let wave = (0..<90).map { step in
    "\(sin(0.3 * Double(step))),\(cos(0.3 * Double(step)))\n"
  }.joined()

  @Test func measuresTheDynamicsOfATable() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.wave, to: "x.csv")
      let run = try fieldbook("measure", "dmd", "recording=x.csv", "sampleInterval=0.01", "rank=2", "draws=0", "-q")
      #expect(run.status == 0 && run.output.contains("half-life"), "\(run)")
      let json = try fieldbook("measure", "dmd", "recording=x.csv", "sampleInterval=0.01", "draws=0", "--json", "-q")
      let record = try #require(json.json as? [String: Any])
      let finding = try #require(record["finding"] as? [String: Any])
      let modes = try #require(finding["modes"] as? [[String: Any]])
      #expect(modes.count == 2 && finding["rank"] as? Int == 2)
      let frequency = try #require(modes[0]["frequency"] as? Double)
      #expect(abs(frequency - 0.3 / (2 * Double.pi * 0.01)) < 1e-6)
    }
  }

  @Test func comparesTheGeometryOfTables() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.wave, to: "x.csv")
      // Turned by a quarter, and thrice as large.
      let turned = (0..<90).map { "\(-3 * cos(0.3 * Double($0))),\(3 * sin(0.3 * Double($0)))\n" }.joined()
      try fieldbook.write(turned, to: "turned.csv")
      let run = try fieldbook("measure", "geometric-similarity", "recordings=x.csv,turned.csv", "-q")
      #expect(run.status == 0 && run.output.contains("debiased-cka"), "\(run)")
      let json = try fieldbook("measure", "geometric-similarity", "recordings=x.csv,turned.csv", "--json", "-q")
      let record = try #require(json.json as? [String: Any])
      let finding = try #require(record["finding"] as? [String: Any])
      #expect(finding["labels"] as? [String] == ["x", "turned"])
      let measures = try #require(finding["measures"] as? [[String: Any]])
      let shape = try #require(measures.first?["matrix"] as? [[Double]])
      #expect(measures.first?["name"] as? String == "procrustes" && shape[0][1] < 1e-12)
      let one = try fieldbook("measure", "geometric-similarity", "recordings=x.csv")
      #expect(one.status == 64 && one.errors.contains("'recordings' is one; it must be at least two"), "\(one)")
    }
  }

  @Test func comparesReadyOperators() throws {
    try withCommand { fieldbook in
      // The second turns the other way: a reflection brings it on the first.
      let operators = ["a": [0.9, -0.3, 0.3, 0.9], "b": [0.9, 0.3, -0.3, 0.9], "c": [0.5, 0, 0, -0.5]]
      for (name, entries) in operators {
        try NumPyArchive.write(
          [Tensor(name: "x", shape: [2, 2], doubles: entries)],
          to: fieldbook.folder.appending(path: "\(name).npz").path)
      }
      let run = try fieldbook("measure", "dynamical-similarity", "operators=a.npz,b.npz,c.npz", "--json", "-q")
      let record = try #require(run.json as? [String: Any], "\(run)")
      let finding = try #require(record["finding"] as? [String: Any])
      let distances = try #require(finding["distances"] as? [[Double]])
      #expect(finding["labels"] as? [String] == ["a", "b", "c"])
      // A turn, however scaled, and a reflection are at right angles: they have no inner product.
      #expect(distances[0][1] < 1e-6 && abs(distances[0][2] - Double.pi / 2) < 1e-6)
      let alone = try fieldbook("measure", "dynamical-similarity", "operators=a.npz")
      #expect(alone.status != 0 && alone.errors.contains("systems: 1 given; at least 2 are needed"), "\(alone)")
    }
  }

  @Test func saysWhereARecordingIsDamaged() throws {
    try withCommand { fieldbook in
      try fieldbook.write("v,w\n1,2\n3,nan\n4,5\n", to: "x.csv")
      let gap = try fieldbook("measure", "dmd", "recording=x.csv")
      #expect(gap.status == 66 && gap.output.isEmpty)
      #expect(gap.errors.contains("recording 'x.csv': sample 1 of unit 'w' in trial '1' is nan"), "\(gap.errors)")
      try fieldbook.write("v,w\n1,2\n3\n", to: "x.csv")
      let ragged = try fieldbook("measure", "dmd", "recording=x.csv")
      #expect(ragged.status == 66 && ragged.errors.contains("line 3 has 1 field; it must have 2"), "\(ragged.errors)")
    }
  }

  @Test func measuresTheDimensionOfATable() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.wave, to: "x.csv")
      let run = try fieldbook("measure", "intrinsic-dimension", "points=x.csv", "methods=likelihood", "-q")
      #expect(run.status == 0 && run.output.contains("likelihood"), "\(run)")
      let json = try fieldbook("measure", "intrinsic-dimension", "points=x.csv", "--json", "-q")
      let record = try #require(json.json as? [String: Any])
      let finding = try #require(record["finding"] as? [String: Any])
      let ratio = try #require(finding["participationRatio"] as? Double)
      #expect(abs(ratio - 2) < 0.1)
      try fieldbook.write("1,2\n1,2\n1,2\n", to: "still.csv")
      let still = try fieldbook("measure", "intrinsic-dimension", "points=still.csv")
      #expect(
        still.status == 1 && still.errors.contains("cloud 'still': all 3 points are the same; they have no dimension"),
        "\(still)")
    }
  }

  @Test func measuresTheTopologyOfATable() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.wave, to: "x.csv")
      let run = try fieldbook("measure", "topology", "points=x.csv", "landmarks=40", "-q")
      #expect(run.status == 0 && run.output.contains("loops: 1"), "\(run)")
      let json = try fieldbook("measure", "topology", "points=x.csv", "landmarks=40", "--json", "-q")
      let record = try #require(json.json as? [String: Any])
      let finding = try #require(record["finding"] as? [String: Any])
      #expect(finding["bettiNumbers"] as? [Int] == [1, 1] && finding["shape"] as? String == "ring")
      try fieldbook.write("1,2\n1,3\n1,4\n", to: "few.csv")
      let few = try fieldbook("measure", "topology", "points=few.csv")
      #expect(
        few.status == 1 && few.errors.contains("cloud 'few': different points: 3 given; at least 10 are needed"),
        "\(few)")
      try fieldbook.write("1,2\n1,nan\n1,4\n", to: "gap.csv")
      let gap = try fieldbook("measure", "topology", "points=gap.csv")
      #expect(gap.status != 0 && gap.errors.contains("every value must be finite"), "\(gap)")
    }
  }

  @Test func laysATableOutInThePlane() throws {
    try withCommand { fieldbook in
      try fieldbook.write(Self.wave, to: "x.csv")
      let run = try fieldbook("measure", "embedding", "points=x.csv", "neighbours=5", "methods=pca,umap", "-q")
      #expect(run.status == 0 && run.output.contains("trustworthiness") && run.output.contains("UMAP"), "\(run)")
      let alone = try fieldbook("measure", "embedding", "points=x.csv", "periodic=1")
      #expect(alone.status != 0 && alone.errors.contains("'periodic' is given"), "\(alone)")
    }
  }

  @Test func measuresTheDisentanglementOfTwoTables() throws {
    try withCommand { fieldbook in
      let rows = (0..<80).map { (Double($0 % 4), Double($0 / 4 % 2)) }
      try fieldbook.write(rows.map { "\($0.0),\($0.1)\n" }.joined(), to: "s.csv")
      try fieldbook.write(rows.map { "\(3 - $0.1),\(2 * $0.0)\n" }.joined(), to: "z.csv")
      let json = try fieldbook("measure", "disentanglement", "latents=z.csv", "sources=s.csv", "--json", "-q")
      let record = try #require(json.json as? [String: Any])
      let finding = try #require(record["finding"] as? [String: Any])
      let (modularity, compactness) = (finding["modularity"] as? Double, finding["compactness"] as? Double)
      #expect(try #require(modularity) > 0.99 && #require(compactness) > 0.99)
      let run = try fieldbook("measure", "disentanglement", "latents=z.csv", "sources=s.csv", "-q")
      #expect(run.status == 0 && run.output.contains("InfoM"), "\(run)")
    }
  }
}
