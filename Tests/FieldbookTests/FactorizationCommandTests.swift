import Checkpoints
import Foundation
import Testing

/// How a code holds factors, from the shell.
@Suite struct FactorizationCommandTests {
  private static let turns = 12

  /// Two circles apart, over all pairs of twelve places on either, beside the places.
  private func giveTorus(_ fieldbook: Command) throws {
    let pairs = (0..<(Self.turns * Self.turns)).map { (Double($0 / Self.turns), Double($0 % Self.turns)) }
    let step = 2 * Double.pi / Double(Self.turns)
    let code = pairs.flatMap { [cos(step * $0.0), sin(step * $0.0), cos(step * $0.1), sin(step * $0.1)] }
    try give(code, width: 4, as: "r.npy", to: fieldbook)
    try give(pairs.flatMap { [$0.0, $0.1] }, width: 2, as: "f.npy", to: fieldbook)
  }

  private func give(_ values: [Double], width: Int, as name: String, to fieldbook: Command) throws {
    let tensor = Tensor(name: "a", shape: [values.count / width, width], doubles: values)
    try NumPyArray.write(tensor, to: fieldbook.folder.appending(path: name).path)
  }

  /// A network of angles whose value `code` is what lines say.
  private func giveNetwork(_ fieldbook: Command, step: Int, code: String, width: Int) throws {
    try fieldbook.write(
      """
      {"recipe": 1, "inputs": {"x": ["batch", 1], "c": ["batch", 2]},
       "steps": ["a = slice(c, 0, 1)", "b = slice(c, 1, 2)", "code = \(code)", "y = 2 * code + x"],
       "outputs": {"y": ["batch", \(width)]}}
      """, to: "step-\(step).json")
  }

  private func finding(_ run: Command.Outcome) throws -> [String: Any] {
    let record = try #require(run.json as? [String: Any], "\(run)")
    return try #require(record["finding"] as? [String: Any])
  }

  @Test func measuresFactorsOfTwoFiles() throws {
    try withCommand { fieldbook in
      try giveTorus(fieldbook)
      let given = ["measure", "factorization", "activations=r.npy", "factors=f.npy", "periodic=12,12"]
      let found = try finding(fieldbook.run(given + ["--json", "-q"]))
      let orthogonality = try #require(found["orthogonality"] as? [String: Any])
      #expect(try #require(orthogonality["rms"] as? Double) < 1e-9 && orthogonality["pairCount"] as? Int == 144 * 144)
      let parallelism = try #require(found["parallelism"] as? [Double])
      #expect(parallelism.count == 2 && parallelism.allSatisfy { abs($0 - 1) < 1e-9 })
      #expect(abs(try #require(found["additiveR2"] as? Double) - 1) < 1e-9)
      #expect(try #require(found["subspaceOverlap"] as? Double) < 1e-9)
      #expect(abs(try #require(found["participationRatio"] as? Double) - 4) < 1e-9)
      #expect(found["verdict"] as? String == "factorised")
      let references = try #require(found["references"] as? [[String: Any]])
      #expect(
        references.compactMap { $0["code"] as? String } == [
          "factorised", "hyper-factorised", "entangled", "entangled", "conjunctive",
        ])
      #expect(references.first?["name"] as? String == "Clifford torus")
      let text = try fieldbook.run(given + ["draws=20", "-q"])
      #expect(text.status == 0 && text.errors.isEmpty, "\(text)")
      #expect(
        text.output.contains("Clifford torus") && text.output.contains("r     factorised    100 %"), "\(text.output)")
    }
  }

  @Test func looksIntoEveryNetworkOfASeries() throws {
    try withCommand { fieldbook in
      // By name the tenth comes first.
      try giveNetwork(
        fieldbook, step: 2, code: "concat((2 + cos(b)) * cos(a), (2 + cos(b)) * sin(a), sin(b))", width: 3)
      try giveNetwork(fieldbook, step: 10, code: "concat(cos(a), sin(a), cos(b), sin(b))", width: 4)
      let angles = "[0,\(2 * Double.pi * 11 / 12),12]"
      let given = [
        "measure", "factorization", "network=step-*.json", "layer=code", "condition=c", "grid=[\(angles),\(angles)]",
        "inputs.x=0.5", "periodic=\(2 * Double.pi)", "decoding=false", "draws=20",
      ]
      let found = try finding(fieldbook.run(given + ["--json", "-q"]))
      let codes = try #require(found["codes"] as? [[String: Any]])
      #expect(codes.compactMap { $0["number"] as? Double } == [2, 10])
      #expect(codes.compactMap { $0["verdict"] as? String } == ["entangled", "factorised"])
      #expect(codes.compactMap { $0["unitCount"] as? Int } == [3, 4])
      #expect(found["verdict"] as? String == "factorised" && found["conditionCount"] as? Int == 144)
      let unknown = try fieldbook.run(given.map { $0 == "layer=code" ? "layer=cod" : $0 })
      #expect(
        unknown.status == 64 && unknown.errors.contains("unknown output 'cod'")
          && unknown.errors.contains("did you mean 'code'?"), "\(unknown)")
    }
  }

  @Test func refusesWhatDoesNotFitInWords() throws {
    try withCommand { fieldbook in
      try giveTorus(fieldbook)
      try give((0..<18).map { Double($0 * $0 % 7) }, width: 2, as: "few.npy", to: fieldbook)
      let refusals: [([String], Int32, String)] = [
        (["activations=r.npy"], 64, "'factors' is missing: name an array of samples × factors"),
        (["activations=r.npy", "factors=gone.npy"], 66, "file 'gone.npy' does not exist"),
        (
          ["activations=r.npy", "factors=few.npy"], 1, "factors are given for 9 samples; there are activations of 144"
        ),
        (
          ["activations=r.npy", "factors=f.npy", "periodic=1,2,3"], 64,
          "'periodic' is 3 long; it must be 2 long, one for each factor, or one for all"
        ),
        (["activations=r.npy", "factors=f.npy", "peroidic=12"], 64, "did you mean 'periodic'?"),
      ]
      for (given, status, words) in refusals {
        let run = try fieldbook.run(["measure", "factorization"] + given)
        #expect(run.status == status && run.errors.contains(words) && run.output.isEmpty, "\(run)")
      }
    }
  }
}
