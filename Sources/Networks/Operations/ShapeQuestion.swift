/// The shape of an array as numbers.
struct ShapeQuestion: FlatOperation {
  enum Kind: Sendable { case shape(start: Int, end: Int?), size }
  let kind: Kind

  func values<S>(of operands: Operands<S>) throws(NodeFault) -> [Value<S>] {
    let value = try operands.value(0)
    switch kind {
    case .size: return [.whole(WholeArray(shape: [], values: [value.count]))]
    case .shape(let start, let end):
      let rank = value.shape.count
      func place(_ index: Int) -> Int { min(max(index < 0 ? index + rank : index, 0), rank) }
      let (first, last) = (place(start), place(end ?? rank))
      let extents = first < last ? Array(value.shape[first..<last]) : []
      return [.whole(WholeArray(shape: [extents.count], values: extents))]
    }
  }

  static let builders: [String: OperationCatalog.Builder] = [
    "Shape": { given in
      ShapeQuestion(kind: .shape(start: try given.integer("start", default: 0), end: try given.integer("end")))
    },
    "Size": { _ in ShapeQuestion(kind: .size) },
  ]
}
