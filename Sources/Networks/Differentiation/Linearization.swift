import CKernels

/// A network linearised at given inputs: the linear maps that lead from one input to one output.
///
/// Chains of elementwise operations on one value are joined into a single multiplication by their derivative, which is
/// worked out once for all directions.
struct Linearization<S: NetworkScalar>: Sendable {
  private enum Step: Sendable {
    /// value `target` = factor · value `source`, elementwise.
    case scale(source: Int, target: Int, factor: Partial<S>)
    /// A node with its operation prepared for its site; which of its operands directions come through.
    case node(Graph.Node, any Operation, Site<S>, active: [Bool])

    var sources: [Int] {
      switch self {
      case .scale(let source, _, _): [source]
      case .node(let node, _, _, let active): active.indices.compactMap { active[$0] ? node.operands[$0] : nil }
      }
    }
  }

  private var steps: [Step] = []
  private let input: Int
  private let output: Int
  private var shapes: [Int: [Int]] = [:]
  /// The value of the output.
  let result: NDArray<S>

  /// The largest number of elements of a value that directions pass through.
  var widestCount: Int { shapes.values.map { $0.reduce(1, *) }.max() ?? 1 }
  /// Whether a large value is a single row, so that few directions make slim products.
  var isSlim: Bool {
    let least = widestCount / 2
    return shapes.values.contains { shape in
      shape.reduce(1, *) >= least && shape.dropFirst().filter { $0 > 1 }.count < 2
    }
  }
  /// The shape of the input.
  var inputShape: [Int] { shapes[input] ?? [] }
  /// Whether the output depends on the input at all.
  var isConnected: Bool { input == output || !steps.isEmpty }

  /// Linearises the nodes between an input and an output; `values` holds the value of everything they read.
  init(graph: Graph, chosen: [Int], values: [Value<S>?], input: Int, output: Int) throws(NetworkError) {
    self.input = input
    self.output = output
    guard case .real(let result)? = values[output] else { throw .node("output", reason: "holds whole numbers") }
    self.result = result
    let active = Self.activeNodes(graph, chosen, values, from: input, to: output)
    shapes[input] = values[input]?.shape
    var chains = Chains<S>()
    for index in active.nodes {
      let node = graph.nodes[index]
      let site = Site(
        operands: Operands(values: node.operands.map { $0.flatMap { values[$0] } }),
        results: try Self.results(node, values))
      let wanted = node.operands.enumerated().map { position, operand in
        operand.map { active.values.contains($0) && node.operation.isDifferentiable(operand: position) } ?? false
      }
      let operation: any Operation
      do throws(NodeFault) {
        if try chains.extend(over: node, site, wanted) { continue }
        operation = try node.operation.prepared(at: site)
      } catch {
        throw .node(node.label, reason: error.reason)
      }
      for case (let operand?, true) in zip(node.operands, wanted) { write(&chains, operand, values) }
      steps.append(.node(node, operation, site, active: wanted))
      for (number, value) in zip(node.results, site.results) { if let number { shapes[number] = value.shape } }
    }
    write(&chains, output, values)
  }

  /// Turns a joined chain into a step, once.
  private mutating func write(_ chains: inout Chains<S>, _ value: Int, _ values: [Value<S>?]) {
    guard let (root, factor) = chains.take(value) else { return }
    steps.append(.scale(source: root, target: value, factor: factor))
    shapes[value] = values[value]?.shape
  }

  /// What the node made; results that nothing reads are stood in for by empty arrays.
  private static func results(_ node: Graph.Node, _ values: [Value<S>?]) throws(NetworkError) -> [Value<S>] {
    node.results.map { $0.flatMap { values[$0] } ?? .real(NDArray(shape: [0], values: [])) }
  }

