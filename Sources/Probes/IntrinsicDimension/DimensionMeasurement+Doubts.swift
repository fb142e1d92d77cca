import Analysis
import Diagnostics
import Foundation
import LinearAlgebra

extension DimensionMeasurement {
  /// What a reader should doubt of a cloud, with its numbers.
  func doubts(
    of cloud: Finding.Cloud, taken: PreparedCloud, distinct: PreparedCloud, isTimed: Bool
  ) throws -> [Caveat] {
    var caveats: [Caveat] = []
    if taken.points.rowCount < taken.givenCount {
      caveats.append(
        Caveat(
          "thinned", "\(taken.points.rowCount) of \(taken.givenCount) points were looked at, evenly along the rows")
      )
    }
    let copies = taken.points.rowCount - distinct.points.rowCount
    if copies > 0 {
      caveats.append(
        Caveat(
          "copies",
          "\(counted(copies, "point")) of \(taken.points.rowCount) \(copies == 1 ? "is a copy" : "are copies") of others and \(copies == 1 ? "was" : "were") left out"
        ))
    }
    caveats += try neighbourDoubts(distinct, isTimed: isTimed)
    if cloud.pointCount < 200 {
      caveats.append(
        Caveat(
          "few-points",
          "\(cloud.pointCount) points: neighbours are far, and intervals do not tell all there is to doubt"))
    }
    return caveats + estimateDoubts(cloud)
  }

  /// Ties, and points that follow each other along a path.
  private func neighbourDoubts(_ cloud: PreparedCloud, isTimed: Bool) throws -> [Caveat] {
    let count = cloud.points.rowCount
    let search = try NeighbourSearch(
      of: cloud.points, times: cloud.times, method: cloud.points.columnCount > 15 ? .products : nil)
    guard let nearest = try? search.nearest(2, window: cloud.window) else { return [] }
    var caveats: [Caveat] = []
    let ties = (0..<count).count { nearest.distances[2 * $0 + 1] <= nearest.distances[2 * $0] * (1 + 1e-9) }
    if 10 * ties > count {
      caveats.append(
        Caveat(
          "ties",
          "\(percent(ties, of: count)) of points have two neighbours equally far, as points on a grid or rounded ones have: estimates by two neighbours are too high"
        ))
    }
    let next = (0..<count).count {
      abs(cloud.times[Int(nearest.indices[2 * $0])] - cloud.times[$0]) <= cloud.window + 1
    }
    if !isTimed, 2 * next > count {
      caveats.append(
        Caveat(
          "path",
          "the row before or after is nearest to \(percent(next, of: count)) of points: they seem to follow each other along a path, whose dimension is 1; give them as 'recordings', or a 'window'"
        ))
    }
    return caveats
  }

  private func percent(_ part: Int, of whole: Int) -> String { "\(rounded(100 * Double(part) / Double(whole))) %" }

  /// What the estimates say of each other.
  private func estimateDoubts(_ cloud: Finding.Cloud) -> [Caveat] {
    let byDistances = cloud.estimates.filter(\.method.isByDistances)
    guard let most = byDistances.max(by: { $0.value < $1.value }),
      let least = byDistances.min(by: { $0.value < $1.value })
    else { return [] }
    var caveats: [Caveat] = []
    // So that pairs in a tenth of the cloud's extent are found at all.
    let bound = 2 * log10(Double(cloud.pointCount))
    if most.value > bound {
      caveats.append(
        Caveat(
          "too-few-points",
          "\(most.method.words) finds \(rounded(most.value)): \(cloud.pointCount) points show about \(rounded(bound)) dimensions by distances, and more come out too low"
        ))
    }
    if least.value > 0, most.value / least.value > 1.5 {
      caveats.append(
        Caveat(
          "estimates-differ",
          "\(most.method.words) finds \(rounded(most.value)), \(least.method.words) \(rounded(least.value)): the dimension depends on the scale"
        ))
    }
    for estimate in byDistances {
      guard let few = estimate.curve.last, estimate.curve.count > 1, few.upper < estimate.lower,
        estimate.value / few.value > 1.25
      else { continue }
      caveats.append(
        Caveat(
          "falls-with-scale",
          "\(estimate.method.words) finds \(rounded(estimate.value)) of all points and \(rounded(few.value)) of \(few.pointCount): noise on the small scale, or too few points on the large one"
        ))
      break
    }
    return caveats
  }
}
