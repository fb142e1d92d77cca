import ArgumentParser
import Diagnostics
import Fieldwork
import Foundation
import Glibc
import Probing

/// Results go to standard output; progress and diagnostics to standard error.
struct Console {
  let isQuiet: Bool

  init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

  /// A result for a person.
  func print(_ text: String) throws { try write(text.printable + "\n", to: STDOUT_FILENO) }

  /// A result for a program.
  func print(_ value: JSONValue) throws {
    try write(String(decoding: value.jsonData(isPretty: true), as: UTF8.self) + "\n", to: STDOUT_FILENO)
  }

  /// Progress: nothing that a script would read.
  func progress(_ text: String) {
    if !isQuiet { try? write(text.printable + "\n", to: STDERR_FILENO) }
  }

  /// Diagnostics, each with the line it is about where that line can be read. A long list is cut: who has to mend so much
  /// reads the first ones and runs again.
  func report(_ diagnostics: [Diagnostic], in source: SourceText? = nil) {
    let shown = diagnostics.filter { !isQuiet || $0.severity == .error }
    var texts: [String: SourceText?] = [:]
    for diagnostic in shown.prefix(Self.longestList) {
      var text = source
      if text == nil, let file = diagnostic.range?.file {
        text = texts[file] ?? (try? DiskWorkspace().text(at: file))
        texts[file] = .some(text)
      }
      if let line = diagnostic.range.flatMap({ text?.line($0.start.line) }), line.utf8.count > Self.longestLine {
        text = nil
      }
      try? write(coloured(diagnostic.rendered(in: text).printable, diagnostic.severity) + "\n", to: STDERR_FILENO)
    }
    if shown.count > Self.longestList { try? write("and \(shown.count - Self.longestList) more\n", to: STDERR_FILENO) }
  }

  private static let longestList = 100
  /// A longer line would fill the screen and hide what is said about it.
  private static let longestLine = 2000

  private func coloured(_ text: String, _ severity: Diagnostic.Severity) -> String {
    guard isatty(STDERR_FILENO) == 1, ProcessInfo.processInfo.environment["NO_COLOR"] == nil else { return text }
    let word = "\(severity.rawValue):"
    guard let range = text.range(of: word) else { return text }
    let colour = severity == .error ? "31" : severity == .warning ? "33" : "36"
    return text.replacingCharacters(in: range, with: "\u{1B}[1;\(colour)m\(word)\u{1B}[0m")
  }

  private func write(_ text: String, to descriptor: Int32) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let step = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if step < 0, errno == EINTR { continue }
      guard step > 0 else {
        throw Refusal(
          "standard output cannot be written: \(String(cString: strerror(errno)).lowercased())", status: .cannotWrite)
      }
      bytes = bytes.dropFirst(step)
    }
  }

  /// Runs a command's body; whatever it throws becomes a diagnostic and an exit status. Without a notebook, what would be
  /// its fault is the command line's.
  func run(source: SourceText? = nil, hasNotebook: Bool = true, _ body: () throws -> ExitStatus) throws {
    var status: ExitStatus
    do {
      status = try body()
    } catch let exit as ExitCode {
      throw exit
    } catch let error as ValidationError {
      throw error
    } catch let error as Refusal {
      report(error.diagnostics, in: source)
      status = error.status
    } catch {
      let diagnostic = Diagnostic(thrown: error)
      report([diagnostic], in: source)
      status = diagnostic.status
    }
    if status == .notebookWrong, !hasNotebook { status = .usage }
    if status != .ok { throw ExitCode(status.rawValue) }
  }
}

extension String {
  /// The text without control characters other than line breaks and tabs, and without those that turn the direction of
  /// writing: names in files could paint over a terminal.
  fileprivate var printable: String {
    guard unicodeScalars.contains(where: \.isTreacherous) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.isTreacherous ? "\u{FFFD}" : $0 }))
  }
}

extension Unicode.Scalar {
  fileprivate var isTreacherous: Bool {
    switch value {
    case 0x09, 0x0A: false
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: properties.generalCategory == .control
    }
  }
}

/// Diagnostics that end a command.
struct Refusal: Error {
  let diagnostics: [Diagnostic]
  var status: ExitStatus { diagnostics.first { $0.severity == .error }?.status ?? .usage }

  init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
  init(_ message: String, hint: String? = nil, status: ExitStatus = .usage) {
    diagnostics = [Diagnostic(.error, message, hint: hint, status: status)]
  }
}