  /// The nodes and values on a differentiable way from the input to the output.
  static func activeNodes(
    _ graph: Graph, _ chosen: [Int], _ values: [Value<S>?], from input: Int, to output: Int
  ) -> (nodes: [Int], values: Set<Int>) {
    var reached: Set<Int> = [input]
    var forward: [Int] = []
    for index in chosen {
      let node = graph.nodes[index]
      let passes = node.operands.enumerated().contains { position, operand in
        operand.map { reached.contains($0) && node.operation.isDifferentiable(operand: position) } ?? false
      }
      guard passes else { continue }
      forward.append(index)
      for case let result? in node.results {
        if case .real? = values[result] { reached.insert(result) }
      }
    }
    var useful: Set<Int> = [output]
    var both: [Int] = []
    for index in forward.reversed() {
      let node = graph.nodes[index]
      guard node.results.contains(where: { $0.map { useful.contains($0) } ?? false }) else { continue }
      both.append(index)
      for case let operand? in node.operands where reached.contains(operand) { useful.insert(operand) }
    }
    return (both.reversed(), reached.intersection(useful))
  }

  // MARK: - Passing directions

  /// Directions at the output, of directions at the input.
  func pushForward(_ seed: Directions<S>) throws(NetworkError) -> Directions<S> {
    var open: [Int: Directions<S>] = [input: seed]
    var readers: [Int: Int] = [output: 1]
    for step in steps { for source in step.sources { readers[source, default: 0] += 1 } }
    func take(_ value: Int) -> Directions<S>? {
      readers[value, default: 1] -= 1
      return readers[value] == 0 ? open.removeValue(forKey: value) : open[value]
    }
    for step in steps {
      switch step {
      case .scale(let source, let target, let factor):
        guard var directions = take(source) else { continue }
        directions.scale(by: factor, at: shapes[target] ?? [])
        open[target] = directions
      case .node(let node, let operation, let site, let active):
        let given = active.indices.map { active[$0] ? node.operands[$0].flatMap { take($0) } : nil }
        guard given.contains(where: { $0 != nil }) else { continue }
        do throws(NodeFault) {
          for (number, part) in zip(node.results, try S.kernels.operations.pushForward(operation, given, site)) {
            if let number, let part { open[number] = part }
          }
        } catch {
          throw .node(node.label, reason: error.reason)
        }
      }
    }
    return open[output] ?? Directions(zeros: seed.count, shape: result.shape)
  }

  /// Directions at the input, of directions at the output.
  func pullBack(_ seed: Directions<S>) throws(NetworkError) -> Directions<S> {
    var open: [Int: Directions<S>] = [output: seed]
    func add(_ part: Directions<S>, to value: Int) {
      guard var sum = open.removeValue(forKey: value) else {
        open[value] = part
        return
      }
      sum.add(part, at: shapes[value] ?? part.shape)
      open[value] = sum
    }
    for step in steps.reversed() {
      switch step {
      case .scale(let source, let target, let factor):
        guard var directions = open.removeValue(forKey: target) else { continue }
        directions.scale(by: factor, at: shapes[source] ?? [])
        add(directions, to: source)
      case .node(let node, let operation, let site, let active):
        let given = node.results.map { $0.flatMap { open.removeValue(forKey: $0) } }
        guard given.contains(where: { $0 != nil }) else { continue }
        do throws(NodeFault) {
          let parts = try S.kernels.operations.pullBack(operation, given, site, active)
          for (position, part) in parts.enumerated() where active[position] {
            if let part, let operand = node.operands[position] { add(part, to: operand) }
          }
        } catch {
          throw .node(node.label, reason: error.reason)
        }
      }
    }
    return open[input] ?? Directions(zeros: seed.count, shape: shapes[input] ?? [])
  }
}

/// Elementwise chains on their way to be joined: for each value its root and its derivative by the root.
private struct Chains<S: NetworkScalar> {
  private var links: [Int: (root: Int, factor: Partial<S>)] = [:]
  private var written: Set<Int> = []

