import ArgumentParser
import Diagnostics
import Drawings
import Exhibits
import Fieldwork
import Foundation
import Probes
import Probing

struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Ask one probe, without a notebook.",
    discussion: """
      Keys are the probe's parameters: lists are comma-separated, those within them in brackets, nested keys dotted,
      paths relative to where you stand.
      'fieldbook probes KIND' lists them.
      """)

  @Argument(help: "The probe: see 'fieldbook probes'.")
  var kind: String

  @Argument(help: "Parameters as key=value.")
  var pairs: [String] = []

  @Option(help: "The seed of random numbers.")
  var seed: UInt64 = 0

  @Option(help: "Also draw the figures, as PDF, SVG, PNG and CSV, into this folder.")
  var figures: String?

  @Option(help: "The look of the figures: screen, neurips, icml, nature …")
  var theme = Theme.neurips.name

  @Flag(help: "Print the record as JSON.")
  var json = false

  @Flag(name: [.customShort("q"), .long], help: "Say nothing but errors.")
  var quiet = false

  func run() throws {
    let console = Console(isQuiet: quiet)
    let line = CommandLineValues(pairs: pairs)
    try console.run(source: line.source, hasNotebook: false) {
      guard let probe = ProbeCatalog.battery.probe(ofKind: kind) else {
        throw Refusal("unknown probe '\(kind)'", hint: nearMissHint(for: kind, among: ProbeCatalog.battery.kinds))
      }
      guard seed <= UInt64(Int.max) else { throw Refusal("seed \(seed) is too large; it must be at most \(Int.max)") }
      guard let theme = Theme.named(theme) else {
        throw Refusal("unknown theme '\(theme)'", hint: nearMissHint(for: theme, among: Theme.all.map(\.name)))
      }
      let written = try line.written()
      let request: ProbeRequest
      do {
        request = try probe.reading(written)
      } catch let error as ParameterError {
        throw Refusal([error.diagnostic(at: error.range)])
      }
      let bench = SourceBench(shelf: SourceShelf(workspace: DiskWorkspace()))
      let finding: any ProbeFinding
      do {
        let pace = ProgressPace { console.progress($0) }
        finding = try request.probe.prepared(on: bench).measure(seed, progress: pace.progress(of: kind))
      } catch let error as ParameterError {
        throw Refusal([error.diagnostic(at: error.located(in: written).range)])
      }
      if let figures { try draw(finding, into: figures, theme: theme, console: console) }
      if json {
        let record = try ProbeRecord(
          probe: request.probe, seed: seed, sources: bench.used, finding: finding, software: Fieldbook.software)
        try console.print(try JSONValue(encoding: record))
      } else {
        for exhibit in finding.exhibits {
          guard let text = exhibit.plainText else { continue }
          try console.print(text)
        }
        console.report(finding.caveats.map { Diagnostic(.note, $0.message) })
      }
      return .ok
    }
  }

  private func draw(_ finding: any ProbeFinding, into folder: String, theme: Theme, console: Console) throws {
    for exhibit in finding.exhibits {
      guard case .figure(let figure) = exhibit.content else { continue }
      let files = try FigurePress.cairo.files(of: figure, base: "\(folder)/\(exhibit.name)", theme: theme)
      for path in files.keys.sorted() { try DiskWorkspace().write(files[path]!, to: path) }
      console.progress("\(folder)/\(exhibit.name).pdf: \(exhibit.caption)")
    }
  }
}
