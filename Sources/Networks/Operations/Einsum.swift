/// Sums of products of any number of operands, by Einstein's convention: linear in each operand.
struct Einsum: Operation {
  let equation: EinsumEquation

  /// The letter of the directions' own axis.
  private static let directionLetter = -1

  /// An array whose axes are named by letters, each once.
  private struct Factor<S: NetworkScalar> {
    var letters: [Int]
    var values: [S]
  }

  /// How an operand's axes are named, each letter once: repeated letters step along the diagonal, axes that are
  /// stretched are left out.
  private struct View {
    var letters: [Int]
    var strides: [Int]
  }

  private func view(_ letters: [Int], _ shape: [Int], _ extents: [Int: Int]) -> View {
    var view = View(letters: [], strides: [])
    for (axis, letter) in letters.enumerated() where shape[axis] == extents[letter] {
      let stride = packedStrides(shape)[axis]
      if let place = view.letters.firstIndex(of: letter) {
        view.strides[place] += stride
      } else {
        view.letters.append(letter)
        view.strides.append(stride)
      }
    }
    return view
  }

  /// Everything about the operands but their numbers.
  private struct Plan {
    var letters: EinsumEquation.Letters
    var views: [View]
    var shape: [Int]
  }

  private func plan<S>(_ operands: Operands<S>) throws(NodeFault) -> Plan {
    var shapes: [[Int]] = []
    for position in 0..<operands.count { shapes.append(try operands.real(position).shape) }
    let letters = try equation.letters(shapes)
    let views = shapes.indices.map { view(letters.operands[$0], shapes[$0], letters.extents) }
    let shape = letters.result.map { letters.extents[$0] ?? 1 }
    _ = try elementCount(shape)
    return Plan(letters: letters, views: views, shape: shape)
  }

  /// `count` arrays of an operand's shape under its view's letters, with an axis of their own if `count` is given.
  private func factor<S>(_ values: [S], _ view: View, _ extents: [Int: Int], size: Int, count: Int?) -> Factor<S> {
    let shape = [count ?? 1] + view.letters.map { extents[$0] ?? 1 }
    let array = NDArray<S>(shape: shape) {
      StridedLoop(extents: shape, strides: [[size] + view.strides, packedStrides(shape)]).copy(values, to: $0)
    }
    return Factor(letters: (count == nil ? [] : [Self.directionLetter]) + view.letters, values: array.values)
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let plan = try plan(operands)
    var factors: [Factor<S>] = []
    for (position, view) in plan.views.enumerated() {
      let x = try operands.real(position)
      factors.append(factor(x.values, view, plan.letters.extents, size: x.count, count: nil))
    }
    let result = try product(factors, to: plan.letters.result, plan.letters.extents)
    return [.real(NDArray(shape: plan.shape, values: result.values))]
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let plan = try plan(site.operands)
    var result: Directions<S>?
    for (position, given) in directions.enumerated() {
      guard let full = given?.expanded(to: site.operandShape(position)) else { continue }
      let extents = plan.letters.extents.merging([Self.directionLetter: full.count]) { first, _ in first }
      var factors = try others(position, plan, site.operands)
      factors.append(
        factor(full.values, plan.views[position], extents, size: full.elementCount, count: full.count))
      let sum = try product(factors, to: [Self.directionLetter] + plan.letters.result, extents)
      let part = Directions(count: full.count, shape: plan.shape, values: sum.values)
      if result == nil { result = part } else { result?.add(part, at: plan.shape) }
    }
    return [result]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    let plan = try plan(site.operands)
    guard let full = directions[0]?.expanded(to: plan.shape) else { return wanted.map { _ in nil } }
    let extents = plan.letters.extents.merging([Self.directionLetter: full.count]) { first, _ in first }
    var results = [Directions<S>?](repeating: nil, count: wanted.count)
    for position in wanted.indices where wanted[position] {
      let view = plan.views[position]
      let shape = site.operandShape(position)
      var factors = try others(position, plan, site.operands)
      factors.append(Factor(letters: [Self.directionLetter] + plan.letters.result, values: full.values))
      let sum = try product(factors, to: [Self.directionLetter] + view.letters, extents)
      var part = Directions<S>(zeros: full.count, shape: shape)
      let walk = [full.count] + view.letters.map { extents[$0] ?? 1 }
      StridedLoop(
        extents: walk,
        strides: [packedStrides(walk), walk.map { _ in 0 }, [part.elementCount] + view.strides]
      ).weigh(sum.values, weights: nil, scale: 1, into: &part.values, assigning: false)
      results[position] = part
    }
    return results
  }