  /// Joins a pointwise node to the chain of its operands; says whether that was possible.
  mutating func extend(over node: Graph.Node, _ site: Site<S>, _ wanted: [Bool]) throws(NodeFault) -> Bool {
    guard let operation = node.operation as? any PointwiseOperation, let first = node.results.first, let result = first
    else { return false }
    let shape = site.results[0].shape
    let sources = wanted.indices.filter { wanted[$0] }
    let numbers = sources.compactMap { node.operands[$0] }
    let roots = Set(numbers.map { links[$0]?.root ?? $0 })
    guard roots.count == 1, let root = roots.first, sources.allSatisfy({ site.operandShape($0) == shape }) else {
      return false
    }
    let partials = try operation.partials(at: site, wanted: wanted)
    var sum: Partial<S> = .constant(0)
    for source in sources {
      guard let number = node.operands[source], let partial = partials[source] else { continue }
      let factor = links[number]?.factor ?? .constant(1)
      sum = try sum.adding(try partial.multiplied(by: factor, shape: shape), shape: shape)
    }
    links[result] = (root, sum)
    return true
  }

  /// The link of a value that is now needed for itself; from then on the value is its own root.
  mutating func take(_ value: Int) -> (root: Int, factor: Partial<S>)? {
    links.removeValue(forKey: value)
  }
}

extension Partial {
  /// Both, one after the other; a zero passes nothing, not even infinity.
  fileprivate func multiplied(by other: Partial, shape: [Int]) throws(NodeFault) -> Partial {
    switch (self, other) {
    case (.constant(let x), .constant(let y)): return .constant(x * y)
    case (.constant(let x), .array(let y)), (.array(let y), .constant(let x)):
      if x == 1 { return .array(y) }
      return .array(weighed(y.values, by: nil, scale: x, shape: y.shape, weightShape: y.shape, to: y.shape))
    case (.array(let x), .array(let y)):
      return .array(weighed(y.values, by: x.values, scale: 1, shape: y.shape, weightShape: x.shape, to: shape))
    }
  }

  fileprivate func adding(_ other: Partial, shape: [Int]) throws(NodeFault) -> Partial {
    switch (self, other) {
    case (.constant(let x), .constant(let y)): return .constant(x + y)
    case (.constant(0), let only), (let only, .constant(0)): return only
    default: return .array(try combine(Int32(FBK_ADD), array, other.array))
    }
  }

  fileprivate var array: NDArray<S> {
    switch self {
    case .constant(let x): NDArray(shape: [], values: [x])
    case .array(let array): array
    }
  }

  private func weighed(
    _ values: [S], by weights: [S]?, scale: S, shape: [Int], weightShape: [Int], to extents: [Int]
  ) -> NDArray<S> {
    NDArray(shape: extents) { target in
      StridedLoop(
        extents: extents,
        strides: [
          broadcastStrides(shape, to: extents), broadcastStrides(weightShape, to: extents), packedStrides(extents),
        ]
      ).weigh(values, weights: weights, scale: scale, into: target, assigning: true)
    }
  }
}

extension Directions {
  /// Multiplies every direction by a derivative, in place where the directions are not uniform.
  fileprivate mutating func scale(by factor: Partial<S>, at shape: [Int]) {
    switch factor {
    case .constant(1): return
    case .constant(let scale):
      let one = [scale]
      StridedLoop(extents: [values.count], strides: [[1], [0]]).scale(&values, by: one)
    case .array(let array):
      let weights = broadcastStrides(array.shape, to: shape)
      if !isUniform(for: shape) {
        StridedLoop(extents: [count] + shape, strides: [packedStrides([count] + shape), [0] + weights])
          .scale(&values, by: array.values)
        return
      }
      var source = packedStrides([count] + self.shape)
      source[1] = 0
      let loop = StridedLoop(
        extents: [count] + shape, strides: [source, [0] + weights, packedStrides([count] + shape)])
      self = Directions(count: count, shape: shape) {
        loop.weigh(values, weights: array.values, scale: 1, into: $0, assigning: true)
      }
    }
  }
}
