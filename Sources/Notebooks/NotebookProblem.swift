import Diagnostics

/// What can be wrong with a notebook's text.
enum NotebookProblem: Diagnosable, Hashable {
  case tooLarge(bytes: Int, limit: Int)
  case controlCharacter(UInt32)
  case noFrontMatter
  case frontMatterNotClosed
  case frontMatterNotMapping(kind: String)
  case unknownKey(String, known: [String])
  case wrongKind(key: String, expected: String, found: String)
  case badSeed(String)
  case cellInfo(String)
  case cellWithoutID(kind: String)
  case badID(String)
  case cellNotClosed(kind: String)
  case fenceNotClosed
  case cellBodyNotMapping(kind: String, found: String)
  case cellNotAtTop(kind: String)
  case duplicateID(String, firstLine: Int)
  case badPath(String)
  case badFormat(String)
  case mathNotClosed
  case equationID(String)
  case unsafeLink(String)
  case nestedTooDeep(limit: Int)
  case tooManySpans(limit: Int)
  case unknownReference(id: String, known: [String])
  case unknownCitation(key: String, known: [String])
  case citationWithoutBibliography(key: String)
  case unknownFootnote(String)

  var message: String {
    switch self {
    case .tooLarge(let bytes, let limit): "\(bytes) bytes in one notebook; the limit is \(limit)"
    case .controlCharacter(let value): "character U+\(Self.hex(value)) has no place in a text"
    case .noFrontMatter: "notebook has no front matter"
    case .frontMatterNotClosed: "front matter is not closed"
    case .frontMatterNotMapping(let kind): "front matter is \(kind); it must be a mapping of keys to values"
    case .unknownKey(let key, _): "unknown key '\(key)'"
    case .wrongKind(let key, let expected, let found): "'\(key)' is \(found); it must be \(expected)"
    case .badSeed(let value): "'seed' is \(value); it must be a whole number from 0 to 9223372036854775807"
    case .cellInfo(let info): "cell is headed '\(info)'; it must be '{kind #id}'"
    case .cellWithoutID(let kind): "cell '{\(kind)}' has no id"
    case .badID(let id): "id '\(id)' must be a letter followed by letters, digits, '_' or '-'"
    case .cellNotClosed(let kind): "cell '{\(kind)}' is not closed"
    case .fenceNotClosed: "code block is not closed"
    case .cellBodyNotMapping(let kind, let found):
      "body of '{\(kind)}' is \(found); it must be a mapping of keys to values"
    case .cellNotAtTop(let kind): "cell '{\(kind)}' stands inside a list or quotation"
    case .duplicateID(let id, let line): "id '\(id)' is already used on line \(line)"
    case .badPath(let path): "'\(path)' is no path of names and dots"
    case .badFormat(let format): "'\(format)' is no number format"
    case .mathNotClosed: "'$$' is not closed within its paragraph"
    case .equationID(let id): "id '\(id)' must begin with 'eq-'"
    case .unsafeLink(let link): "link '\(link)' must be http, https, mailto, relative or '#…'"
    case .nestedTooDeep(let limit): "lists and quotations nested more than \(limit) deep"
    case .tooManySpans(let limit): "more than \(limit) formulas, values and references"
    case .unknownReference(let id, _): "'@\(id)' refers to nothing"
    case .unknownCitation(let key, _): "'\(key)' is not in the bibliography"
    case .citationWithoutBibliography(let key): "'\(key)' is cited, but the front matter names no bibliography"
    case .unknownFootnote(let label): "'[^\(label)]' has no text"
    }
  }

  var hint: String? {
    switch self {
    case .tooLarge: "split it with 'include' cells"
    case .controlCharacter: "remove it"
    case .noFrontMatter: "begin with the lines '---', 'title: …', '---'"
    case .frontMatterNotClosed: "end it with a line '---'"
    case .frontMatterNotMapping: "write 'title: …'"
    case .unknownKey(let key, let known): nearMissHint(for: key, among: known)
    case .wrongKind: nil
    case .badSeed: "write a number such as 7"
    case .cellInfo: "write the kind, a space and '#' with a name of your choice"
    case .cellWithoutID(let kind): "write '{\(kind) #name}'"
    case .badID: nil
    case .cellNotClosed, .fenceNotClosed: "end it with a line of as many '`' as it begins with"
    case .cellBodyNotMapping: "write 'key: value' lines"
    case .cellNotAtTop: "move it to the left margin"
    case .duplicateID: "give one of the two another name"
    case .badPath(let path):
      "write 'cell.name', or begin with a space to show code that starts with '=': '` =\(path) `'"
    case .badFormat: "use one such as '.2f', '.3g', 'd', '.1%', '.2e' or 's'"
    case .mathNotClosed: "close it with '$$' before the next empty line"
    case .equationID(let id): "write '{#eq-\(id)}'"
    case .unsafeLink: "write the whole address, from 'https://' on"
    case .nestedTooDeep, .tooManySpans: nil
    case .unknownReference(let id, let known): nearMissHint(for: id, among: known)
    case .unknownCitation(let key, let known):
      nearMissHint(for: key, among: known) ?? "add an entry '\(key)', or write '\\@\(key)' for plain text"
    case .citationWithoutBibliography: "add 'bibliography: refs.bib'"
    case .unknownFootnote(let label): "add a line '[^\(label)]: …'"
    }
  }

  var status: ExitStatus { .notebookWrong }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

extension SourceLines {
  /// The first character that no text should hold: a control character, or a scalar this module uses as a sign.
  var forbiddenScalar: Diagnostic? {
    guard let index = scalars.firstIndex(where: Self.isForbidden) else { return nil }
    return NotebookProblem.controlCharacter(scalars[index].value).diagnostic(at: range(index..<index + 1))
  }

  static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0x00..<0x20, 0x7F...0x84, 0x86...0x9F, 0xFFFE, 0xFFFF, 0x10_0000...0x10_FFFF: true
    default: false
    }
  }
}
