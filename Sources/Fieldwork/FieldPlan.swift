import Checkpoints
import Diagnostics
import Drawings
import Foundation
import Notebooks
import Probing

/// A notebook whose every cell is understood and whose every reference leads somewhere: what a build will do, in order.
public struct FieldPlan: Sendable {
  /// The notebook, with its parameters put in.
  public var notebook: Notebook
  /// The parameters of this build.
  public var parameters: [ResolvedParameter]
  /// The seed of every measurement.
  public var seed: UInt64
  /// The look of its figures.
  public var theme: Theme
  /// The works it may cite.
  public var bibliography: Bibliography
  /// The steps, each after what it depends on.
  public var steps: [PlanStep]
  /// The folder that relative paths start from.
  public var folder: String

  /// The step of a cell.
  public func step(_ id: String) -> PlanStep? { steps.first { $0.id == id } }

  /// The source cells, by id.
  public var sources: [String: Source] {
    var sources: [String: Source] = [:]
    for step in steps {
      if case .load(let source) = step.action { sources[step.id] = source }
    }
    return sources
  }

  /// What a probe cell asks, as a digest: its parameters, the seed and the source cells it draws on, but not what is in
  /// their files.
  func question(of step: PlanStep) throws -> ContentDigest {
    let digester = ContentDigester()
    digester.append(field: String(seed))
    if case .ask(let probe) = step.action {
      digester.append(field: String(decoding: try JSONValue(encoding: probe).jsonData(), as: UTF8.self))
    }
    for source in try sources(of: step) {
      digester.append(field: source.id)
      digester.append(field: String(decoding: try source.keys.jsonData(), as: UTF8.self))
    }
    return digester.finish()
  }

  /// The source cells that a step draws on, by way of others too, in the order of the plan; and the probes whose points it
  /// takes.
  private func sources(of step: PlanStep) throws -> [(id: String, keys: JSONValue)] {
    var wanted = Set(step.dependsOn)
    // Later steps first: what they draw on comes before them.
    for other in steps.reversed() where wanted.contains(other.id) { wanted.formUnion(other.dependsOn) }
    return try steps.compactMap { other in
      guard wanted.contains(other.id) else { return nil }
      switch other.action {
      case .load(let source): return (other.id, try source.json())
      case .ask(let probe): return (other.id, try JSONValue(encoding: probe))
      case .show: return nil
      }
    }
  }

  /// A path in a cell, as the workspace knows it.
  public func resolved(_ path: String) -> String { FieldPlan.resolve(path, in: folder) }

  static func resolve(_ path: String, in folder: String) -> String {
    guard !path.hasPrefix("/"), !folder.isEmpty else { return path }
    // `reports/gaps/../../data` is `data` to a person.
    var parts: [Substring] = []
    for part in "\(folder)/\(path)".split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    let whole = (folder.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    return whole.isEmpty ? "." : whole
  }
}

/// One cell, understood.
public struct PlanStep: Sendable {
  /// What a step does.
  public enum Action: Sendable {
    /// Names something to load.
    case load(Source)
    /// Asks a probe.
    case ask(any Probe)
    /// Shows what was found.
    case show(Showing)
  }

  /// The cell's id.
  public var id: String
  /// The cell.
  public var cell: Cell
  /// What it does.
  public var action: Action
  /// What it refers to.
  public var references: [WrittenReference]
  /// The ids of the cells that come before it.
  public var dependsOn: [String]
  /// The caption and claim texts, read as Markdown.
  public var captions: [String: [MarkdownInline]] = [:]

  /// Whether it asks a probe whose finding other cells may take as points.
  var findsPoints: Bool {
    if case .ask(let probe) = action { type(of: probe).findsPoints } else { false }
  }
}
