import Foundation

/// NumPy's format for one array, `.npy`, versions 1.0, 2.0 and 3.0.
public enum NumPyArray {
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// The longest header that is read, in bytes; NumPy's own bound.
  static let longestHeader = 10_000

  /// Reads an array. Big-endian and Fortran-ordered ones are brought to little-endian C order.
  ///
  /// - Throws: `CheckpointError.numPy`.
  public static func decode(_ bytes: Bytes, name: String) throws(CheckpointError) -> Tensor {
    do throws(NumPyFault) {
      let header = try NumPyHeader(bytes)
      let layout = try NumPyLayout(header.descriptor)
      guard header.shape.count <= Tensor.mostAxes else { throw .tooManyAxes(header.shape.count) }
      guard let needed = layout.type.byteCount(shape: header.shape) else {
        throw .impossibleSize(layout.type, shape: header.shape)
      }
      let data = bytes[header.end..<bytes.count]
      guard data.count == needed else {
        throw .sizeMismatch(layout.type, shape: header.shape, needed: needed, found: data.count)
      }
      let scalarWidth = layout.type.bitWidth / (layout.type.isComplex ? 16 : 8)
      let ordered = layout.isBigEndian && scalarWidth > 1 ? data.reversed(inGroupsOf: scalarWidth) : data
      let isTransposed = header.isFortranOrdered && header.shape.count > 1
      return Tensor(
        name: name, elementType: layout.type, shape: header.shape,
        bytes: isTransposed
          ? ordered.fortranToCOrder(shape: header.shape, width: layout.type.bitWidth / 8) : ordered)
    } catch {
      throw .numPy(error)
    }
  }

  /// The bytes of an `.npy` file that holds an array: version 1.0, C order, little-endian, as NumPy writes it.
  ///
  /// - Throws: `CheckpointError.notWritable` when NumPy has no such element type.
  public static func encode(_ tensor: Tensor) throws(CheckpointError) -> Data {
    var file = try header(for: tensor, format: .npy)
    file.append(tensor.bytes.data)
    return file
  }

  /// Writes an `.npy` file: to a file beside it first, which then takes its place.
  ///
  /// - Throws: `CheckpointError.notWritable`, or `.inFile` with `.cannotWrite`.
  public static func write(_ tensor: Tensor, to path: String) throws(CheckpointError) {
    try AtomicFile.write([Bytes(data: try header(for: tensor, format: .npy)), tensor.bytes], to: path)
  }

  static func header(for tensor: Tensor, format: FileFormat) throws(CheckpointError) -> Data {
    guard let descriptor = NumPyLayout.descriptor(of: tensor.elementType) else {
      throw .notWritable(tensor: tensor.name, tensor.elementType, format)
    }
    let axes = tensor.shape.map(String.init).joined(separator: ", ") + (tensor.shape.count == 1 ? "," : "")
    var text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(axes)), }"
    // The array's first element falls on a multiple of 64 bytes, and a newline ends the header. Ten bytes come before.
    // NumPy leaves room for the first extent to grow to 21 digits in place.
    if let first = tensor.shape.first { text += String(repeating: " ", count: 21 - String(first).count) }
    let unpadded = magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: 64 - unpadded % 64) + "\n"
    guard text.utf8.count <= longestHeader else { throw .numPy(.tooManyAxes(tensor.shape.count)) }
    return Data(magic + [1, 0, UInt8(text.utf8.count & 0xFF), UInt8(text.utf8.count >> 8)] + Array(text.utf8))
  }
}

extension Bytes {
  /// The bytes with those of each group in opposite order.
  fileprivate func reversed(inGroupsOf width: Int) -> Bytes {
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
  fileprivate func fortranToCOrder(shape: [Int], width: Int) -> Bytes {
    guard count > 0 else { return self }
    var strides: [Int] = []
    var step = width
    for extent in shape {
      strides.append(step)
      step *= extent
    }
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
