import Analysis
import Diagnostics

extension TopologyMeasurement {
  /// A life within this factor of what it must outlive could as well be on the other side.
  private static let near = 1.25
  /// The gap that sets classes apart.
  private static let gap = 2.0

  /// What a reader should doubt of a cloud, with its numbers.
  func doubts(of cloud: Finding.Cloud, distinctCount: Int) -> [Caveat] {
    var caveats: [Caveat] = []
    if cloud.pointCount < cloud.givenCount {
      caveats.append(
        Caveat(
          "thinned", "\(cloud.pointCount) of \(cloud.givenCount) points were looked at, evenly along the rows")
      )
    }
    let copies = cloud.pointCount - distinctCount
    if copies > 0 {
      caveats.append(
        Caveat(
          "copies",
          "\(counted(copies, "point")) of \(cloud.pointCount) \(copies == 1 ? "is a copy of another and adds" : "are copies of others and add") nothing to the shape"
        ))
    }
    if cloud.landmarkCount < 40 {
      caveats.append(
        Caveat("few-points", "\(cloud.landmarkCount) points: loops of few points are easily there by chance, or missed")
      )
    }
    if let limit = probe.limit, cloud.limit == limit {
      caveats.append(
        Caveat(
          "cut-at-limit",
          "distances end at \(rounded(limit)): what lasts until there counts, however shortly it would live on"))
    }
    caveats += coverDoubts(cloud)
    return caveats + cloud.diagrams.flatMap(unresolved)
  }

  /// Whether landmarks leave points farther away than shapes are large.
  private func coverDoubts(_ cloud: Finding.Cloud) -> [Caveat] {
    guard cloud.dimensionCount > 1, cloud.coveringRadius > 0 else { return [] }
    let counting = cloud.diagrams.dropFirst().flatMap { $0.bars.prefix($0.number) }
    let ends = counting.compactMap(\.death).min() ?? cloud.limit
    guard 2 * cloud.coveringRadius > ends else { return [] }
    let what =
      counting.isEmpty
      ? "a loop smaller than that is not seen" : "the shortest class that counts ends at \(rounded(ends))"
    return [
      Caveat(
        "coarse-cover",
        "\(cloud.landmarkCount) landmarks leave points up to \(rounded(cloud.coveringRadius)) away: \(what); take more landmarks"
      )
    ]
  }

  /// Classes that could as well count, or not.
  private func unresolved(_ diagram: Finding.Diagram) -> [Caveat] {
    let (lives, lasting) = (diagram.lives, diagram.lastingCount)
    let counting = diagram.number - lasting
    let noun = ["piece", "loop", "hollow"][min(2, diagram.dimension)]
    var caveats: [Caveat] = []
    let above = lives.count { $0 > diagram.threshold }
    if diagram.dimension > 0, above > counting, let next = lives.dropFirst(counting).first,
      counting == 0 || next > Self.near * diagram.threshold
    {
      let outlive = above - counting == 1 ? "more \(noun) outlives" : "more \(noun)s outlive"
      let why =
        counting == 0
        ? "from one life to the next there is no fall to less than a half, so that none is set apart"
        : "the widest gap comes before"
      caveats.append(
        Caveat(
          "unresolved",
          "\(above - counting) \(outlive) \(rounded(diagram.threshold)), by which null clouds are told, the longest with \(rounded(next)), and \(above - counting == 1 ? "does" : "do") not count: \(why)"
        ))
    }
    if counting > 0, lives[counting - 1] < Self.near * diagram.threshold {
      caveats.append(
        Caveat(
          "near-threshold",
          "the shortest-lived \(noun) that counts lives \(rounded(lives[counting - 1])), hardly more than \(rounded(diagram.threshold)), by which null clouds are told"
        ))
    }
    if counting == 0, above == 0, diagram.dimension > 0, let longest = lives.first,
      longest * Self.near > diagram.threshold, lives.count < 2 || longest > Self.gap * lives[1]
    {
      caveats.append(
        Caveat(
          "near-threshold",
          "the longest-lived \(noun) lives \(rounded(longest)), hardly less than \(rounded(diagram.threshold)), by which null clouds are told: it may be one"
        ))
    }
    return caveats
  }
}

extension TopologyFinding.Cloud {
  /// How many dimensions of homology were computed.
  fileprivate var dimensionCount: Int { diagrams.count }
}
