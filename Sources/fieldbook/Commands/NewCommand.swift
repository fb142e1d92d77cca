import ArgumentParser
import Diagnostics
import Fieldwork
import Foundation

struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Start a notebook from a template.",
    discussion: "Templates: \(NotebookTemplate.all.map { "\($0.name) (\($0.purpose))" }.joined(separator: "; ")).")

  @Argument(help: "The template.")
  var template: String

  @Argument(help: "The file to write.")
  var path: String = "notebook.md"

  func run() throws {
    let console = Console()
    try console.run {
      guard let chosen = NotebookTemplate.all.first(where: { $0.name == template }) else {
        throw Refusal(
          "unknown template '\(template)'", hint: nearMissHint(for: template, among: NotebookTemplate.all.map(\.name)))
      }
      let workspace = DiskWorkspace()
      guard !workspace.exists(path) else {
        throw Refusal("'\(path)' exists already", hint: "name another file", status: .cannotWrite)
      }
      try workspace.write(Array(chosen.text.utf8), to: path)
      try console.print("wrote \(path); next: put your files in its cells, then 'fieldbook build \(path)'")
      return .ok
    }
  }
}
