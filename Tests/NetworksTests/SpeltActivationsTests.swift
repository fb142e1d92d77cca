import Checkpoints
import Foundation
import Testing

@testable import Networks

/// Activations that a file spells out in several nodes.
@Suite struct SpeltActivationsTests {
  private func network(_ write: (inout ModelWriter) -> Void) throws -> Network {
    var model = ModelWriter()
    model.input("x", [nil, 3])
    model.weights("root", [], [sqrt(2)])
    model.weights("inverse", [], [sqrt(0.5)])
    model.weights("one", [], [1])
    model.weights("half", [], [0.5])
    model.weights("other", [], [0.75])
    model.weights("ones", [1], [1])
    write(&model)
    model.output("y", [nil, 3])
    return try model.network()
  }

  /// How many nodes run for the output.
  private func count(_ network: Network) -> Int { network.graph.nodes(for: network.graph.outputs).count }

  private func values(_ network: Network) throws -> [Double] {
    try network.evaluate(["x": NDArray<Double>(shape: [1, 3], values: [-1.5, 0.25, 2])])["y"]?.values ?? []
  }

  private func gelu(_ x: Double) -> Double { 0.5 * x * (1 + erf(x / sqrt(2))) }

  @Test func areOneNode() throws {
    let silu = try network { model in
      model.node("Sigmoid", ["x"], ["s"])
      model.node("Mul", ["s", "x"], ["y"])
    }
    #expect(count(silu) == 1)
    for (found, x) in zip(try values(silu), [-1.5, 0.25, 2]) { #expect(abs(found - x / (1 + exp(-x))) < 1e-15) }
    let halfLast = try network { model in
      model.node("Div", ["x", "root"], ["a"])
      model.node("Erf", ["a"], ["b"])
      model.node("Add", ["b", "one"], ["c"])
      model.node("Mul", ["x", "c"], ["d"])
      model.node("Mul", ["d", "half"], ["y"])
    }
    let halfFirst = try network { model in
      model.node("Mul", ["inverse", "x"], ["a"])
      model.node("Erf", ["a"], ["b"])
      model.node("Add", ["one", "b"], ["c"])
      model.node("Mul", ["half", "x"], ["d"])
      model.node("Mul", ["c", "d"], ["y"])
    }
    for network in [halfLast, halfFirst] {
      #expect(count(network) == 1)
      for (found, x) in zip(try values(network), [-1.5, 0.25, 2]) { #expect(abs(found - gelu(x)) < 1e-15) }
    }
  }

  @Test func staySeveralNodesWhereSomethingDiffers() throws {
    // Another function's argument, another factor, a constant that has an axis.
    let otherArgument = try network { model in
      model.node("Neg", ["x"], ["n"])
      model.node("Sigmoid", ["n"], ["s"])
      model.node("Mul", ["s", "x"], ["y"])
    }
    #expect(count(otherArgument) == 3)
    for (factor, one) in [("other", "one"), ("half", "ones")] {
      let found = try network { model in
        model.node("Div", ["x", "root"], ["a"])
        model.node("Erf", ["a"], ["b"])
        model.node("Add", ["b", one], ["c"])
        model.node("Mul", ["x", "c"], ["d"])
        model.node("Mul", ["d", factor], ["y"])
      }
      #expect(count(found) == 5)
    }
  }

  @Test func keepWhatElseReadsTheirParts() throws {
    let both = try network { model in
      model.node("Sigmoid", ["x"], ["s"])
      model.node("Mul", ["x", "s"], ["p"])
      model.node("Add", ["p", "s"], ["y"])
    }
    for (found, x) in zip(try values(both), [-1.5, 0.25, 2]) {
      #expect(abs(found - (x + 1) / (1 + exp(-x))) < 1e-15)
    }
  }
}
