import Diagnostics
import Drawings
import Exhibits
import Fieldwork
import Foundation
import Probes
import Probing

/// A pipeline with nothing outside the program in it: files in memory, painters that write down, one font.
struct Rehearsal {
  static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let acceptance = here.appending(path: "Acceptance")
  static let repository = here.deletingLastPathComponent().deletingLastPathComponent()
  static let catalog = ProbeCatalog(ProbeCatalog.battery.probes + [TraceProbe.self])
  static let mounts = [
    "shared": acceptance.appending(path: "shared"), "checkpoints": repository.appending(path: "checkpoints"),
  ]

  let workspace: MemoryWorkspace
  var software = "fieldbook test"
  var places = Build.Places(output: "site", records: "records")
  var catalog = Rehearsal.catalog
  /// The cells measured, in order.
  let measured = Log()

  init(_ files: [String: String] = [:], full: String? = nil) {
    workspace = MemoryWorkspace(files, mounts: Rehearsal.mounts, full: full)
  }

  /// A notebook with front matter around the cells.
  static func notebook(_ cells: String, header: String = "title: Test") -> String { "---\n\(header)\n---\n\(cells)\n" }

  func build(
    _ path: String = "notebook.md", request: Planner.Request = .init(), freshness: Build.Freshness = .measureChanged
  ) throws -> Build.Summary {
    let log = measured
    return try Build(
      workspace: workspace, catalog: catalog,
      press: FigurePress(measurer: FixedTextMeasurer(), pdf: Scribe(name: "pdf"), png: Scribe(name: "png")),
      places: places, software: software, progress: { log.add($0) }
    ).run(notebookAt: path, request: request, freshness: freshness, command: "fieldbook build \(path)")
  }

  func plan(_ path: String = "notebook.md", request: Planner.Request = .init()) throws -> Outcome<FieldPlan> {
    try Planner(catalog: catalog, workspace: workspace).plan(notebookAt: path, request: request)
  }
}

/// Lines said, from any thread.
final class Log: @unchecked Sendable {
  private let lock = NSLock()
  private var said: [String] = []
  var lines: [String] { lock.withLock { said } }
  func add(_ line: String) { lock.withLock { said.append(line) } }
}

/// Writes down what it would paint: the drawing's size, and how many marks.
struct Scribe: Painter {
  let name: String
  func paint(_ drawing: Drawing) throws -> [UInt8] { Array("\(name) \(drawing.width)×\(drawing.height)\n".utf8) }
}
