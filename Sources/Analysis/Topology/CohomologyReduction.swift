/// The reduction of coboundaries over a prime field, dimension by dimension.
///
/// Columns come from the latest simplex to the earliest, and the pivot of a column is its earliest coface. What ends a class of one
/// dimension begins none of the next (clearing). A simplex whose earliest coface appears with it, and is the coface of no later
/// simplex, is paired at sight; such pairs are found again when they are met, not stored. Of a reduced column only the simplices
/// whose coboundaries add up to it are stored; the coboundaries are made anew.
///
/// References: bauer2021, desilva2011.
struct CohomologyReduction {
  /// A class: the rank at which it begins, the rank at which it ends, and the cochain that is a cocycle until then.
  struct Pair {
    let birth: Int
    let death: Int?
    let cochain: ArraySlice<SimplexEntry>
  }

  /// How many simplices the stored columns, or the one that is worked on, may hold: half a gigabyte each.
  static let mostEntries = 1 << 26

  private let cofaces: Cofaces
  private let prime: UInt64
  private let inverses: [UInt64]

  /// The classes of dimensions 1 and 2, as far as asked for.
  static func pairs(
    of filtration: EdgeFiltration, joining: [Int], maximumDimension: Int, prime: Int
  ) throws(TopologyError) -> [[Pair]] {
    guard maximumDimension >= 1, !filtration.lengths.isEmpty else {
      return [[Pair]](repeating: [], count: maximumDimension)
    }
    let columns = try UnpairedSimplices(of: filtration, joining: joining, withTriangles: maximumDimension >= 2)
    let cofaces = Cofaces(of: filtration, firstBetween: columns.firstBetween)
    let reduction = CohomologyReduction(cofaces: cofaces, prime: prime)
    let loops = try reduction.reduce(columns.edges, dimension: 1)
    guard maximumDimension >= 2 else { return [loops.pairs] }
    let hollows = columns.triangles.filter { loops.pivots[$0] == nil }
    return [loops.pairs, try reduction.reduce(hollows, dimension: 2).pairs]
  }

  private init(cofaces: Cofaces, prime: Int) {
    self.cofaces = cofaces
    self.prime = UInt64(prime)
    inverses = (0..<prime).map { number in UInt64((1..<prime).first { number * $0 % prime == 1 } ?? 0) }
  }

  /// Reduces columns that come in rising order.
  private func reduce(
    _ columns: [SimplexEntry], dimension: Int
  ) throws(TopologyError) -> (pairs: [Pair], pivots: [SimplexEntry: Int32]) {
    var pairs: [(birth: Int, death: Int?)] = []
    /// Of each pivot, its column among those stored.
    var pivots: [SimplexEntry: Int32] = [:]
    pivots.reserveCapacity(columns.count)
    /// Of each column, what the coefficient of its pivot is to be multiplied by to be 1.
    var scales: [UInt64] = []
    var stored: [SimplexEntry] = []
    var starts = [0]
    let work = EntryHeap()
    var chain: [SimplexEntry] = []
    for column in columns.reversed() {
      let own = column | 1
      chain.removeAll(keepingCapacity: true)
      chain.append(own)
      work.removeAll()
      var least = SimplexEntry.max
      cofaces.visit(own, dimension: dimension, prime: prime) { entry in
        work.append(entry)
        least = min(least, entry)
      }
      var pivot: SimplexEntry? = work.count > 0 ? least : nil
      // Most columns are reduced already: their heap is never needed.
      var isOrdered = false
      while let found = pivot {
        let simplex = found.withoutCoefficient
        let place = pivots[simplex]
        let partner = place == nil ? cofaces.apparentFacet(of: simplex, dimension: dimension, prime: prime) : nil
        guard place != nil || partner != nil else { break }
        if !isOrdered {
          work.order()
          isOrdered = true
          _ = work.popPivot(modulo: prime)
        }
        // What comes before the pivot, and the pivot itself, cancels: it need not be made.
        let factor = prime - found.coefficient
        if let partner {
          let scale = factor * inverses[Int(partner.coefficient)] % prime
          add(partner.withoutCoefficient | 1, times: scale, dimension, after: simplex, &chain, work)
        } else if let place {
          let scale = factor * scales[Int(place)] % prime
          for entry in stored[starts[Int(place)]..<starts[Int(place) + 1]] {
            add(entry, times: scale, dimension, after: simplex, &chain, work)
          }
        }
        guard work.count <= Self.mostEntries, chain.count <= Self.mostEntries else { throw outgrown(dimension) }
        pivot = work.popPivot(modulo: prime)
      }
      if chain.count > 1 { compress(&chain) }
      guard stored.count + chain.count <= Self.mostEntries else { throw outgrown(dimension) }
      stored.append(contentsOf: chain)
      starts.append(stored.count)
      scales.append(pivot.map { inverses[Int($0.coefficient)] } ?? 0)
      if let pivot { pivots[pivot.withoutCoefficient] = Int32(scales.count - 1) }
      pairs.append((column.rank, pivot?.rank))
    }
    let classes = pairs.indices.map { place in
      Pair(
        birth: pairs[place].birth, death: pairs[place].death, cochain: stored[starts[place]..<starts[place + 1]])
    }
    return (classes, pivots)
  }

  @inline(__always)
  private func add(
    _ entry: SimplexEntry, times factor: UInt64, _ dimension: Int, after floor: SimplexEntry,
    _ chain: inout [SimplexEntry], _ work: EntryHeap
  ) {
    let added = entry.withoutCoefficient | (entry.coefficient * factor % prime)
    chain.append(added)
    let last = floor | SimplexEntry.coefficientMask
    cofaces.visit(added, dimension: dimension, prime: prime) { coface in
      if coface > last { work.push(coface) }
    }
  }

  /// Adds up equal simplices.
  private func compress(_ chain: inout [SimplexEntry]) {
    chain.sort()
    var (from, kept) = (0, 0)
    while from < chain.count {
      let simplex = chain[from].withoutCoefficient
      var sum: UInt64 = 0
      while from < chain.count, chain[from].withoutCoefficient == simplex {
        sum += chain[from].coefficient
        from += 1
      }
      guard sum % prime != 0 else { continue }
      chain[kept] = simplex | (sum % prime)
      kept += 1
    }
    chain.removeLast(chain.count - kept)
  }

  private func outgrown(_ dimension: Int) -> TopologyError {
    .outgrown(simplices: Self.mostEntries, points: cofaces.pointCount, dimension: dimension)
  }
}
