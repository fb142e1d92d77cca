import Networks
import Probing
import Testing

/// A bench of arrays.
final class ArrayBench: Bench {
  let arrays: [String: NDArray<Double>]

  init(_ arrays: [String: NDArray<Double>]) { self.arrays = arrays }

  func network(_ reference: SourceReference) throws -> NetworkSource {
    throw BenchError.unknownSource(reference.name, known: [])
  }

  func array(_ reference: SourceReference) throws -> NDArray<Double> {
    guard let array = arrays[reference.name] else {
      throw BenchError.unknownSource(reference.name, known: arrays.keys.sorted())
    }
    return array
  }
}

@Suite struct PointSelectionTests {
  private func points(_ array: NDArray<Double>, count: Int? = nil) throws -> NDArray<Double> {
    try PointSelection(from: "x", count: count).points(on: ArrayBench(["x": array]))
  }

  private func rows(_ count: Int, _ width: Int = 2) -> NDArray<Double> {
    NDArray(shape: [count, width], values: (0..<(count * width)).map(Double.init))
  }

  private func message(_ array: NDArray<Double>, count: Int? = nil) -> String? {
    do {
      _ = try points(array, count: count)
      return nil
    } catch { return "\(error)" }
  }

  @Test func takesAllPointsUnlessTold() throws {
    #expect(try points(rows(5)) == rows(5))
    #expect(try points(rows(5), count: 5) == rows(5))
  }

  @Test func spreadsFewerOverTheSource() throws {
    #expect(try points(rows(10, 1), count: 5).values == [0, 2, 4, 6, 8])
    #expect(try points(rows(10, 1), count: 3).values == [0, 3, 6])
    #expect(try points(rows(10), count: 1) == NDArray(shape: [1, 2], values: [0, 1]))
    for count in 1...10 { #expect(Set(try points(rows(10, 1), count: count).values).count == count) }
  }

  @Test func flattensFurtherAxes() throws {
    let images = NDArray(shape: [2, 1, 2, 3], values: (0..<12).map(Double.init))
    #expect(try points(images).shape == [2, 6])
    #expect(try points(NDArray(shape: [3], values: [1, 2, 3])).shape == [3, 1])
  }

  @Test func refusesWhatHoldsNoPoints() {
    #expect(
      message(NDArray(shape: [], values: [1]))
        == "array 'x' is a single number; it must be points × coordinates, with at least one point")
    #expect(
      message(NDArray(shape: [0, 4], values: []))
        == "array 'x' is 0×4; it must be points × coordinates, with at least one point")
    #expect(
      message(NDArray(shape: [4, 0], values: []))
        == "array 'x' is 4×0; it must be points × coordinates, with at least one point")
  }

  @Test func refusesMorePointsThanThereAre() {
    #expect(message(rows(3), count: 4) == "array 'x' is 3×2; it must be at least 4 points, as 'count' asks for")
  }

  @Test func refusesValuesThatAreNotFinite() {
    #expect(
      message(NDArray(shape: [2, 2], values: [0, .nan, 1, 2]))
        == "array 'x' has 1 NaN or infinite value; every value must be finite")
    #expect(
      message(NDArray(shape: [2, 2], values: [0, .nan, .infinity, 2]), count: 1)
        == "array 'x' has 2 NaN or infinite values; every value must be finite")
  }

  @Test func refusesASelectionOfNothing() {
    #expect(message(rows(3), count: 0) == "'points.count' is 0; it must be at least 1")
    #expect(message(rows(3), count: -1) == "'points.count' is -1; it must be at least 1")
    #expect(
      throws: ParameterError.missing(
        key: "start.from", meaning: "say where the points are: a file or a source cell", nil)
    ) {
      try PointSelection(from: "").validate(key: "start")
    }
  }

  @Test func namesTheNearestSource() {
    let error = BenchError.unknownSource("pints", known: ["points"])
    #expect(error.hint == "did you mean 'points'?")
  }
}
