import LinearAlgebra

/// How many pieces, loops and hollows a cloud of points has, beside clouds without a shape.
///
/// The null clouds have the same coordinates, each shuffled among the points on its own: what each unit does alone stays, what units do
/// together goes. A class counts if it outlives the classes of the null clouds, their mean life plus so many standard deviations, and
/// belongs to the group of longest-lived ones that is set apart: the one before the widest gap, after which the next lives less
/// than a half as long, unless told.
///
/// Conventions: loops and hollows must outlive the longest-lived ones of the null clouds. Pieces must outlive all finite lives pooled, as
/// pieces that lie apart along one coordinate lie apart in the null clouds too; one piece always lasts and
/// counts. Standard deviations have n − 1 in the denominator.
public struct BettiVerdict: Sendable, Hashable, Codable {
  /// β0, β1, …
  public let numbers: [Int]
  /// What a class must outlive, by dimension.
  public let thresholds: [Double]
  /// The diagrams of the points.
  public let diagrams: [PersistenceDiagram]
  /// The longest finite life in any null cloud, by dimension; 0 where there is none.
  public let nullLongest: [Double]
  /// By dimension: the length of the shortest class that counts over the next one's; `nil` where none counts or none is next.
  public let gaps: [Double?]
  /// The longest distance looked at; `nil` of diagrams from elsewhere.
  public let limit: Double?
  /// Which points were looked at, and how far they leave the others; `nil` for all.
  public let landmarks: Landmarks?

  /// Judges diagrams against lives in null clouds, by dimension; where there are none, any class outlives them.
  ///
  /// Throws: `AnalysisError.sizeMismatch` unless there are as many dimensions, `.outOfRange`.
  public init(
    diagrams: [PersistenceDiagram], nullLengths: [[Double]], deviations: Double = 3, gap: Double = 2
  ) throws(AnalysisError) {
    try self.init(
      diagrams: diagrams, nullLengths: nullLengths, deviations: deviations, gap: gap, limit: nil, landmarks: nil)
  }

  private init(
    diagrams: [PersistenceDiagram], nullLengths: [[Double]], deviations: Double, gap: Double, limit: Double?,
    landmarks: Landmarks?
  ) throws(AnalysisError) {
    guard diagrams.count == nullLengths.count else {
      throw .sizeMismatch("null lengths", size: "\(nullLengths.count)", expected: "\(diagrams.count)")
    }
    guard deviations >= 0, deviations.isFinite else { throw .outOfRange("deviations", deviations, rule: "0 or more") }
    guard gap >= 1, gap.isFinite else { throw .outOfRange("gap", gap, rule: "1 or more") }
    var (thresholds, numbers, gaps) = ([Double](), [Int](), [Double?]())
    for (diagram, lengths) in zip(diagrams, nullLengths) {
      let mean = lengths.reduce(0, +) / Double(max(1, lengths.count))
      let squares = lengths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let threshold = mean + deviations * (squares / Double(max(1, lengths.count - 1))).squareRoot()
      let lives = diagram.finiteLengths
      let lasting = diagram.bars.count - lives.count
      var (count, widest): (Int, Double?) = (0, nil)
      for (place, life) in lives.enumerated() {
        guard life > threshold else { break }
        guard place + 1 < lives.count else {
          // Nothing comes after it.
          if widest == nil { count = place + 1 }
          break
        }
        let ratio = life / lives[place + 1]
        if ratio > gap, ratio > widest ?? 0 { (count, widest) = (place + 1, ratio) }
      }
      thresholds.append(threshold)
      numbers.append(lasting + count)
      gaps.append(widest)
    }
    self.numbers = numbers
    self.thresholds = thresholds
    self.gaps = gaps
    self.diagrams = diagrams
    self.limit = limit
    self.landmarks = landmarks
    nullLongest = nullLengths.map { $0.max() ?? 0 }
  }

  /// Analyses the rows of a matrix, or as many landmarks among them, and as many of each null cloud.
  ///
  /// - Parameter limit: no longer distance is looked at; classes that stay to it count as lasting.
  ///
  /// Throws: `TopologyError`, `.onePlace` for points that are all the same; `AnalysisError`.
  public init(
    of points: Matrix<Double>, maximumDimension: Int = 1, prime: Int = 2, limit: Double? = nil,
    landmarkCount: Int? = nil, nullCount: Int = 20, deviations: Double = 3, gap: Double = 2,
    using random: inout SeededGenerator
  ) throws {
    guard nullCount >= 1 else { throw AnalysisError.tooFew("null clouds", count: nullCount, minimum: 1) }
    guard nullCount <= 10_000 else {
      throw AnalysisError.outOfRange("number of null clouds", Double(nullCount), rule: "at most 10000")
    }
    let found = try VietorisRips(
      of: points, maximumDimension: maximumDimension, prime: prime, limit: limit, landmarkCount: landmarkCount)
    guard found.limit > 0 else { throw TopologyError.onePlace(points: points.rowCount) }
    let seed = SeededGenerator(seed: random.next())
    let lengths = try concurrently(Array(0..<nullCount)) { index in
      var own = seed.split(index)
      let cloud = points.columnsShuffled(using: &own)
      let null = try VietorisRips(
        of: cloud, maximumDimension: maximumDimension, prime: prime, limit: limit, landmarkCount: landmarkCount)
      return null.diagrams.map { diagram in
        guard diagram.dimension > 0 else { return diagram.finiteLengths }
        // What stays to the limit has lived so long at least.
        return [diagram.bars.map { ($0.death ?? null.limit) - $0.birth }.max() ?? 0]
      }
    }
    let nullLengths = found.diagrams.indices.map { dimension in lengths.flatMap { $0[dimension] } }
    try self.init(
      diagrams: found.diagrams, nullLengths: nullLengths, deviations: deviations, gap: gap, limit: found.limit,
      landmarks: found.landmarks)
  }
}

extension Matrix<Double> {
  /// Each column's entries in random order, each column in its own.
  func columnsShuffled(using random: inout SeededGenerator) -> Matrix {
    var shuffled = self
    for column in 0..<columnCount {
      for (row, value) in random.shuffled(self.column(column)).enumerated() { shuffled[row, column] = value }
    }
    return shuffled
  }
}
