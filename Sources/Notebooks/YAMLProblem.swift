import Diagnostics

/// What can be wrong with YAML.
enum YAMLProblem: Diagnosable, Hashable {
  case tooLarge(bytes: Int, limit: Int)
  case tooDeep(limit: Int)
  case tooManyAliases(count: Int, limit: Int)
  case expandsTooFar(limit: Int)
  case tabInIndentation
  case secondColon
  case indentation
  case notClosed(String)
  case quoteNotClosed
  case wordCannotStart(String)
  case aliasUnknown
  case severalDocuments
  case tag(String)
  case keyNotText(String)
  case duplicateKey(String, firstLine: Int)
  case unreadable(String)

  var message: String {
    switch self {
    case .tooLarge(let bytes, let limit): "\(bytes) bytes of YAML in one block; the limit is \(limit)"
    case .tooDeep(let limit): "values nested more than \(limit) deep"
    case .tooManyAliases(let count, let limit): "\(count) aliases ('*name') in one block; the limit is \(limit)"
    case .expandsTooFar(let limit): "aliases expand to more than \(limit) values"
    case .tabInIndentation: "tab in the indentation; YAML is indented with spaces"
    case .secondColon: "second ': ' in one value"
    case .indentation: "indentation does not fit the line above"
    case .notClosed(let bracket): "'\(bracket)' is not closed"
    case .quoteNotClosed: "quotation mark is not closed"
    case .wordCannotStart(let character): "'\(character)' cannot begin a value"
    case .aliasUnknown: "alias names no anchor"
    case .severalDocuments: "second YAML document begins here; one is allowed"
    case .tag(let tag): "tag '\(tag)' is not supported"
    case .keyNotText(let kind): "key is \(kind); keys are words"
    case .duplicateKey(let key, let line): "key '\(key)' was already given on line \(line)"
    case .unreadable(let problem): "YAML breaks off here: \(problem)"
    }
  }

  var hint: String? {
    switch self {
    case .tooLarge, .tooDeep, .expandsTooFar: nil
    case .tooManyAliases: "write the values out"
    case .tabInIndentation: "replace the tab by spaces"
    case .indentation: "begin the key under the keys it belongs to"
    case .secondColon: "put the value in quotation marks"
    case .notClosed(let bracket): "add '\(bracket == "[" ? "]" : "}")'"
    case .quoteNotClosed: "close it on the line where the value ends"
    case .wordCannotStart: "put the value in quotation marks"
    case .aliasUnknown: "put the value in quotation marks if '*' is meant as text"
    case .severalDocuments: "remove the line '---'"
    case .tag: "remove it"
    case .keyNotText: "put the key in quotation marks"
    case .duplicateKey: "remove one of the two"
    case .unreadable: nil
    }
  }

  var status: ExitStatus { .notebookWrong }
}
