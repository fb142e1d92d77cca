import Checkpoints
import Diagnostics

/// Where a tensor lies that a model keeps in another file.
struct ExternalPlace {
  let tensor: String
  let elementType: ElementType
  let shape: [Int]
  let location: String
  let offset: String?
  let length: String?

  /// The stretch of the file that holds the tensor: as many bytes as its shape and type need.
  func range(in fileSize: Int, needing byteCount: Int) throws(NetworkError) -> Range<Int> {
    let start = try number(offset, "offset") ?? 0
    let given = try number(length, "length") ?? byteCount
    guard given == byteCount else {
      throw wrong("has \(given) bytes in '\(location)'; its shape and type need \(byteCount)")
    }
    guard start <= fileSize, byteCount <= fileSize - start else {
      throw wrong("has \(byteCount) bytes at offset \(start) of '\(location)', which has \(fileSize) in all")
    }
    return start..<(start + byteCount)
  }

  private func number(_ text: String?, _ name: String) throws(NetworkError) -> Int? {
    guard let text else { return nil }
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let value = Int(text)
    else { throw wrong("has the \(name) '\(text)' in '\(location)'; it must be a whole number of bytes") }
    return value
  }

  func wrong(_ reason: String) -> NetworkError { .wrongTensor(name: tensor, reason: reason) }
}

/// The files beside a model, each asked for once.
final class ExternalFiles {
  private let source: ((String) throws -> Bytes)?
  private var files: [String: Bytes] = [:]
  /// The files that tensors lie in, in the order of their first use.
  private(set) var used: [String] = []
  /// The size of them all.
  var byteCount: Int { files.values.reduce(0) { $0 + $1.count } }
  /// The tensors that were refused for want of a source.
  private(set) var declined: [ModelSummary.ExternalTensor] = []

  /// Without a source, every tensor that is kept in another file is refused.
  init(_ source: ((String) throws -> Bytes)?) { self.source = source }

  func bytes(of place: ExternalPlace, byteCount: Int) throws(NetworkError) -> Bytes {
    guard let source else {
      declined.append(
        ModelSummary.ExternalTensor(
          name: place.tensor, elementType: place.elementType, shape: place.shape, location: place.location))
      let file = place.location.isEmpty ? "" : ", '\(place.location)'"
      throw .unsupportedFeature(
        "tensor '\(place.tensor)' is kept in another file\(file)",
        hint: "export the model with its weights inside (external_data=False)")
    }
    guard ExternalDataFolder.isPlain(place.location) else {
      throw place.wrong("is kept in '\(place.location)'; only files in the model's own folder are read")
    }
    let file: Bytes
    if let known = files[place.location] { file = known } else { file = try opened(place, source) }
    return file[try place.range(in: file.count, needing: byteCount)]
  }

  private func opened(_ place: ExternalPlace, _ source: (String) throws -> Bytes) throws(NetworkError) -> Bytes {
    let file: Bytes
    do {
      file = try source(place.location)
    } catch {
      throw .externalFile(tensor: place.tensor, location: place.location, reason: Self.reason(error))
    }
    files[place.location] = file
    used.append(place.location)
    return file
  }

  /// What is the matter, without the file's name, which is said anyway.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case CheckpointError.inFile(_, let inner): reason(inner)
    case let error as any Diagnosable: error.message
    default: "\(error)"
    }
  }
}
