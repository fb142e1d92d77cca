import Testing

@testable import Networks

@Suite struct ArrayTests {
  @Test func takesRowsOfTheFirstAxis() {
    let array = NDArray<Float>(shape: [3, 2], values: [0, 1, 2, 3, 4, 5])
    #expect(array.rows(1..<3) == NDArray(shape: [2, 2], values: [2, 3, 4, 5]))
  }
}
