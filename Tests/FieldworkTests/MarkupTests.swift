import Foundation
import Testing

@testable import Fieldwork

/// What notebooks, findings and files say never becomes markup in the page.
@Suite struct MarkupTests {
  static let names = AcceptanceTests.names.filter { $0.hasPrefix("markup") }

  @Test(arguments: names)
  func textStaysText(name: String) throws {
    let (rehearsal, request) = try AcceptanceTests.rehearsal(of: name)
    _ = try rehearsal.build(request: request)
    let page = rehearsal.workspace.read("site/notebook/index.html")
    for tag in ["<script>alert", "<img src=x", "<b onclick", "<i>other", "<u>claim", "onerror=alert(2)>\""] {
      #expect(!page.contains(tag), "\(tag) in \(name)")
    }
    for (path, bytes) in rehearsal.workspace.folder("site") where path.hasSuffix(".svg") {
      #expect(!String(decoding: bytes, as: UTF8.self).contains("<script>"), "\(path)")
    }
  }

  @Test func theTextIsThereAllTheSame() throws {
    let (rehearsal, _) = try AcceptanceTests.rehearsal(of: "markup-in-names")
    _ = try rehearsal.build()
    let page = rehearsal.workspace.read("site/notebook/index.html")
    for number in [0, 1, 4] { #expect(page.contains("&lt;script&gt;alert(\(number))&lt;/script&gt;")) }
    #expect(page.contains("&lt;b onclick=alert(3)&gt;") && page.contains("&lt;u&gt;claim&lt;/u&gt;"))
  }

  @Test func everyPageIsWellFormed() throws {
    for name in AcceptanceTests.names {
      let (rehearsal, request) = try AcceptanceTests.rehearsal(of: name)
      _ = try? rehearsal.build(request: request)
      let page = rehearsal.workspace.read("site/notebook/index.html")
      guard !page.isEmpty else { continue }
      for tag in ["figure", "table", "section", "div", "svg", "p", "ul", "a"] {
        let opened = page.ranges(of: try Regex("<\(tag)[\\s>]")).count
        #expect(opened == page.ranges(of: "</\(tag)>").count, "\(tag) in \(name)")
      }
    }
  }
}
