import LinearAlgebra

/// The share of each sample's k nearest samples that it has in both systems, averaged over samples.
///
/// Conventions: distances are Euclidean; a sample is no neighbour of itself; among samples equally far, up to round-off, the earlier
/// counts as nearer.
///
/// Range: [0, 1]; k/(m−1) by chance among m samples.
///
/// Laws: unchanged by translation, rotation and scale.
///
/// References: huh2024.
public struct NeighbourOverlap: RepresentationMeasure, Hashable {
  /// k.
  public let neighbourCount: Int
  /// A similarity.
  public var kind: RepresentationMeasureKind { .similarity }

  /// Makes a measure.
  ///
  /// Throws: `AnalysisError.tooFew` for no neighbours.
  public init(neighbourCount: Int = 10) throws(AnalysisError) {
    guard neighbourCount >= 1 else { throw .tooFew("neighbours", count: neighbourCount, minimum: 1) }
    self.neighbourCount = neighbourCount
  }

  /// What systems that have nothing in common overlap by on average.
  public func chance(sampleCount: Int) -> Double { Double(neighbourCount) / Double(max(1, sampleCount - 1)) }

  /// Each sample's nearest, rising by position.
  ///
  /// Throws: `AnalysisError.tooFew` where every other sample would be a neighbour.
  public func prepared(_ representation: Representation) throws -> [[Int32]] {
    let count = representation.sampleCount
    guard neighbourCount <= count - 2 else {
      throw AnalysisError.tooFew(
        "samples for \(neighbourCount) neighbours", count: count, minimum: neighbourCount + 2)
    }
    let distances = SampleDistances(of: representation)
    let largest = distances.squares.max() ?? 1
    return (0..<count).map { sample in
      // The nearest so far, nearest first.
      var nearest: [(distance: Double, sample: Int32)] = []
      for other in 0..<count where other != sample {
        // Rounded, so that what is equally far stays so in every system of coordinates.
        let distance = (distances[sample, other] / largest * 1e11).rounded()
        if nearest.count == neighbourCount, distance >= nearest[neighbourCount - 1].distance { continue }
        if nearest.count == neighbourCount { nearest.removeLast() }
        let place = nearest.firstIndex { $0.distance > distance } ?? nearest.count
        nearest.insert((distance, Int32(other)), at: place)
      }
      return nearest.map(\.sample).sorted()
    }
  }

  /// Compares two systems.
  public func compared(_ first: [[Int32]], _ second: [[Int32]]) -> Double {
    var shared = 0
    for (left, right) in zip(first, second) {
      var place = 0
      for sample in left {
        while place < right.count, right[place] < sample { place += 1 }
        if place < right.count, right[place] == sample { shared += 1 }
      }
    }
    return Double(shared) / Double(first.count * neighbourCount)
  }
}
