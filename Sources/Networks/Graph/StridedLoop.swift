/// A walk over several arrays at once: extents, and for each array the strides and where it starts.
struct StridedLoop: Sendable {
  private(set) var extents: [Int]
  private(set) var strides: [[Int]]

  /// Makes a walk; axes that all arrays step through alike are joined, axes of extent 1 dropped.
  init(extents: [Int], strides: [[Int]]) {
    var joined: [Int] = []
    var kept = [[Int]](repeating: [], count: strides.count)
    for axis in extents.indices where extents[axis] != 1 {
      if let last = joined.last,
        strides.indices.allSatisfy({ kept[$0][kept[$0].count - 1] == strides[$0][axis] * extents[axis] })
      {
        joined[joined.count - 1] = last * extents[axis]
        for array in strides.indices { kept[array][kept[array].count - 1] = strides[array][axis] }
      } else {
        joined.append(extents[axis])
        for array in strides.indices { kept[array].append(strides[array][axis]) }
      }
    }
    self.extents = joined.isEmpty ? [1] : joined
    self.strides = joined.isEmpty ? strides.map { _ in [0] } : kept
    // The step along a single element does not matter; 1 takes the fast path.
    if joined.isEmpty { self.strides = strides.map { _ in [1] } }
  }

  private var isEmpty: Bool { extents.contains(0) }

  /// Shares the first axis out to the processors, where no two of its entries have the same target.
  private func share(targets: [Int], _ body: (_ extents: [Int], _ entry: Int) -> Void) {
    let size = extents.dropFirst().reduce(1, *)
    guard extents[0] * size > 1 << 13, targets[0] != 0 else { return body(extents, 0) }
    Processors.share(extents[0], grain: max(1, 1 << 12 / size)) { entries in
      body([entries.count] + extents.dropFirst(), entries.lowerBound)
    }
  }
  private var rank: Int32 { Int32(extents.count) }

  /// target = source.
  func copy<S: NetworkScalar>(
    _ source: [S], from start: Int = 0, to target: UnsafeMutablePointer<S>, at offset: Int = 0
  ) {
    guard !isEmpty else { return }
    source.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      share(targets: strides[1]) { extents, entry in
        S.kernels.copy(
          rank, extents, base + start + entry * strides[0][0], strides[0], target + offset + entry * strides[1][0],
          strides[1])
      }
    }
  }

  /// target = scale · weights · source, or target += that; strides are of source, weights and target.
  func weigh<S: NetworkScalar>(
    _ source: [S], from start: Int = 0, weights: [S]?, scale: S, into target: inout [S], at offset: Int = 0,
    assigning: Bool
  ) {
    guard !isEmpty else { return }
    target.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      weigh(source, from: start, weights: weights, scale: scale, into: base + offset, assigning: assigning)
    }
  }

  /// The same into raw storage.
  func weigh<S: NetworkScalar>(
    _ source: [S], from start: Int = 0, weights: [S]?, scale: S, into target: UnsafeMutablePointer<S>, assigning: Bool
  ) {
    guard !isEmpty else { return }
    source.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      share(targets: strides[2]) { extents, entry in
        let (source, target) = (base + start + entry * strides[0][0], target + entry * strides[2][0])
        guard let weights else {
          S.kernels.weigh(
            rank, extents, source, strides[0], nil, strides[1], scale, target, strides[2], assigning ? 1 : 0)
          return
        }
        weights.withUnsafeBufferPointer { weights in
          guard let weights = weights.baseAddress else { return }
          S.kernels.weigh(
            rank, extents, source, strides[0], weights + entry * strides[1][0], strides[1], scale, target, strides[2],
            assigning ? 1 : 0)
        }
      }
    }
  }

  /// target *= weights, in place; strides are of target and weights.
  func scale<S: NetworkScalar>(_ target: inout [S], by weights: [S]) {
    guard !isEmpty else { return }
    target.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      weights.withUnsafeBufferPointer { weights in
        guard let weights = weights.baseAddress else { return }
        share(targets: strides[0]) { extents, entry in
          let place = base + entry * strides[0][0]
          S.kernels.weigh(
            rank, extents, place, strides[0], weights + entry * strides[1][0], strides[1], 1, place, strides[0], 1)
        }
      }
    }
  }

  /// target (packed) = f(left, right).
  func combine<S: NetworkScalar>(_ kind: Int32, _ left: [S], _ right: [S], into target: UnsafeMutablePointer<S>) {
    guard !isEmpty else { return }
    let row = extents.dropFirst().reduce(1, *)
    left.withUnsafeBufferPointer { left in
      right.withUnsafeBufferPointer { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return }
        share(targets: [row]) { extents, entry in
          S.kernels.binary(
            kind, rank, extents, left + entry * strides[0][0], strides[0], right + entry * strides[1][0], strides[1],
            target + entry * row)
        }
      }
    }
  }
}
