/// A path in two parts: the folder, and the name in it.
///
/// By slashes alone, because Foundation's `deletingLastPathComponent` stops the program at a path of one character.
struct PathParts: Hashable {
  /// The folder; empty for the one the person stands in.
  let folder: String
  /// The last part; empty only for the root.
  let name: String

  init(_ path: String) {
    var end = path.endIndex
    while end > path.startIndex, path[path.index(before: end)] == "/" { end = path.index(before: end) }
    guard let slash = path[..<end].lastIndex(of: "/") else {
      (folder, name) = (end == path.startIndex && !path.isEmpty ? "/" : "", String(path[..<end]))
      return
    }
    name = String(path[path.index(after: slash)..<end])
    var start = slash
    while start > path.startIndex, path[path.index(before: start)] == "/" { start = path.index(before: start) }
    folder = start == path.startIndex ? "/" : String(path[..<start])
  }

  /// The name without its ending; a leading dot begins no ending.
  var stem: String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// A path of a name in a folder.
  static func joined(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
