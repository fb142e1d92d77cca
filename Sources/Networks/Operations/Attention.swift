import CKernels

/// Scaled dot-product attention: softmax(scale · q kᵀ, capped, + masks) v, for each head.
///
/// A query that may attend to no key gives 0, with derivative 0.
struct Attention: ComposedOperation {
  let isCausal: Bool
  let queryHeads: Int?
  let keyHeads: Int?
  let scale: Double?
  let cap: Double
  /// What the fourth result is: scores, capped scores, capped and masked scores, or weights.
  let scoreKind: Int
  /// How many keys before and after its own place a query attends to; −1: any number.
  let window: (left: Int, right: Int)

  /// Extents of the operands, seen as batch × heads × places × size.
  private struct Extents {
    var batch: Int
    var heads: Int
    var groups: Int
    var queries: Int
    var keys: Int
  }

  func compose<S>(_ operands: [Trace<S>.Variable?], on trace: Trace<S>) throws(NodeFault) -> [Trace<S>.Variable] {
    func operand(_ position: Int) -> Trace<S>.Variable? { position < operands.count ? operands[position] : nil }
    guard let queries = operand(0), let keys = operand(1), let values = operand(2) else {
      throw NodeFault("queries, keys or values are missing")
    }
    let isFlat = queries.shape.count == 3
    let q = try byHeads(queries, queryHeads, "queries", on: trace)
    var k = try byHeads(keys, keyHeads, "keys", on: trace)
    var v = try byHeads(values, keyHeads, "values", on: trace)
    let past = operand(4)?.shape
    if let past = operand(4) { k = try extended(k, past, on: trace) }
    if let past = operand(5) { v = try extended(v, past, on: trace) }
    let present = [k, v]
    let extents = try extents(q.shape, k.shape, v.shape)
    k = try repeated(k, extents, on: trace)
    v = try repeated(v, extents, on: trace)
    let factor = scale ?? 1 / Double(q.shape[3]).squareRoot()
    var scores = try trace.matrixProduct(try trace.scaled(q, by: factor), try trace.transposed(k, [0, 1, 3, 2]))
    var shown = scores
    if cap > 0 {
      let relative = try trace.apply(UnaryFunction(kind: Int32(FBK_TANH)), try trace.scaled(scores, by: 1 / cap))
      scores = try trace.scaled(relative, by: cap)
    }
    if scoreKind == 1 { shown = scores }
    let lengths = try lengths(operand(6), extents)
    if let bias = try bias(operand(3), extents, past: past?[2], lengths, on: trace) {
      scores = try trace.sum(scores, bias)
      if scoreKind == 2 { shown = scores }
      let weights = try masked(scores, bias, on: trace)
      if scoreKind == 3 { shown = weights }
      return try results(weights, v, present, shown, isFlat: isFlat, on: trace)
    }
    if scoreKind == 2 { shown = scores }
    let weights = try trace.apply(Self.softmax, scores)
    if scoreKind == 3 { shown = weights }
    return try results(weights, v, present, shown, isFlat: isFlat, on: trace)
  }

  private static let softmax = SoftmaxOperation(isLogarithmic: false, axis: -1, joinsTrailingAxes: false)

  private func results<S>(
    _ weights: Trace<S>.Variable, _ v: Trace<S>.Variable, _ present: [Trace<S>.Variable], _ shown: Trace<S>.Variable,
    isFlat: Bool, on trace: Trace<S>
  ) throws(NodeFault) -> [Trace<S>.Variable] {
    var result = try trace.matrixProduct(weights, v)
    if isFlat {
      result = try trace.transposed(result, [0, 2, 1, 3])
      let shape = result.shape
      result = try trace.reshaped(result, to: [shape[0], shape[1], shape[2] * shape[3]])
    }
    return [result] + present + [shown]
  }

