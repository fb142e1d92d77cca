import CairoPainting
import Drawings
import Foundation
import Testing

/// Compares pictures with the ones under `Pictures`, with tolerance for another version of Cairo or FreeType.
/// `FIELDBOOK_RECORD=1` writes them anew.
@Suite struct GoldenPictureTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Pictures")
  static let isRecording = ProcessInfo.processInfo.environment["FIELDBOOK_RECORD"] == "1"

  @Test(arguments: ["spectra", "gaps", "phases", "multiples", "angles", "pictures"]) func looksAsRecorded(name: String)
    throws
  {
    let found = try CairoPainter(.png(dotsPerInch: 110)).paint(CairoPainterTests.drawing(name))
    #expect(found.count < 60_000)
    let file = Self.folder.appendingPathComponent("\(name).png")
    if Self.isRecording {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try Data(found).write(to: file)
      return
    }
    let (wanted, image) = (try PNGReader(Array(Data(contentsOf: file))), try PNGReader(found))
    #expect(wanted.width == image.width && abs(wanted.height - image.height) <= 1)
    let (old, new) = (try wanted.pixels(), try image.pixels())
    let count = min(old.count, new.count) / 4
    let differing = (0..<count).count { index in
      (0..<3).contains { abs(Int(old[4 * index + $0]) - Int(new[4 * index + $0])) > 48 }
    }
    #expect(Double(differing) < 0.01 * Double(count), "\(differing) of \(count) pixels differ")
  }
}
