/// What two checkpoints have in common, and by how much they differ.
public struct CheckpointDifference: Sendable, Hashable {
  /// How a tensor of one name differs between the two.
  public struct Change: Sendable, Hashable {
    /// The tensor's name.
    public let name: String
    /// The element types, of the first and of the second.
    public let types: [ElementType]
    /// The shapes, of the first and of the second.
    public let shapes: [[Int]]
    /// ‖b − a‖ / ‖a‖ over the elements finite in both, as Frobenius norms; infinite when a is zero and b is not; `nil`
    /// where the shapes differ, the elements are packed, or none is finite in both.
    public let relative: Double?
    /// ‖b − a‖ in the same norm, and `nil` in the same cases.
    public let absolute: Double?
    /// The number of elements that are NaN or infinite in either.
    public let notFiniteCount: Int
  }

  /// The names of tensors that only the first has, in its order.
  public let onlyInFirst: [String]
  /// The names of tensors that only the second has, in its order.
  public let onlyInSecond: [String]
  /// The tensors that differ in type, shape or any byte: other shapes first, then by falling relative change.
  public let changes: [Change]
  /// How many tensors are the same to the last bit.
  public let identicalCount: Int

  /// Whether both have the same tensors under the same names, whatever their order.
  public var isNothing: Bool { onlyInFirst.isEmpty && onlyInSecond.isEmpty && changes.isEmpty }

  /// Compares tensors by name, byte for byte. Memory does not grow with the tensors.
  public init(from first: [Tensor], to second: [Tensor]) {
    let later = Dictionary(second.map { (ExactName($0.name), $0) }, uniquingKeysWith: { first, _ in first })
    let earlier = Set(first.map { ExactName($0.name) })
    onlyInFirst = first.map(\.name).filter { later[ExactName($0)] == nil }
    onlyInSecond = second.map(\.name).filter { !earlier.contains(ExactName($0)) }
    var changes: [Change] = []
    var identicalCount = 0
    for tensor in first {
      guard let other = later[ExactName(tensor.name)] else { continue }
      if tensor.elementType == other.elementType, tensor.shape == other.shape, tensor.bytes.data == other.bytes.data {
        identicalCount += 1
      } else {
        changes.append(Change(from: tensor, to: other))
      }
    }
    self.identicalCount = identicalCount
    self.changes = changes.enumerated().sorted { left, right in
      let (a, b) = (left.element.relative ?? .infinity, right.element.relative ?? .infinity)
      guard (left.element.relative == nil) == (right.element.relative == nil) else {
        return left.element.relative == nil
      }
      return a == b ? left.offset < right.offset : a > b
    }.map(\.element)
  }
}

extension CheckpointDifference.Change {
  init(from first: Tensor, to second: Tensor) {
    name = first.name
    types = [first.elementType, second.elementType]
    shapes = [first.shape, second.shape]
    let (before, after) = (first.componentTensor, second.componentTensor)
    guard before.shape == after.shape, before.isReal, after.isReal else {
      (relative, absolute, notFiniteCount) = (nil, nil, 0)
      return
    }
    // Squares are of numbers scaled to at most 1, so that none overflows.
    var (largest, largestStep, finite) = (0.0, 0.0, 0)
    before.forEachBlock(beside: after) { a, b in
      for (a, b) in zip(a, b) where a.isFinite && b.isFinite {
        finite += 1
        largest = max(largest, abs(a))
        // Half of each: the step between two finite numbers may be beyond the largest.
        largestStep = max(largestStep, abs(b / 2 - a / 2))
      }
    }
    notFiniteCount = before.elementCount - finite
    guard finite > 0 else {
      (relative, absolute) = before.elementCount == 0 ? (0, 0) : (nil, nil)
      return
    }
    var (norm, step) = (0.0, 0.0)
    before.forEachBlock(beside: after) { a, b in
      var (partOfNorm, partOfStep) = (0.0, 0.0)
      for (a, b) in zip(a, b) where a.isFinite && b.isFinite {
        if largest > 0 { partOfNorm += (a / largest) * (a / largest) }
        if largestStep > 0 {
          let share = (b / 2 - a / 2) / largestStep
          partOfStep += share * share
        }
      }
      norm += partOfNorm
      step += partOfStep
    }
    absolute = step.squareRoot() * largestStep * 2
    relative =
      step == 0 ? 0 : norm == 0 ? .infinity : (step / norm).squareRoot() * (largestStep / largest) * 2
  }
}

extension Tensor {
  /// Hands out the elements of two real tensors of one shape as doubles, side by side, at most 4096 at a time.
  func forEachBlock(
    beside other: Tensor, _ body: (UnsafeMutableBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    let total = elementCount
    let (width, otherWidth) = (elementType.bitWidth / 8, other.elementType.bitWidth / 8)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 8192) { block in
      bytes.withUnsafeBytes { source in
        other.bytes.withUnsafeBytes { otherSource in
          for start in stride(from: 0, to: total, by: 4096) {
            let count = Swift.min(4096, total - start)
            let first = UnsafeMutableBufferPointer(rebasing: block[..<count])
            let second = UnsafeMutableBufferPointer(rebasing: block[4096..<(4096 + count)])
            elementType.decode(
              UnsafeRawBufferPointer(rebasing: source[(start * width)..<((start + count) * width)]), into: first)
            other.elementType.decode(
              UnsafeRawBufferPointer(rebasing: otherSource[(start * otherWidth)..<((start + count) * otherWidth)]),
              into: second)
            body(first, second)
          }
        }
      }
    }
  }
}
