/// A walk down a tree from one query: what it passes, and what it may leave out.
///
/// Sizes are squared distances under the Euclidean norm, distances under the maximum norm.
struct NeighbourWalk {
  let width: Int
  let isEuclidean: Bool
  let skipsCoincident: Bool
  let nodes: UnsafePointer<NeighbourTree.Node>
  let points: UnsafePointer<Double>
  let order: UnsafePointer<Int32>
  let times: UnsafePointer<Int>
  /// How far the query is from the box, along each side.
  let offsets: UnsafeMutablePointer<Double>
  let query: UnsafePointer<Double>
  /// The query's own time; `nil` for one that has none.
  let time: Int?
  let window: Int
  /// How many leaves were looked into.
  let leaves: UnsafeMutablePointer<Int>

  /// A hair more than the bound, so that rounding leaves no point out.
  private static let slack = 1 + 1e-12

  func nearest(_ node: Int32, _ distance: Double, _ list: inout NearestList) {
    let here = nodes[Int(node)]
    if here.left < 0 {
      leaves.pointee += 1
      look(into: here, bound: { list.bound }) { size, place in
        // Most points are too far, whatever their time.
        if !(skipsCoincident && size == 0), isEligible(order[place]) { list.offer(size, order[place]) }
      }
      return
    }
    let side = Int(here.side)
    let place = query[side]
    let isLeft = 2 * place < here.low + here.high
    nearest(isLeft ? here.left : here.right, distance, &list)
    let offset = max(0, isLeft ? here.high - place : place - here.low)
    let before = offsets[side]
    let farther =
      isEuclidean ? distance - before * before + offset * offset : max(distance, offset)
    guard offset > before else {
      if distance <= list.bound * Self.slack { nearest(isLeft ? here.right : here.left, distance, &list) }
      return
    }
    if farther <= list.bound * Self.slack {
      offsets[side] = offset
      nearest(isLeft ? here.right : here.left, farther, &list)
      offsets[side] = before
    }
  }

  /// Counts points by the first of rising sizes that they do not exceed (or, if `isStrict`, that they are below).
  func count(
    _ node: Int32, _ distance: Double, sizes: UnsafeBufferPointer<Double>, isStrict: Bool,
    into counts: UnsafeMutablePointer<Int>
  ) {
    guard let last = sizes.last, distance <= last * Self.slack else { return }
    let here = nodes[Int(node)]
    if here.left < 0 {
      look(into: here, bound: { last }) { size, place in
        guard isStrict ? size < last : size <= last, isEligible(order[place]) else { return }
        var (low, high) = (0, sizes.count - 1)
        while low < high {
          let middle = (low + high) / 2
          if isStrict ? size < sizes[middle] : size <= sizes[middle] { high = middle } else { low = middle + 1 }
        }
        counts[low] += 1
      }
      return
    }
    let side = Int(here.side)
    let place = query[side]
    let isLeft = 2 * place < here.low + here.high
    count(isLeft ? here.left : here.right, distance, sizes: sizes, isStrict: isStrict, into: counts)
    let offset = max(0, isLeft ? here.high - place : place - here.low)
    let before = offsets[side]
    let other = isLeft ? here.right : here.left
    guard offset > before else {
      return count(other, distance, sizes: sizes, isStrict: isStrict, into: counts)
    }
    offsets[side] = offset
    count(
      other, isEuclidean ? distance - before * before + offset * offset : max(distance, offset), sizes: sizes,
      isStrict: isStrict, into: counts)
    offsets[side] = before
  }

  private func isEligible(_ index: Int32) -> Bool {
    guard let time else { return true }
    return !areWithin(window, times[Int(index)], time)
  }

  /// The sizes of several points at once.
  typealias Lanes = SIMD4<Double>

  /// The points of a leaf whose size does not exceed the bound.
  @inline(__always)
  private func look(
    into leaf: NeighbourTree.Node, bound: () -> Double, _ body: (_ size: Double, _ place: Int) -> Void
  ) {
    let (start, count) = (Int(leaf.start), Int(leaf.end - leaf.start))
    let block = points + start * width
    var first = 0
    while first < count {
      let found = sizes(block + first, stride: count)
      if any(found .<= Lanes(repeating: bound())) {
        // What lies behind the leaf's last point is none of its own.
        for lane in 0..<min(Lanes.scalarCount, count - first) where found[lane] <= bound() {
          body(found[lane], start + first + lane)
        }
      }
      first += Lanes.scalarCount
    }
  }

  @inline(__always)
  private func sizes(_ block: UnsafePointer<Double>, stride: Int) -> Lanes {
    var sizes = Lanes.zero
    var side = 0
    while side < width {
      let places = UnsafeRawPointer(block + side * stride).loadUnaligned(as: Lanes.self)
      let differences = places - Lanes(repeating: query[side])
      sizes =
        isEuclidean
        ? sizes + differences * differences : pointwiseMax(sizes, pointwiseMax(differences, -differences))
      side += 1
    }
    return sizes
  }
}
