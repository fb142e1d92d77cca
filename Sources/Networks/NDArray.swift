/// An array of real numbers with any number of axes, in C order (the last axis runs fastest).
public struct NDArray<Scalar: NetworkScalar>: Sendable, Hashable {
  /// The extent of each axis; empty for a single number.
  public var shape: [Int]
  /// The elements, as many as the product of the extents.
  public var values: [Scalar]

  /// Makes an array. There must be as many values as the shape needs.
  public init(shape: [Int], values: [Scalar]) {
    precondition(values.count == shape.reduce(1, *), "an array's values must fill its shape")
    self.shape = shape
    self.values = values
  }

  /// Makes an array of one value throughout.
  public init(shape: [Int], repeating value: Scalar) {
    let count = shape.reduce(1, *)
    self.init(shape: shape) { $0.fill(with: value, count: count) }
  }

  /// Makes an array whose storage a closure fills entirely.
  init(shape: [Int], filling: (UnsafeMutablePointer<Scalar>) -> Void) {
    let count = shape.reduce(1, *)
    self.shape = shape
    values = [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0, let start = buffer.baseAddress { filling(start) }
      initialized = count
    }
  }

  /// The number of axes.
  public var rank: Int { shape.count }
  /// The number of elements.
  public var count: Int { values.count }

  /// The elements under other extents of the same product.
  public func reshaped(to shape: [Int]) -> NDArray { NDArray(shape: shape, values: values) }

  /// The entries `range` of the first axis.
  public func rows(_ range: Range<Int>) -> NDArray {
    let size = shape.dropFirst().reduce(1, *)
    return NDArray(
      shape: [range.count] + shape.dropFirst(),
      values: Array(values[(range.lowerBound * size)..<(range.upperBound * size)]))
  }

  /// The elements in another precision.
  public func converted<Other: NetworkScalar>(to type: Other.Type) -> NDArray<Other> {
    if let same = self as? NDArray<Other> { return same }
    return NDArray<Other>(shape: shape, values: Other.converting(values))
  }
}

extension [Int] {
  /// The shape as a person reads it: `64×32`, or `a single number`.
  var written: String { isEmpty ? "a single number" : map(String.init).joined(separator: "×") }
}
