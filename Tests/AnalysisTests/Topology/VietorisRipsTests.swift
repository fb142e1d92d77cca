import Analysis
import Diagnostics
import Foundation
import LinearAlgebra
import Testing

@Suite struct VietorisRipsTests {
  private struct Case: Decodable {
    let name: String
    let prime: Int
    let count: Int
    let diagrams: [[[Double?]]]
    let distances: [Double]
  }

  @Test func agreesWithRipserOnRandomClouds() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "diagrams.json")
    let cases = try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
    #expect(cases.count == 10)
    var differing = 0
    var lower: [Double] = []
    for item in cases {
      if !item.distances.isEmpty { lower = item.distances }
      var distances = Matrix<Double>.zeros(item.count, item.count)
      for high in 0..<item.count {
        for low in 0..<high {
          distances[high, low] = lower[high * (high - 1) / 2 + low]
          distances[low, high] = distances[high, low]
        }
      }
      let found = try VietorisRips(distances: distances, maximumDimension: 2, prime: item.prime)
      for (diagram, bars) in zip(found.diagrams, item.diagrams) {
        #expect(diagram.bars.count == bars.count, "\(item.name) modulo \(item.prime), dimension \(diagram.dimension)")
        let expected = PersistenceDiagram(
          dimension: diagram.dimension, bars: bars.map { PersistenceBar(birth: $0[0] ?? 0, death: $0[1]) })
        // Lengths that are equal but for rounding may come in either order.
        func byBirth(_ diagram: PersistenceDiagram) -> [PersistenceBar] {
          diagram.bars.sorted { ($0.birth, $0.death ?? .infinity) < ($1.birth, $1.death ?? .infinity) }
        }
        for (ours, theirs) in zip(byBirth(diagram), byBirth(expected)) {
          let isSame =
            abs(ours.birth - theirs.birth) < 2e-6
            && (ours.death == nil) == (theirs.death == nil) && abs((ours.death ?? 0) - (theirs.death ?? 0)) < 2e-6
          if !isSame { differing += 1 }
        }
      }
    }
    #expect(differing == 0)
  }

  @Test func findsTheLoopOfACircle() throws {
    let found = try VietorisRips(of: PointClouds.circle(100))
    let loops = found.diagrams[1].bars
    #expect(loops.count == 1)
    #expect(abs((loops.first?.birth ?? 0) - 2 * sin(.pi / 100)) < 1e-12)
    #expect(abs((loops.first?.death ?? 0) - 1.7526) < 5e-5)
    #expect(found.diagrams[0].bars.first == PersistenceBar(birth: 0, death: nil))
    #expect(found.diagrams[0].bars.count == 100)
  }

  @Test func findsTheLoopsAndTheHollowOfTheFlatTorus() throws {
    let found = try VietorisRips(of: PointClouds.clifford(20), maximumDimension: 2)
    let loops = found.diagrams[1].bars
    for bar in loops.prefix(2) {
      #expect(abs(bar.birth - 0.3129) < 5e-5)
      #expect(abs((bar.death ?? 0) - 1.782) < 5e-4)
    }
    #expect(abs(loops[2].length - 0.1296) < 5e-5)
    let hollows = found.diagrams[2].bars
    #expect(abs(hollows[0].birth - 0.4425) < 5e-5)
    #expect(abs((hollows[0].death ?? 0) - 1.809) < 5e-4)
    #expect(abs(hollows[0].length - 1.367) < 5e-4)
    #expect(abs(hollows[1].length - 0.027) < 5e-4)
  }

  @Test func findsTheLoopsAndTheHollowOfATorusInSpace() throws {
    let found = try VietorisRips(of: PointClouds.torus(20), maximumDimension: 2)
    for (length, expected) in zip(found.diagrams[1].bars.map(\.length), [1.469, 1.469, 0.669, 0.669]) {
      #expect(abs(length - expected) < 5e-4)
    }
    #expect(abs(found.diagrams[2].bars[0].length - 0.864) < 5e-4)
    #expect(abs(found.diagrams[2].bars[1].length - 0.064) < 5e-4)
  }

  @Test func doesNotDependOnOrderTurnOrScale() throws {
    var random = SeededGenerator(seed: 3)
    let cloud = Matrix<Double>.gaussian(40, 3, using: &random)
    let turned = PointClouds.rows(
      random.shuffled(Array(0..<40)).map { row in [3 * cloud[row, 2] + 1, -3 * cloud[row, 0], 3 * cloud[row, 1] - 7] })
    let plain = try VietorisRips(of: cloud, maximumDimension: 2)
    let other = try VietorisRips(of: turned, maximumDimension: 2)
    for (one, two) in zip(plain.diagrams, other.diagrams) {
      #expect(one.bars.count == two.bars.count)
      for (left, right) in zip(one.bars, two.bars) {
        #expect(abs(3 * left.birth - right.birth) < 1e-9)
        #expect(abs(3 * (left.death ?? 0) - (right.death ?? 0)) < 1e-9)
      }
    }
  }

  @Test func keepsWhatIsThereAtTheLimit() throws {
    let found = try VietorisRips(of: PointClouds.circle(30), limit: 1)
    #expect(found.diagrams[1].bars.count == 1)
    #expect(found.diagrams[1].bars.first?.death == nil)
    #expect(found.limit == 1)
    let pieces = try VietorisRips(of: PointClouds.circle(30), limit: 0.1)
    #expect(pieces.diagrams[0].bars.filter { $0.death == nil }.count == 30)
    #expect(pieces.diagrams[1].bars.isEmpty)
  }

  @Test func cocyclesVanishAroundTrianglesUntilTheLoopFillsIn() throws {
    let found = try VietorisRips(of: PointClouds.gaussian(40, 2, seed: 5), prime: 7)
    let bars = found.diagrams[1].bars
    #expect(bars.count > 3 && bars.count == found.cocycles.count)
    let points = PointClouds.gaussian(40, 2, seed: 5)
    func distance(_ one: Int, _ other: Int) -> Double {
      norm(of: zip(points.row(one), points.row(other)).map { $0 - $1 })
    }
    for (bar, cocycle) in zip(bars, found.cocycles) {
      let death = try #require(bar.death)
      var values: [[Int]: Int] = [:]
      for edge in cocycle.edges { values[[edge.from, edge.to]] = edge.coefficient }
      #expect(cocycle.edges.map(\.length).min() == bar.birth)
      for third in 0..<40 {
        for second in 0..<third {
          for first in 0..<second {
            let scale = max(distance(first, second), distance(first, third), distance(second, third))
            guard scale < death - 1e-9 else { continue }
            let around =
              values[[second, third], default: 0] - values[[first, third], default: 0]
              + values[[first, second], default: 0]
            if around % 7 != 0 { Issue.record("\(first), \(second), \(third) add up to \(around)") }
          }
        }
      }
    }
  }

  @Test func landmarksCoverTheCloud() throws {
    let cloud = PointClouds.gaussian(300, 3, seed: 8)
    let landmarks = try Landmarks(of: cloud, count: 40)
    #expect(landmarks.indices.count == 40 && Set(landmarks.indices).count == 40 && landmarks.indices.first == 0)
    func distance(_ one: Int, _ other: Int) -> Double {
      norm(of: zip(cloud.row(one), cloud.row(other)).map { $0 - $1 })
    }
    let farthest = (0..<300).map { point in landmarks.indices.map { distance(point, $0) }.min() ?? 0 }.max() ?? 0
    #expect(abs(landmarks.coveringRadius - farthest) < 1e-12)
    for (place, one) in landmarks.indices.enumerated() {
      for other in landmarks.indices.prefix(place) { #expect(distance(one, other) >= farthest - 1e-12) }
    }
    #expect(try Landmarks(of: cloud, count: 500).indices == Array(0..<300))
    #expect(try Landmarks(of: cloud, count: 500).coveringRadius == 0)
    let copies = PointClouds.rows([[0, 0], [1, 0], [0, 0], [1, 0], [0, 0]])
    #expect(try Landmarks(of: copies, count: 3).indices == [0, 1])
    let found = try VietorisRips(of: PointClouds.circle(2000), landmarkCount: 60)
    #expect(found.landmarks?.indices.count == 60)
    #expect(found.diagrams[1].bars.count == 1)
  }

  @Test func onePlaceIsOnePiece() throws {
    for cloud in [PointClouds.rows([[1, 2]]), PointClouds.rows([[1, 2], [1, 2], [1, 2]])] {
      let found = try VietorisRips(of: cloud, maximumDimension: 2)
      #expect(found.diagrams[0].bars == [PersistenceBar(birth: 0, death: nil)])
      #expect(found.diagrams[1].bars.isEmpty && found.diagrams[2].bars.isEmpty)
    }
    let doubled = PointClouds.rows((0..<2).flatMap { _ in (0..<20).map { PointClouds.circle(20).row($0) } })
    #expect(try VietorisRips(of: doubled).diagrams[1].bars.count == 1)
    #expect(try VietorisRips(of: doubled).diagrams[0].bars.count == 20)
  }

  @Test func refusesWhatIsNoCloud() throws {
    let circle = PointClouds.circle(10)
    var damaged = circle
    damaged[4, 1] = .nan
    #expect(throws: TopologyError.notFinite(row: 4, column: 1, value: "nan")) { try VietorisRips(of: damaged) }
    #expect(throws: TopologyError.noPoints(shape: "0×3")) { try VietorisRips(of: Matrix<Double>.zeros(0, 3)) }
    #expect(throws: TopologyError.noPoints(shape: "4×0")) { try VietorisRips(of: Matrix<Double>.zeros(4, 0)) }
    #expect(throws: TopologyError.tooManyPoints(5000, most: 4096)) { try VietorisRips(of: .zeros(5000, 1)) }
    #expect(throws: TopologyError.dimension(3, most: 2)) { try VietorisRips(of: circle, maximumDimension: 3) }
    #expect(throws: TopologyError.dimension(-1, most: 2)) { try VietorisRips(of: circle, maximumDimension: -1) }
    for number in [-2, 0, 1, 4, 9, 221, 257] {
      #expect(throws: TopologyError.notPrime(number, most: 251, least: 2)) {
        try VietorisRips(of: circle, prime: number)
      }
    }
    #expect(throws: AnalysisError.tooFew("landmarks", count: 0, minimum: 1)) {
      try VietorisRips(of: circle, landmarkCount: 0)
    }
    #expect(throws: TopologyError.notDistances(rule: "square", value: "2×3")) {
      try VietorisRips(distances: .zeros(2, 3))
    }
    #expect(throws: TopologyError.notDistances(rule: "symmetric", value: "1.0 and 2.0 between 0 and 1")) {
      try VietorisRips(distances: Matrix(rows: [[0, 2], [1, 0]]))
    }
    #expect(throws: TopologyError.self) { try VietorisRips(distances: Matrix(rows: [[0, -1], [-1, 0]])) }
    #expect(throws: TopologyError.self) { try VietorisRips(distances: Matrix(rows: [[1, 1], [1, 0]])) }
  }

  @Test func saysEverySentenceAsAgreed() {
    let errors: [TopologyError] = [
      .noPoints(shape: "0×3"), .notFinite(row: 4, column: 1, value: "nan"),
      .notDistances(rule: "symmetric", value: "1.0 and 2.0 between 0 and 1"), .tooManyPoints(5000, most: 4096),
      .outgrown(simplices: 100, points: 900, dimension: 2), .dimension(3, most: 2), .notPrime(4, most: 251, least: 2),
      .onePlace(points: 7), .noLoop, .uncovered(landmarks: 5, radius: 1, loopEnds: 1.5), .doesNotLift(prime: 47),
    ]
    let said = errors.map { error in error.message + (error.hint.map { "\n  \($0)" } ?? "") }.joined(separator: "\n")
    #expect(
      said == """
        the points are 0×3; at least one point with one coordinate is needed
        coordinate 1 of point 4 is nan; every coordinate must be a number within ±1e150
          leave such points out, or look where the first such number arises
        the distances must be symmetric; they are 1.0 and 2.0 between 0 and 1
        5000 points given; persistent homology takes at most 4096
          take fewer landmarks
        homology of dimension 2 among 900 points needs more than the 100 simplices that memory is kept for
          take fewer landmarks
        dimension of homology is 3; it must be from 0 to 2
        the field has 4 elements; it must be a prime number from 2 to 251
        all 7 points are the same; they have no shape
        no loop was found; circular coordinates need one
        5 landmarks leave points up to 1.0 away; the loop fills in at 1.5, which must be more than twice as far
          take more landmarks
        the loop's cocycle modulo 47 is none over the whole numbers
          take another prime, such as 41
        """)
    #expect(errors.allSatisfy { $0.status == .cellFailed })
  }
}
