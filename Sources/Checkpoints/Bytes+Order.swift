import Foundation

extension Bytes {
  /// The bytes with those of each group in opposite order.
  func reversed(inGroupsOf width: Int) -> Bytes {
    // Into new data: Foundation traps when an empty slice is opened for writing.
    var result = Data(count: count)
    result.withUnsafeMutableBytes { target in
      withUnsafeBytes { source in
        switch width {
        case 2: Self.swap(source, target, as: UInt16.self)
        case 4: Self.swap(source, target, as: UInt32.self)
        default: Self.swap(source, target, as: UInt64.self)
        }
      }
    }
    return Bytes(data: result)
  }

  private static func swap<Word: FixedWidthInteger>(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, as type: Word.Type
  ) {
    for offset in stride(from: 0, to: target.count, by: Word.bitWidth / 8) {
      let word = source.loadUnaligned(fromByteOffset: offset, as: Word.self)
      target.storeBytes(of: word.byteSwapped, toByteOffset: offset, as: Word.self)
    }
  }

  /// The elements of a Fortran-ordered array, in C order.
  func fortranToCOrder(shape: [Int], width: Int) -> Bytes {
    guard count > 0 else { return self }
    var strides: [Int] = []
    var step = width
    for extent in shape {
      strides.append(step)
      step *= extent
    }
    return strided(shape: shape, strides: strides, width: width, count: count)
  }

  /// Elements picked by strides, in bytes, and laid out in C order.
  ///
  /// There must be at least one axis, no extent of zero, and every element within these bytes.
  func strided(shape: [Int], strides: [Int], width: Int, count: Int) -> Bytes {
    var result = Data(count: count)
    result.withUnsafeMutableBytes { target in
      withUnsafeBytes { source in
        switch width {
        case 1: Self.gather(source, target, shape, strides, as: UInt8.self)
        case 2: Self.gather(source, target, shape, strides, as: UInt16.self)
        case 4: Self.gather(source, target, shape, strides, as: UInt32.self)
        case 8: Self.gather(source, target, shape, strides, as: UInt64.self)
        default: Self.gather(source, target, shape, strides, as: SIMD2<UInt64>.self)
        }
      }
    }
    return Bytes(data: result)
  }

  /// Walks the target in order and picks each element from its place in the source. No extent is zero.
  private static func gather<Word: BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _ shape: [Int], _ strides: [Int],
    as type: Word.Type
  ) {
    let width = MemoryLayout<Word>.size
    let last = shape.count - 1
    let (extent, step) = (shape[last], strides[last])
    var position = [Int](repeating: 0, count: shape.count)
    var row = 0
    for start in Swift.stride(from: 0, to: target.count, by: width * extent) {
      for index in 0..<extent {
        target.storeBytes(
          of: source.loadUnaligned(fromByteOffset: row + index * step, as: Word.self),
          toByteOffset: start + index * width, as: Word.self)
      }
      var axis = last - 1
      while axis >= 0 {
        position[axis] += 1
        row += strides[axis]
        if position[axis] < shape[axis] { break }
        row -= strides[axis] * shape[axis]
        position[axis] = 0
        axis -= 1
      }
    }
  }
}
