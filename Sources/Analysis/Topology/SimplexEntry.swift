/// A simplex with a coefficient, in one word that orders as the filtration does.
///
/// From the highest bits: the rank of the longest edge, then the vertices that are not its ends, the later one first, then the
/// coefficient. A triangle has one such vertex, a tetrahedron two.
typealias SimplexEntry = UInt64

extension SimplexEntry {
  static let coefficientBits: UInt64 = 8
  static let vertexBits: UInt64 = 14
  static let vertexMask: UInt64 = (1 << vertexBits) - 1
  static let coefficientMask: UInt64 = (1 << coefficientBits) - 1

  /// A simplex of coefficient 0.
  @inline(__always)
  static func simplex(rank: UInt32, _ rest: UInt64 = 0) -> UInt64 {
    ((UInt64(rank) << (2 * vertexBits)) | rest) << coefficientBits
  }

  /// The two vertices of a tetrahedron beside its longest edge.
  @inline(__always)
  static func rest(_ one: UInt64, _ other: UInt64) -> UInt64 {
    one > other ? (one << vertexBits) | other : (other << vertexBits) | one
  }

  @inline(__always) var coefficient: UInt64 { self & Self.coefficientMask }
  @inline(__always) var withoutCoefficient: UInt64 { self & ~Self.coefficientMask }
  @inline(__always) var rank: Int { Int(self >> (2 * Self.vertexBits + Self.coefficientBits)) }
  /// The vertex of a triangle beside its longest edge; the earlier one of a tetrahedron.
  @inline(__always) var lastVertex: Int { Int((self >> Self.coefficientBits) & Self.vertexMask) }
  /// The later vertex of a tetrahedron beside its longest edge.
  @inline(__always) var firstVertex: Int { Int((self >> (Self.coefficientBits + Self.vertexBits)) & Self.vertexMask) }
}

/// A sum of simplices whose earliest one can be taken off; equal ones are added up only then.
final class EntryHeap {
  private var base: UnsafeMutablePointer<UInt64>
  private var capacity: Int
  private(set) var count = 0

  init() {
    capacity = 1 << 12
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  func removeAll() { count = 0 }

  @inline(__always)
  private func reserveOne() {
    guard count == capacity else { return }
    let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: base, count: count)
    base.deallocate()
    base = larger
    capacity *= 2
  }

  /// Puts an entry at the end, out of order; `order()` must follow.
  @inline(__always)
  func append(_ entry: UInt64) {
    reserveOne()
    (base + count).initialize(to: entry)
    count += 1
  }

  func order() {
    for place in stride(from: count / 2 - 1, through: 0, by: -1) { sink(base[place], from: place) }
  }

  @inline(__always)
  func push(_ entry: UInt64) {
    reserveOne()
    var place = count
    count += 1
    while place > 0 {
      let parent = (place - 1) >> 1
      guard base[parent] > entry else { break }
      base[place] = base[parent]
      place = parent
    }
    base[place] = entry
  }

  @inline(__always)
  private func sink(_ entry: UInt64, from start: Int) {
    var place = start
    while true {
      var child = 2 * place + 1
      guard child < count else { break }
      if child + 1 < count, base[child + 1] < base[child] { child += 1 }
      guard base[child] < entry else { break }
      base[place] = base[child]
      place = child
    }
    base[place] = entry
  }

  private func removeTop() {
    count -= 1
    if count > 0 { sink(base[count], from: 0) }
  }

  /// Takes off the earliest simplex whose coefficients do not add up to 0 modulo a prime.
  func popPivot(modulo prime: UInt64) -> UInt64? {
    while count > 0 {
      let top = base[0]
      let simplex = top.withoutCoefficient
      var sum = top.coefficient
      removeTop()
      while count > 0, base[0].withoutCoefficient == simplex {
        sum += base[0].coefficient
        removeTop()
      }
      sum %= prime
      if sum != 0 { return simplex | sum }
    }
    return nil
  }
}
