import Foundation

/// Makes tensors of views, each storage read and checked once.
struct PyTorchTensors {
  private let file: PyTorchFile
  private let fileCount: Int
  private let limit: Int
  private var contents: [Key: Bytes] = [:]
  private var copied = 0

  private struct Key: Hashable {
    let name: ExactName
    let type: ElementType
  }

  /// Copies of views that repeat elements may take 64 MiB, and beyond that 64 times the file's own size: the same bound as
  /// for what an archive unpacks to.
  init(of file: PyTorchFile, fileCount: Int) {
    self.file = file
    self.fileCount = fileCount
    let (scaled, overflow) = fileCount.multipliedReportingOverflow(by: 64)
    limit = overflow ? Int.max : max(64 << 20, scaled)
  }

  /// The tensor that a view shows: its storage's own bytes where they lie in order, else a copy.
  mutating func tensor(_ name: String, _ view: PyTorchView) throws(CheckpointError) -> Tensor {
    do throws(CheckpointError) {
      return Tensor(name: name, elementType: view.type, shape: view.shape, bytes: try bytes(of: view))
    } catch {
      guard case .pyTorch(let fault) = error else { throw error }
      throw .pyTorch(.inTensor(name, fault))
    }
  }

  private mutating func bytes(of view: PyTorchView) throws(CheckpointError) -> Bytes {
    let key = Key(name: ExactName(view.storage.key), type: view.type)
    let storage: Bytes
    if let known = contents[key] {
      storage = known
    } else {
      storage = try file.contents(of: view.storage, as: view.type)
    }
    contents[key] = storage
    let width = view.type.bitWidth / 8
    guard let count = view.type.byteCount(shape: view.shape) else {
      throw .pyTorch(.impossibleSize(shape: view.shape))
    }
    guard count > 0 else { return Bytes([]) }
    let isMarked = view.isConjugated || view.isNegated
    if !view.isContiguous || isMarked { try spend(count) }
    var bytes: Bytes
    if view.isContiguous {
      bytes = storage[(view.offset * width)..<(view.offset * width + count)]
    } else {
      // An axis of one element is never stepped along, so that its stride may be anything.
      let strides = zip(view.shape, view.strides).map { $0 == 1 ? 0 : $1 * width }
      bytes = storage[(view.offset * width)..<storage.count]
        .strided(shape: view.shape, strides: strides, width: width, count: count)
    }
    if isMarked { bytes = bytes.withSignsTurned(view) }
    return bytes
  }

  /// Counts a copy against what may be copied.
  mutating func spend(_ count: Int) throws(CheckpointError) {
    let (sum, overflow) = copied.addingReportingOverflow(count)
    guard !overflow, sum <= limit else { throw .pyTorch(.expansion(fileCount: fileCount, limit: limit)) }
    copied = sum
  }
}

extension Bytes {
  /// The elements with the signs turned that PyTorch only notes down: of imaginary parts, of whole numbers, or both.
  fileprivate func withSignsTurned(_ view: PyTorchView) -> Bytes {
    let type = view.type
    var bytes = Data(count: count)
    bytes.withUnsafeMutableBytes { target in
      withUnsafeBytes { target.copyMemory(from: $0) }
      let width = type.bitWidth / (type.isComplex ? 16 : 8)
      guard type.isComplex || !type.isInteger else { return }
      for (index, offset) in stride(from: 0, to: target.count, by: width).enumerated() {
        let isImaginary = type.isComplex && index % 2 == 1
        // The sign is the highest bit of the last byte, little-endian.
        if view.isNegated != (view.isConjugated && isImaginary) { target[offset + width - 1] ^= 0x80 }
      }
    }
    return Bytes(data: bytes)
  }
}
