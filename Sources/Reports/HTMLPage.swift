import CCrypto
import Diagnostics
import Notebooks

/// Writes a report as one self-contained HTML file, which is well-formed XML too.
///
/// Nothing from outside is asked for, and a Content-Security-Policy in the page forbids it; the page's own style and
/// script are allowed by their digests.
public struct HTMLPage: Sendable {
  /// The templates, style and script used.
  public var templates: TemplateSet

  /// Makes a writer.
  public init(templates: TemplateSet = .standard) { self.templates = templates }

  /// The page. The same report gives the same text.
  public func rendered(_ report: Report) -> String {
    let writer = HTMLWriter(templates: templates)
    let style = templates.files["style.css"] ?? ""
    let script = templates.files["script.js"] ?? ""
    var context: [String: Any] = [
      "language": "en", "policy": Self.policy(style: style, script: script), "style": style, "script": script,
      "title": report.title.plainText, "heading": writer.inlines(report.title), "body": writer.blocks(report.blocks),
    ]
    func set(_ key: String, _ text: String) { if !text.isEmpty { context[key] = text } }
    set("description", report.description)
    set("subtitle", writer.inlines(report.subtitle))
    set("authors", report.authors.joined(separator: ", "))
    set("abstract", writer.blocks(report.abstract))
    if let verdict = report.verdict {
      context["verdict"] = ["tone": verdict.isGood ? "good" : "bad", "text": verdict.text]
    }
    fillContents(&context, report, writer)
    fillRecord(&context, report, writer)
    context["hasFootnotes"] = !report.footnotes.isEmpty
    context["footnotes"] = report.footnotes.map {
      ["number": String($0.number), "words": writer.blocks($0.blocks)]
    }
    context["hasReferences"] = !report.references.isEmpty
    context["references"] = report.references.map {
      ["id": HTMLWriter.referenceID($0.key), "words": writer.inlines($0.content)]
    }
    return templates.render("page", context)
  }

  private func fillContents(_ context: inout [String: Any], _ report: Report, _ writer: HTMLWriter) {
    let headings = report.blocks.compactMap { if case .heading(let heading) = $0 { heading } else { nil } }
    let entries: [[String: String]] = headings.filter { $0.level <= 3 }.map { heading in
      var entry = ["level": String(heading.level), "id": heading.id, "words": writer.contentsEntry(heading.content)]
      if let number = heading.number { entry["number"] = number }
      return entry
    }
    // A list of one is no help to anybody.
    context["hasContents"] = entries.count > 1
    context["contents"] = entries
  }

  private func fillRecord(_ context: inout [String: Any], _ report: Report, _ writer: HTMLWriter) {
    context["hasParameters"] = !report.parameters.isEmpty
    context["parameters"] = report.parameters.map {
      ["name": $0.name, "value": $0.value, "origin": $0.origin, "help": $0.help]
    }
    context["methods"] = report.methods.map { method -> [String: Any] in
      var entry: [String: Any] = ["id": method.id, "kind": method.kind, "records": Self.records(method.records)]
      if !method.question.isEmpty { entry["question"] = method.question }
      let works = method.citations.compactMap { key in report.references.first { $0.key == key } }
      if !works.isEmpty { entry["follows"] = works.map(writer.referenceLink).joined(separator: "; ") }
      return entry
    }
    context["hasProvenance"] = !report.provenance.isEmpty
    context["provenance"] = Self.records(report.provenance)
    context["hasNotices"] = !report.notices.isEmpty
    context["notices"] = report.notices.map { notice -> [String: String] in
      var entry = ["severity": notice.severity.rawValue, "text": notice.message]
      if let range = notice.range { entry["place"] = "\(range.file):\(range.start.line):\(range.start.column)" }
      if notice.range == nil, let file = notice.file { entry["place"] = file }
      if let hint = notice.hint { entry["hint"] = hint }
      return entry
    }
    context["hasRecord"] =
      !(report.parameters.isEmpty && report.methods.isEmpty && report.provenance.isEmpty && report.notices.isEmpty)
  }

  private static func records(_ records: [ReportRecord]) -> [[String: String]] {
    records.map { ["label": $0.label, "value": $0.value] }
  }

  /// Nothing from outside; no script and style but our own. Attributes may style, as pictures do.
  private static func policy(style: String, script: String) -> String {
    [
      "default-src 'none'", "style-src 'sha256-\(digest(style))'", "style-src-attr 'unsafe-inline'",
      "script-src 'sha256-\(digest(script))'", "img-src data:", "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")
  }

  private static func digest(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var digest = [UInt8](repeating: 0, count: 32)
    _ = EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
    return base64(digest)
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var out = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var quad: [Character] = []
      for _ in 0..<4 {
        quad.append(letters[value & 63])
        value >>= 6
      }
      out += String(quad.reversed().prefix(group.count + 1)) + String(repeating: "=", count: 3 - group.count)
    }
    return out
  }
}

extension Report {
  /// The checks and troubles in one line, if there are any.
  var verdict: (text: String, isGood: Bool)? {
    var passed = 0
    var failed = 0
    var troubles = 0
    for block in blocks {
      if case .check(let check) = block { if check.isPassed { passed += 1 } else { failed += 1 } }
      if case .trouble = block { troubles += 1 }
    }
    guard passed + failed + troubles > 0 else { return nil }
    var parts: [String] = []
    let count = passed + failed
    if count > 0 {
      parts.append(
        failed == 0
          ? (count == 1 ? "The check passed" : "All \(count) checks passed") : "\(failed) of \(count) checks failed")
    }
    if troubles > 0 { parts.append("\(troubles) \(troubles == 1 ? "cell" : "cells") without a result") }
    return (parts.joined(separator: " · "), failed + troubles == 0)
  }
}
