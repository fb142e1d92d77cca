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
      return try tensor(
        named: name, try NumPyLayout(header.descriptor), shape: header.shape,
        isFortranOrdered: header.isFortranOrdered, data: bytes[header.end..<bytes.count])
    } catch {
      throw .numPy(error)
    }
  }

  /// Makes a tensor of elements in any of NumPy's orders.
  static func tensor(
    named name: String, _ layout: NumPyLayout, shape: [Int], isFortranOrdered: Bool, data: Bytes
  ) throws(NumPyFault) -> Tensor {
    guard shape.count <= Tensor.mostAxes else { throw .tooManyAxes(shape.count) }
    guard let needed = layout.type.byteCount(shape: shape) else {
      throw .impossibleSize(layout.type, shape: shape)
    }
    guard data.count == needed else {
      throw .sizeMismatch(layout.type, shape: shape, needed: needed, found: data.count)
    }
    let scalarWidth = layout.type.bitWidth / (layout.type.isComplex ? 16 : 8)
    let ordered = layout.isBigEndian && scalarWidth > 1 ? data.reversed(inGroupsOf: scalarWidth) : data
    let isTransposed = isFortranOrdered && shape.count > 1
    return Tensor(
      name: name, elementType: layout.type, shape: shape,
      bytes: isTransposed
        ? ordered.fortranToCOrder(shape: shape, width: layout.type.bitWidth / 8) : ordered)
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
