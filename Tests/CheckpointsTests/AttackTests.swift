import Diagnostics
import Foundation
import Testing

@testable import Checkpoints

/// Damaged, lying and foreign files. `expected.tsv` beside them says what is said of each.
///
/// With `FIELDBOOK_RECORD` set, the file is written anew from what is said; read the difference before keeping it.
@Suite(.serialized) struct AttackTests {
  static let files =
    (try? FixtureFile.names(in: "Attacks"))?.filter { !$0.hasSuffix(".py") && !$0.hasSuffix(".tsv") } ?? []

  /// The verdict on a file, in one line: what was read, or the message and the hint.
  private func verdict(on file: String) -> (line: String, error: CheckpointError?) {
    do throws(CheckpointError) {
      let checkpoint = try Checkpoint.open(path: FixtureFile.path("Attacks/\(file)"))
      let listed = checkpoint.summaries().map { summary in
        "\(quoted(summary.name)) \(summary.dtype) \(sizeText(summary.shape)) nan=\(summary.nanCount) inf=\(summary.infCount)"
      }
      let left = checkpoint.unreadable.map { "\(quoted($0.name)) is left out: \($0.reason.message)" }
      return ("read\t\((listed + left).joined(separator: "; "))", nil)
    } catch {
      guard case .inFile(_, let inner) = error else { return ("no file named\t\(error.message)", error) }
      let hint = (error.hint ?? "").replacingOccurrences(of: "\n", with: " ⏎ ")
      return ("refused\t\(inner.message)\t\(hint)", error)
    }
  }

  @Test func saysOfEveryFileWhatIsExpected() throws {
    #expect(Self.files.count >= 350)
    let lines = Self.files.map { "\($0)\t\(verdict(on: $0).line)" }
    let place = FixtureFile.url("Attacks/expected.tsv")
    if ProcessInfo.processInfo.environment["FIELDBOOK_RECORD"] != nil {
      try (lines.joined(separator: "\n") + "\n").write(to: place, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: place, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(expected.count == lines.count)
    for (line, wanted) in zip(lines, expected) { #expect(line == wanted) }
  }

  @Test(arguments: files) func refusesTheBadAndReadsTheSound(file: String) {
    let (_, error) = verdict(on: file)
    #expect((error == nil) == file.hasPrefix("ok_"))
    guard let error else { return }
    #expect(error.status == .inputDamaged)
    #expect(error.message.hasPrefix("'\(FixtureFile.path("Attacks/\(file)"))': "))
  }

  @Test func takesNoMoreMemoryThanTheFilesAreWorth() async {
    // In a process of its own, where no other test takes memory.
    await #expect(processExitsWith: .success) {
      var before = rusage()
      getrusage(RUSAGE_SELF.rawValue, &before)
      for file in AttackTests.files { _ = AttackTests().verdict(on: file) }
      var after = rusage()
      getrusage(RUSAGE_SELF.rawValue, &after)
      // In kilobytes. The files are 200 kB together; the most any claims is 8 EiB, and the most any is granted 64 MiB.
      #expect(after.ru_maxrss - before.ru_maxrss < 100_000)
    }
  }
}
