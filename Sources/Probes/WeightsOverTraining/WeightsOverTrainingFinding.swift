import Diagnostics
import Probing

/// How the weights of a series' members differ.
public struct WeightsOverTrainingFinding: ProbeFinding {
  /// What is measured of one tensor, one value per member.
  public struct Track: Codable, Hashable, Sendable {
    /// The tensor's name.
    public var name: String
    /// Its shape.
    public var shape: [Int]
    /// The Frobenius norm.
    public var norms: [Double]
    /// ‖w − w₀‖/‖w₀‖ to the first member; `nil` where that is zero.
    public var fromFirst: [Double?]
    /// The same to the member before; `nil` for the first.
    public var fromPrevious: [Double?]
    /// ‖A‖²/σ₁²; `nil` for what is no matrix, or too large a one.
    public var stableRanks: [Double]?
    /// exp of the entropy of the singular values; `nil` likewise.
    public var effectiveRanks: [Double]?
  }

  /// The series, as the notebook names it.
  public var series: String
  /// What the members differ in: `step`, `seed` or `size`.
  public var over: NetworkSeries.Index
  /// The members' numbers, rising.
  public var numbers: [Double]
  /// The number of weights of a member.
  public var weightCount: Int
  /// The norm of all weights together.
  public var norms: [Double]
  /// Their relative distance to the first member; `nil` where that is zero.
  public var fromFirst: [Double?]
  /// Their relative distance to the member before; `nil` for the first.
  public var fromPrevious: [Double?]
  /// The relative distance between the first and the last member; `nil` where the first is zero.
  public var change: Double?
  /// The tensors, the largest change between first and last first; ties by name.
  public var tensors: [Track]
  /// The numerical doubts.
  public var caveats: [Caveat]

  init(series: String, _ members: NetworkSeries, tracks: [WeightTrack]) {
    self.series = series
    over = members.over
    numbers = members.members.map(\.number)
    weightCount = tracks.reduce(0) { $0 + $1.count }
    func total(_ part: (WeightTrack) -> [Double]) -> [Double] {
      members.members.indices.map { position in tracks.reduce(0) { $0 + part($1)[position] } }
    }
    let squares = total(\.squares)
    norms = squares.map { $0.squareRoot() }
    fromFirst = Self.relative(total(\.squaresFromFirst)) { _ in squares[0] }
    fromPrevious = [nil] + Self.relative(total(\.squaresFromPrevious)) { squares[max(0, $0 - 1)] }.dropFirst()
    change = fromFirst.last ?? nil
    tensors = tracks.map { track in
      Track(
        name: track.name, shape: track.shape, norms: track.squares.map { $0.squareRoot() },
        fromFirst: Self.relative(track.squaresFromFirst) { _ in track.squares[0] },
        fromPrevious: [nil]
          + Self.relative(track.squaresFromPrevious) { track.squares[max(0, $0 - 1)] }.dropFirst(),
        stableRanks: track.stableRanks, effectiveRanks: track.effectiveRanks)
    }.sorted { left, right in
      let (a, b) = ((left.fromFirst.last ?? nil) ?? .infinity, (right.fromFirst.last ?? nil) ?? .infinity)
      return a == b ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : a > b
    }
    caveats = Self.caveats(tracks, memberCount: members.members.count)
  }

  private static func relative(_ squares: [Double], to reference: (Int) -> Double) -> [Double?] {
    squares.enumerated().map { position, square in
      let base = reference(position)
      return base > 0 ? (square / base).squareRoot() : nil
    }
  }

  private static func caveats(_ tracks: [WeightTrack], memberCount: Int) -> [Caveat] {
    var caveats: [Caveat] = []
    let zero = tracks.filter { $0.squares[0] == 0 }
    if !zero.isEmpty {
      caveats.append(
        Caveat(
          "zero-at-first",
          "\(counted(zero.count, "tensor")) \(zero.count == 1 ? "is" : "are") zero in the first member and \(zero.count == 1 ? "has" : "have") no relative change to it: \(listed(zero))"
        ))
    }
    let large = tracks.filter(\.isTooLarge)
    if !large.isEmpty {
      caveats.append(
        Caveat(
          "large-matrices",
          "ranks are measured up to \(WeightTrack.largestRank) rows or columns; left out: \(listed(large))"))
    }
    if memberCount < 4 {
      caveats.append(
        Caveat("few-members", "the series has only \(counted(memberCount, "member")); a course needs more"))
    }
    return caveats
  }

  private static func listed(_ tracks: [WeightTrack]) -> String {
    tracks.prefix(4).map { "'\($0.name)'" }.joined(separator: ", ")
      + (tracks.count > 4 ? " and \(tracks.count - 4) more" : "")
  }
}
