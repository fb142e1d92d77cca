import Checkpoints
import Diagnostics
import Foundation
import LinearAlgebra
import Probing

/// How far a network's weights move over a series of checkpoints, and how the rank of its matrices changes.
///
/// Shapes: of every tensor of real or complex floating-point numbers, one value per member; ranks of tensors with two
/// axes or more, taken as `first extent × the rest`.
public struct WeightsOverTraining: Probe {
  /// What a person should know of the probe.
  public static let card = ProbeCard(
    name: "weights-over-training", version: 1,
    question:
      "How far do the weights move over training, tensor by tensor, and how does the rank of the matrices change?",
    citations: ["rudelson2007", "roy2007"],
    parameters: [
      ParameterNote("series", "the checkpoints: a series cell, or a path with a * where the step stands"),
      ParameterNote("tensors", "only tensors whose names begin with one of these; default: all"),
    ], exhibits: ["change", "norms", "ranks", "tensors"])
  /// The parameters where the notebook is silent.
  public static let standard = WeightsOverTraining(series: "")

  /// The checkpoints.
  public var series: SourceReference
  /// What the names of the tensors begin with.
  public var tensors: [String]?

  /// What one measurement needs.
  public struct Subject: Sendable {
    let name: String
    let series: NetworkSeries
  }

  /// Refuses parameters that make no sense.
  public func validate() throws(ParameterError) {
    if series.isEmpty { throw .missing("series", "name a series source, or a path with * where the step stands") }
    if tensors?.isEmpty == true { throw .rule("tensors", is: "empty", mustBe: "left out, or name tensors") }
  }

  /// Takes the series; its members are opened one by one while measuring.
  public func gather(from bench: some Bench) throws -> Subject {
    let found = try bench.series(series)
    guard found.members.count >= 2 else {
      throw BenchError.wrongKind(series.name, expected: "a series of two members or more", found: "a series of one")
    }
    return Subject(name: series.name, series: found)
  }

  /// Measures; nothing is random.
  public func measure(_ subject: Subject, using random: inout SeededGenerator) throws -> WeightsOverTrainingFinding {
    var tracks: [WeightTrack] = []
    for (position, member) in subject.series.members.enumerated() {
      let weights = try weights(of: subject, at: position)
      if position == 0 {
        guard !weights.isEmpty else {
          throw BenchError.wrongKind(
            "\(subject.name):\(member.label)", expected: "a file of floating-point tensors", found: "without any")
        }
        tracks = try weights.map { try WeightTrack(startingWith: $0) }
        continue
      }
      guard weights.count == tracks.count else { throw mismatch(tracks, weights, subject, member) }
      for index in tracks.indices {
        guard weights[index].name == tracks[index].name, weights[index].shape == tracks[index].shape else {
          throw mismatch(tracks, weights, subject, member)
        }
        try tracks[index].add(weights[index])
      }
    }
    return WeightsOverTrainingFinding(series: subject.name, subject.series, tracks: tracks)
  }

  /// The numbers of a member, sorted by name, so that members may keep them in different orders.
  private func weights(of subject: Subject, at position: Int) throws -> [WeightNumbers] {
    let label = subject.series.members[position].label
    return try subject.series.tensors(ofMember: position).filter { tensor in
      !tensor.elementType.isInteger && !tensor.elementType.isPacked && tensor.elementCount > 0
        && (tensors ?? [""]).contains { tensor.name.hasPrefix($0) }
    }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.map { tensor in
      let numbers = try WeightNumbers(tensor)
      let bad = numbers.values.count { !$0.isFinite }
      guard bad == 0 else { throw BenchError.notFinite("\(subject.name):\(label):\(tensor.name)", count: bad) }
      return numbers
    }
  }

