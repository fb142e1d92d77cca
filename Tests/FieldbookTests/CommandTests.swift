import Foundation
import Testing

/// What every verb has in common: help, version, exit status, and what goes where.
@Suite struct CommandTests {
  static let verbs = ["build", "check", "publish", "inspect", "convert", "evaluate", "measure", "probes", "new"]

  @Test func saysItsVersion() throws {
    try withCommand { fieldbook in
      let run = try fieldbook("--version")
      #expect(run.status == 0 && run.output.hasPrefix("0.") && run.errors.isEmpty)
    }
  }

  @Test func helpNamesEveryVerbAndStatus() throws {
    try withCommand { fieldbook in
      let help = try fieldbook("--help")
      #expect(help.status == 0)
      for verb in Self.verbs { #expect(help.output.contains("\n  \(verb) "), "\(verb)") }
      for status in ["0 ok", "1 a cell failed", "66 input", "75 locked", "130 interrupted"] {
        #expect(help.output.contains(status), "\(status)")
      }
    }
  }

  @Test(arguments: verbs)
  func everyVerbExplainsItself(verb: String) throws {
    try withCommand { fieldbook in
      let help = try fieldbook(verb, "--help")
      #expect(help.status == 0 && help.output.contains("USAGE: fieldbook \(verb)") && help.errors.isEmpty)
      // What is left out is no option: a heading without words would say nothing.
      for line in help.output.split(separator: "\n") where line.hasPrefix("  --") && !line.contains("version") {
        let words = line.split(separator: " ", omittingEmptySubsequences: true)
        #expect(words.count > 1 || help.output.contains("\(line)\n    "), "\(verb): \(line)")
      }
    }
  }

  @Test(arguments: [
    ["frobnicate"], ["build", "--froth"], ["inspect"], ["inspect", "a", "b"], ["inspect", "--diff", "a"],
    ["convert", "a"], ["evaluate", "x.onnx"], ["measure"], ["new"], ["build"],
    ["measure", "spectral-gpa"], ["probes", "spectral-gpa"], ["new", "spectral-gpa"], ["build", "x.md", "--set", "n"],
    ["measure", "spectral-gap"], ["measure", "spectral-gap", "network"], ["measure", "spectral-gap", "=1"],
    ["measure", "spectral-gap", "network=x", "--theme", "icmll"], ["measure", "spectral-gap", "--seed", "-1"],
    ["measure", "spectral-gap", "--seed", "18446744073709551615"], ["build", "a/x.md", "b/x.md"],
  ])
  func aWrongCommandLineIs64(arguments: [String]) throws {
    try withCommand { fieldbook in
      let run = try fieldbook.run(arguments)
      #expect(run.status == 64 && run.output.isEmpty)
      #expect(run.errors.lowercased().hasPrefix("error: ") || run.errors.hasPrefix("command line:1:"), "\(run.errors)")
      #expect(!fieldbook.exists("_site"))
    }
  }

  @Test(arguments: [
    ["inspect", "nosuch"], ["inspect", "."], ["inspect", "empty"], ["inspect", "page"], ["inspect", "/dev/zero"],
    ["build", "nosuch.md"], ["build", "."], ["build", "a"], ["build", "empty"], ["build", "binary"],
    ["check", "binary"],
    ["evaluate", "page", "--output", "o.npz"], ["evaluate", "nosuch", "--output", "o.npz"],
    ["measure", "spectral-gap", "network=nosuch.onnx", "points=page", "predicts=noise", "process=ve"],
    ["build", "page", "--templates", "nosuch"],
  ])
  func aMissingOrDamagedInputIs66(arguments: [String]) throws {
    try withCommand { fieldbook in
      try fieldbook.write("", to: "empty")
      try fieldbook.write("<!DOCTYPE html><html></html>", to: "page")
      try Data([0x89, 0x50, 0xFF, 0xFE, 0]).write(to: fieldbook.folder.appending(path: "binary"))
      let run = try fieldbook.run(arguments)
      #expect(run.status == 66 && run.output.isEmpty && run.errors.hasPrefix("error: "), "\(run)")
      #expect(!fieldbook.exists("_site/a") && !fieldbook.exists("o.npz"))
    }
  }

  @Test func resultsThatNobodyCanReadAreAnError() throws {
    try withCommand { fieldbook in
      let process = fieldbook.start(["probes"])
      process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 73)
    }
  }

  @Test func probesAreListedAndDescribed() throws {
    try withCommand { fieldbook in
      let list = try fieldbook("probes")
      #expect(list.output.contains("spectral-gap") && list.output.contains("jacobian-spectrum"))
      let one = try fieldbook("probes", "spectral-gap")
      #expect(one.output.contains("sigmas") && one.output.contains("ventura2024"))
      let json = try #require(try fieldbook("probes", "--json").json as? [[String: Any]])
      let cards = json.compactMap { $0["card"] as? [String: Any] }
      #expect(cards.count == json.count && cards.allSatisfy { ($0["question"] as? String)?.hasSuffix("?") == true })
      #expect(json.allSatisfy { $0["standard"] is [String: Any] })
    }
  }

  @Test func newNotebooksAreSoundOnceTheyHaveFiles() throws {
    for template in ["spectral-gap", "jacobian"] {
      try withCommand { fieldbook in
        let made = try fieldbook("new", template, "mine/notebook.md")
        #expect(made.status == 0 && made.output.contains("fieldbook build mine/notebook.md"))
        #expect(try fieldbook("check", "mine/notebook.md").status == 66)
        let check = try fieldbook(
          "check", "mine/notebook.md", "--set", "network=\(Command.shipped("sphere/score.onnx"))", "--set",
          "data=\(Command.shipped("sphere/points.npy"))", "--json")
        #expect(check.status == 0, "\(check.errors)")
        #expect((check.json as? [[String: Any]])?.first?["status"] as? Int == 0)
        let again = try fieldbook("new", template, "mine/notebook.md")
        #expect(again.status == 73 && again.errors.contains("exists already"))
      }
    }
  }
}
