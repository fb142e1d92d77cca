/// The same elements under another shape.
struct Reshaping: Operation {
  enum Kind: Sendable {
    case reshape(keepsZero: Bool)
    case flatten(axis: Int)
    case squeeze(axes: [Int]?)
    case unsqueeze(axes: [Int]?)
    case same
    case fixed([Int])
  }
  let kind: Kind

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let value = try operands.value(0)
    let shape = try newShape(value.shape, operands)
    guard try elementCount(shape) == value.count else {
      throw NodeFault("\(value.shape.written) cannot be seen as \(shape.written)")
    }
    return [value.reshaped(to: shape)]
  }

  private func newShape<S>(_ old: [Int], _ operands: Operands<S>) throws(NodeFault) -> [Int] {
    switch kind {
    case .same: return old
    case .fixed(let shape): return shape
    case .reshape(let keepsZero): return try filled(try operands.whole(1).values, old, keepsZero: keepsZero)
    case .flatten(let axis):
      guard axis >= -old.count, axis <= old.count else {
        throw NodeFault("axis \(axis) is outside the \(old.count) axes")
      }
      let split = axis < 0 ? axis + old.count : axis
      return [old[..<split].reduce(1, *), old[split...].reduce(1, *)]
    case .squeeze(let axes):
      guard let given = try operands.integers(axes, or: 1) else { return old.filter { $0 != 1 } }
      let dropped = try resolvedAxes(given, rank: old.count)
      for axis in dropped where old[axis] != 1 {
        throw NodeFault("axis \(axis) of \(old.written) has extent \(old[axis]); only extents of 1 can be dropped")
      }
      return old.indices.filter { !dropped.contains($0) }.map { old[$0] }
    case .unsqueeze(let axes):
      guard let given = try operands.integers(axes, or: 1) else { throw NodeFault("the axes to add are missing") }
      guard given.count <= largestRank else {
        throw NodeFault("\(given.count) axes are beyond the limit of \(largestRank)")
      }
      let added = try resolvedAxes(given, rank: old.count + given.count)
      var rest = old[...]
      return (0..<(old.count + given.count)).map { added.contains($0) ? 1 : rest.removeFirst() }
    }
  }

  /// A wanted shape with 0 (as it was) and −1 (what is left) filled in.
  private func filled(_ wanted: [Int], _ old: [Int], keepsZero: Bool) throws(NodeFault) -> [Int] {
    guard wanted.count <= largestRank else {
      throw NodeFault("\(wanted.count) axes are beyond the limit of \(largestRank)")
    }
    var shape = wanted
    for axis in wanted.indices where wanted[axis] == 0 && !keepsZero {
      guard axis < old.count else {
        throw NodeFault("axis \(axis) is to stay as it was, but \(old.written) has no such axis")
      }
      shape[axis] = old[axis]
    }
    let open = shape.indices.filter { shape[$0] == -1 }
    guard open.count <= 1 else { throw NodeFault("\(open.count) axes are left open; at most one can be") }
    for extent in shape where extent < -1 { throw NodeFault("extent \(extent) is negative") }
    guard let axis = open.first else { return shape }
    shape[axis] = 1
    let known = try elementCount(shape)
    let count = try elementCount(old)
    guard known > 0, count % known == 0 else {
      throw NodeFault(
        "\(old.written) cannot be seen as \(wanted.map { $0 == -1 ? "…" : String($0) }.joined(separator: "×"))")
    }
    shape[axis] = count / known
    return shape
  }

  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    [directions[0]?.reshaped(from: site.operandShape(0), to: site.results[0].shape)]
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    [directions[0]?.reshaped(from: site.results[0].shape, to: site.operandShape(0))]
      + wanted.dropFirst().map { _ in nil }
  }

  func isDifferentiable(operand: Int) -> Bool { operand == 0 }

  static let builders: [String: OperationCatalog.Builder] = [
    "Reshape": { given in
      Reshaping(kind: .reshape(keepsZero: try given.flag("allowzero", default: false)))
    },
    "Flatten": { given in
      Reshaping(kind: .flatten(axis: try given.integer("axis", default: 1)))
    },
    "Squeeze": { given in
      Reshaping(kind: .squeeze(axes: given.opset < 13 ? try given.integers("axes") : nil))
    },
    "Unsqueeze": { given in
      Reshaping(kind: .unsqueeze(axes: given.opset < 13 ? try given.integers("axes") ?? [] : nil))
    },
    "Identity": { _ in Reshaping(kind: .same) },
  ]
}
