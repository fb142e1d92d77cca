import Foundation

extension Checkpoint {
  /// Reads one array: from a file that holds one (`points.npy`), or one by name (`points.npz:x`,
  /// `weights.safetensors:layer.weight`).
  ///
  /// - Parameters:
  ///   - path: a path, with a name after a colon when the file holds several arrays. A file whose own name has the colon
  ///     goes first.
  ///   - member: the name, when it is not in the path.
  /// - Throws: `CheckpointError`: as `open(path:)` and `tensor(named:)`, or `.notOneTensor`.
  public static func array(path: String, member: String? = nil) throws(CheckpointError) -> Tensor {
    let (file, name) = member.map { (path, $0) } ?? split(path)
    let checkpoint = try open(path: file)
    do throws(CheckpointError) {
      if let name { return try checkpoint.tensor(named: name) }
      guard checkpoint.tensors.count == 1 else { throw .notOneTensor(names: checkpoint.tensors.map(\.name)) }
      return checkpoint.tensors[0]
    } catch {
      throw .inFile(file, error)
    }
  }

  /// Takes a path apart at the first colon before which there is a file or a model's folder.
  private static func split(_ path: String) -> (file: String, name: String?) {
    guard !isThere(path) else { return (path, nil) }
    for colon in path.indices where path[colon] == ":" {
      let file = String(path[..<colon])
      if isThere(file) { return (file, String(path[path.index(after: colon)...])) }
    }
    return (path, nil)
  }

  private static func isThere(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }
}
