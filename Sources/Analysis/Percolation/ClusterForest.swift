/// Sites in clusters that only ever grow together: union by size, with paths halved.
///
/// Laws: the clusters do not depend on the order of joining.
///
/// References: newman2001.
public struct ClusterForest: Sendable {
  /// The parent of a site; of a root, the negative size of its cluster.
  private var parents: [Int32]

  /// Makes so many sites, each a cluster of its own.
  public init(siteCount: Int) { parents = [Int32](repeating: -1, count: siteCount) }

  /// The site that stands for a site's cluster.
  public mutating func root(of site: Int) -> Int {
    var site = site
    while true {
      let parent = parents[site]
      if parent < 0 { return site }
      let above = parents[Int(parent)]
      if above < 0 { return Int(parent) }
      parents[site] = above
      site = Int(above)
    }
  }

  /// How many sites a root's cluster has.
  public func size(ofRoot root: Int) -> Int { Int(-parents[root]) }

  /// Makes two different roots' clusters one.
  ///
  /// - Returns: the sizes that they had.
  @discardableResult
  public mutating func join(roots first: Int, _ second: Int) -> (Int, Int) {
    let (large, small) = parents[first] <= parents[second] ? (first, second) : (second, first)
    let sizes = (Int(-parents[large]), Int(-parents[small]))
    parents[large] += parents[small]
    parents[small] = Int32(large)
    return sizes
  }
}
