import ArgumentParser
import Diagnostics
import Fieldwork
import Foundation
import Probes
import Probing

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Read and plan notebooks; run nothing.")

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let console = options.console
    try console.run {
      let planner = Planner(catalog: .battery, workspace: DiskWorkspace())
      let request = try options.request()
      var worst = ExitStatus.ok
      var results: [JSONValue] = []
      for path in try options.paths() {
        let outcome: Outcome<FieldPlan>
        do {
          outcome = try planner.plan(notebookAt: path, request: request)
        } catch {
          // One unreadable notebook never hides the others.
          outcome = Outcome(nil, [Diagnostic(thrown: error)])
        }
        console.report(outcome.diagnostics)
        var status = outcome.diagnostics.first { $0.severity == .error }?.status ?? .ok
        if status == .ok, options.strict, outcome.diagnostics.contains(where: { $0.severity == .warning }) {
          status = .warnings
        }
        if let plan = outcome.value { console.progress("\(path): \(plan.steps.count) cells, nothing wrong") }
        results.append(
          .record([
            "notebook": .text(path), "status": .integer(Int(status.rawValue)),
            "diagnostics": .list(outcome.diagnostics.map(\.json)),
          ]))
        worst = worst.worse(status)
      }
      if options.json { try console.print(.list(results)) }
      return worst
    }
  }
}
