/// A source's name in two parts: `runs.npz:test` is the member `test` of `runs.npz`.
struct SourcePath {
  let container: String
  let member: String?

  init(_ name: String) {
    guard let colon = name.lastIndex(of: ":"), colon > name.startIndex, name.index(after: colon) < name.endIndex else {
      (container, member) = (name, nil)
      return
    }
    container = String(name[..<colon])
    member = String(name[name.index(after: colon)...])
  }
}
