import Diagnostics
import Probing

/// What a report says of itself, in `build.json`: what it was made of, what it is made up of, and what there was to say.
struct BuildSummaryFile: Codable, Hashable, Sendable {
  static let name = "build.json"
  static let currentSchema = 1

  /// The version of this layout.
  var schema: Int
  /// The digest of everything the report was made of.
  var key: String
  /// What built it.
  var software: String
  /// The command line.
  var command: String
  /// The digest of the notebook's text.
  var notebook: String
  /// The status of the build.
  var status: ExitStatus
  /// What the build had to say.
  var diagnostics: [Diagnostic]
  /// What was read of checkpoints and files.
  var sources: [ProbeRecord.SourceDigest]
  /// What each probe cell asked, as a digest.
  var questions: [String: String]
  /// The digest of each other file of the report.
  var files: [String: String]

  func bytes() throws -> [UInt8] { Array(try JSONValue(encoding: self).jsonData(isPretty: true)) + [0x0A] }
}
