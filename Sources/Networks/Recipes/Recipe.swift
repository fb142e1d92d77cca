import Checkpoints
import Diagnostics

/// A short file that wires named weights into a function, for weights whose function is nowhere else but in Python.
///
/// A JSON object: `recipe` (1), `weights` (a file beside it), `inputs` and `outputs` (names with extents, a text for one
/// left open), `constants`, `steps` (lines of `name = expression`), `repeat` (lines repeated over the second axis of some
/// inputs, with a state), `then` (lines after it); or, in place of the lines, `architecture`.
struct Recipe {
  private static let keys = [
    "recipe", "about", "weights", "inputs", "constants", "steps", "repeat", "then", "outputs", "architecture",
  ]
  private static let repeatKeys = ["over", "times", "state", "steps", "collect"]
  /// The most lines and names that one recipe may have.
  private static let mostLines = 400

  private let root: JSONNode
  private var lines: ExpressionWriter

  /// Whether a JSON text says that it is a recipe.
  static func recognises(_ root: JSONNode) -> Bool { root["recipe"] != nil }

  /// The network that a recipe describes.
  static func network(
    _ root: JSONNode, size: Int, companion: Network.Companion?
  ) throws(NetworkError) -> ModelDescription {
    try check(root, keys, place: "the file")
    guard root["recipe"]?.integer == 1 else {
      throw fault("the file", "'recipe' must be 1, the only version there is")
    }
    var writer = DescriptionWriter(form: .recipe, fileSize: size)
    var checkpoint: Checkpoint?
    if let weights = root["weights"] {
      guard let name = weights.text else {
        throw fault("weights", "it is \(weights.kindName); it must be the name of a file")
      }
      let found = try WeightsBeside(companion).checkpoint(name)
      writer.readFrom(name, size: found.bytes.count)
      for note in found.notes.prefix(4) { writer.warn(note) }
      checkpoint = found
    }
    if let written = root["architecture"] {
      for key in ["inputs", "constants", "steps", "repeat", "then", "outputs"] where root[key] != nil {
        throw fault(key, "it stands beside 'architecture', which says the whole function", "leave one of them out")
      }
      guard let checkpoint else {
        throw fault("architecture", "there are no weights", "add 'weights' with a file's name")
      }
      let architecture = try NetworkArchitecture.read(written)
      guard var model = try WeightsFile.network(checkpoint.bytes, architecture: architecture) else {
        throw fault("architecture", "the weights are of a format that no architecture is known for")
      }
      model.form = .recipe
      model.externalFiles = writer.model.externalFiles
      return model
    }
    var recipe = Recipe(
      root: root, lines: ExpressionWriter(writer: writer, weights: checkpoint?.tensors ?? []))
    try recipe.write()
    let unused = recipe.lines.unusedWeights
    if !unused.isEmpty {
      let listed = unused.prefix(6).map { "'\($0)'" }.joined(separator: ", ") + (unused.count > 6 ? ", …" : "")
      recipe.lines.writer.warn("the recipe leaves out \(unused.count) of the weights: \(listed)")
    }
    return recipe.lines.writer.model
  }

  // MARK: Faults

  private static func fault(_ place: String, _ reason: String, _ hint: String? = nil) -> NetworkError {
    .recipe(place: place, reason: reason, hint: hint)
  }

  private static func check(_ node: JSONNode, _ keys: [String], place: String) throws(NetworkError) {
    guard let members = node.members else { throw fault(place, "it is \(node.kindName); it must be an object") }
    for member in members where !keys.contains(member.key) {
      throw fault(place, "unknown key '\(member.key.prefix(40))'", nearMissHint(for: member.key, among: keys))
    }
  }

  /// Adds the place to what goes wrong in a line.
  private func located<Value>(_ place: String, _ body: () throws -> Value) throws(NetworkError) -> Value {
    do {
      return try body()
    } catch let fault as ExpressionTokens.Fault {
      throw Self.fault("\(place), column \(fault.column)", fault.reason, fault.hint)
    } catch let error as NetworkError {
      throw error
    } catch let error as any Diagnosable {
      throw Self.fault(place, error.message, error.hint)
    } catch {
      throw Self.fault(place, "\(error)")
    }
  }