  private func mismatch(
    _ tracks: [WeightTrack], _ weights: [WeightNumbers], _ subject: Subject, _ member: NetworkSeries.Member
  ) -> BenchError {
    let name = "\(subject.name):\(member.label)"
    let first = subject.series.members[0].label
    let here = Dictionary(weights.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for track in tracks {
      guard let found = here[track.name] else {
        return .wrongKind(name, expected: "like the member '\(first)'", found: "without the tensor '\(track.name)'")
      }
      guard found.shape == track.shape else {
        return .wrongShape(
          "\(name):\(track.name)", shape: found.shape,
          rule: track.shape.map(String.init).joined(separator: "×") + ", as in the member '\(first)'")
      }
    }
    let known = Set(tracks.map(\.name))
    let other = weights.first { !known.contains($0.name) }?.name ?? ""
    return .wrongKind(name, expected: "like the member '\(first)'", found: "with a further tensor, '\(other)'")
  }
}

/// The numbers of one tensor of one member; of complex ones, real parts and then imaginary ones.
struct WeightNumbers: Sendable {
  let name: String
  let shape: [Int]
  let values: [Double]
  let isComplex: Bool

  init(_ tensor: Tensor) throws {
    name = tensor.name
    shape = tensor.shape
    isComplex = tensor.elementType.isComplex
    if isComplex {
      let parts = try tensor.complexParts()
      values = parts.real + parts.imaginary
    } else {
      values = try tensor.doubles()
    }
  }
}

/// What is measured of one tensor from member to member.
struct WeightTrack: Sendable {
  /// Matrices with a smaller extent above this have no ranks measured: their singular values would take minutes.
  static let largestRank = 2048

  let name: String
  let shape: [Int]
  let count: Int
  /// Sums of squares: of the weights, of their distance to the first member's, and to the one before.
  private(set) var squares: [Double] = []
  private(set) var squaresFromFirst: [Double] = []
  private(set) var squaresFromPrevious: [Double] = []
  /// `nil` for what is no matrix.
  private(set) var stableRanks: [Double]?
  private(set) var effectiveRanks: [Double]?
  /// Whether it is a matrix that is too large for its ranks to be measured.
  let isTooLarge: Bool

  private let first: [Double]
  private var previous: [Double]
  private let rowCount: Int

  init(startingWith weights: WeightNumbers) throws {
    name = weights.name
    shape = weights.shape
    count = weights.shape.reduce(1, *)
    first = weights.values
    previous = weights.values
    rowCount = weights.shape.count >= 2 && !weights.isComplex ? weights.shape[0] : 1
    let rank = min(rowCount, count / max(1, rowCount))
    isTooLarge = rank > Self.largestRank
    if rank >= 2, !isTooLarge { (stableRanks, effectiveRanks) = ([], []) }
    try add(weights)
  }

  mutating func add(_ weights: WeightNumbers) throws {
    squares.append(weights.values.reduce(0) { $0 + $1 * $1 })
    squaresFromFirst.append(Self.squaredDistance(weights.values, first))
    squaresFromPrevious.append(Self.squaredDistance(weights.values, previous))
    previous = weights.values
    guard stableRanks != nil else { return }
    let matrix = Matrix(rowCount: rowCount, columnCount: count / rowCount, entries: weights.values)
    let spectrum = try singularValues(of: matrix)
    stableRanks?.append(Self.stableRank(spectrum))
    effectiveRanks?.append(Self.effectiveRank(spectrum))
  }

  private static func squaredDistance(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  /// ‖A‖²/σ₁²: 1 for a matrix of rank one, at most the rank; 0 for zero.
  static func stableRank(_ spectrum: [Double]) -> Double {
    guard let largest = spectrum.first, largest > 0 else { return 0 }
    return spectrum.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
  }

  /// exp of the entropy of the singular values as shares of their sum: at most the rank; 0 for zero.
  static func effectiveRank(_ spectrum: [Double]) -> Double {
    let sum = spectrum.reduce(0, +)
    guard sum > 0 else { return 0 }
    let entropy = spectrum.reduce(0.0) { total, value in
      let share = value / sum
      return share > 0 ? total - share * log(share) : total
    }
    return exp(entropy)
  }
}
