import Diagnostics

/// What can be wrong with BibTeX.
enum BibliographyProblem: Diagnosable, Hashable {
  case tooLarge(bytes: Int, limit: Int)
  case entryNotClosed(type: String, key: String)
  case valueNotClosed(String)
  case withoutKey(type: String)
  case withoutSign(field: String, found: String)
  case withoutValue(field: String)
  case duplicateKey(String, firstLine: Int)
  case unknownAbbreviation(String, known: [String])
  case straySign(String)

  var message: String {
    switch self {
    case .tooLarge(let bytes, let limit): "\(bytes) bytes of BibTeX; the limit is \(limit)"
    case .entryNotClosed(let type, let key): "entry '@\(type){\(key)' is not closed"
    case .valueNotClosed(let sign): "'\(sign)' is not closed"
    case .withoutKey(let type): "entry '@\(type)' has no key"
    case .withoutSign(let field, let found): "'\(found)' stands where '=' must follow the field '\(field)'"
    case .withoutValue(let field): "field '\(field)' has no value"
    case .duplicateKey(let key, let line): "key '\(key)' is already used on line \(line)"
    case .unknownAbbreviation(let name, _): "abbreviation '\(name)' is not defined"
    case .straySign(let sign): "'\(sign)' stands where a field or the entry's end must"
    }
  }

  var hint: String? {
    switch self {
    case .tooLarge: "split the file"
    case .entryNotClosed: "add '}'"
    case .valueNotClosed(let sign): "add '\(sign == "{" ? "}" : sign)'"
    case .withoutKey(let type): "write '@\(type){key, …}'"
    case .withoutSign(let field, _): "write '\(field) = {…}'"
    case .withoutValue(let field): "write '\(field) = {…}'"
    case .duplicateKey: "remove one of the two"
    case .unknownAbbreviation(let name, let known):
      nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
        ?? "put it in braces, or define it with '@string{\(name) = {…}}'"
    case .straySign: "put a comma between fields"
    }
  }

  var status: ExitStatus { .notebookWrong }
}
