import ArgumentParser
import Diagnostics
import Foundation
import Probes
import Probing

struct ProbesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probes", abstract: "List the probes, or describe one.")

  @Argument(help: "A probe.")
  var kind: String?

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    let console = Console()
    try console.run {
      let cards: [(card: ProbeCard, standard: JSONValue)] = try ProbeCatalog.battery.probes.map {
        ($0.card, try $0.standardJSON())
      }
      let chosen: [(card: ProbeCard, standard: JSONValue)]
      if let kind {
        chosen = cards.filter { $0.card.name == kind }
        guard !chosen.isEmpty else {
          throw Refusal("unknown probe '\(kind)'", hint: nearMissHint(for: kind, among: cards.map(\.card.name)))
        }
      } else {
        chosen = cards
      }
      if json {
        let values = try chosen.map { entry in
          JSONValue.record(["card": try JSONValue(encoding: entry.card), "standard": entry.standard])
        }
        try console.print(.list(values))
      } else if kind == nil {
        try console.print(
          TextTable(
            headings: ["probe", "version", "question"],
            rows: chosen.map { [$0.card.name, String($0.card.version), $0.card.question] },
            isNumeric: [false, true, false]
          ).text)
      } else if let card = chosen.first?.card {
        try console.print("\(card.name) \(card.version)\n\n\(card.question)\n")
        try console.print(
          TextTable(
            headings: ["key", "meaning"], rows: card.parameters.map { [$0.key, $0.meaning] }, isNumeric: [false, false]
          ).text)
        try console.print("\nShows: \(card.exhibits.joined(separator: ", "))")
        if !card.citations.isEmpty { try console.print("Cites: \(card.citations.joined(separator: ", "))") }
      }
      return .ok
    }
  }
}

extension Probe {
  fileprivate static func standardJSON() throws -> JSONValue { try JSONValue(encoding: standard) }
}
