import Foundation
import Testing

/// A text against a file beside the tests. `FIELDBOOK_RECORD=1 swift test` writes the file anew.
enum Snapshot {
  static func compare(_ text: String, with file: String, in test: String = #filePath) throws {
    let url = URL(fileURLWithPath: test).deletingLastPathComponent().appending(path: file)
    if ProcessInfo.processInfo.environment["FIELDBOOK_RECORD"] != nil {
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    let data = try #require(try? Data(contentsOf: url), "no \(file); record it with FIELDBOOK_RECORD=1")
    #expect(text == String(decoding: data, as: UTF8.self))
  }
}
