import LinearAlgebra

/// The persistent cohomology of a cloud of points: its pieces, loops and hollows, and the scales at which they appear and fill in.
///
/// A simplex appears at the length of its longest edge. Beyond the distance within which some point sees all others nothing is left
/// but one piece, so that no longer edge is looked at.
///
/// Conventions: Euclidean distances unless given; coefficients in the field of a prime p; classes that fill in at the scale at which they
/// appear are left out.
///
/// Complexity: memory for points² distances, of 4096 points at most, and for half a gigabyte of stored simplices.
///
/// Laws: the bars do not depend on the order of the points, nor on turns and shifts of the cloud, and grow with its scale.
///
/// References: bauer2021 (reduction), desilva2011 (cohomology), gonzalez1985 (landmarks).
public struct VietorisRips: Sendable, Hashable {
  /// The classes of dimension 0, 1, …
  public let diagrams: [PersistenceDiagram]
  /// For each bar of the loops, in the order of the diagram, the cocycle of its class; empty if loops were not asked for.
  public let cocycles: [Cocycle]
  /// The prime p.
  public let prime: Int
  /// The longest distance looked at.
  public let limit: Double
  /// Which points were looked at, and how far they leave the others.
  public let landmarks: Landmarks?

  /// A whole-number combination of edges modulo a prime, each edge from its earlier to its later point.
  public struct Cocycle: Sendable, Hashable {
    /// The edges with coefficients from 1 to p − 1; points count among those looked at.
    public let edges: [Edge]

    /// An edge and its coefficient.
    public struct Edge: Sendable, Hashable {
      /// The earlier point.
      public let from: Int
      /// The later point.
      public let to: Int
      /// The distance between both.
      public let length: Double
      /// The coefficient.
      public let coefficient: Int
    }
  }

  /// The most points taken at once.
  public static let mostPoints = 4096
  /// The largest prime taken.
  public static let largestPrime = 251

  /// Analyses the rows of a matrix, or as many landmarks among them.
  ///
  /// Throws: `TopologyError`; `AnalysisError.tooFew` for no landmark.
  public init(
    of points: Matrix<Double>, maximumDimension: Int = 1, prime: Int = 2, limit: Double? = nil,
    landmarkCount: Int? = nil
  ) throws {
    try requirePoints(points)
    guard let landmarkCount, landmarkCount < points.rowCount else {
      try self.init(
        checked: points, landmarks: nil, maximumDimension: maximumDimension, prime: prime, limit: limit)
      return
    }
    let landmarks = try Landmarks(of: points, count: landmarkCount)
    let chosen = try Matrix(rows: landmarks.indices.map(points.row))
    try self.init(
      checked: chosen, landmarks: landmarks, maximumDimension: maximumDimension, prime: prime, limit: limit)
  }

  /// Analyses points of which the distances are known: a symmetric matrix without negative entries.
  ///
  /// Throws: `TopologyError`.
  public init(
    distances: Matrix<Double>, maximumDimension: Int = 1, prime: Int = 2, limit: Double? = nil
  ) throws(TopologyError) {
    let count = distances.rowCount
    guard count == distances.columnCount else { throw .notDistances(rule: "square", value: distances.shapeText) }
    try requirePoints(distances)
    for row in 0..<count {
      for column in 0...row {
        let value = distances[row, column]
        guard value >= 0, row != column || value == 0 else {
          throw .notDistances(
            rule: "0 from a point to itself and nowhere negative", value: "\(value) in row \(row), column \(column)")
        }
        guard value == distances[column, row] else {
          throw .notDistances(
            rule: "symmetric", value: "\(value) and \(distances[column, row]) between \(column) and \(row)")
        }
      }
    }
    try self.init(
      distances: distances.entries, count: count, landmarks: nil, maximumDimension: maximumDimension, prime: prime,
      limit: limit)
  }

  private init(
    checked points: Matrix<Double>, landmarks: Landmarks?, maximumDimension: Int, prime: Int, limit: Double?
  ) throws(TopologyError) {
    let count = points.rowCount
    guard count <= Self.mostPoints else { throw .tooManyPoints(count, most: Self.mostPoints) }
    try self.init(
      distances: EdgeFiltration.distances(of: points), count: count, landmarks: landmarks,
      maximumDimension: maximumDimension, prime: prime, limit: limit)
  }

  private init(
    distances: [Double], count: Int, landmarks: Landmarks?, maximumDimension: Int, prime: Int, limit: Double?
  ) throws(TopologyError) {
    guard count <= Self.mostPoints else { throw .tooManyPoints(count, most: Self.mostPoints) }
    guard (0...2).contains(maximumDimension) else { throw .dimension(maximumDimension, most: 2) }
    guard Self.isPrime(prime) else { throw .notPrime(prime, most: Self.largestPrime, least: 2) }
    let filtration = EdgeFiltration(distances: distances, pointCount: count, limit: limit)
    let joining = filtration.joiningEdges
    let classes = try CohomologyReduction.pairs(
      of: filtration, joining: joining, maximumDimension: maximumDimension, prime: prime)
    // Shorter bars are round-off of equal distances.
    let negligible = 1e-12 * filtration.limit
    func bar(birth: Double, death: Double?) -> PersistenceBar? {
      let bar = PersistenceBar(birth: birth, death: death)
      return bar.length > negligible ? bar : nil
    }
    let merged = joining.compactMap { bar(birth: 0, death: filtration.lengths[$0]) }
    let lasting = [PersistenceBar](repeating: PersistenceBar(birth: 0, death: nil), count: count - joining.count)
    var diagrams = [PersistenceDiagram(dimension: 0, bars: lasting + merged)]
    var cocycles: [Cocycle] = []
    for (place, pairs) in classes.enumerated() {
      let found = pairs.compactMap { pair in
        bar(birth: filtration.lengths[pair.birth], death: pair.death.map { filtration.lengths[$0] })
          .map { (bar: $0, cochain: pair.cochain) }
      }.sorted { PersistenceDiagram.comesFirst($0.bar, $1.bar) }
      diagrams.append(PersistenceDiagram(dimension: place + 1, bars: found.map(\.bar)))
      if place == 0 { cocycles = found.map { Cocycle($0.cochain, filtration) } }
    }
    self.diagrams = diagrams
    self.cocycles = cocycles
    self.prime = prime
    self.limit = filtration.limit
    self.landmarks = landmarks
  }

  /// Whether a number is a prime that coefficients may be taken modulo.
  public static func isPrime(_ number: Int) -> Bool {
    (2...largestPrime).contains(number) && (2..<number).allSatisfy { $0 * $0 > number || number % $0 != 0 }
  }
}

extension VietorisRips.Cocycle {
  fileprivate init(_ cochain: ArraySlice<SimplexEntry>, _ filtration: EdgeFiltration) {
    edges = cochain.map { entry in
      Edge(
        from: Int(filtration.lows[entry.rank]), to: Int(filtration.highs[entry.rank]),
        length: filtration.lengths[entry.rank], coefficient: Int(entry.coefficient))
    }
  }
}
