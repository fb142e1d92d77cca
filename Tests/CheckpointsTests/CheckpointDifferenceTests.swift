import Foundation
import Testing

@testable import Checkpoints

@Suite struct CheckpointDifferenceTests {
  private func tensor(_ name: String, _ values: [Double], shape: [Int]? = nil) -> Tensor {
    Tensor(name: name, shape: shape ?? [values.count], doubles: values)
  }

  private func change(_ first: Tensor, _ second: Tensor) throws -> CheckpointDifference.Change {
    try #require(CheckpointDifference(from: [first], to: [second]).changes.first)
  }

  @Test func saysNothingOfTheSameInAnotherOrder() {
    let tensors = [tensor("a", [1, .nan]), tensor("b", [2])]
    let difference = CheckpointDifference(from: tensors, to: tensors.reversed())
    #expect(difference.isNothing && difference.identicalCount == 2)
    #expect(CheckpointDifference(from: [], to: []).isNothing)
  }

  @Test func listsNamesThatOnlyOneHasAndKeepsNamesApartThatDifferInBytesOnly() {
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    let difference = CheckpointDifference(
      from: [tensor(composed, [1])], to: [tensor(decomposed, [1]), tensor("x", [1])])
    #expect(difference.onlyInFirst.map { Array($0.utf8) } == [Array(composed.utf8)])
    #expect(difference.onlyInSecond.map { Array($0.utf8) } == [Array(decomposed.utf8), Array("x".utf8)])
    #expect(!difference.isNothing && difference.identicalCount == 0)
  }

  @Test func measuresTheRelativeChange() throws {
    let found = try change(tensor("a", [3, 4]), tensor("a", [3, 9]))
    #expect(found.relative == 1 && found.absolute == 5 && found.notFiniteCount == 0)
    #expect(try change(tensor("a", [0, 0]), tensor("a", [3, 4])).relative == .infinity)
    #expect(try change(tensor("a", [0]), tensor("a", [-0.0])).relative == 0)
  }

  @Test func agreesWithTheTextbookFormulaOnManyBlocks() throws {
    var random = SplitMix(state: 8)
    let a = (0..<10_001).map { _ in Double.random(in: -1...1, using: &random) }
    let b = a.map { $0 + 1e-3 * Double.random(in: -1...1, using: &random) }
    let found = try change(tensor("a", a), tensor("a", b))
    let step = zip(a, b).reduce(0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }.squareRoot()
    let norm = a.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs((found.relative ?? 0) / (step / norm) - 1) < 1e-12)
    #expect(abs((found.absolute ?? 0) / step - 1) < 1e-12)
  }

  @Test func staysFiniteAtTheEdgesOfTheDoubles() throws {
    let big = Double.greatestFiniteMagnitude
    #expect(try change(tensor("a", [big, big]), tensor("a", [-big, -big])).relative == 2)
    let tiny = Double.leastNonzeroMagnitude
    #expect(try change(tensor("a", [4 * tiny]), tensor("a", [8 * tiny])).relative == 1)
  }

  @Test func leavesOutWhatIsNotFinite() throws {
    let found = try change(tensor("a", [.nan, 1, 2, .infinity]), tensor("a", [1, 1, 4, 4]))
    #expect(found.notFiniteCount == 2)
    #expect(abs((found.relative ?? 0) - 2 / 5.0.squareRoot()) < 1e-15)
    let none = try change(tensor("a", [.nan]), tensor("a", [1]))
    #expect(none.relative == nil && none.absolute == nil && none.notFiniteCount == 1)
  }

  @Test func comparesAcrossTypesAndTakesComplexNumbersApart() throws {
    let half = Tensor(name: "a", elementType: .f16, shape: [1], bytes: Bytes([0x00, 0x3C]))
    let found = try change(tensor("a", [1]), half)
    #expect(found.types == [.f64, .f16] && found.relative == 0)
    func complex(_ parts: [Double]) -> Tensor {
      Tensor(name: "z", elementType: .c128, shape: [1], bytes: Bytes(littleEndian: parts.map(\.bitPattern)))
    }
    #expect(try change(complex([3, 4]), complex([3, -4])).relative == 1.6)
  }

  @Test func givesNoNumberWhereShapesDifferOrElementsArePacked() throws {
    let shapes = try change(tensor("a", [1, 2]), tensor("a", [1, 2], shape: [2, 1]))
    #expect(shapes.relative == nil && shapes.shapes == [[2], [2, 1]])
    let packed = try change(
      Tensor(name: "p", elementType: .f4, shape: [2], bytes: Bytes([1])),
      Tensor(name: "p", elementType: .f4, shape: [2], bytes: Bytes([2])))
    #expect(packed.relative == nil)
  }

  @Test func putsOtherShapesFirstAndThenTheLargestChange() {
    let first = [
      tensor("small", [1]), tensor("shape", [1]), tensor("zero", [0]), tensor("large", [1]), tensor("same", [1]),
    ]
    let second = [
      tensor("small", [1.1]), tensor("shape", [1, 1]), tensor("zero", [1]), tensor("large", [5]), tensor("same", [1]),
    ]
    let difference = CheckpointDifference(from: first, to: second)
    #expect(difference.changes.map(\.name) == ["shape", "zero", "large", "small"])
    #expect(difference.identicalCount == 1)
  }
}
