import Analysis
import Diagnostics
import Networks
import Probing

extension Composition {
  /// What one measurement needs.
  public struct Subject: Sendable {
    let runs: [Run]
  }

  /// A network, or what one made.
  struct Run: Sendable {
    enum Content: Sendable {
      case network(NetworkMember)
      /// Images × rows × columns.
      case images(NDArray<Double>)
    }

    let name: String
    let group: String
    /// The step of its training; `nil` where it has none.
    let step: Double?
    /// Its size in the series; `nil` where it has none.
    let size: Double?
    let content: Content
    let conditions: [[Double]]
    let trained: [[Double]]?
  }

  /// Takes the networks or the images, and the conditions.
  public func gather(from bench: some Bench) throws -> Subject {
    images.isEmpty ? try networks(on: bench) : try images(on: bench)
  }

  private func networks(on bench: some Bench) throws -> Subject {
    let found = try bench.comparedNetworks(network)
    let labels = try groups.spread(over: found.map(\.sourceIndex), key: "groups")
    let asked = try Self.one(of: conditions, for: network.count, key: "conditions") { source in
      try Self.rows(of: try bench.array(source.source(besides: nil)), named: source.source(besides: nil).name)
    }
    let known = try Self.one(of: trained, for: network.count, key: "trained") { source in
      try Self.rows(of: try bench.array(source.source(besides: nil)), named: source.source(besides: nil).name)
    }
    let lattice = gridRows
    return Subject(
      runs: found.enumerated().map { index, each in
        let index = (run: index, source: each.sourceIndex)
        // A cell knows what its members differ in; a path has no say.
        let kind = each.source.contains(":") ? each.member.over ?? over : over
        return Run(
          name: each.name, group: labels.isEmpty ? each.group : labels[index.run],
          step: kind == .step ? each.member.number : nil, size: kind == .size ? each.member.number : nil,
          content: .network(each.member), conditions: asked.isEmpty ? lattice : asked[index.source],
          trained: known.isEmpty ? nil : known[index.source])
      })
  }

  private func images(on bench: some Bench) throws -> Subject {
    let names = SourceReference.shortNames(of: images.map(\.name))
    for (key, list) in [("conditions", conditions), ("trained", trained)]
    where list.count > 1 && list.count != images.count {
      throw ParameterError.rule(
        key, is: "\(list.count) long", mustBe: "one, or \(images.count) long, one for each of 'images'")
    }
    var (runs, sources, total): ([Run], [Int], Int) = ([], [], 0)
    for (index, source) in images.enumerated() {
      let made = try bench.arrays(source)
      let asked = try beside(
        made, conditions[conditions.count == 1 ? 0 : index], source, key: "conditions", on: bench)
      let known =
        trained.isEmpty
        ? nil : try beside(made, trained[trained.count == 1 ? 0 : index], source, key: "trained", on: bench)
      let short = names[index].split(separator: ":").first.map(String.init) ?? names[index]
      let group = SourceReference.groupName(of: short)
      for (place, member) in made.enumerated() {
        let name = member.label.map { short.contains("*") ? short.replacing("*", with: $0) : "\(short) \($0)" } ?? short
        let pixels = try Self.pictures(member.array, named: member.label.map { "\(source.name) \($0)" } ?? source.name)
        guard pixels.shape[0] == asked[place].count else {
          throw BenchError.wrongShape(
            source.name, shape: member.array.shape,
            rule: "as many images as there are conditions, which are \(asked[place].count)")
        }
        total += pixels.count
        guard total <= Self.mostPixels else {
          throw ParameterError.rule(
            "images", is: "of more than \(Self.mostPixels) pixels together", mustBe: "fewer at once")
        }
        sources.append(index)
        runs.append(
          Run(
            name: name, group: group, step: over == .step ? member.number : nil,
            size: over == .size ? member.number : nil, content: .images(pixels), conditions: asked[place],
            trained: known?[place]))
      }
    }
    let labels = try groups.spread(over: sources, key: "groups")
    guard !labels.isEmpty else { return Subject(runs: runs) }
    return Subject(
      runs: zip(runs, labels).map { run, label in
        Run(
          name: run.name, group: label, step: run.step, size: run.size, content: run.content,
          conditions: run.conditions, trained: run.trained)
      })
  }

