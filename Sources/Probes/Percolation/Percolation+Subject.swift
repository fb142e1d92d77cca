import Analysis
import Diagnostics
import LinearAlgebra
import Networks
import Probing

extension Percolation {
  /// What one measurement needs.
  public struct Subject: Sendable {
    /// Where centres may be, from the fewest to the most; more than one of lattices only.
    let places: [Places]
    let sets: [CentreSet]
  }

  /// Where centres may be.
  enum Places: Sendable {
    case lattice(SiteLattice)
    case points(Matrix<Double>, given: Int)

    var count: Int {
      switch self {
      case .lattice(let lattice): lattice.siteCount
      case .points(let points, _): points.rowCount
      }
    }

    /// The centres, with or without their copies.
    var centres: Matrix<Double> {
      switch self {
      case .lattice(let lattice): lattice.centres
      case .points(let points, _): points
      }
    }
  }

  /// The different centres of a training set.
  struct CentreSet: Sendable {
    let name: String
    let group: String?
    let centres: Matrix<Double>
    let givenCount: Int
    let accuracy: Double?
  }

  /// More sets than this make no figure.
  private static let mostSets = 500

  /// Takes the points and the training sets.
  public func gather(from bench: some Bench) throws -> Subject {
    let places = try self.places(from: bench)
    guard let width = places.first?.centres.columnCount else { return Subject(places: [], sets: []) }
    let found = try self.sets(from: bench)
    guard found.count <= Self.mostSets else {
      throw ParameterError.rule("trained", is: "\(found.count) sets", mustBe: "at most \(Self.mostSets)")
    }
    guard names.isEmpty || names.count == found.count else {
      throw ParameterError.rule("names", is: "\(names.count) long", mustBe: "\(found.count) long, one for each set")
    }
    let spread = try groups.spread(over: found.map(\.source), key: "groups")
    let accuracies = try self.accuracies(from: bench, count: found.count)
    let sets = try found.enumerated().map { place, each in
      guard each.array.rank == 2, each.array.shape[1] == width,
        (1...OverlapGraph.mostSites).contains(each.array.shape[0])
      else {
        throw BenchError.wrongShape(
          each.name, shape: each.array.shape,
          rule: "centres × \(counted(width, "coordinate")), from 1 to \(OverlapGraph.mostSites) of them")
      }
      let bad = each.array.values.count { !$0.isFinite }
      if bad > 0 { throw BenchError.notFinite(each.name, count: bad) }
      let all = Matrix(rowCount: each.array.shape[0], columnCount: width, entries: each.array.values)
      return CentreSet(
        name: names.isEmpty ? each.name : names[place], group: spread.isEmpty ? each.group : spread[place],
        centres: all.withoutCopies, givenCount: all.rowCount, accuracy: accuracies.map { $0[place] })
    }
    return Subject(places: places, sets: sets)
  }

  /// The sets of every source, with names and, where a source has several, groups.
  private func sets(
    from bench: some Bench
  ) throws -> [(name: String, group: String?, source: Int, array: NDArray<Double>)] {
    let members = try trained.map { try bench.arrays($0) }
    let isSeveral = members.contains { $0.contains { $0.label != nil } }
    // What an array is called within its file tells none from another, where files differ.
    let files = Self.withoutMember(SourceReference.shortNames(of: trained.map(\.name)))
    return members.enumerated().flatMap { source, members in
      let file = files[source]
      return members.map { member in
        let name = member.label.map { file.contains("*") ? file.replacing("*", with: $0) : "\(file) \($0)" } ?? file
        return (name, isSeveral ? SourceReference.groupName(of: file) : nil, source, member.array)
      }
    }
  }

  /// Names without the array that all of them end in, as `a:trained` and `b:trained`.
  private static func withoutMember(_ names: [String]) -> [String] {
    guard let end = names.first?.lastIndex(of: ":").map({ names[0][$0...] }), names.allSatisfy({ $0.hasSuffix(end) })
    else { return names }
    let short = names.map { String($0.dropLast(end.count)) }
    return Set(short).count == names.count && !short.contains("") ? short : names
  }

  private func places(from bench: some Bench) throws -> [Places] {
    if points.isEmpty {
      return try side.sorted().map {
        .lattice(try SiteLattice(side: $0, spacing: spacing, isPeriodic: periodic))
      }
    }
    let array = try PointSelection(from: points).points(on: bench)
    let (count, width) = (array.shape[0], array.shape[1])
    guard count <= OverlapGraph.mostSites else {
      throw BenchError.wrongShape(
        points.name, shape: array.shape, rule: "at most \(OverlapGraph.mostSites) centres × coordinates")
    }
    let distinct = Matrix(rowCount: count, columnCount: width, entries: array.values).withoutCopies
    try validateWork(distinct.rowCount, key: "replicas")
    guard distinct.rowCount >= Self.fewestCentres else {
      throw AnalysisError.tooFew("different centres", count: distinct.rowCount, minimum: Self.fewestCentres)
    }
    return [.points(distinct, given: count)]
  }

  private func accuracies(from bench: some Bench, count: Int) throws -> [Double]? {
    let values: [Double]
    switch accuracy {
    case .numbers(let numbers)?: values = numbers
    case .source(let source)?:
      values = try bench.array(source).values
      if let wrong = AccuracyParameter.wrong(values) {
        throw ParameterError.rule(
          "accuracy", is: "\(rounded(wrong)) in '\(source.name)'", mustBe: AccuracyParameter.rule)
      }
    case nil: return nil
    }
    guard values.count == count else {
      throw ParameterError.rule("accuracy", is: "\(values.count) long", mustBe: "\(count) long, one for each set")
    }
    return values
  }
}

extension Matrix where Scalar == Double {
  /// The rows without copies of earlier ones.
  fileprivate var withoutCopies: Matrix {
    PreparedCloud(points: self, times: Array(0..<rowCount), window: 0, givenCount: rowCount).withoutCopies.points
  }
}
