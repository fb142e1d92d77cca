import Diagnostics

/// What can be wrong with a report's making.
public enum ReportProblem: Diagnosable, Hashable {
  /// A value is asked for that no finding has.
  case unknownValue(path: String, nearest: String?)
  /// A reference leads to nothing on the page.
  case unknownReference(id: String, known: [String])
  /// A work is cited that is not in the bibliography.
  case unknownCitation(key: String, known: [String])
  /// A formula holds a command that is shown as its name.
  case unknownTeX(command: String)
  /// A formula's brackets do not match.
  case brokenTeX(String)
  /// An image would need another file.
  case imageNotShown(String)
  /// A picture is not one `<svg>` element without scripts.
  case badPicture(id: String, reason: String)
  /// A template cannot be read.
  case badTemplate(name: String, reason: String)
  /// A file among the templates has a name nothing asks for.
  case unknownTemplate(String, known: [String])

  /// What is the matter.
  public var message: String {
    switch self {
    case .unknownValue(let path, _): "'\(path)' is no value of this report"
    case .unknownReference(let id, _): "'@\(id)' refers to nothing"
    case .unknownCitation(let key, _): "'\(key)' is not in the bibliography"
    case .unknownTeX(let command): "TeX command '\\\(command)' is not known and is shown by its name"
    case .brokenTeX(let problem): problem
    case .imageNotShown(let source): "image '\(source)' is linked, not shown: the page is one file"
    case .badPicture(let id, let reason): "picture of '\(id)' \(reason)"
    case .badTemplate(let name, let reason): "template '\(name)' cannot be read: \(reason)"
    case .unknownTemplate(let name, _): "template '\(name)' is used by nothing"
    }
  }

  /// What the reader can do now.
  public var hint: String? {
    switch self {
    case .unknownValue(_, let nearest): nearest.map { "did you mean '\($0)'?" }
    case .unknownReference(let id, let known): nearMissHint(for: id, among: known)
    case .unknownCitation(let key, let known): nearMissHint(for: key, among: known)
    case .unknownTeX: "use \\operatorname{…} or \\mathrm{…} for words"
    case .imageNotShown: "show it with a 'figure' cell"
    case .unknownTemplate(let name, let known): nearMissHint(for: name, among: known)
    case .brokenTeX, .badPicture, .badTemplate: nil
    }
  }

  /// The exit status this calls for.
  public var status: ExitStatus {
    switch self {
    case .unknownValue, .unknownReference, .unknownCitation, .unknownTeX, .brokenTeX, .imageNotShown: .notebookWrong
    case .badPicture: .internalError
    case .badTemplate, .unknownTemplate: .inputDamaged
    }
  }
}
