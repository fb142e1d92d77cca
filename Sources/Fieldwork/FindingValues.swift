import Diagnostics
import Foundation
import Notebooks
import Probing
import Reports

/// The values a notebook may speak of: findings, sources and parameters.
struct FindingValues: Sendable {
  private var trees: [String: JSONValue] = [:]
  private var unavailable: [String: String] = [:]
  private let heads: ValueHeads

  init(plan: FieldPlan) {
    heads = ValueHeads(notebook: plan.notebook)
    var parameters: [String: JSONValue] = [:]
    for parameter in plan.parameters { parameters[parameter.parameter.name] = .text(parameter.value.description) }
    trees[ValueHeads.parameters] = .record(parameters)
    for step in plan.steps {
      guard case .load(let source) = step.action else { continue }
      var record: [String: JSONValue] = ["name": .text(step.id)]
      switch source {
      case .network(let cell):
        record["path"] = .text(cell.path.name)
        if let name = cell.name { record["name"] = .text(name) }
        record.merge(Self.unknownFacts) { known, _ in known }
      case .checkpoint(let cell): record["path"] = .text(cell.path.name)
      case .series(let cell):
        record["path"] = .text(cell.path)
        record.merge(Self.unknownFacts) { known, _ in known }
      case .recording(let cell): record["path"] = .text((cell.path ?? cell.network)?.name ?? "")
      case .system(let cell): record.merge(Self.values(of: cell)) { known, _ in known }
      case .samples(let cell): record["path"] = .text((cell.path ?? cell.from)?.name ?? "")
      }
      trees[step.id] = .record(record)
    }
  }

  /// What is true of a system, for a text to state.
  private static func values(of cell: SystemCell) -> [String: JSONValue] {
    let parameters = (cell.equations?.standardParameters ?? [:]).merging(cell.parameters ?? [:]) { $1 }
    return [
      "equations": .text(cell.equations?.rawValue ?? ""), "parameters": .record(parameters.mapValues { .number($0) }),
      "noise": .number(cell.noise), "processNoise": .number(cell.processNoise),
      "samples": .number(Double(cell.samples)),
    ]
  }

  /// The keys of what is known of a network once a probe has been handed it.
  private static let unknownFacts = Dictionary(
    uniqueKeysWithValues: ["state", "pairs", "largestError", "parameters"].map { ($0, JSONValue.null) })

  /// Takes what records say of the networks that they were measured with; of a series, what holds of all its members there.
  mutating func add(networksOf records: [ProbeRecord]) throws {
    var found: [String: [String: NetworkFacts]] = [:]
    for source in records.flatMap(\.sources) {
      guard let facts = source.facts else { continue }
      found[SourcePath(source.name, cells: trees.keys).container, default: [:]][source.sha256] = facts
    }
    for (cell, members) in found {
      guard case .record(var record)? = trees[cell], let facts = NetworkFacts(of: Array(members.values)),
        case .record(let known) = try JSONValue(encoding: facts)
      else { continue }
      record.merge(known) { _, new in new }
      trees[cell] = .record(record)
    }
  }

  mutating func add(_ finding: JSONValue, of cell: String) { trees[cell] = finding }
  mutating func miss(_ cell: String, because reason: String) { unavailable[cell] = reason }

  /// Whether the values of a cell, or of the only cell of a kind, are there.
  func isKnown(cell head: String) -> Bool { trees[heads.cell(for: head)?.id ?? head] != nil }

  /// The value at a path that begins with a cell's id, or with a kind that only one cell has.
  func value(_ path: String) throws -> JSONValue {
    let reference = FindingReference(path)
    let id = heads.cell(for: reference.cell)?.id ?? reference.cell
    guard let tree = trees[id] else { throw ValuePathError(key: reference.cell, known: trees.keys.sorted()) }
    guard !reference.rest.isEmpty else { return tree }
    guard let way = ValuePath(reference.rest) else { throw ValuePathError(key: reference.rest, known: tree.keys) }
    return try way.value(in: tree)
  }

  /// A column of numbers.
  func column(_ reference: FindingReference) throws -> [Double] {
    let value = try value(reference.path)
    guard let elements = value.elements else {
      guard let number = value.number else { throw ShowFault.notNumbers(reference.path) }
      return [number]
    }
    return try elements.map { element in
      if let number = element.number { return number }
      if element == .null { return .nan }
      throw ShowFault.notNumbers(reference.path)
    }
  }

  /// What an inline value shows.
  func lookup(_ path: String) -> ValueLookup {
    let head = FindingReference(path).cell
    if let id = heads.cell(for: head)?.id, let reason = unavailable[id] { return .unavailable(reason: reason) }
    do {
      switch try value(path) {
      case .integer(let value): return .integer(value)
      case .number(let value): return .number(value)
      case .text(let value): return .text(value)
      case .boolean(let value): return .text(value ? "yes" : "no")
      case .null:
        let isUnasked = (try? value("\(head).state")) == .null
        return .unavailable(reason: isUnasked ? "no probe has used '\(head)' as a network" : "it has no value here")
      case .list(let values): return .text("\(values.count) values")
      case .record: return .unknown(nearest: nil)
      }
    } catch let error as ValuePathError {
      let nearest = nearestName(to: error.key, among: error.known)
      return .unknown(nearest: nearest.map { path.replacingLast(error.key, with: $0) })
    } catch {
      return .unknown(nearest: nil)
    }
  }

  /// Every single number and word of the findings, by path; lists are left out.
  func scalars() -> [String: ValueLookup] {
    var found: [String: ValueLookup] = [:]
    func walk(_ value: JSONValue, _ path: String) {
      switch value {
      case .record(let record):
        for (key, inner) in record { walk(inner, "\(path).\(key)") }
      case .integer(let number): found[path] = .integer(number)
      case .number(let number): found[path] = .number(number)
      case .boolean(let boolean): found[path] = .text(boolean ? "yes" : "no")
      case .text(let text) where text.count <= 64: found[path] = .text(text)
      default: break
      }
    }
    for (cell, tree) in trees where cell != ValueHeads.parameters { walk(tree, cell) }
    return found
  }
}

extension String {
  /// The text with the last place where a part stands filled by another.
  func replacingLast(_ part: String, with other: String) -> String {
    guard let range = range(of: part, options: .backwards) else { return other }
    return replacingCharacters(in: range, with: other)
  }
}
