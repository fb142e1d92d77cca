import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct ForecastingTests {
  @Test func likeValuesDivergeByNothingAndOthersByWhatTheirSharesSay() throws {
    var random = SeededGenerator(seed: 2)
    let truth = random.gaussians(20_000)
    #expect(try HistogramDivergence(of: truth, from: truth).value == 0)
    let again = try HistogramDivergence(of: truth, from: random.gaussians(20_000)).value
    #expect(again > 0 && again < 0.02)
    // Shifted by half a deviation: δ²/2 in the limit of many bins; what lies beyond two deviations is lumped.
    let moved = try HistogramDivergence(of: truth, from: random.gaussians(20_000).map { $0 + 0.5 }).value
    #expect(abs(moved - 0.125) < 0.02)
    // Where nothing overlaps, only the added shares are left, and no number goes missing.
    let away = try HistogramDivergence(of: [0, 1, 0, 1], from: [0.5, 0.5, 0.5, .nan]).value
    #expect(away > 9 && away < 11.6)
  }

  @Test func spectraOfOneKindCorrelateWhateverTheScale() throws {
    var random = SeededGenerator(seed: 3)
    func waves(_ period: Double) -> [[Double]] {
      (0..<8).map { _ in
        let phase = random.uniform(0..<6)
        return (0..<200).map { sin(2 * .pi * Double($0) / period + phase) + 0.01 * random.gaussian() }
      }
    }
    let (slow, again, fast) = (waves(40), waves(40), waves(4))
    let alike = try SpectralCorrelation(of: slow, and: again).value
    let scaled = try SpectralCorrelation(of: slow, and: again.map { $0.map { 7 * $0 + 3 } }).value
    #expect(alike > 0.95 && abs(alike - scaled) < 1e-9)
    let other = try SpectralCorrelation(of: slow, and: fast).value
    #expect(other < alike - 0.2, "\(other)")
    #expect(try SpectralCorrelation(of: slow, and: slow).value > 1 - 1e-12)
  }

  @Test func persistenceScoresOne() throws {
    var random = SeededGenerator(seed: 4)
    let trials = (0..<3).map { _ in Matrix<Double>.gaussian(50, 2, using: &random) }
    let (now, next) = (trials.map { $0.rows(0..<49) }, trials.map { $0.rows(1..<50) })
    let still = try SequenceScore(of: now, truth: next, before: now)
    #expect(still.scaledError == 1)
    let exact = try SequenceScore(of: next, truth: next, before: now)
    #expect(exact.scaledError == 0 && exact.determination == 1)
    // What tells the mean has R² 0.
    let all = Matrix(rowCount: 147, columnCount: 2, entries: next.flatMap(\.entries)).columnMeans
    let mean = next.map { Matrix(rowCount: $0.rowCount, columnCount: 2, entries: (0..<49).flatMap { _ in all }) }
    #expect(abs(try SequenceScore(of: mean, truth: next, before: now).determination) < 1e-12)
  }

  @Test func whatCannotBeComparedIsRefused() {
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "nothing was thrown"
      } catch let error as AnalysisError { return error.message } catch { return "\(error)" }
    }
    #expect(
      message { _ = try HistogramDivergence(of: [1], from: [1, 2]) }
        == "numbers to compare: 1 given; at least 2 are needed")
    #expect(
      message { _ = try HistogramDivergence(of: [1, 2], from: [1, 2], binCount: 1) }
        == "bins: 1 given; at least 2 are needed")
    #expect(
      message { _ = try SpectralCorrelation(of: [], and: [[1]]) } == "trajectories: 0 given; at least 1 are needed")
    #expect(
      message { _ = try SpectralCorrelation(of: [[1, 2]], and: [[1, 2]]) }
        == "samples of a trajectory: 2 given; at least 16 are needed")
    #expect(
      message { _ = try SpectralCorrelation(of: [Array(repeating: 0, count: 20)], and: [[1]]) }
        == "length of a trajectory is 1; it must be 20")
    #expect(
      message { _ = try SequenceScore(of: [Matrix.zeros(2, 1)], truth: [], before: []) }
        == "number of trials is 1; it must be 0")
    #expect(
      message {
        _ = try SequenceScore(of: [Matrix.zeros(2, 1)], truth: [Matrix.zeros(3, 1)], before: [Matrix.zeros(3, 1)])
      }
        == "shape of a trial is 2×1; it must be 3×1")
    #expect(
      message { _ = try SequenceScore(of: [], truth: [], before: []) }
        == "samples to score: 0 given; at least 1 are needed")
  }

  // MARK: Cross mapping of points

  @Test func cloudsTellEachOtherWhereOneIsAFunctionOfTheOther() throws {
    var random = SeededGenerator(seed: 5)
    let count = 1500
    let angles = (0..<count).map { _ in random.uniform(0..<(2 * .pi)) }
    let circle = Matrix(rowCount: count, columnCount: 2, entries: angles.flatMap { [cos($0), sin($0)] })
    let times = (0..<count).map { 10 * $0 }
    let (library, tested) = (Array(0..<1000), Array(1000..<count))
    let mapping = try PointMapping(neighbourCount: 3, window: 2)
    let upright = Matrix(column: angles.map { sin($0) })
    let forth = try mapping.skills(of: circle, from: circle, times: times, library: library, tested: tested)
    #expect(forth.allSatisfy { $0.correlation > 0.9999 })
    // The height alone does not tell on which side a point is.
    let back = try mapping.skills(of: circle, from: upright, times: times, library: library, tested: tested)
    #expect(back[0].correlation < 0.6 && back[1].correlation > 0.9999)
    // Few remembered points tell less.
    let few = try mapping.skills(of: circle, from: circle, times: times, library: Array(0..<10), tested: tested)
    #expect(few[0].correlation < forth[0].correlation)
    // The same by looking at every point.
    for (place, row) in tested.enumerated().prefix(50) {
      let distances = library.map { other in
        (hypot(circle[row, 0] - circle[other, 0], circle[row, 1] - circle[other, 1]), other)
      }.sorted { $0.0 < $1.0 }.prefix(3)
      let weights = distances.map { exp(-$0.0 / distances[0].0) }
      let plain = zip(weights, distances).reduce(0) { $0 + $1.0 * circle[$1.1.1, 0] } / weights.reduce(0, +)
      #expect(abs(plain - forth[0].predicted[place]) < 1e-12)
    }
    #expect(throws: AnalysisError.tooFew("neighbours", count: 0, minimum: 1)) { try PointMapping(neighbourCount: 0) }
  }

  @Test func sharedNeighboursAreCounted() throws {
    var random = SeededGenerator(seed: 6)
    let points = Matrix<Double>.gaussian(300, 3, using: &random)
    let own = try NeighbourSearch(of: points).nearest(10)
    let scaled = try NeighbourSearch(of: 4 * points).nearest(10)
    #expect(own.overlap(with: scaled) == 1)
    let others = try NeighbourSearch(of: Matrix<Double>.gaussian(300, 3, using: &random)).nearest(10)
    #expect(abs(own.overlap(with: others) - 10.0 / 299) < 0.02)
  }
}
