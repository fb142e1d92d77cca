import Diagnostics
import Exhibits
import Foundation
import Probing
import Testing

/// One way of asking a probe, and a bench that has what it asks for.
struct ProbeSample: Sendable, CustomTestStringConvertible {
  let name: String
  let kind: String
  let written: WrittenValue
  let bench: @Sendable () throws -> TestBench

  var testDescription: String { "\(kind), \(name)" }
}

/// The laws that every probe of the catalog obeys.
func checkProbe<P: Probe>(_ type: P.Type, _ sample: ProbeSample) throws {
  try checkParameters(type, sample.written)
  let bench = try sample.bench()
  let probe = try #require(P.reading(sample.written).probe as? P)
  let subject = try probe.prepared(on: bench)

  // The same seed gives the same finding, byte for byte, from the same subject and from a new one.
  let finding = try #require(subject.measure(7) as? P.Finding)
  let bytes = try JSONValue(encoding: finding).jsonData()
  for repeated in [try subject.measure(7), try probe.prepared(on: sample.bench()).measure(7)] {
    #expect(try JSONValue(encoding: repeated).jsonData() == bytes)
  }

  // The finding survives its record.
  let record = try ProbeRecord(probe: probe, seed: 7, sources: [], finding: finding, software: "test")
  let read = try JSONValue(json: JSONValue(encoding: record).jsonData(isPretty: true)).decoded(as: ProbeRecord.self)
  #expect(read == record)
  let again = try #require(P.finding(in: read) as? P.Finding)
  #expect(again == finding)
  // As JSON, in which the not-a-number that breaks a line equals itself.
  #expect(try JSONValue(encoding: again.exhibits) == JSONValue(encoding: finding.exhibits))
  #expect(again.caveats == read.caveats)
  #expect(try JSONValue(encoding: again).jsonData() == bytes)

  // What a notebook may ask is known beforehand.
  let shape = try #require(P.findingShape)
  for path in paths(in: try JSONValue(encoding: finding)) {
    #expect(throws: Never.self, "'\(path)'") { try shape.shape(at: #require(ValuePath(path))) }
  }

  // Exhibits have names that notebooks can rely on.
  let names = finding.exhibits.map(\.name)
  #expect(!names.isEmpty && Set(names).count == names.count)
  #expect(Set(names).isSubset(of: P.card.exhibits), "the card lists other exhibits than there are")
  let other = try subject.measure(8)
  #expect(other.exhibits.map(\.name) == names)
  for name in names { #expect(name.wholeMatch(of: /[a-z][a-z0-9-]*/) != nil, "'\(name)'") }
  for exhibit in finding.exhibits { checkExhibit(exhibit) }
  for caveat in finding.caveats {
    #expect(!caveat.name.isEmpty && !caveat.message.hasSuffix("."))
  }
}

/// The ways to every value of a finding; of a list, to its first.
private func paths(in value: JSONValue) -> [String] {
  switch value {
  case .record(let record):
    record.keys.sorted().flatMap { key in [key] + paths(in: record[key]!).map { "\(key).\($0)" } }
  case .list(let values): values.first.map { first in ["0"] + paths(in: first).map { "0.\($0)" } } ?? []
  default: []
  }
}

/// Parameters survive their JSON; unknown keys are refused; the card lists the keys there are.
private func checkParameters<P: Probe>(_ type: P.Type, _ written: WrittenValue) throws {
  let probe = try #require(P.reading(written).probe as? P)
  #expect(try JSONValue(encoding: probe).decoded(as: P.self) == probe)
  #expect(try JSONValue(encoding: P.standard).decoded(as: P.self) == P.standard)
  #expect(try JSONValue(encoding: probe).jsonData() == JSONValue(encoding: probe).jsonData())
  let keys = P.card.parameters.map(\.key)
  for key in keys {
    let misspelt = String(key.dropLast()) + "_"
    do {
      _ = try P.reading(written.with(WrittenValue(.record([.init(key: misspelt, value: 1)]))))
      Issue.record("\(P.card.name) takes the unknown key '\(misspelt)'")
    } catch {
      guard case .unknownKey(misspelt, let known, _) = error else {
        Issue.record("\(error.message) where '\(misspelt)' is unknown")
        continue
      }
      #expect(Set(known) == Set(keys), "the card of \(P.card.name) lists other keys than there are")
      #expect(error.hint == "did you mean '\(key)'?")
    }
  }
}

/// An empty bench is refused in words.
func checkEmptyBench<P: Probe>(_ type: P.Type, _ written: WrittenValue) throws {
  let probe = try P.reading(written).probe
  do {
    _ = try probe.prepared(on: TestBench())
    Issue.record("\(P.card.name) gathers from an empty bench")
  } catch {
    #expect(error is any Diagnosable, "\(error)")
  }
}

/// What every exhibit owes its reader.
func checkExhibit(_ exhibit: Exhibit) {
  #expect(
    exhibit.caption.hasSuffix(".") && exhibit.caption.first?.isUppercase == true,
    "\(exhibit.name): '\(exhibit.caption)'")
  switch exhibit.content {
  case .figure(let figure):
    #expect(!figure.altText.isEmpty && !figure.panels.isEmpty)
    for panel in figure.panels { checkPanel(panel, of: exhibit.name) }
  case .table(let table):
    #expect(table.rowCount > 0)
    for column in table.columns {
      #expect(column.count == table.rowCount && !column.heading.isEmpty)
      if case .numbers(let numbers, let format) = column.values {
        #expect(numbers.allSatisfy { $0?.isFinite ?? true }, "\(exhibit.name): \(column.heading)")
        #expect(!format.isEmpty)
      }
    }
  case .quantity(let quantity):
    #expect(quantity.value.isFinite && !quantity.label.isEmpty)
  }
}

