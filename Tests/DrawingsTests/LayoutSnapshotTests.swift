import Drawings
import Exhibits
import Foundation
import Testing

/// Compares layouts with the listings under `Snapshots`. `FIELDBOOK_RECORD=1` writes them anew.
@Suite struct LayoutSnapshotTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")
  static let isRecording = ProcessInfo.processInfo.environment["FIELDBOOK_RECORD"] == "1"

  static let cases: [(figure: String, theme: String)] = [
    ("spectra", "neurips"), ("gaps", "icml"), ("phases", "neurips"), ("density", "nature"), ("multiples", "neurips"),
    ("heat", "icml"), ("series", "screen"), ("angles", "neurips"), ("errors", "nature"), ("words", "icml"),
    ("odd", "screen"), ("distances", "jmlr"), ("training", "cvpr"), ("pictures", "icml"), ("coloured", "neurips"),
  ]

  @Test(arguments: cases) func laysOutAsRecorded(figure name: String, theme themeName: String) throws {
    let figure = try #require(SampleFigures.all.first { $0.name == name }?.figure)
    let theme = try #require(Theme.named(themeName))
    let found = TranscriptPainter().transcript(of: figure.laidOut(theme: theme, measuringWith: FixedTextMeasurer()))
    let file = Self.folder.appendingPathComponent("\(name)-\(themeName).txt")
    if Self.isRecording {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try Data(found.utf8).write(to: file)
      return
    }
    let wanted = try String(contentsOf: file, encoding: .utf8)
    let (foundLines, wantedLines) = (found.split(separator: "\n"), wanted.split(separator: "\n"))
    for (index, (line, expected)) in zip(foundLines, wantedLines).enumerated() where line != expected {
      Issue.record("\(file.lastPathComponent):\(index + 1) is '\(line)', recorded is '\(expected)'")
      return
    }
    #expect(foundLines.count == wantedLines.count)
  }
}
