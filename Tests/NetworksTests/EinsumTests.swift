import LinearAlgebra
import Testing

@testable import Networks

/// Equations beyond those of ONNX's node tests; the results are NumPy's.
@Suite struct EinsumTests {
  struct Case: Sendable, CustomStringConvertible {
    let equation: String
    let shapes: [[Int]]
    let resultShape: [Int]
    let result: [Double]

    init(_ equation: String, _ shapes: [[Int]], _ resultShape: [Int], _ result: [Double]) {
      (self.equation, self.shapes, self.resultShape, self.result) = (equation, shapes, resultShape, result)
    }

    var description: String { equation }

    func network() throws -> Network {
      var model = ModelWriter()
      for (index, shape) in shapes.enumerated() { model.input("x\(index)", shape, type: 11) }
      model.node(
        "Einsum", shapes.indices.map { "x\($0)" }, ["y"], [ModelWriter.attribute("equation", equation)])
      model.output("y", [], type: 11)
      return try model.network()
    }

    /// Whole numbers from -2 to 4, other ones for each operand.
    var inputs: [String: NDArray<Double>] {
      var inputs: [String: NDArray<Double>] = [:]
      for (index, shape) in shapes.enumerated() {
        let count = shape.reduce(1, *)
        inputs["x\(index)"] = NDArray(
          shape: shape, values: (0..<count).map { Double($0 * (3 + 2 * index) % 7 - 2) })
      }
      return inputs
    }
  }

  static let cases: [Case] = [
    Case("ij,jk,kl->il", [[2, 3], [3, 2], [2, 2]], [2, 2], [-44, -44, 12, 12]),
    Case("bij,bjk", [[2, 1, 3], [2, 3, 2]], [1, 2], [31, 0]),
    Case("ba", [[2, 3]], [3, 2], [-2, 0, 1, 3, 4, -1]),
    Case("cb,ab", [[2, 3], [2, 3]], [2, 2], [11, 8, 14, 10]),
    Case("...i,ij->...j", [[2, 2, 3], [3, 2]], [2, 2, 2], [21, 1, -1, -5, -2, 10, 4, 18]),
    Case("ii,jj->", [[2, 2], [3, 3]], [], [-10]),
    Case("a,b,c->cba", [[2], [2], [3]], [3, 2, 2], [-8, 4, 12, -6, -8, 4, 12, -6, -8, 4, 12, -6]),
    Case("ij,ij->j", [[1, 3], [2, 3]], [3], [6, 7, 12]),
    Case("iji,jk->ki", [[2, 3, 2], [3, 2]], [2, 2], [20, 20, -4, -4]),
    Case(" b i , b j -> b i j ", [[2, 2], [2, 3]], [2, 2, 3], [4, -6, -2, -2, 3, 1, -4, 16, 8, 0, 0, 0]),
    Case("...a,...b->...", [[2, 1, 2], [3, 2]], [2, 3], [-1, 0, -6, 4, 0, 24]),
  ]

  @Test(arguments: cases)
  func givesTheSumsOfNumPy(_ item: Case) throws {
    let y = try #require(try item.network().evaluate(item.inputs)["y"])
    #expect(y.shape == item.resultShape)
    #expect(y.values == item.result)
  }

  @Test(arguments: cases)
  func isLinearInEveryOperandForwardAndBack(_ item: Case) throws {
    let (network, inputs) = (try item.network(), item.inputs)
    var random = SeededGenerator(seed: 4)
    for (index, shape) in item.shapes.enumerated() {
      let name = "x\(index)"
      let direction = NDArray(
        shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Double(random.index(below: 9)) - 4 })
      var moved = inputs
      moved[name] = direction
      let expected = try #require(try network.evaluate(moved)["y"])
      let found = try network.jacobianVectorProduct(of: "y", withRespectTo: name, at: inputs, along: direction)
      #expect(found == expected)
      #expect(try network.adjointDefect(of: "y", withRespectTo: name, at: inputs, using: &random) < 1e-14)
    }
  }

  @Test(arguments: [
    ("ij->ik", "equation 'ij->ik' names a letter of the result twice, or one that no operand has"),
    ("ij->ii", "equation 'ij->ii' names a letter of the result twice, or one that no operand has"),
    ("i", "operand 0 of 2×3 does not fit equation 'i'"), ("ii", "shapes 2×3 do not go together in equation 'ii'"),
    ("ij,ij", "equation 'ij,ij' is of 2 operands; 1 are given"),
    ("...ijk", "operand 0 of 2×3 does not fit equation '...ijk'"),
  ])
  func refusesEquationsThatDoNotFit(equation: String, reason: String) throws {
    let item = Case(equation, [[2, 3]], [], [])
    #expect(throws: NetworkError.node("node 0 (Einsum)", reason: reason)) { try item.network().evaluate(item.inputs) }
  }

  @Test(arguments: [
    ("i1->i", "equation 'i1->i' has '1' where a letter or '...' may be"),
    ("i->i->i", "equation 'i->i->i' has 2 arrows"),
    ("...i...", "equation '...i...' has '.' where a letter or '...' may be"),
  ])
  func refusesWhatIsNoEquation(equation: String, reason: String) {
    #expect(throws: NetworkError.node("node 0 (Einsum)", reason: reason)) {
      try Case(equation, [[2]], [], []).network()
    }
  }
}
