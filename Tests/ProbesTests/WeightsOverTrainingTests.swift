import Checkpoints
import Diagnostics
import Foundation
import Probing
import Testing

@testable import Probes

@Suite struct WeightsOverTrainingTests {
  /// Tensors of a run at a member: a matrix that loses rank, a vector that grows, a counter.
  static func weights(at step: Int) -> [Tensor] {
    let scale = Double(step + 1)
    let second = 1 / scale
    return [
      Tensor(name: "a.matrix", shape: [2, 1, 2], doubles: [1, 0, 0, second]),
      Tensor(name: "b.bias", shape: [2], doubles: [3 * scale, 4 * scale]),
      Tensor(name: "b.count", shape: [], integers: [step]),
      Tensor(name: "c.late", shape: [2], floats: [Float(step), 0]),
    ]
  }

  private func bench(_ weights: [[Tensor]]) -> TestBench { TestBench(series: ["run": .steps(weights)]) }

  private func finding(_ weights: [[Tensor]], tensors: [String]? = nil) throws -> WeightsOverTrainingFinding {
    var written: WrittenValue = ["series": "run"]
    if let tensors {
      written = written.with(
        WrittenValue(
          .record([.init(key: "tensors", value: WrittenValue(.list(tensors.map { WrittenValue(.text($0)) })))])))
    }
    return try WeightsOverTraining.finding(written, on: bench(weights))
  }

  @Test func measuresDistancesThatAreKnown() throws {
    let found = try finding((0..<4).map(Self.weights), tensors: ["b"])
    #expect(found.numbers == [0, 100, 200, 300])
    #expect(found.weightCount == 2)
    #expect(found.norms == [5, 10, 15, 20])
    #expect(found.fromFirst == [0, 1, 2, 3])
    #expect(found.fromPrevious[0] == nil)
    #expect(largestDifference(found.fromPrevious.compactMap { $0 }, [1, 1 / 2, 1 / 3]) < 1e-15)
    #expect(found.change == 3)
    #expect(found.tensors.map(\.name) == ["b.bias"])
    #expect(found.caveats.isEmpty)
  }

  @Test func addsTensorsUpAsOneVector() throws {
    let found = try finding((0..<4).map(Self.weights))
    // Of the matrix, of the bias and of the late one, at the last member.
    let squares: [Double] = [1.0625, 400, 9]
    #expect(isClose(found.norms[3], squares.reduce(0, +).squareRoot(), within: 1e-14))
    let steps: [Double] = [0.5625, 225, 9]
    let moved = (steps.reduce(0, +) / 27).squareRoot()
    #expect(isClose(found.change, moved, within: 1e-14))
    // Largest change first; what has no relative change comes before all.
    #expect(found.tensors.map(\.name) == ["c.late", "b.bias", "a.matrix"])
    #expect(found.tensors[0].fromFirst == [nil, nil, nil, nil])
    #expect(found.tensors[0].fromPrevious == [nil, nil, 1, 0.5])
    #expect(found.caveats.map(\.name) == ["zero-at-first"])
    #expect(
      found.caveats[0].message == "1 tensor is zero in the first member and has no relative change to it: 'c.late'")
  }

  @Test func measuresRanksThatAreKnown() throws {
    let found = try finding((0..<3).map(Self.weights), tensors: ["a", "b"])
    let matrix = try #require(found.tensors.first { $0.name == "a.matrix" })
    #expect(largestDifference(try #require(matrix.stableRanks), [2, 1.25, 1 + 1.0 / 9]) < 1e-14)
    let entropies = [1, 2, 3].map { (step: Double) -> Double in
      let (p, q) = (step / (step + 1), 1 / (step + 1))
      return exp(-p * log(p) - q * log(q))
    }
    #expect(largestDifference(try #require(matrix.effectiveRanks), entropies) < 1e-14)
    #expect(found.tensors.first { $0.name == "b.bias" }?.stableRanks == nil)
    #expect(found.caveats.map(\.name) == ["few-members"])
    #expect(WeightTrack.stableRank([0, 0]) == 0 && WeightTrack.effectiveRank([0, 0]) == 0)
    #expect(isClose(WeightTrack.effectiveRank([3, 3, 3, 3]), 4, within: 1e-14))
    #expect(WeightTrack.stableRank([2, 0, 0]) == 1 && WeightTrack.effectiveRank([2, 0, 0]) == 1)
  }

  @Test func takesMembersInWhateverOrderTheyKeepTheirTensors() throws {
    let one = try finding([Self.weights(at: 0), Self.weights(at: 1)])
    let other = try finding([Self.weights(at: 0), Self.weights(at: 1).reversed()])
    #expect(one == other)
  }

  @Test func measuresComplexNumbers() throws {
    func tensor(_ parts: [Float]) -> Tensor {
      Tensor(
        name: "z", elementType: .c64, shape: [1],
        bytes: Bytes(data: parts.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }))
    }
    let found = try finding([[tensor([3, 4])], [tensor([3, -4])]])
    #expect(found.norms == [5, 5] && found.change == 1.6)
    #expect(found.weightCount == 1)
  }

  @Test(arguments: [
    ([weights(at: 0)], "source 'run' is a series of one; it must be a series of two members or more"),
    (
      [weights(at: 0), Array(weights(at: 1).dropFirst())],
      "source 'run:100' is without the tensor 'a.matrix'; it must be like the member '0'"
    ),
    (
      [Array(weights(at: 0).dropFirst()), weights(at: 1)],
      "source 'run:100' is with a further tensor, 'a.matrix'; it must be like the member '0'"
    ),
    (
      [weights(at: 0), [Tensor(name: "a.matrix", shape: [4], doubles: [1, 2, 3, 4])] + weights(at: 1).dropFirst()],
      "array 'run:100:a.matrix' is 4; it must be 2×1×2, as in the member '0'"
    ),
    (
      [weights(at: 0), weights(at: 1).dropLast() + [Tensor(name: "c.late", shape: [2], floats: [.nan, .infinity])]],
      "array 'run:100:c.late' has 2 NaN or infinite values; every value must be finite"
    ),
    (
      [[Tensor(name: "n", shape: [], integers: [1])], [Tensor(name: "n", shape: [], integers: [1])]],
      "source 'run:0' is without any; it must be a file of floating-point tensors"
    ),
  ])
  func refusesWhatIsNoCourse(weights: [[Tensor]], message: String) {
    #expect(WeightsOverTraining.refusal(["series": "run"], on: bench(weights)) == message)
  }

  @Test func refusesAnEmptyListOfTensors() {
    #expect(
      WeightsOverTraining.refusal(["series": "run", "tensors": []], on: bench([Self.weights(at: 0)]))
        == "'tensors' is empty; it must be left out, or name tensors")
  }

  @Test func leavesOutWhatIsTooLarge() throws {
    let side = WeightTrack.largestRank + 1
    let track = try WeightTrack(
      startingWith: WeightNumbers(
        Tensor(name: "w", shape: [side, side], floats: [Float](repeating: 1, count: side * side))))
    #expect(track.isTooLarge && track.stableRanks == nil)
  }
}
