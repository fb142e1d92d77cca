import Diagnostics
import Foundation
import Testing

@testable import Fieldwork

/// Every sentence that this module can say of its own.
@Suite struct WordingTests {
  static let errors: [any Diagnosable] = [
    WorkspaceError.missing("x.npy"),
    WorkspaceError.notText("notebook.md"),
    WorkspaceError.tooLong("notebook.md", size: 100, limit: 64),
    WorkspaceError.notAReport("reports/gaps"),
    WorkspaceError.cannotWrite("_site", reason: "no space left on device"),
    WorkspaceError.locked("_site"),
    StaleRecord.missing(cell: "gaps", folder: "_site/gaps"),
    StaleRecord.damaged(cell: "gaps", folder: "_site/gaps"),
    StaleRecord.differs(cell: "gaps", folder: "_site/gaps"),
    RecordFault.unreadable,
    RecordFault.changed("finding.spectra"),
    ShowFault.unknownExhibit("gaps.specta", known: ["gaps.spectra", "gaps.levels"]),
    ShowFault.wrongExhibit("gaps.spectra", expected: "a table", found: "a figure"),
    ShowFault.notNumbers("gaps.names"),
    ShowFault.unequal("gaps.a", 3, "gaps.b", 4),
    BuildFault.nothingComposed,
    FileTrouble(
      path: "x.onnx", message: "opset 3 is not supported", hint: "export with opset 17", status: .inputDamaged),
  ]

  @Test func saysEverySentence() {
    let said = Self.errors.map { error in
      "\(error.status.rawValue) \(error.message)" + (error.hint.map { " | \($0)" } ?? "")
    }
    #expect(
      said == [
        "66 file 'x.npy' does not exist",
        "66 file 'notebook.md' is not UTF-8 text | save it as UTF-8",
        "66 file 'notebook.md' has 100 bytes; a text may have at most 64 | name the notebook itself, not the data it is about",
        "73 'reports/gaps' holds something other than a report, which would be lost | choose another folder with '--output', or move that one away",
        "73 '_site' cannot be written: no space left on device | choose another folder with '--output', or free some space",
        "75 folder '_site' is in use by another run | wait for the other run to end",
        "4 cell 'gaps' has no record in '_site/gaps' | run 'fieldbook build' to measure it",
        "4 record of cell 'gaps' in '_site/gaps' cannot be read | run 'fieldbook build' to measure it",
        "4 record of cell 'gaps' in '_site/gaps' was measured with other parameters or another version | run 'fieldbook build' to measure it",
        "66 'record.json' is not a record",
        "66 array 'finding.spectra' is not the one that its record was written with",
        "2 unknown exhibit 'gaps.specta' | did you mean 'gaps.spectra'?",
        "2 exhibit 'gaps.spectra' is a figure; it must be a table",
        "2 value 'gaps.names' is not a number or a list of numbers",
        "2 columns 'gaps.a' and 'gaps.b' have 3 and 4 values; they must have equally many",
        "70 no report came of the notebook",
        "66 file 'x.onnx': opset 3 is not supported | export with opset 17",
      ])
  }

  @Test func followsTheRulesForSentences() {
    for error in Self.errors {
      #expect(!error.message.hasSuffix(".") && error.message.first?.isUppercase == false, "\(error.message)")
      for word in ["invalid", "failed to", "please"] { #expect(!error.message.contains(word), "\(error.message)") }
    }
  }
}
