import Foundation

/// What a tensor is and how its elements are spread.
///
/// The extremes, the mean and the standard deviation (of the population) are of the finite elements, accumulated in
/// double precision; they are `nil` when there is none, and for complex and packed elements. An element is NaN or
/// infinite when one of its parts is; one that is both counts as NaN.
public struct TensorSummary: Sendable, Hashable, Codable {
  /// The tensor's name.
  public let name: String
  /// The element type, under its safetensors name.
  public let dtype: String
  /// The extent of each axis.
  public let shape: [Int]
  /// The number of elements.
  public let count: Int
  /// The least finite element.
  public let min: Double?
  /// The greatest finite element.
  public let max: Double?
  /// The mean of the finite elements.
  public let mean: Double?
  /// The standard deviation of the finite elements, as of a population.
  public let standardDeviation: Double?
  /// The number of elements that are not a number.
  public let nanCount: Int
  /// The number of infinite elements.
  public let infCount: Int

  private enum CodingKeys: String, CodingKey {
    case name, dtype, shape, count, min, max, mean, standardDeviation, nanCount, infCount
  }

  /// Writes every key, with `null` for what is not known.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(dtype, forKey: .dtype)
    try container.encode(shape, forKey: .shape)
    try container.encode(count, forKey: .count)
    try container.encode(min, forKey: .min)
    try container.encode(max, forKey: .max)
    try container.encode(mean, forKey: .mean)
    try container.encode(standardDeviation, forKey: .standardDeviation)
    try container.encode(nanCount, forKey: .nanCount)
    try container.encode(infCount, forKey: .infCount)
  }

  /// Goes over a tensor twice, in blocks: memory does not grow with it.
  public init(of tensor: Tensor) {
    name = tensor.name
    dtype = tensor.elementType.rawValue
    shape = tensor.shape
    count = tensor.elementCount
    guard !tensor.elementType.isPacked else {
      (min, max, mean, standardDeviation, nanCount, infCount) = (nil, nil, nil, nil, 0, 0)
      return
    }
    var spread = ElementSpread(width: tensor.elementType.isComplex ? 2 : 1)
    tensor.forEachBlock { spread.look(at: $0) }
    nanCount = spread.nanCount
    infCount = spread.infCount
    guard tensor.isReal, spread.finiteCount > 0 else {
      (min, max, mean, standardDeviation) = (nil, nil, nil, nil)
      return
    }
    tensor.forEachBlock { spread.addToSum($0) }
    tensor.forEachBlock { spread.addToSquares($0) }
    (min, max) = (spread.least, spread.greatest)
    (mean, standardDeviation) = (spread.mean, spread.standardDeviation)
  }

  /// Summaries of several tensors, in their order, made on all cores.
  public static func all(of tensors: [Tensor]) -> [TensorSummary] {
    guard !tensors.isEmpty else { return [] }
    return [TensorSummary](unsafeUninitializedCapacity: tensors.count) { target, count in
      nonisolated(unsafe) let target = target
      DispatchQueue.concurrentPerform(iterations: tensors.count) { index in
        target.initializeElement(at: index, to: TensorSummary(of: tensors[index]))
      }
      count = tensors.count
    }
  }
}

/// Extremes, mean and deviation of numbers that come in blocks. Passed over thrice: extremes, sum, squares.
private struct ElementSpread {
  let width: Int
  var nanCount = 0
  var infCount = 0
  var finiteCount = 0
  var least = Double.infinity
  var greatest = -Double.infinity
  private var sum = 0.0
  private var squares = 0.0

  init(width: Int) { self.width = width }

  /// Numbers are scaled to at most 1 before they are added, so that no sum overflows.
  private var scale: Double {
    let magnitude = Swift.max(abs(least), abs(greatest))
    // A power of two, so that scaling rounds nothing; no smaller than what keeps 1 / scale finite.
    return magnitude > 0 ? Double(sign: .plus, exponent: Swift.min(-magnitude.exponent - 1, 1000), significand: 1) : 1
  }

  var mean: Double { Swift.min(Swift.max(sum / Double(finiteCount) / scale, least), greatest) }
  var standardDeviation: Double { (squares / Double(finiteCount)).squareRoot() / scale }

  mutating func look(at block: UnsafeMutableBufferPointer<Double>) {
    for start in stride(from: 0, to: block.count, by: width) {
      let value = block[start]
      let other = width == 2 ? block[start + 1] : value
      if value.isNaN || other.isNaN {
        nanCount += 1
      } else if value.isInfinite || other.isInfinite {
        infCount += 1
      } else {
        finiteCount += 1
        least = Swift.min(least, value)
        greatest = Swift.max(greatest, value)
      }
    }
  }

  // Each block is added up by itself first: the error grows with the number of blocks, not of elements.
  mutating func addToSum(_ block: UnsafeMutableBufferPointer<Double>) {
    let scale = scale
    var part = 0.0
    for value in block where value.isFinite { part += value * scale }
    sum += part
  }

  mutating func addToSquares(_ block: UnsafeMutableBufferPointer<Double>) {
    let scale = scale
    let center = sum / Double(finiteCount)
    var part = 0.0
    for value in block where value.isFinite { part += (value * scale - center) * (value * scale - center) }
    squares += part
  }
}

extension Tensor {
  /// Hands out the elements (of complex ones, the parts in turn) as doubles, at most 4096 at a time.
  fileprivate func forEachBlock(_ body: (UnsafeMutableBufferPointer<Double>) -> Void) {
    let components = componentTensor
    let width = components.elementType.bitWidth / 8
    let total = components.elementCount
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 4096) { block in
      bytes.withUnsafeBytes { source in
        for start in stride(from: 0, to: total, by: 4096) {
          let count = Swift.min(4096, total - start)
          let part = UnsafeMutableBufferPointer(rebasing: block[..<count])
          let stretch = source[(start * width)..<((start + count) * width)]
          components.elementType.decode(UnsafeRawBufferPointer(rebasing: stretch), into: part)
          body(part)
        }
      }
    }
  }
}