  /// Rows for each of the arrays of images: of one array for all, or of as many.
  private func beside(
    _ made: [ArrayMember], _ reference: ConditionReference, _ images: SourceReference, key: String,
    on bench: some Bench
  ) throws -> [[[Double]]] {
    let source = reference.source(besides: images)
    let found = try bench.arrays(source)
    guard found.count == 1 || found.map(\.label) == made.map(\.label) else {
      throw ParameterError.rule(
        key, is: "\(found.count) arrays of '\(source.name)'",
        mustBe: "one, or those of the same names as the \(made.count) of '\(images.name)'")
    }
    let rows = try found.map { try Self.rows(of: $0.array, named: source.name) }
    return found.count == 1 ? made.map { _ in rows[0] } : rows
  }

  private static func one<Item>(
    of list: [ConditionReference], for count: Int, key: String, read: (ConditionReference) throws -> Item
  ) throws -> [Item] {
    guard list.isEmpty || list.count == 1 || list.count == count else {
      throw ParameterError.rule(
        key, is: "\(list.count) long",
        mustBe: count == 1 ? "one array" : "one array, or one for each of \(count) networks")
    }
    let read = try list.map(read)
    return read.count == 1 ? (0..<count).map { _ in read[0] } : read
  }

  private static func rows(of array: NDArray<Double>, named name: String) throws -> [[Double]] {
    guard array.rank == 2, array.shape[1] == 2, array.shape[0] > 0 else {
      throw BenchError.wrongShape(name, shape: array.shape, rule: "rows (x, y), with at least one row")
    }
    guard array.shape[0] <= mostConditions else {
      throw BenchError.wrongShape(name, shape: array.shape, rule: "at most \(mostConditions) rows")
    }
    let bad = array.values.count { !$0.isFinite }
    if bad > 0 { throw BenchError.notFinite(name, count: bad) }
    guard array.values.allSatisfy({ abs($0) <= farthest }) else {
      throw BenchError.wrongShape(
        name, shape: array.shape, rule: "places in pixels, within \(rounded(farthest)) of the first")
    }
    return (0..<array.shape[0]).map { [array.values[2 * $0], array.values[2 * $0 + 1]] }
  }

  private static func pictures(_ array: NDArray<Double>, named name: String) throws -> NDArray<Double> {
    let shape = array.shape
    guard array.count > 0, array.rank == 3 || array.rank == 4 && shape[1] == 1 else {
      throw BenchError.wrongShape(name, shape: shape, rule: "images × rows × columns, of one channel")
    }
    let sides = FeatureImages.smallestSide...FeatureImages.largestSide
    guard shape.suffix(2).allSatisfy(sides.contains) else {
      throw BenchError.wrongShape(
        name, shape: shape, rule: "images from \(sides.lowerBound) to \(sides.upperBound) pixels a side")
    }
    guard array.count <= mostPixels else {
      throw BenchError.wrongShape(name, shape: shape, rule: "at most \(mostPixels) pixels together")
    }
    let bad = array.values.count { !$0.isFinite }
    if bad > 0 { throw BenchError.notFinite(name, count: bad) }
    return array.reshaped(to: [shape[0], shape[shape.count - 2], shape[shape.count - 1]])
  }

  private var gridRows: [[Double]] {
    guard grid.count == 2 else { return [] }
    func places(_ values: [Double]) -> [Double] {
      let count = Int(values[2])
      return (0..<count).map { values[0] + (values[1] - values[0]) * Double($0) / Double(max(1, count - 1)) }
    }
    return places(grid[0]).flatMap { x in places(grid[1]).map { [x, $0] } }
  }
}
