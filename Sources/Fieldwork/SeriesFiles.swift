import Checkpoints
import Diagnostics
import Foundation
import Networks
import Probing

/// A path with one `*` in it, which stands for any run of characters within one name.
struct SeriesPattern: Hashable {
  /// The folder that is looked through; empty for the one the person stands in.
  let folder: String
  /// What the names there begin with.
  let start: String
  /// What they end with.
  let end: String
  /// What follows each of them, when it is a folder.
  let rest: String

  /// `nil` unless there is just one `*`.
  init?(_ path: String) {
    guard path.filter({ $0 == "*" }).count == 1, let star = path.firstIndex(of: "*") else { return nil }
    let before = path[..<star]
    let after = path[path.index(after: star)...]
    let slash = before.lastIndex(of: "/")
    folder = slash.map { $0 == path.startIndex ? "/" : String(before[..<$0]) } ?? ""
    start = slash.map { String(before[before.index(after: $0)...]) } ?? String(before)
    let next = after.firstIndex(of: "/") ?? after.endIndex
    end = String(after[..<next])
    rest = String(after[next...].drop { $0 == "/" })
  }

  /// The files that match, each with what the `*` stands for, in the order of their names.
  func matches(in workspace: any Workspace) throws -> [(text: String, path: String)] {
    guard let names = try workspace.names(inFolder: folder.isEmpty ? "." : folder) else { return [] }
    return names.compactMap { name in
      // Files that a shell would not list are not meant either.
      guard name.utf8.count > start.utf8.count + end.utf8.count, name.hasPrefix(start), name.hasSuffix(end),
        !name.hasPrefix(".") || start.hasPrefix(".")
      else { return nil }
      let path = PathParts.joined(folder, rest.isEmpty ? name : "\(name)/\(rest)")
      guard rest.isEmpty || workspace.exists(path) else { return nil }
      return (String(name.dropFirst(start.count).dropLast(end.count)), path)
    }
  }

  func matchesSomething(in workspace: any Workspace) -> Bool { (try? matches(in: workspace).isEmpty) == false }
}

/// The files of a series, sorted by their numbers.
struct SeriesFiles: Sendable {
  /// The most members that a series may have.
  static let mostMembers = 10_000
  /// The most recordings.
  static let mostRecordings = 1000

  /// Whether members have numbers, rather than being told apart by their names.
  let areNumbered: Bool
  /// The members, by rising number.
  let members: [NetworkSeries.Member]
  private let paths: [String]
  private let cell: SeriesCell
  private let workspace: any Workspace

  /// Finds the files and their numbers; nothing of them is read unless the numbers are inside.
  ///
  /// - Parameter needsNumbers: whether members must have numbers, rather than be told apart by any text.
  init(_ cell: SeriesCell, in folder: String, workspace: any Workspace, needsNumbers: Bool = true) throws {
    self.cell = cell
    self.workspace = workspace
    let path = FieldPlan.resolve(cell.path, in: folder)
    let matches = try SeriesPattern(path)?.matches(in: workspace) ?? []
    guard !matches.isEmpty else { throw SeriesFault.noFile(path) }
    guard matches.count <= Self.mostMembers else {
      throw SeriesFault.tooMany(path, count: matches.count, limit: Self.mostMembers)
    }
    var found: [(member: NetworkSeries.Member, path: String)] = []
    let areNamed = !needsNumbers && matches.contains { Self.number($0.text) == nil }
    for (position, match) in matches.enumerated() {
      let text = try cell.number.map { try Self.value(of: $0, in: match.path, workspace) } ?? match.text
      guard let number = areNamed ? Double(position) : Self.number(text) else {
        throw SeriesFault.notNumber(match.path, text: text, over: cell.over, key: cell.number)
      }
      found.append((NetworkSeries.Member(number: number, label: text), match.path))
    }
    found.sort { ($0.member.number, $0.path) < ($1.member.number, $1.path) }
    for (first, second) in zip(found, found.dropFirst()) where first.member.number == second.member.number {
      throw SeriesFault.tie(first.path, second.path, number: first.member.label, over: cell.over)
    }
    areNumbered = !areNamed
    members = found.map(\.member)
    paths = found.map(\.path)
  }