  /// Batch × places × (heads · size) as batch × heads × places × size.
  private func byHeads<S>(
    _ x: Trace<S>.Variable, _ heads: Int?, _ name: String, on trace: Trace<S>
  ) throws(NodeFault) -> Trace<S>.Variable {
    let shape = x.shape
    if shape.count == 4 { return x }
    guard shape.count == 3 else { throw NodeFault("\(name) have \(shape.count) axes; they must have 3 or 4") }
    guard let heads else { throw NodeFault("the number of heads is missing for \(name) of \(shape.written)") }
    guard heads > 0, shape[2] % heads == 0 else {
      throw NodeFault("\(name) of \(shape.written) do not make \(heads) heads")
    }
    let cut = try trace.reshaped(x, to: [shape[0], shape[1], heads, shape[2] / heads])
    return try trace.transposed(cut, [0, 2, 1, 3])
  }

  private func extended<S>(
    _ x: Trace<S>.Variable, _ past: Trace<S>.Variable, on trace: Trace<S>
  ) throws(NodeFault) -> Trace<S>.Variable {
    guard past.shape.count == 4 else { throw NodeFault("what is past has \(past.shape.count) axes; it must have 4") }
    return try trace.joined([past, x], axis: 2)
  }

  private func extents(_ q: [Int], _ k: [Int], _ v: [Int]) throws(NodeFault) -> Extents {
    let (heads, groups) = (q[1], k[1])
    guard q[0] == k[0], k[0] == v[0], groups == v[1], k[2] == v[2], q[3] == k[3], groups > 0, heads % groups == 0 else {
      throw NodeFault("queries of \(q.written), keys of \(k.written) and values of \(v.written) do not go together")
    }
    return Extents(batch: q[0], heads: heads, groups: groups, queries: q[2], keys: k[2])
  }

  /// Each head of keys or values as often as there are queries that share it.
  private func repeated<S>(
    _ x: Trace<S>.Variable, _ extents: Extents, on trace: Trace<S>
  ) throws(NodeFault) -> Trace<S>.Variable {
    let times = extents.heads / extents.groups
    guard times > 1 else { return x }
    let (shape, size) = (x.shape, x.shape[3])
    let apart = try trace.reshaped(x, to: [shape[0], extents.groups, 1, extents.keys, size])
    let copies = try trace.joined([Trace<S>.Variable](repeating: apart, count: times), axis: 2)
    return try trace.reshaped(copies, to: [shape[0], extents.heads, extents.keys, size])
  }

  private func lengths<S>(_ given: Trace<S>.Variable?, _ extents: Extents) throws(NodeFault) -> [Int]? {
    guard let given else { return nil }
    guard case .whole(let array) = given.value, array.values.count == extents.batch else {
      throw NodeFault("\(given.shape.written) lengths are given; they must be \(extents.batch) whole numbers")
    }
    for length in array.values where length < 0 || length > extents.keys {
      throw NodeFault("a length of \(length) is given for \(extents.keys) keys")
    }
    return array.values
  }

  /// What is added to the scores: the given mask, and −∞ where a query may not attend to a key.
  private func bias<S>(
    _ given: Trace<S>.Variable?, _ extents: Extents, past: Int?, _ lengths: [Int]?, on trace: Trace<S>
  ) throws(NodeFault) -> Trace<S>.Variable? {
    var bias = try given.map { (mask) throws(NodeFault) in try additive(mask, extents, on: trace) }
    guard isCausal || lengths != nil || window.left >= 0 || window.right >= 0 else { return bias }
    let rows = lengths == nil ? 1 : extents.batch
    let shape = [rows, 1, extents.queries, extents.keys]
    _ = try elementCount(shape)
    var forbidden: [Int] = []
    for row in 0..<rows {
      let length = lengths?[row] ?? extents.keys
      // Queries stand at the end of the keys there are.
      let offset = past ?? lengths.map { $0[row] - extents.queries } ?? 0
      for query in 0..<extents.queries {
        for key in 0..<extents.keys {
          let ahead = key - (query + offset)
          let may =
            key < length && !(isCausal && ahead > 0) && !(window.left >= 0 && -ahead > window.left)
            && !(window.right >= 0 && ahead > window.right)
          forbidden.append(may ? 0 : 1)
        }
      }
    }
    let own: Trace<S>.Variable = infinities(WholeArray(shape: shape, values: forbidden, isBoolean: true))
    bias = try bias.map { (given) throws(NodeFault) in try trace.sum(given, own) } ?? own
    return bias
  }

