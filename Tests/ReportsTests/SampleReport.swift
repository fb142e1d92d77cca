import Diagnostics
import Exhibits
import Foundation
import Notebooks
import Reports
import Testing

/// A notebook with every kind of block, and made-up results for its cells.
enum SampleReport {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Reports/sample")

  static func text(_ file: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.appending(path: file)), as: UTF8.self)
  }

  static let picture =
    #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" role="img"><path d="M0 0L40 20" stroke="var(--fb-fg)"/></svg>"#

  static let table = Table(columns: [
    Table.Column("*σ*", .numbers([0.001, 0.1, nil], format: ".3g")),
    Table.Column("width_{final}", unit: "nats", .numbers([0.98, -0.25, .infinity], format: ".2f")),
    Table.Column("phase", .texts(["consolidation", "a | b", "<i>trivial</i>"])),
  ])

  static let values: [String: ValueLookup] = [
    "network.name": .text("digits_v2"), "gaps.dimension": .integer(10), "gaps.final.width": .number(0.98123),
    "gaps.small": .number(-0.0000123), "broken.dimension": .unavailable(reason: "'broken' failed"),
  ]

  static func composed() throws -> Outcome<Report> {
    let notebook = try #require(Notebook.parse(SourceText(name: "notebook.md", text: try text("notebook.md"))).value)
    let bibliography = try #require(Bibliography.parse(SourceText(name: "refs.bib", text: try text("refs.bib"))).value)
    let caption = try #require(
      MarkdownInline.parse("Spectra at *several* levels; `=gaps.dimension` directions, as in @eq-law [@ventura2024].")
        .value)
    let files = ["pdf", "svg", "png", "csv"].map { ReportFile($0.uppercased(), path: "figures/fig-gaps.\($0)") }
    let material = ReportMaterial(
      results: [
        "score": .quiet,
        "fig-gaps": .shown([
          ShownExhibit(
            id: "fig-gaps", content: .figure(svg: picture), caption: caption,
            altText: [.text("Lines that fall.")], files: files, caveats: [Caveat("few-points", "only 4 points")])
        ]),
        "tbl-levels": .shown([
          ShownExhibit(id: "tbl-levels", content: .table(table), caption: [.text("Every level.")], files: [files[3]])
        ]),
        "fig-lost": .failed(
          Diagnostic(
            .error, "tensor 'w<1>' holds 3 values that are not finite", hint: "retrain the network",
            status: .cellFailed)),
        "fig-after": .skipped(dependsOn: ["lost"]),
        "dimension": .shown([
          ShownExhibit(
            id: "dimension", content: .quantity(Quantity(label: "dimension *m*", value: 9.8, interval: 9.1...10.4)),
            caption: [.text("The interval is a bootstrap's.")])
        ]),
        "chk-dimension": .checked(CheckResult(path: "gaps.dimension", value: "10", bar: "10 ± 0.5", isPassed: true)),
        "chk-width": .checked(
          CheckResult(
            claim: [.text("The gap is wide.")], path: "gaps.final.width", value: "0.98", bar: "at least 0.99",
            isPassed: false, note: "0.01 short")),
      ],
      bibliography: bibliography, parameters: notebook.resolvingParameters(set: ["points": "8"]).value ?? [],
      methods: [
        ReportMethod(
          id: "gaps", kind: "spectral-gap 1", question: "How many directions does the score keep?",
          records: [ReportRecord("points", "8"), ReportRecord("seed", "7")], citations: ["probe2020", "ventura2024"])
      ],
      provenance: [ReportRecord("network 'score'", "sha256 0123…"), ReportRecord("software", "fieldbook 0.1.0")],
      notices: [Diagnostic(.warning, "unused cell 'score'", file: "notebook.md", hint: "remove it")],
      value: { values[$0] ?? .unknown(nearest: nil) })
    return Report.compose(notebook, with: material)
  }
}
