import LinearAlgebra

/// Pasts with a known future, and pasts whose future is to be foretold.
struct ForecastTask {
  let library: Matrix<Double>
  let libraryTimes: [Int]
  let targets: [Double]
  let queries: Matrix<Double>
  let queryTimes: [Int]
  let actual: [Double]

  init(_ projection: SimplexProjection, of signal: Signal, library: Range<Int>?, tested: Range<Int>?) throws {
    let vectors = try DelayVectors(
      of: signal, dimension: projection.dimension, lag: projection.lag, reserved: projection.horizon)
    let whole = 0..<signal.count
    let reach = (projection.dimension - 1) * projection.lag + projection.horizon
    func rows(_ range: Range<Int>?) throws -> [Int] {
      let range = (range ?? whole).clamped(to: whole)
      let rows = vectors.starts.indices.filter {
        range.lowerBound <= vectors.starts[$0] && vectors.starts[$0] + reach < range.upperBound
      }
      guard rows.count > projection.dimension else {
        throw SignalError.tooShort(
          longest: range.count, needed: reach + projection.dimension + 1,
          for: "\(projection.dimension) dimensions at lag \(projection.lag) and their neighbours take")
      }
      return rows
    }
    func part(_ rows: [Int]) -> (Matrix<Double>, [Int], [Double]) {
      (
        vectors.points.selectingRows(rows), rows.map { vectors.times[$0] },
        rows.map { signal.values[vectors.starts[$0] + reach] }
      )
    }
    (self.library, libraryTimes, targets) = part(try rows(library))
    (queries, queryTimes, actual) = part(try rows(tested))
  }
}