  private func members(_ node: JSONNode, _ key: String, place: String) throws(NetworkError) -> [JSONNode.Member] {
    guard let value = node[key] else { return [] }
    guard let members = value.members else {
      throw Self.fault(place, "it is \(value.kindName); it must be an object")
    }
    guard members.count <= Self.mostLines else {
      throw Self.fault(place, "it has \(members.count) names; at most \(Self.mostLines) are read")
    }
    return members
  }

  private func texts(_ node: JSONNode, _ key: String, place: String) throws(NetworkError) -> [String] {
    guard let value = node[key] else { return [] }
    guard let elements = value.elements else {
      throw Self.fault(place, "it is \(value.kindName); it must be an array of lines")
    }
    guard elements.count <= Self.mostLines else {
      throw Self.fault(place, "it has \(elements.count) lines; at most \(Self.mostLines) are read")
    }
    var texts: [String] = []
    for (index, element) in elements.enumerated() {
      guard let text = element.text else {
        throw Self.fault("\(place)[\(index)]", "it is \(element.kindName); it must be a line of text")
      }
      texts.append(text)
    }
    return texts
  }

  // MARK: The function

  private mutating func write() throws(NetworkError) {
    var extents: [String: [Int?]] = [:]
    for member in try members(root, "inputs", place: "inputs") {
      let place = "inputs.\(member.key.prefix(40))"
      guard !lines.isDefined(member.key), !member.key.isEmpty, !member.key.hasPrefix("%") else {
        throw Self.fault(place, "the name is taken or is none", "give the input another name")
      }
      let (shape, symbols, type) = try port(member.value, place: place)
      extents[member.key] = shape
      lines.define(member.key, as: lines.writer.input(member.key, shape, type: type, symbols: symbols))
    }
    guard !extents.isEmpty else { throw Self.fault("inputs", "there is none", "name what goes in, with its extents") }
    for member in try members(root, "constants", place: "constants") {
      let place = "constants.\(member.key.prefix(40))"
      guard let number = member.value.number else {
        throw Self.fault(place, "it is \(member.value.kindName); it must be a number")
      }
      guard !lines.isDefined(member.key) else { throw Self.fault(place, "the name is taken") }
      lines.define(member.key, as: lines.writer.number(number))
    }
    try run(texts(root, "steps", place: "steps"), place: "steps")
    if let loop = root["repeat"] { try write(loop, extents) }
    try run(texts(root, "then", place: "then"), place: "then")

    let outputs = try members(root, "outputs", place: "outputs")
    guard !outputs.isEmpty else {
      throw Self.fault("outputs", "there is none", "name what comes out, with its extents")
    }
    for member in outputs {
      let place = "outputs.\(member.key.prefix(40))"
      let (shape, _, _) = try port(member.value, place: place)
      let value = try located(place) { try lines.value("`\(member.key)`") }
      // An output bears the name of a line, which the graph knows under another.
      guard extents[member.key] == nil else {
        throw Self.fault(place, "it is an input", "give the output another name")
      }
      lines.writer.output(member.key, value, shape)
    }
  }

  private mutating func run(_ texts: [String], place: String) throws(NetworkError) {
    for (index, text) in texts.enumerated() {
      try located("\(place)[\(index)]") { try lines.assign(text) }
    }
  }

