import Foundation
import Probes
import Probing
import Testing

@Suite struct CitationTests {
  private static func text(_ path: String) throws -> String {
    try String(contentsOf: TestFiles.root.appendingPathComponent(path), encoding: .utf8)
  }

  private static func keys() throws -> [String] {
    try text("docs/references.bib").matches(of: /(?m)^@[a-z]+\{([^,\s]+),/).map { String($0.1) }
  }

  @Test func everyKeyIsListedOnce() throws {
    let keys = try Self.keys()
    #expect(keys.count >= 25)
    #expect(Set(keys).count == keys.count)
  }

  @Test func everyWorkHasAuthorTitleAndYear() throws {
    for entry in try Self.text("docs/references.bib").split(separator: "\n@").dropFirst() {
      for field in ["author", "title", "year"] {
        #expect(entry.contains(try Regex("\n  \(field) +=")), "\(entry.prefix(40)) has no \(field)")
      }
    }
  }

  @Test func everyCardCitesWhatIsListed() throws {
    let keys = try Self.keys()
    for card in ProbeCatalog.battery.probes.map({ $0.card }) {
      for key in card.citations { #expect(keys.contains(key), "\(card.name) cites '\(key)'") }
    }
  }

  /// Doc comments end in `References: key, key.`
  @Test func everyDocCommentCitesWhatIsListed() throws {
    let keys = try Self.keys()
    let sources = TestFiles.root.appendingPathComponent("Sources")
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    var cited: Set<String> = []
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      for line in try String(contentsOf: file, encoding: .utf8).matches(of: /\/\/\/ References: (.*)/) {
        for key in line.1.matches(of: /[a-z]+[0-9]{4}[a-z]*/).map({ String($0.0) }) {
          cited.insert(key)
          #expect(keys.contains(key), "\(file.lastPathComponent) cites '\(key)'")
        }
      }
    }
    #expect(cited.isSuperset(of: ["ventura2024", "silverstein1995", "kamkari2024", "mezzadri2007"]))
  }
}