  private func infinities<S>(_ forbidden: WholeArray) -> Trace<S>.Variable {
    let values = S.converting(whole: forbidden.values).map { $0 != 0 ? -S.infinity : 0 }
    return Trace<S>.Variable(.real(NDArray(shape: forbidden.shape, values: values)))
  }

  /// A mask as numbers to add, with an entry for every key.
  private func additive<S>(
    _ mask: Trace<S>.Variable, _ extents: Extents, on trace: Trace<S>
  ) throws(NodeFault) -> Trace<S>.Variable {
    var result = mask
    if case .whole(let array) = mask.value {
      result = infinities(
        WholeArray(shape: array.shape, values: array.values.map { $0 == 0 ? 1 : 0 }, isBoolean: true))
    }
    guard let last = result.shape.last, last < extents.keys, last > 1 || extents.keys == 1 else { return result }
    var missing = result.shape
    missing[missing.count - 1] = extents.keys - last
    _ = try elementCount(missing)
    let rest = Trace<S>.Variable(.real(NDArray(shape: missing, repeating: -S.infinity)))
    return try trace.joined([result, rest], axis: missing.count - 1)
  }

  /// The weights of masked scores; rows without any key are 0.
  private func masked<S>(
    _ scores: Trace<S>.Variable, _ bias: Trace<S>.Variable, on trace: Trace<S>
  ) throws(NodeFault) -> Trace<S>.Variable {
    guard case .real(let array) = bias.value, let keys = array.shape.last, keys > 0 else {
      return try trace.apply(Self.softmax, scores)
    }
    let rows = array.count / keys
    let largest = NDArray<S>(shape: array.shape.dropLast() + [1]) {
      S.kernels.reduce(Int32(FBK_LARGEST), rows, keys, array.values, $0)
    }
    let isEmpty = Double.converting(largest.values).map { $0 == -.infinity ? 1 : 0 }
    guard isEmpty.contains(1) else { return try trace.apply(Self.softmax, scores) }
    let empty = Trace<S>.Variable(.whole(WholeArray(shape: largest.shape, values: isEmpty, isBoolean: true)))
    // Infinities must not reach the softmax, whose derivative there is not a number.
    let finite = try trace.apply(Where(), empty, trace.number(0), scores)
    return try trace.apply(Where(), empty, trace.number(0), try trace.apply(Self.softmax, finite))
  }

  static let builders: [String: OperationCatalog.Builder] = [
    "Attention": { given in
      let scoreKind = try given.integer("qk_matmul_output_mode", default: 0)
      guard (0...3).contains(scoreKind) else {
        throw NodeFault("attribute 'qk_matmul_output_mode' is \(scoreKind); it must be 0 to 3")
      }
      return Attention(
        isCausal: try given.flag("is_causal", default: false), queryHeads: try given.integer("q_num_heads"),
        keyHeads: try given.integer("kv_num_heads"),
        scale: given.values["scale"] == nil ? nil : try given.number("scale", default: 1),
        cap: try given.number("softcap", default: 0), scoreKind: scoreKind,
        window: (
          try given.integer("left_window_size", default: -1), try given.integer("right_window_size", default: -1)
        ))
    },
    "RotaryEmbedding": { given in
      RotaryEmbedding(
        isInterleaved: try given.flag("interleaved", default: false),
        rotatedSize: try given.integer("rotary_embedding_dim", default: 0), heads: try given.integer("num_heads"))
    },
  ]
}
