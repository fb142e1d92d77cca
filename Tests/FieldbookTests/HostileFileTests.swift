import ArgumentParser
import Diagnostics
import Foundation
import Testing

@testable import fieldbook

/// `inspect` over every hostile file that the readers' tests hold, and over the sound ones beside them.
@Suite struct HostileFileTests {
  private static let tests = Command.repository.appending(path: "Tests")
  private static let folders = ["CheckpointsTests/Attacks", "NetworksTests/Attacks", "NetworksTests/Modules/attacks"]

  /// Files and folders by their paths below the tests.
  static let all: [String] = folders.flatMap { folder in
    ((try? FileManager.default.contentsOfDirectory(atPath: tests.appending(path: folder).path)) ?? []).sorted()
      .filter { !["py", "tsv", "txt"].contains(($0 as NSString).pathExtension) }.map { "\(folder)/\($0)" }
  }

  @Test func inspectListsEachOrRefusesItByName() throws {
    #expect(Self.all.count >= 450)
    for name in Self.all {
      let path = Self.tests.appending(path: name).path
      do {
        let listing = try InspectCommand.parse([path]).listing(of: path)
        #expect(listing.text.hasPrefix("\(path): "))
        _ = try listing.json.jsonData(isPretty: false)
      } catch {
        let diagnostics = (error as? Refusal)?.diagnostics ?? [Diagnostic(thrown: error)]
        #expect(diagnostics.first?.status == .inputDamaged, "\(name): \(diagnostics)")
        #expect(diagnostics.first.map { $0.rendered(in: nil).contains(path) } == true, "\(name): \(diagnostics)")
        #expect(!name.contains("/ok_"), "\(name): \(diagnostics)")
      }
    }
  }

  /// The same of the process: an exit, never a signal. A start takes longer than a file, so that only some are tried.
  @Test func processExitsWithAStatusOfItsOwn() throws {
    try withCommand { fieldbook in
      for number in stride(from: 0, to: Self.all.count, by: 20) {
        let name = Self.all[number]
        let run = try fieldbook("inspect", Self.tests.appending(path: name).path)
        #expect(run.status == 0 ? run.errors.isEmpty : run.status == 66 && run.output.isEmpty, "\(name): \(run)")
        #expect((run.output + run.errors).contains(name), "\(name): \(run)")
      }
    }
  }
}
