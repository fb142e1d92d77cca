import LinearAlgebra

/// Uniform manifold approximation and projection (UMAP): points in two or three dimensions, near where they are near in many.
///
/// Neighbours pull each other, chosen the more often the more they belong together; others, drawn at random, push each other off.
/// One edge goes after the other, from the principal components, so that the same points and seed give the same layout to the bit.
///
/// Shapes: neighbours of n points; start and coordinates n×d, d from 1 to 3.
///
/// Conventions: as umap-learn, with the principal components to start from: 500 rounds of up to 10,000 points, 200 of more; five
/// points push for each that pulls, all five from one place.
///
/// References: mcinnes2018, kobak2021.
public struct UniformProjection: Sendable, Hashable {
  /// The points, as rows: centred.
  public let coordinates: Matrix<Double>
  /// The curve of likeness over distance.
  public let curve: SimilarityCurve
  /// The number of rounds.
  public let roundCount: Int
  /// How many pieces the graph of neighbours has: nothing says where these belong to each other.
  public let pieceCount: Int

  private static var pushCount: Int { 5 }
  private static var largestStep: Float { 4 }

  /// Lays points out.
  ///
  /// Throws: `AnalysisError.tooFew` for fewer than two neighbours; `.outOfRange` for dimensions, rounds and the least distance;
  /// `.sizeMismatch` for a start of other points; `LinearAlgebraError.notFinite`.
  public init(
    of neighbours: Neighbours, from start: Matrix<Double>, leastDistance: Double = 0.1, roundCount rounds: Int? = nil,
    using random: inout SeededGenerator
  ) throws {
    let count = neighbours.queryCount
    guard neighbours.count >= 2 else { throw AnalysisError.tooFew("neighbours", count: neighbours.count, minimum: 2) }
    guard start.rowCount == count else {
      throw AnalysisError.sizeMismatch("start", size: "\(start.rowCount) points", expected: "\(count) points")
    }
    guard (1...3).contains(start.columnCount) else {
      throw AnalysisError.outOfRange("number of dimensions", Double(start.columnCount), rule: "from 1 to 3")
    }
    let roundCount = rounds ?? (count <= 10_000 ? 500 : 200)
    guard (1...100_000).contains(roundCount) else {
      throw AnalysisError.outOfRange("number of rounds", Double(roundCount), rule: "from 1 to 100000")
    }
    try start.requireFinite()
    curve = try SimilarityCurve(leastDistance: leastDistance)
    self.roundCount = roundCount
    let graph = FuzzyNeighbours(neighbours).graph(of: neighbours)
    pieceCount = (graph.pieces.max() ?? 0) + 1
    var places = Self.places(start, using: &random)
    Self.settle(&places, graph, curve, roundCount, using: &random)
    let width = start.columnCount
    coordinates =
      Matrix(
        rowCount: count, columnCount: width,
        entries: (0..<count).flatMap { point in (0..<width).map { Double(places[3 * point + $0]) } }
      ).centredColumns
  }

  /// Three coordinates of every point, the largest 10, with a little noise so that no two points are one.
  private static func places(_ start: Matrix<Double>, using random: inout SeededGenerator) -> [Float] {
    let centred = start.centredColumns
    let scale = centred.largestMagnitude > 0 ? 10 / centred.largestMagnitude : 1
    var places = [Float](repeating: 0, count: 3 * start.rowCount)
    for point in 0..<start.rowCount {
      for axis in 0..<start.columnCount {
        places[3 * point + axis] = Float(scale * centred[point, axis] + 1e-4 * random.gaussian())
      }
    }
    return places
  }

  private static func settle(
    _ places: inout [Float], _ graph: ProximityGraph, _ curve: SimilarityCurve, _ roundCount: Int,
    using random: inout SeededGenerator
  ) {
    let strongest = graph.sizes.max() ?? 1
    var (heads, tails, intervals): ([Int32], [Int32], [Float]) = ([], [], [])
    for point in 0..<graph.pointCount {
      // Edges that would never have their turn are none.
      for edge in graph.edges(of: point) where graph.sizes[edge] * Double(roundCount) >= strongest {
        heads.append(Int32(point))
        tails.append(graph.ends[edge])
        intervals.append(Float(strongest / graph.sizes[edge]))
      }
    }
    var turns = intervals
    let (pulls, pushes) = (OctaveTable(curve.pull), OctaveTable(curve.push))
    let pointCount = UInt64(graph.pointCount)
    let edgeCount = heads.count
    pulls.withReader { pull in
      pushes.withReader { push in
        places.withUnsafeMutableBufferPointer { places in
          turns.withUnsafeMutableBufferPointer { turns in
            intervals.withUnsafeBufferPointer { intervals in
              heads.withUnsafeBufferPointer { heads in
                tails.withUnsafeBufferPointer { tails in
                  guard let base = places.baseAddress else { return }
                  for round in 0..<roundCount {
                    let rate = 1 - Float(round) / Float(roundCount)
                    let now = Float(round)
                    for edge in 0..<edgeCount where turns[edge] <= now {
                      turns[edge] += intervals[edge]
                      let head = base + 3 * Int(heads[edge])
                      let tail = base + 3 * Int(tails[edge])
                      var place = (head[0], head[1], head[2])
                      let drawn = step(from: place, tail, pull)
                      place = (place.0 + rate * drawn.0, place.1 + rate * drawn.1, place.2 + rate * drawn.2)
                      tail[0] -= rate * drawn.0
                      tail[1] -= rate * drawn.1
                      tail[2] -= rate * drawn.2
                      // All from one place, so that none waits for another.
                      var driven: (Float, Float, Float) = (0, 0, 0)
                      var bits: UInt64 = 0
                      for turn in 0..<pushCount {
                        // Two draws from the halves of one number.
                        bits = turn % 2 == 0 ? random.next() : bits >> 32
                        let other = Int(((bits & 0xffff_ffff) * pointCount) >> 32)
                        let away = step(from: place, base + 3 * other, push)
                        driven = (driven.0 + away.0, driven.1 + away.1, driven.2 + away.2)
                      }
                      head[0] = place.0 + rate * driven.0
                      head[1] = place.1 + rate * driven.1
                      head[2] = place.2 + rate * driven.2
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// How far a force moves a place along its difference from a point.
  @inline(__always)
  private static func step(
    from place: (Float, Float, Float), _ point: UnsafeMutablePointer<Float>, _ force: OctaveTable.Reader
  ) -> (Float, Float, Float) {
    let (x, y, z) = (place.0 - point[0], place.1 - point[1], place.2 - point[2])
    let size = force(x * x + y * y + z * z)
    return (held(size * x), held(size * y), held(size * z))
  }

  @inline(__always)
  private static func held(_ step: Float) -> Float {
    step > largestStep ? largestStep : step < -largestStep ? -largestStep : step
  }
}
