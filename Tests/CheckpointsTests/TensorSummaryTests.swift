import Checkpoints
import Foundation
import Testing

@Suite struct TensorSummaryTests {
  @Test func agreesWithTheTextbookFormulas() throws {
    var random = SplitMix(state: 5)
    for count in [1, 2, 4095, 4096, 4097, 10_000] {
      let values = (0..<count).map { _ in Double.random(in: -3...5, using: &random) }
      let summary = TensorSummary(of: Tensor(name: "x", shape: [count, 1], doubles: values))
      let mean = values.reduce(0, +) / Double(count)
      let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(count)
      #expect(summary.count == count)
      #expect(summary.shape == [count, 1])
      #expect(summary.dtype == "F64")
      #expect(summary.min == values.min())
      #expect(summary.max == values.max())
      #expect(abs(try #require(summary.mean) - mean) < 1e-12)
      #expect(abs(try #require(summary.standardDeviation) - variance.squareRoot()) < 1e-12)
      #expect(summary.nanCount == 0)
      #expect(summary.infCount == 0)
    }
  }

  @Test func countsNaNAndInfinityApartFromTheRest() {
    let values: [Float] = [1, .nan, .infinity, 3, -.infinity, .nan, -.nan]
    let summary = TensorSummary(of: Tensor(name: "x", shape: [7], floats: values))
    #expect(summary.nanCount == 3)
    #expect(summary.infCount == 2)
    #expect(summary.min == 1)
    #expect(summary.max == 3)
    #expect(summary.mean == 2)
    #expect(summary.standardDeviation == 1)
  }

  @Test func staysFiniteAtTheEdgesOfTheDoubles() {
    let huge = Double.greatestFiniteMagnitude
    let wide = TensorSummary(of: Tensor(name: "x", shape: [4], doubles: [huge, -huge, huge, -huge]))
    #expect(wide.mean == 0)
    #expect(wide.standardDeviation == huge)
    let same = TensorSummary(of: Tensor(name: "x", shape: [3], doubles: [huge, huge, huge]))
    #expect(same.mean == huge)
    #expect(same.standardDeviation == 0)
    let tiny = Double.leastNonzeroMagnitude
    let small = TensorSummary(of: Tensor(name: "x", shape: [2], doubles: [tiny, 3 * tiny]))
    #expect(small.mean == 2 * tiny)
    #expect(small.standardDeviation == tiny)
  }

  @Test func losesNothingOfASmallSpreadAboutALargeMean() throws {
    let values = (0..<9000).map { 1e9 + Double($0 % 3) }
    let summary = TensorSummary(of: Tensor(name: "x", shape: [9000], doubles: values))
    #expect(summary.mean == 1e9 + 1)
    #expect(abs(try #require(summary.standardDeviation) - (2.0 / 3).squareRoot()) < 1e-9)
  }

  @Test func saysNothingOfNothing() {
    let empty = TensorSummary(of: Tensor(name: "x", shape: [0], doubles: []))
    #expect(empty.min == nil && empty.max == nil && empty.mean == nil && empty.standardDeviation == nil)
    let nowhere = TensorSummary(of: Tensor(name: "x", shape: [1], doubles: [.nan]))
    #expect(nowhere.mean == nil)
    #expect(nowhere.nanCount == 1)
  }

  @Test func countsTheElementsOfComplexTensorsNotTheirParts() {
    let parts: [Float] = [1, .nan, .infinity, 0, .infinity, .nan, 2, 3]
    let tensor = Tensor(
      name: "z", elementType: .c64, shape: [4], bytes: Tensor(name: "", shape: [8], floats: parts).bytes)
    let summary = TensorSummary(of: tensor)
    #expect(summary.count == 4)
    #expect(summary.nanCount == 2)
    #expect(summary.infCount == 1)
    #expect(summary.mean == nil)
  }

  @Test func keepsTheOrderOfTheTensors() {
    let tensors = (0..<300).map { Tensor(name: "t\($0)", shape: [2], doubles: [Double($0), Double($0)]) }
    let summaries = TensorSummary.all(of: tensors)
    #expect(summaries.map(\.name) == tensors.map(\.name))
    #expect(summaries.map(\.mean) == (0..<300).map { Double($0) })
    #expect(TensorSummary.all(of: []).isEmpty)
  }

  @Test func writesEveryKeyInJSON() throws {
    let summaries = [
      TensorSummary(of: Tensor(name: "w", shape: [2], floats: [1, 2])),
      TensorSummary(of: Tensor(name: "e", shape: [0], floats: [])),
    ]
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = try encoder.encode(summaries)
    let expected =
      #"[{"count":2,"dtype":"F32","infCount":0,"max":2,"mean":1.5,"min":1,"name":"w","nanCount":0,"#
      + #""shape":[2],"standardDeviation":0.5},"#
      + #"{"count":0,"dtype":"F32","infCount":0,"max":null,"mean":null,"min":null,"name":"e","nanCount":0,"#
      + #""shape":[0],"standardDeviation":null}]"#
    #expect(String(decoding: json, as: UTF8.self) == expected)
    #expect(try JSONDecoder().decode([TensorSummary].self, from: json) == summaries)
  }
}
