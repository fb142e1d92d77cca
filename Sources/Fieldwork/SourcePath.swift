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

  /// Takes a name apart where a cell's id comes first: all that follows is the member, colons and all.
  init(_ name: String, cells: some Collection<String>) {
    if let colon = name.firstIndex(of: ":"), name.index(after: colon) < name.endIndex,
      cells.contains(String(name[..<colon]))
    {
      self.init(container: String(name[..<colon]), member: String(name[name.index(after: colon)...]))
    } else {
      self.init(name)
    }
  }

  private init(container: String, member: String) {
    self.container = container
    self.member = member
  }
}
