import LinearAlgebra

/// Points joined with their near ones: a graph whose edges have a size, the same both ways.
///
/// Shapes: the edges of a point are a stretch of `ends` and `sizes`, the ends rising.
struct ProximityGraph: Sendable, Hashable {
  /// Where each point's edges begin, and where the last one's end.
  private(set) var starts: [Int]
  /// The other end of each edge.
  private(set) var ends: [Int32]
  /// Each edge's size.
  private(set) var sizes: [Double]

  var pointCount: Int { starts.count - 1 }

  func edges(of point: Int) -> Range<Int> { starts[point]..<starts[point + 1] }

  /// Joins points with their neighbours, and these with them.
  ///
  /// - Parameter joined: the size of an edge from those that both ends give it, 0 where one end does not have it.
  init(_ neighbours: Neighbours, sizes given: [Double], joined: (Double, Double) -> Double) {
    let count = neighbours.queryCount
    var edges = [[(end: Int32, here: Double, there: Double)]](repeating: [], count: count)
    for point in 0..<count {
      for place in (point * neighbours.count)..<((point + 1) * neighbours.count) {
        let end = neighbours.indices[place]
        edges[point].append((end, given[place], 0))
        edges[Int(end)].append((Int32(point), 0, given[place]))
      }
    }
    (starts, ends, sizes) = ([0], [], [])
    for edges in edges {
      var last: (end: Int32, here: Double, there: Double)?
      for edge in edges.sorted(by: { $0.end < $1.end }) {
        if let known = last, known.end == edge.end {
          last = (known.end, known.here + edge.here, known.there + edge.there)
          continue
        }
        if let known = last { append(known.end, joined(known.here, known.there)) }
        last = edge
      }
      if let known = last { append(known.end, joined(known.here, known.there)) }
      starts.append(ends.count)
    }
  }

  private mutating func append(_ end: Int32, _ size: Double) {
    ends.append(end)
    sizes.append(size)
  }

  /// The piece that each point belongs to, numbered from 0 in the order of their first points.
  var pieces: [Int] {
    var pieces = [Int](repeating: -1, count: pointCount)
    var found = 0
    for first in 0..<pointCount where pieces[first] < 0 {
      var open = [first]
      pieces[first] = found
      while let point = open.popLast() {
        for edge in edges(of: point) where pieces[Int(ends[edge])] < 0 {
          pieces[Int(ends[edge])] = found
          open.append(Int(ends[edge]))
        }
      }
      found += 1
    }
    return pieces
  }

  /// The graph with its pieces joined, each next one by the shortest line to those before; and how many pieces there were.
  ///
  /// - Parameter points: the points whose distances are the edges' sizes.
  func joiningPieces(of points: Matrix<Double>) -> (graph: ProximityGraph, pieceCount: Int) {
    let pieces = pieces
    let pieceCount = (pieces.max() ?? 0) + 1
    guard pieceCount > 1 else { return (self, 1) }
    let (count, width) = (points.rowCount, points.columnCount)
    var isJoined = [Bool](repeating: false, count: count)
    // Of every point outside: how far it is from those inside, and from which.
    var nearest = [(square: Double, point: Int)](repeating: (.infinity, 0), count: count)
    var bridges: [(Int, Int, Double)] = []
    var next = 0
    points.entries.withUnsafeBufferPointer { entries in
      guard let base = entries.baseAddress else { return }
      for joined in 0..<pieceCount {
        let members = (0..<count).filter { pieces[$0] == pieces[next] }
        if joined > 0 { bridges.append((nearest[next].point, next, nearest[next].square.squareRoot())) }
        for member in members { isJoined[member] = true }
        for outside in 0..<count where !isJoined[outside] {
          for member in members {
            let square = squaredDistance(base + outside * width, base + member * width, width)
            if square < nearest[outside].square { nearest[outside] = (square, member) }
          }
        }
        let outside = (0..<count).filter { !isJoined[$0] }
        next = outside.min { nearest[$0].square < nearest[$1].square } ?? 0
      }
    }
    var added = [[(Int32, Double)]](repeating: [], count: count)
    for (one, other, size) in bridges {
      added[one].append((Int32(other), size))
      added[other].append((Int32(one), size))
    }
    var graph = self
    (graph.starts, graph.ends, graph.sizes) = ([0], [], [])
    for point in 0..<count {
      let known = edges(of: point).map { (ends[$0], sizes[$0]) }
      for (end, size) in (known + added[point]).sorted(by: { $0.0 < $1.0 }) { graph.append(end, size) }
      graph.starts.append(graph.ends.count)
    }
    return (graph, pieceCount)
  }

  /// The lengths of the shortest ways from a point to all others; infinite where there is none.
  ///
  /// References: dijkstra1959.
  func distances(from source: Int) -> [Double] {
    var distances = [Double](repeating: .infinity, count: pointCount)
    distances[source] = 0
    var open = DistanceHeap()
    open.insert(0, Int32(source))
    while let (distance, point) = open.popNearest() {
      // A shorter way was found after this one was entered.
      if distance > distances[Int(point)] { continue }
      for edge in starts[Int(point)]..<starts[Int(point) + 1] {
        let way = distance + sizes[edge]
        let end = ends[edge]
        if way < distances[Int(end)] {
          distances[Int(end)] = way
          open.insert(way, end)
        }
      }
    }
    return distances
  }
}

/// Points by distance, of which the nearest can be taken out: a binary heap.
private struct DistanceHeap {
  private var distances: [Double] = []
  private var points: [Int32] = []

  mutating func insert(_ distance: Double, _ point: Int32) {
    distances.append(distance)
    points.append(point)
    var place = distances.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      guard distance < distances[parent] else { break }
      (distances[place], points[place]) = (distances[parent], points[parent])
      place = parent
    }
    (distances[place], points[place]) = (distance, point)
  }

  mutating func popNearest() -> (Double, Int32)? {
    guard let first = distances.first, let nearest = points.first, let distance = distances.popLast(),
      let point = points.popLast()
    else { return nil }
    let count = distances.count
    guard count > 0 else { return (first, nearest) }
    var place = 0
    while 2 * place + 1 < count {
      var child = 2 * place + 1
      if child + 1 < count, distances[child + 1] < distances[child] { child += 1 }
      guard distances[child] < distance else { break }
      (distances[place], points[place]) = (distances[child], points[child])
      place = child
    }
    (distances[place], points[place]) = (distance, point)
    return (first, nearest)
  }
}
