import Diagnostics
import Fieldwork
import Foundation
import Testing

/// Folders of `Acceptance/`, each with a `notebook.md`, perhaps small files and `request.txt`, and what is expected of a
/// build: diagnostics, status and files. `FIELDBOOK_RECORD=1 swift test` writes the expectations anew.
@Suite struct AcceptanceTests {
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: Rehearsal.acceptance.path)) ?? [])
    .filter { $0 != "shared" && !$0.hasPrefix(".") }.sorted()

  static func rehearsal(of name: String) throws -> (Rehearsal, Planner.Request) {
    let folder = Rehearsal.acceptance.appending(path: name)
    let rehearsal = Rehearsal()
    var request = Planner.Request()
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() where file != "expected.txt" {
      let data = try Data(contentsOf: folder.appending(path: file))
      guard file == "request.txt" else {
        try rehearsal.workspace.write([UInt8](data), to: file)
        continue
      }
      for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        switch words[0] {
        case "set": request.set[words[1]] = words[2]
        case "theme": request.theme = words[1]
        case "params": request.parameterFile = words[1]
        default: Issue.record("request.txt of \(name) says '\(line)'")
        }
      }
    }
    return (rehearsal, request)
  }

  static func transcript(of name: String) throws -> String {
    let (rehearsal, request) = try rehearsal(of: name)
    let given = Set(rehearsal.workspace.paths)
    var diagnostics: [Diagnostic]
    var status: Diagnostics.ExitStatus
    do {
      let summary = try rehearsal.build(request: request)
      (diagnostics, status) = (summary.diagnostics, summary.status)
    } catch {
      diagnostics = [Diagnostic(thrown: error)]
      status = diagnostics[0].status
    }
    let source = try? rehearsal.workspace.text(at: "notebook.md")
    var lines = diagnostics.map { $0.rendered(in: source) }
    lines.append("status \(status.rawValue)")
    lines += rehearsal.workspace.paths.filter { !given.contains($0) && !$0.hasPrefix("records/") }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func thereAreEnoughNotebooks() { #expect(Self.names.count >= 50) }

  @Test(arguments: names)
  func saysWhatIsExpected(name: String) throws {
    let transcript = try Self.transcript(of: name)
    let file = Rehearsal.acceptance.appending(path: "\(name)/expected.txt")
    if ProcessInfo.processInfo.environment["FIELDBOOK_RECORD"] != nil {
      try transcript.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try transcript == String(contentsOf: file, encoding: .utf8))
  }

  @Test func nothingIsWrittenWhereTheNotebookIsWrong() throws {
    for name in Self.names {
      let transcript = try Self.transcript(of: name)
      let isRefused = transcript.contains("\nstatus 66\n") || transcript.contains("\nstatus 64\n")
      if isRefused { #expect(!transcript.contains("site/"), "\(name)") }
    }
  }
}
