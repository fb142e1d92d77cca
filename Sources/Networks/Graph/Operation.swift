/// What a node of a graph does: its value, and how directions pass through its linearisation both ways.
///
/// Directions come as ``Directions``: a stack of arrays of the value's shape. Adding a family of operations takes one
/// file with conforming types and one line in ``OperationCatalog``.
protocol Operation: Sendable {
  /// The results on given operands.
  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>]
  /// The directions of the results, given those of the operands (`nil`: zero).
  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?]
  /// The directions of the operands that are wanted, given those of the results (`nil`: zero).
  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?]
  /// The same operation with what it can work out once for all directions at a site.
  func prepared<S>(at site: Site<S>) throws(NodeFault) -> any Operation
  /// Which operands the results depend on differentiably.
  func isDifferentiable(operand: Int) -> Bool

  // The same in either precision. The generic methods satisfy these too, and are compiled for each precision by that.
  func values(of operands: Operands<Float>) throws(NodeFault) -> [Value<Float>]
  func values(of operands: Operands<Double>) throws(NodeFault) -> [Value<Double>]
  func pushForward(
    _ directions: [Directions<Float>?], at site: Site<Float>
  ) throws(NodeFault) -> [Directions<Float>?]
  func pushForward(
    _ directions: [Directions<Double>?], at site: Site<Double>
  ) throws(NodeFault) -> [Directions<Double>?]
  func pullBack(
    _ directions: [Directions<Float>?], at site: Site<Float>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<Float>?]
  func pullBack(
    _ directions: [Directions<Double>?], at site: Site<Double>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<Double>?]
}

extension Operation {
  /// The first operand only, unless an operation says otherwise.
  func isDifferentiable(operand: Int) -> Bool { true }
  /// Nothing, unless an operation says otherwise.
  func prepared<S>(at site: Site<S>) throws(NodeFault) -> any Operation { self }
}

/// An operation whose results have zero derivative, or none.
protocol FlatOperation: Operation {}

extension FlatOperation {
  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    site.results.map { _ in nil }
  }
  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    wanted.map { _ in nil }
  }
  func isDifferentiable(operand: Int) -> Bool { false }
}

/// What a node is given; `nil` where an optional operand is left out.
struct Operands<S: NetworkScalar>: Sendable {
  let values: [Value<S>?]

  var count: Int { values.count }

  /// The operand at a position, or `nil` when it is left out.
  subscript(position: Int) -> Value<S>? { position < values.count ? values[position] : nil }

  /// An operand that must be there.
  func value(_ position: Int) throws(NodeFault) -> Value<S> {
    guard let value = self[position] else { throw NodeFault("operand \(position) is missing") }
    return value
  }

  /// An operand that must be there and hold real numbers.
  func real(_ position: Int) throws(NodeFault) -> NDArray<S> {
    guard case .real(let array) = try value(position) else {
      throw NodeFault("operand \(position) holds whole numbers; it must hold real ones")
    }
    return array
  }

  /// An operand that must hold real numbers if it is there.
  func optionalReal(_ position: Int) throws(NodeFault) -> NDArray<S>? {
    self[position] == nil ? nil : try real(position)
  }

  /// An operand that must be there and hold whole numbers.
  func whole(_ position: Int) throws(NodeFault) -> WholeArray {
    guard case .whole(let array) = try value(position) else {
      throw NodeFault("operand \(position) holds real numbers; it must hold whole ones")
    }
    return array
  }

  /// Numbers that older operator sets give as a parameter and newer ones as an operand.
  func integers(_ parameter: [Int]?, or position: Int) throws(NodeFault) -> [Int]? {
    if let parameter { return parameter }
    return try optionalWhole(position)?.values
  }

  /// An operand that must hold whole numbers if it is there.
  func optionalWhole(_ position: Int) throws(NodeFault) -> WholeArray? {
    self[position] == nil ? nil : try whole(position)
  }
}

/// Where an operation is linearised: what it was given and what it made of it.
struct Site<S: NetworkScalar>: Sendable {
  let operands: Operands<S>
  let results: [Value<S>]

  func operandShape(_ position: Int) -> [Int] { operands[position]?.shape ?? [] }
}

/// A stack of directions at one value: tangents going forward, cotangents going back.
///
/// Shapes: `count` × `shape`, where `shape` is the value's, except that the first axis may have extent 1: then the
/// directions are the same for every entry of that axis ("uniform"). Seeds at a batch of independent samples start so.
struct Directions<S: NetworkScalar>: Sendable {
  var count: Int
  var shape: [Int]
  var values: [S]

  var isEmpty: Bool { values.isEmpty }
  var elementCount: Int { shape.reduce(1, *) }

  init(count: Int, shape: [Int], values: [S]) {
    self.count = count
    self.shape = shape
    self.values = values
  }

  init(count: Int, shape: [Int], filling: (UnsafeMutablePointer<S>) -> Void) {
    self.init(count: count, shape: shape, values: NDArray(shape: [count] + shape, filling: filling).values)
  }

  init(zeros count: Int, shape: [Int]) {
    self.init(count: count, shape: shape, values: NDArray<S>(shape: [count] + shape, repeating: 0).values)
  }

  /// Whether the directions stand for every entry of the value's first axis at once.
  func isUniform(for shape: [Int]) -> Bool { self.shape != shape }

  /// The same directions, written out for every entry of the first axis.
  func expanded(to shape: [Int]) -> Directions {
    guard isUniform(for: shape) else { return self }
    let row = shape.dropFirst().reduce(1, *)
    return Directions(count: count, shape: shape) { target in
      StridedLoop(extents: [count, shape[0], row], strides: [[row, 0, 1], [row * shape[0], row, 1]]).copy(
        values, to: target)
    }
  }

  /// The same directions at the same value under another shape; expands when the first axis does not survive.
  func reshaped(from old: [Int], to new: [Int]) -> Directions {
    if isUniform(for: old), let rows = old.first, new.first == rows {
      return Directions(count: count, shape: [1] + new.dropFirst(), values: values)
    }
    return Directions(count: count, shape: new, values: expanded(to: old).values)
  }

  /// Adds other directions of the same stack at the same value.
  mutating func add(_ other: Directions, at shape: [Int]) {
    if self.shape != other.shape {
      self = expanded(to: shape)
      add(other.expanded(to: shape), at: shape)
      return
    }
    StridedLoop(extents: [values.count], strides: [[1], [0], [1]])
      .weigh(other.values, weights: nil, scale: 1, into: &values, assigning: false)
  }
}
