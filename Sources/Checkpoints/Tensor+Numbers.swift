extension Tensor {
  /// The elements as doubles, in C order. 64-bit integers beyond 2^53 are rounded; truth values become 0 and 1.
  ///
  /// - Throws: `CheckpointError.notReal` for complex and packed (`F4`, `F6`) elements.
  public func doubles() throws(CheckpointError) -> [Double] {
    guard isReal else { throw .notReal(tensor: name, elementType) }
    return [Double](unsafeUninitializedCapacity: elementCount) { target, count in
      count = elementCount
      bytes.withUnsafeBytes { elementType.decode($0, into: UnsafeMutableBufferPointer(rebasing: target[..<count])) }
    }
  }

  /// The elements as floats, in C order. What is wider than a float is rounded to the nearest.
  ///
  /// - Throws: `CheckpointError.notReal` for complex and packed (`F4`, `F6`) elements.
  public func floats() throws(CheckpointError) -> [Float] {
    guard isReal else { throw .notReal(tensor: name, elementType) }
    return [Float](unsafeUninitializedCapacity: elementCount) { target, count in
      count = elementCount
      bytes.withUnsafeBytes { elementType.decode($0, into: UnsafeMutableBufferPointer(rebasing: target[..<count])) }
    }
  }

  /// The elements of an integer or Boolean tensor, in C order; unsigned ones beyond 2^63 - 1 are refused.
  ///
  /// - Throws: `CheckpointError.notInteger` or `.tooLargeForInteger`.
  public func integers() throws(CheckpointError) -> [Int] {
    guard elementType.isInteger else { throw .notInteger(tensor: name, elementType) }
    guard let values = bytes.withUnsafeBytes({ elementType.integers($0) }) else {
      throw .tooLargeForInteger(tensor: name)
    }
    return values
  }

  /// The real and imaginary parts of a complex tensor, each in C order.
  ///
  /// - Throws: `CheckpointError.notComplex`.
  public func complexParts() throws(CheckpointError) -> (real: [Double], imaginary: [Double]) {
    guard elementType.isComplex else { throw .notComplex(tensor: name, elementType) }
    let numbers = try componentTensor.doubles()
    return (
      stride(from: 0, to: numbers.count, by: 2).map { numbers[$0] },
      stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
    )
  }

  /// Whether every element is one real number that can be converted.
  public var isReal: Bool { !elementType.isComplex && !elementType.isPacked }

  /// The parts of a complex tensor along a last axis of extent 2; any other tensor itself.
  var componentTensor: Tensor {
    switch elementType {
    case .c64: Tensor(name: name, elementType: .f32, shape: shape + [2], bytes: bytes)
    case .c128: Tensor(name: name, elementType: .f64, shape: shape + [2], bytes: bytes)
    default: self
    }
  }
}