private func checkPanel(_ panel: Panel, of name: String) {
  // Pictures stand in rows and columns that need no name.
  let isPictures = panel.layers.contains { if case .images = $0.mark { true } else { false } }
  #expect(isPictures || !panel.x.label.isEmpty, "\(name): the horizontal axis has no label")
  #expect(
    isPictures || !panel.y.label.isEmpty || panel.y.categories != nil, "\(name): the vertical axis has no label")
  #expect(!panel.layers.isEmpty)
  func isDrawable(_ value: Double, on axis: Axis) -> Bool { value.isFinite && (axis.scale != .log10 || value > 0) }
  for end in [panel.x.lower, panel.x.upper].compactMap({ $0 }) { #expect(isDrawable(end, on: panel.x)) }
  for end in [panel.y.lower, panel.y.upper].compactMap({ $0 }) { #expect(isDrawable(end, on: panel.y)) }
  for layer in panel.layers {
    if let level = layer.level { #expect(panel.levels.map { isDrawable(level, on: $0.axis) } == true) }
    switch layer.mark {
    case .line(let points):
      // Not a number breaks a line; infinity would be a mistake.
      #expect(
        points.allSatisfy { isDrawable($0.x, on: panel.x) && ($0.y.isNaN || isDrawable($0.y, on: panel.y)) },
        "\(name): \(layer.label)")
      #expect(points.contains { $0.y.isFinite }, "\(name): nothing of line '\(layer.label)' shows")
    case .points(let points):
      #expect(
        points.allSatisfy { isDrawable($0.x, on: panel.x) && isDrawable($0.y, on: panel.y) }, "\(name): \(layer.label)")
      #expect(!points.isEmpty)
    case .cloud(let cloud):
      #expect(cloud.points.allSatisfy { isDrawable($0.x, on: panel.x) && isDrawable($0.y, on: panel.y) })
      #expect(!cloud.points.isEmpty && cloud.values.allSatisfy { $0.isFinite } && panel.levels != nil)
    case .band(let intervals), .intervals(let intervals):
      #expect(intervals.allSatisfy { isDrawable($0.x, on: panel.x) && $0.lower <= $0.upper })
      #expect(intervals.allSatisfy { isDrawable($0.lower, on: panel.y) && isDrawable($0.upper, on: panel.y) })
    case .rules(let rules):
      let axis = rules.direction == .horizontal ? panel.y : panel.x
      #expect(rules.positions.allSatisfy { isDrawable($0, on: axis) })
    case .histogram(let histogram):
      #expect(histogram.heights.count == histogram.edges.count - 1)
      #expect(histogram.edges.allSatisfy { $0.isFinite } && histogram.heights.allSatisfy { $0.isFinite && $0 >= 0 })
    case .stretches(let stretches):
      #expect(!stretches.isEmpty)
      #expect(
        stretches.allSatisfy {
          isDrawable($0.start, on: panel.x) && isDrawable($0.end, on: panel.x) && $0.start <= $0.end
        })
    case .images(let images):
      #expect(!images.pixels.isEmpty && images.pixels.joined().allSatisfy { $0.isFinite })
    case .tiles(let tiles): #expect(tiles.values.allSatisfy { $0.isFinite })
    case .annotation(let words): #expect(isDrawable(words.at.x, on: panel.x) && isDrawable(words.at.y, on: panel.y))
    }
  }
}
