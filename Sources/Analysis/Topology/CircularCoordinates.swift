import Foundation
import LinearAlgebra

/// Where each point lies on a loop of the cloud: an angle, read off the loop's cocycle.
///
/// The cocycle of a loop modulo a prime is lifted to whole numbers, made as smooth as it goes by least squares, and summed up to
/// angles over a cover by balls about the landmarks.
///
/// Conventions: angles are turns in [0, 1); where they begin and which way they run is not determined. The longest-lived loop is
/// number 0. A cocycle is taken within twice the radius of the balls, halfway between what covers all points as the loop has appeared
/// and where it fills in.
///
/// Complexity: conjugate gradients over the edges within that distance.
///
/// Laws: continuous over the cover; the angle winds once around the loop and not around the others.
///
/// References: desilva2011circle, perea2020.
public struct CircularCoordinates: Sendable, Hashable {
  /// The angle of each point in turns, in [0, 1).
  public let turns: [Double]
  /// The class of the loop.
  public let bar: PersistenceBar
  /// The radius of the balls.
  public let radius: Double
  /// What was found of the points.
  public let homology: VietorisRips

  /// Finds angles along a loop of the rows of a matrix.
  ///
  /// Throws: `TopologyError`, `.noLoop` where there are not as many, `.uncovered`, `.doesNotLift`; `AnalysisError.tooFew` for no landmark.
  public init(
    of points: Matrix<Double>, loop: Int = 0, prime: Int = 47, landmarkCount: Int? = nil
  ) throws {
    guard prime > 2 else { throw TopologyError.notPrime(prime, most: VietorisRips.largestPrime, least: 3) }
    let homology = try VietorisRips(of: points, prime: prime, landmarkCount: landmarkCount)
    guard homology.cocycles.indices.contains(loop) else { throw TopologyError.noLoop }
    let bar = homology.diagrams[1].bars[loop]
    let end = bar.death ?? homology.limit
    let covering = homology.landmarks?.coveringRadius ?? 0
    let start = max(bar.birth / 2, covering)
    guard start < end / 2 else {
      throw TopologyError.uncovered(
        landmarks: homology.landmarks?.indices.count ?? points.rowCount, radius: covering, loopEnds: end)
    }
    let radius = (start + end / 2) / 2
    let indices = homology.landmarks?.indices ?? Array(0..<points.rowCount)
    let graph = NeighbourGraph(of: points, indices, within: 2 * radius)
    let steps = try graph.lifted(homology.cocycles[loop], prime: prime)
    let potential = graph.smoothed(steps)
    turns = graph.turns(of: points, indices, radius: radius, steps: steps, potential: potential)
    self.bar = bar
    self.radius = radius
    self.homology = homology
  }
}

/// The landmarks and the edges between those near to each other.
private struct NeighbourGraph {
  let count: Int
  let edges: [(from: Int, to: Int)]
  /// The number of the edge between two landmarks, or −1.
  let numbers: [Int32]

  init(of points: Matrix<Double>, _ indices: [Int], within reach: Double) {
    let count = indices.count
    var edges: [(from: Int, to: Int)] = []
    var numbers = [Int32](repeating: -1, count: count * count)
    let width = points.columnCount
    points.entries.withUnsafeBufferPointer { entries in
      guard let base = entries.baseAddress else { return }
      for to in 0..<count {
        for from in 0..<to
        where squaredDistance(base + indices[from] * width, base + indices[to] * width, width) < reach * reach {
          numbers[from * count + to] = Int32(edges.count)
          numbers[to * count + from] = Int32(edges.count)
          edges.append((from, to))
        }
      }
    }
    self.count = count
    self.edges = edges
    self.numbers = numbers
  }

  /// The cocycle with coefficients between −p/2 and p/2, by edge, if its coboundary is 0 among whole numbers too.
  func lifted(_ cocycle: VietorisRips.Cocycle, prime: Int) throws(TopologyError) -> [Double] {
    var steps = [Double](repeating: 0, count: edges.count)
    for edge in cocycle.edges {
      let number = numbers[edge.from * count + edge.to]
      guard number >= 0 else { continue }
      steps[Int(number)] = Double(edge.coefficient > prime / 2 ? edge.coefficient - prime : edge.coefficient)
    }
    // Three coefficients that add up to a multiple of p other than 0 have a large one among them.
    for (number, edge) in edges.enumerated() where 3 * abs(steps[number]) >= Double(prime) {
      for vertex in 0..<count {
        let (there, back) = (numbers[edge.to * count + vertex], numbers[vertex * count + edge.from])
        guard there >= 0, back >= 0 else { continue }
        let around =
          steps[number] + signed(steps, there, from: edge.to, vertex) + signed(steps, back, from: vertex, edge.from)
        guard around == 0 else { throw .doesNotLift(prime: prime) }
      }
    }
    return steps
  }

  private func signed(_ steps: [Double], _ number: Int32, from start: Int, _ end: Int) -> Double {
    start < end ? steps[Int(number)] : -steps[Int(number)]
  }

  /// The τ that makes Σ (step + τ_to − τ_from)² over edges least, by conjugate gradients on the graph's Laplacian.
  func smoothed(_ steps: [Double]) -> [Double] {
    func divergence(_ flow: (Int) -> Double) -> [Double] {
      var sums = [Double](repeating: 0, count: count)
      for (number, edge) in edges.enumerated() {
        let value = flow(number)
        sums[edge.to] += value
        sums[edge.from] -= value
      }
      return sums
    }
    var potential = [Double](repeating: 0, count: count)
    var residual = divergence { -steps[$0] }
    var direction = residual
    var square = residual.reduce(0) { $0 + $1 * $1 }
    let enough = 1e-24 * square
    for _ in 0..<(10 * count) {
      guard square > enough, square > 0 else { break }
      let image = divergence { direction[edges[$0].to] - direction[edges[$0].from] }
      let curvature = zip(direction, image).reduce(0) { $0 + $1.0 * $1.1 }
      guard curvature > 0 else { break }
      let length = square / curvature
      for place in 0..<count {
        potential[place] += length * direction[place]
        residual[place] -= length * image[place]
      }
      let next = residual.reduce(0) { $0 + $1 * $1 }
      for place in 0..<count { direction[place] = residual[place] + next / square * direction[place] }
      square = next
    }
    return potential
  }

  /// The angle of every point: that of its nearest landmark, and on by the smooth steps to the others whose balls hold it, each
  /// weighed by how deep the point lies in its ball.
  func turns(
    of points: Matrix<Double>, _ indices: [Int], radius: Double, steps: [Double], potential: [Double]
  ) -> [Double] {
    let width = points.columnCount
    return points.entries.withUnsafeBufferPointer { entries in
      guard let base = entries.baseAddress else { return [] }
      return (0..<points.rowCount).map { row in
        let distances = indices.map {
          squaredDistance(base + row * width, base + $0 * width, width).squareRoot()
        }
        var nearest = 0
        for place in 0..<count where distances[place] < distances[nearest] { nearest = place }
        var (sum, weights) = (0.0, 0.0)
        for place in 0..<count where distances[place] < radius {
          let weight = radius - distances[place]
          weights += weight
          let number = place == nearest ? -1 : numbers[nearest * count + place]
          guard number >= 0 else { continue }
          let step = signed(steps, number, from: nearest, place) + potential[place] - potential[nearest]
          sum += weight * step
        }
        let turn = potential[nearest] + (weights > 0 ? sum / weights : 0)
        let wrapped = turn - turn.rounded(.down)
        return wrapped < 1 ? wrapped : 0
      }
    }
  }
}