  /// Extents: whole numbers, or a text for one that is left open; with a type, an object of both.
  private func port(
    _ node: JSONNode, place: String
  ) throws(NetworkError) -> (shape: [Int?], symbols: [String?], type: ElementType) {
    var list = node
    var type = ElementType.f64
    if node.members != nil {
      try Self.check(node, ["shape", "type"], place: place)
      guard let shape = node["shape"] else { throw Self.fault(place, "'shape' is missing") }
      list = shape
      switch node["type"]?.text ?? "real" {
      case "real": break
      case "whole": type = .i64
      case let other:
        throw Self.fault(place, "'type' is '\(other.prefix(40))'; it must be 'real' or 'whole'")
      }
    }
    guard let elements = list.elements, elements.count <= largestRank else {
      throw Self.fault(place, "it must be an array of at most \(largestRank) extents")
    }
    var shape: [Int?] = []
    var symbols: [String?] = []
    for element in elements {
      if let symbol = element.text {
        shape.append(nil)
        symbols.append(symbol)
      } else if let extent = element.integer, extent > 0, extent <= largestElementCount {
        shape.append(extent)
        symbols.append(nil)
      } else {
        throw Self.fault(
          place, "an extent must be a whole number from 1 to \(largestElementCount), or a text where it is left open")
      }
    }
    return (shape, symbols, type)
  }

  // MARK: Over time

  private mutating func write(_ loop: JSONNode, _ extents: [String: [Int?]]) throws(NetworkError) {
    try Self.check(loop, Self.repeatKeys, place: "repeat")
    var times: Int?
    if let given = loop["times"] {
      guard let count = given.integer, count > 0, count <= DescriptionWriter.mostNodes else {
        throw Self.fault("repeat.times", "it must be a whole number from 1 to \(DescriptionWriter.mostNodes)")
      }
      times = count
    }
    var over: [(name: String, input: String)] = []
    for member in try members(loop, "over", place: "repeat.over") {
      let place = "repeat.over.\(member.key.prefix(40))"
      guard let input = member.value.text, let shape = extents[input] else {
        throw Self.fault(
          place, "it must name an input",
          member.value.text.flatMap { nearMissHint(for: $0, among: extents.keys.sorted()) })
      }
      guard shape.count > 1, let count = shape[1] else {
        throw Self.fault(
          place, "the second axis of '\(input)' is left open", "give the number of times as the input's second extent")
      }
      guard times == nil || times == count else {
        throw Self.fault(place, "'\(input)' has \(count) times; \(times ?? 0) are needed")
      }
      guard !lines.isDefined(member.key) else { throw Self.fault(place, "the name is taken") }
      times = count
      over.append((member.key, input))
    }
    guard let times else {
      throw Self.fault("repeat", "nothing says how often", "add 'times', or 'over' with an input")
    }
    for member in try members(loop, "state", place: "repeat.state") {
      let place = "repeat.state.\(member.key.prefix(40))"
      guard let start = member.value.text else {
        throw Self.fault(place, "it is \(member.value.kindName); it must be the expression it starts from")
      }
      let value = try located(place) { try lines.value(start) }
      guard !lines.isDefined(member.key) else { throw Self.fault(place, "the name is taken") }
      lines.define(member.key, as: value)
    }
    let steps = try texts(loop, "steps", place: "repeat.steps")
    guard !steps.isEmpty else { throw Self.fault("repeat.steps", "there is no line") }
    let collect = try members(loop, "collect", place: "repeat.collect")
    var collected = [[String]](repeating: [], count: collect.count)
    for time in 0..<times {
      for (name, input) in over {
        let place = lines.writer.wholes([time])
        let index = try lines.writer.node("Squeeze", [place])
        lines.define(name, as: try lines.writer.node("Gather", [input, index], ["axis": .integer(1)]))
      }
      try run(steps, place: "repeat.steps")
      for (index, member) in collect.enumerated() {
        let place = "repeat.collect.\(member.key.prefix(40))"
        guard let text = member.value.text else {
          throw Self.fault(place, "it is \(member.value.kindName); it must be an expression")
        }
        let value = try located(place) { try lines.value(text) }
        collected[index].append(try lines.writer.node("Unsqueeze", [value, lines.writer.wholes([1])]))
      }
    }
    for (member, values) in zip(collect, collected) {
      guard !lines.isDefined(member.key) else {
        throw Self.fault("repeat.collect.\(member.key.prefix(40))", "the name is taken")
      }
      lines.define(member.key, as: try lines.writer.node("Concat", values, ["axis": .integer(1)]))
    }
  }
}