  /// Digits with an optional fraction and exponent; not the other spellings that Swift knows, such as `nan` or `0x10`.
  private static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }), let value = Double(text),
      value.isFinite
    else { return nil }
    return value
  }

  private static func value(of key: String, in path: String, _ workspace: any Workspace) throws -> String {
    let checkpoint = try SourceShelf(workspace: workspace).checkpoint(at: path)
    guard let entry = checkpoint.metadata.first(where: { $0.key == key }) else {
      throw SeriesFault.noValue(path, key: key, known: checkpoint.metadata.map(\.key))
    }
    return entry.value
  }

  /// The file of the member of a label or number; `first` and `last` are members too.
  func file(ofMember label: String, of series: String) throws -> String {
    let position: Int?
    switch label {
    case "first": position = 0
    case "last": position = members.count - 1
    default:
      let number = Self.number(label)
      position = members.firstIndex { $0.label == label } ?? members.firstIndex { $0.number == number }
    }
    guard let position else {
      throw SeriesFault.noMember(series, label: label, over: cell.over, known: members.map(\.label))
    }
    return paths[position]
  }

  /// The files, if there are no more than may be recordings, which are all held at once.
  func few(named path: String) throws -> SeriesFiles {
    guard members.count <= Self.mostRecordings else {
      throw SeriesFault.tooMany(path, count: members.count, limit: Self.mostRecordings)
    }
    return self
  }

  /// The digest of a member's file and of those it draws on.
  func digest(of member: NetworkSeries.Member) throws -> ContentDigest {
    let path = try file(ofMember: member.label, of: cell.path)
    if try workspace.names(inFolder: path) != nil {
      return try SourceShelf(workspace: workspace).checkpoint(at: path, set: cell.set).digest
    }
    let bytes = try workspace.bytes(at: path)
    switch FileFormat.sniff(bytes) {
    // These may draw on files beside them.
    case .onnx: return try SourceShelf(workspace: workspace).network(at: path).digest
    // An index of weights, or a recipe of a network.
    case .json:
      do { return try SourceShelf(workspace: workspace).checkpoint(at: path, set: cell.set).digest } catch {
        guard let found = try? SourceShelf(workspace: workspace).network(at: path) else { throw error }
        return found.digest
      }
    default: return ContentDigest(of: bytes)
    }
  }

  /// The series, each member opened by a shelf of its own, so that none is kept.
  var series: NetworkSeries {
    NetworkSeries(
      over: cell.over, members: members,
      weights: { position in
        try SourceShelf(workspace: workspace).checkpoint(at: paths[position], set: cell.set).tensors
      },
      functions: { position in
        NetworkSource(
          network: try SourceShelf(workspace: workspace).network(at: paths[position]).network,
          convention: cell.convention)
      })
  }
}

/// How the files of a series are no series.
enum SeriesFault: Diagnosable, Hashable {
  /// No file matches.
  case noFile(String)
  /// Too many files match.
  case tooMany(String, count: Int, limit: Int)
  /// Too many arrays in one file.
  case tooManyArrays(String, count: Int, limit: Int)
  /// A file's name, or the value inside it, is no number.
  case notNumber(String, text: String, over: NetworkSeries.Index, key: String?)
  /// Two files have one number.
  case tie(String, String, number: String, over: NetworkSeries.Index)
  /// A file has no value of the name that its number should stand under.
  case noValue(String, key: String, known: [String])
  /// No member has the number.
  case noMember(String, label: String, over: NetworkSeries.Index, known: [String])

  var message: String {
    switch self {
    case .noFile(let path): "no file matches '\(path)'"
    case .tooMany(let path, let count, let limit): "\(count) files match '\(path)'; a series has at most \(limit)"
    case .tooManyArrays(let path, let count, let limit):
      "file '\(path)' has \(count) recordings; a series has at most \(limit)"
    case .notNumber(let path, let text, let over, nil):
      "file '\(path)' has '\(text)' where its \(over.rawValue) should stand; it must be a number"
    case .notNumber(let path, let text, _, let key?): "file '\(path)' has the \(key) '\(text)'; it must be a number"
    case .tie(let first, let second, let number, let over):
      "files '\(first)' and '\(second)' have the same \(over.rawValue), \(number); members must differ in it"
    case .noValue(let path, let key, _): "file '\(path)' holds no value '\(key)'"
    case .noMember(let series, let label, let over, _):
      "series '\(series)' has no member at \(over.rawValue) '\(label)'"
    }
  }

  var hint: String? {
    switch self {
    case .noFile: "check the path; it is relative to the notebook, and * stands within one name"
    case .tooMany: "write more of the name beside the *"
    case .tooManyArrays: "spread them over several files"
    case .notNumber(_, _, _, nil):
      "write more of the name beside the *, or name the value inside the files with 'number'"
    case .notNumber: "name another value with 'number', or leave it out to read the number from the names"
    case .tie: "move one of them away, or write more of the name beside the *"
    case .noValue(_, let key, let known):
      nearMissHint(for: key, among: known) ?? "'fieldbook inspect' lists the values beside the tensors"
    case .noMember(_, let label, _, let known):
      nearMissHint(for: label, among: known)
        ?? "it has \(known.prefix(6).joined(separator: ", "))\(known.count > 6 ? " … \(known[known.count - 1])" : "")"
    }
  }

  var status: ExitStatus { .inputDamaged }
}