  private func others<S>(
    _ left: Int, _ plan: Plan, _ operands: Operands<S>
  ) throws(NodeFault) -> [Factor<S>] {
    var factors: [Factor<S>] = []
    for (position, view) in plan.views.enumerated() where position != left {
      let x = try operands.real(position)
      factors.append(factor(x.values, view, plan.letters.extents, size: x.count, count: nil))
    }
    return factors
  }

  /// The product of all factors, two at a time, summed over every letter that is not asked for.
  private func product<S>(
    _ factors: [Factor<S>], to letters: [Int], _ extents: [Int: Int]
  ) throws(NodeFault) -> Factor<S> {
    guard var result = factors.first else { throw NodeFault("operand 0 is missing") }
    var rest = factors.dropFirst()
    while let next = rest.popFirst() {
      let needed = Set(letters).union(rest.flatMap(\.letters))
      result = try product(result, next, keeping: needed, extents)
    }
    return try arranged(result, letters, extents)
  }

  /// The product of two factors as a stack of products of matrices.
  private func product<S>(
    _ left: Factor<S>, _ right: Factor<S>, keeping needed: Set<Int>, _ extents: [Int: Int]
  ) throws(NodeFault) -> Factor<S> {
    let shared = left.letters.filter { right.letters.contains($0) }
    let (stack, summed) = (shared.filter { needed.contains($0) }, shared.filter { !needed.contains($0) })
    let rows = left.letters.filter { !shared.contains($0) && needed.contains($0) }
    let columns = right.letters.filter { !shared.contains($0) && needed.contains($0) }
    func size(_ letters: [Int]) throws(NodeFault) -> Int { try elementCount(letters.map { extents[$0] ?? 1 }) }
    let first = try arranged(left, stack + rows + summed, extents)
    let second = try arranged(right, stack + summed + columns, extents)
    let (items, depth) = (try size(stack), try size(summed))
    _ = try size(stack + rows + columns)
    let result: [Value<S>] = try MatrixProduct().values(
      of: Operands(values: [
        .real(NDArray(shape: [items, try size(rows), depth], values: first.values)),
        .real(NDArray(shape: [items, depth, try size(columns)], values: second.values)),
      ]))
    guard case .real(let array)? = result.first else { return left }
    return Factor(letters: stack + rows + columns, values: array.values)
  }

  /// A factor with its axes in another order: summed over what is not asked for, repeated along what it does not have.
  private func arranged<S>(
    _ factor: Factor<S>, _ letters: [Int], _ extents: [Int: Int]
  ) throws(NodeFault) -> Factor<S> {
    guard factor.letters != letters else { return factor }
    let walk = letters + factor.letters.filter { !letters.contains($0) }
    func strides(_ present: [Int]) -> [Int] {
      let packed = packedStrides(present.map { extents[$0] ?? 1 })
      return walk.map { letter in present.firstIndex(of: letter).map { packed[$0] } ?? 0 }
    }
    var result = [S](repeating: 0, count: try elementCount(letters.map { extents[$0] ?? 1 }))
    StridedLoop(
      extents: walk.map { extents[$0] ?? 1 },
      strides: [strides(factor.letters), walk.map { _ in 0 }, strides(letters)]
    ).weigh(factor.values, weights: nil, scale: 1, into: &result, assigning: false)
    return Factor(letters: letters, values: result)
  }

  static let builders: [String: OperationCatalog.Builder] = [
    "Einsum": { given in
      guard let equation = try given.text("equation") else { throw NodeFault("attribute 'equation' is missing") }
      return Einsum(equation: try EinsumEquation(equation))
    }
  ]
}
