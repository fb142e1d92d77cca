/// Pairs of numbers turned by an angle that depends on the place in the sequence.
struct RotaryEmbedding: ComposedOperation {
  /// Whether a pair stands side by side; otherwise its second number is half the size away.
  let isInterleaved: Bool
  /// How many numbers of each head are turned; 0: all.
  let rotatedSize: Int
  let heads: Int?

  func compose<S>(_ operands: [Trace<S>.Variable?], on trace: Trace<S>) throws(NodeFault) -> [Trace<S>.Variable] {
    guard operands.count >= 3, let x = operands[0], let cosines = operands[1], let sines = operands[2] else {
      throw NodeFault("numbers, cosines or sines are missing")
    }
    let shape = x.shape
    // Batch × places × heads × size.
    var cut: Trace<S>.Variable
    if shape.count == 4 {
      cut = try trace.transposed(x, [0, 2, 1, 3])
    } else {
      guard shape.count == 3 else { throw NodeFault("operand 0 has \(shape.count) axes; it must have 3 or 4") }
      guard let heads, heads > 0, shape[2] % heads == 0 else {
        throw NodeFault("\(shape.written) does not make \(heads ?? 0) heads")
      }
      cut = try trace.reshaped(x, to: [shape[0], shape[1], heads, shape[2] / heads])
    }
    let (size, turned) = (cut.shape[3], rotatedSize == 0 ? cut.shape[3] : rotatedSize)
    guard turned > 0, turned <= size, turned % 2 == 0 else {
      throw NodeFault("\(turned) of \(size) numbers are to be turned in pairs")
    }
    let positions = operands.count > 3 ? operands[3] : nil
    let c = try angles(cosines, positions, half: turned / 2, on: trace)
    let s = try angles(sines, positions, half: turned / 2, on: trace)
    let (first, second) = try pairs(try trace.slice(cut, axis: 3, 0..<turned), on: trace)
    let real = try trace.difference(try trace.product(c, first), try trace.product(s, second))
    let imaginary = try trace.sum(try trace.product(s, first), try trace.product(c, second))
    var parts = [try merged(real, imaginary, on: trace)]
    if turned < size { parts.append(try trace.slice(cut, axis: 3, turned..<size)) }
    let all = try trace.joined(parts, axis: 3)
    if shape.count == 3 { return [try trace.reshaped(all, to: shape)] }
    return [try trace.transposed(all, [0, 2, 1, 3])]
  }

  /// Cosines or sines for each place, to be broadcast over the heads.
  private func angles<S>(
    _ table: Trace<S>.Variable, _ positions: Trace<S>.Variable?, half: Int, on trace: Trace<S>
  ) throws(NodeFault) -> Trace<S>.Variable {
    let picked =
      try positions.map { (index) throws(NodeFault) in try trace.apply(Gathering(kind: .axis(0)), table, index) }
      ?? table
    let shape = picked.shape
    guard shape.count == 3, shape[2] == half else {
      throw NodeFault("angles of \(shape.written) are given; there must be \(half) for each place of each sequence")
    }
    return try trace.reshaped(picked, to: [shape[0], shape[1], 1, half])
  }

  private func pairs<S>(
    _ x: Trace<S>.Variable, on trace: Trace<S>
  ) throws(NodeFault) -> (Trace<S>.Variable, Trace<S>.Variable) {
    let half = x.shape[3] / 2
    if isInterleaved {
      let apart = try trace.reshaped(x, to: Array(x.shape.dropLast()) + [half, 2])
      let parts = try trace.split(apart, axis: 4, sizes: [1, 1])
      let shape = Array(x.shape.dropLast()) + [half]
      return (try trace.reshaped(parts[0], to: shape), try trace.reshaped(parts[1], to: shape))
    }
    let parts = try trace.split(x, axis: 3, sizes: [half, half])
    return (parts[0], parts[1])
  }

  private func merged<S>(
    _ real: Trace<S>.Variable, _ imaginary: Trace<S>.Variable, on trace: Trace<S>
  ) throws(NodeFault) -> Trace<S>.Variable {
    guard isInterleaved else { return try trace.joined([real, imaginary], axis: 3) }
    let single = real.shape + [1]
    let both = try trace.joined(
      [try trace.reshaped(real, to: single), try trace.reshaped(imaginary, to: single)], axis: real.shape.count)
    return try trace.reshaped(both, to: Array(real.shape.dropLast()) + [2 * (real.shape.last ?? 0)])
  }
}
