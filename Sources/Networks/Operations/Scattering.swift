/// Entries put at positions of an array, or joined with what is there: along one axis (`ScatterElements`) or by
/// coordinates (`ScatterND`).
///
/// Where positions repeat and nothing is joined, the last entry stays. Extremes share their derivative evenly among
/// equals, as in PyTorch.
struct Scattering: Operation {
  enum Kind: Sendable { case elements(axis: Int), coordinates }
  enum Join: String, Sendable { case none, add, mul, max, min }
  let kind: Kind
  let join: Join

  /// Where each entry of the updates goes in the array.
  private func positions<S>(_ operands: Operands<S>) throws(NodeFault) -> [Int] {
    let (shape, index, updates) = (try operands.value(0).shape, try operands.whole(1), try operands.value(2).shape)
    switch kind {
    case .elements(let axis):
      let axis = try resolvedAxis(axis, rank: shape.count)
      guard updates == index.shape else {
        throw NodeFault("updates of \(updates.written) do not match positions of \(index.shape.written)")
      }
      return try Gathering(kind: .elements(axis: axis)).places(shape, index)
    case .coordinates:
      let rows = try Gathering(kind: .coordinates(batchAxes: 0)).places(shape, index)
      let block = shape.dropFirst(index.shape.last ?? 0)
      guard updates == Array(index.shape.dropLast()) + block else {
        throw NodeFault(
          "updates of \(updates.written) do not match positions of \(index.shape.written) in \(shape.written)")
      }
      let size = block.reduce(1, *)
      return rows.flatMap { row in (0..<size).map { row * size + $0 } }
    }
  }

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let places = try positions(operands)
    switch (try operands.value(0), try operands.value(2)) {
    case (.whole(var array), .whole(let updates)):
      for (place, update) in zip(places, updates.values) {
        let old = array.values[place]
        switch join {
        case .none: array.values[place] = update
        case .add: array.values[place] = old &+ update
        case .mul: array.values[place] = old &* update
        case .max: array.values[place] = Swift.max(old, update)
        case .min: array.values[place] = Swift.min(old, update)
        }
      }
      return [.whole(array)]
    case (.real(let x), .real(let updates)):
      return [.real(NDArray(shape: x.shape, values: joined(x.values, updates.values, places)))]
    default: throw NodeFault("operands are real and whole numbers; they must be alike")
    }
  }

  private func joined<S: NetworkScalar>(_ x: [S], _ updates: [S], _ places: [Int]) -> [S] {
    if join == .add {
      var result = x
      S.kernels.scatter(1, x.count, 1, places.count, places, updates, &result)
      return result
    }
    // In double precision, whose loops are compiled for themselves; choosing and assigning are exact.
    if join == .mul, let singles = x as? [Float], let factors = updates as? [Float] {
      var result = singles
      for (place, factor) in zip(places, factors) { result[place] *= factor }
      return S.converting(result)
    }
    var result = Double.converting(x)
    for (place, update) in zip(places, Double.converting(updates)) {
      switch join {
      case .none, .add: result[place] = update
      case .mul: result[place] *= update
      case .max: result[place] = result[place].isNaN || update <= result[place] ? result[place] : update
      case .min: result[place] = result[place].isNaN || update >= result[place] ? result[place] : update
      }
    }
    return S.converting(result)
  }

  /// The derivatives of each entry of the result by what was there and by each update.
  private func weights<S>(_ site: Site<S>, _ places: [Int]) throws(NodeFault) -> (array: [S]?, updates: [S]?) {
    let size = site.operandShape(0).reduce(1, *)
    switch join {
    case .add: return (nil, nil)
    case .none:
      var (kept, last) = ([Double](repeating: 1, count: size), [Double](repeating: 0, count: places.count))
      for entry in places.indices.reversed() where kept[places[entry]] == 1 {
        (kept[places[entry]], last[entry]) = (0, 1)
      }
      return (S.converting(kept), S.converting(last))
    case .mul: return try factors(site, places)
    case .max, .min:
      guard case .real(let extreme) = site.results[0] else { return (nil, nil) }
      let best = Double.converting(extreme.values)
      let x = Double.converting(try site.operands.real(0).values)
      let updates = Double.converting(try site.operands.real(2).values)
      var reached = zip(x, best).map { $0 == $1 ? 1.0 : 0 }
      for (place, update) in zip(places, updates) where update == best[place] { reached[place] += 1 }
      let kept = zip(zip(x, best), reached).map { $0.0 == $0.1 ? 1 / $1 : 0 }
      let shares = zip(places, updates).map { $1 == best[$0] ? 1 / reached[$0] : 0 }
      return (S.converting(kept), S.converting(shares))
    }
  }

  /// For a product the product of the other factors: forwards up to each, backwards from each.
  private func factors<S>(_ site: Site<S>, _ places: [Int]) throws(NodeFault) -> (array: [S]?, updates: [S]?) {
    let x = Double.converting(try site.operands.real(0).values)
    let updates = Double.converting(try site.operands.real(2).values)
    var running = x
    var others = [Double](repeating: 1, count: places.count)
    for (entry, place) in places.enumerated() {
      others[entry] = running[place]
      running[place] *= updates[entry]
    }
    running = [Double](repeating: 1, count: x.count)
    for entry in places.indices.reversed() {
      others[entry] *= running[places[entry]]
      running[places[entry]] *= updates[entry]
    }
    return (S.converting(running), S.converting(others))
  }

  private func weighed<S>(_ given: Directions<S>, _ weights: [S]?) -> [S] {
    var values = given.values
    if let weights {
      StridedLoop(extents: [given.count, weights.count], strides: [[weights.count, 1], [0, 1]])
        .scale(&values, by: weights)
    }
    return values
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let places = try positions(site.operands)
    let shape = site.operandShape(0)
    let weights = try weights(site, places)
    let array = directions[0]?.expanded(to: shape)
    let updates = directions[2]?.expanded(to: site.operandShape(2))
    guard let count = array?.count ?? updates?.count else { return [nil] }
    var result = Directions<S>(zeros: count, shape: shape)
    if let array { result.values = weighed(array, weights.array) }
    if let updates {
      S.kernels.scatter(
        count, shape.reduce(1, *), 1, places.count, places, weighed(updates, weights.updates), &result.values)
    }
    return [result]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    var results = wanted.map { _ in Directions<S>?.none }
    let shape = site.operandShape(0)
    guard let full = directions[0]?.expanded(to: shape) else { return results }
    let places = try positions(site.operands)
    let weights = try weights(site, places)
    if wanted[0] { results[0] = Directions(count: full.count, shape: shape, values: weighed(full, weights.array)) }
    if wanted[2] {
      var picked = Directions<S>(count: full.count, shape: site.operandShape(2)) {
        S.kernels.gather(full.count, shape.reduce(1, *), 1, places.count, places, full.values, $0)
      }
      picked.values = weighed(picked, weights.updates)
      results[2] = picked
    }
    return results
  }

  func isDifferentiable(operand: Int) -> Bool { operand != 1 }

  private static func join(_ given: Attributes) throws(NodeFault) -> Join {
    let name = try given.text("reduction") ?? "none"
    guard let join = Join(rawValue: name) else {
      throw NodeFault("attribute 'reduction' is '\(name)'; it must be 'none', 'add', 'mul', 'max' or 'min'")
    }
    return join
  }

  static let builders: [String: OperationCatalog.Builder] = {
    var all: [String: OperationCatalog.Builder] = [
      "ScatterND": { given in Scattering(kind: .coordinates, join: try join(given)) }
    ]
    // `Scatter` is the name of the same until operator set 10.
    for name in ["ScatterElements", "Scatter"] {
      all[name] = { given in
        Scattering(kind: .elements(axis: try given.integer("axis", default: 0)), join: try join(given))
      }
    }
    return all
  }()
}
