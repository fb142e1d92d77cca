import LinearAlgebra

/// A tree that joins the two nearest groups again and again, the distance of two groups being the mean over their pairs (average
/// linkage).
///
/// Conventions: groups are numbered: the k points first, then each joint in order. Of two joined groups the one that holds
/// the lower point comes first; of equally near pairs the first is joined.
///
/// Laws: k points have k − 1 joints of heights that never fall; the height at which two points first share a group is at most
/// their greatest distance.
///
/// Complexity: O(k³).
///
/// References: sokal1958.
public struct Dendrogram: Sendable, Hashable, Codable {
  /// Two groups that become one.
  public struct Joint: Sendable, Hashable, Codable {
    /// The number of the first group.
    public let first: Int
    /// The number of the second.
    public let second: Int
    /// Their mean distance.
    public let height: Double
    /// The number of points of both.
    public let count: Int
  }

  /// The joints, by rising height.
  public let joints: [Joint]
  /// The points in an order in which every group is contiguous.
  public let order: [Int]

  /// Joins points at distances.
  ///
  /// Throws: as `ClassicalScaling`.
  public init(of distances: Matrix<Double>) throws {
    try distances.requireDistances()
    let count = distances.rowCount
    var between = distances
    var members = (0..<count).map { [$0] }
    var numbers = Array(0..<count)
    var active = Array(0..<count)
    var joints: [Joint] = []
    while active.count > 1 {
      var best = (first: active[0], second: active[1], height: Double.infinity)
      for (place, i) in active.enumerated() {
        for j in active[(place + 1)...] where between[i, j] < best.height { best = (i, j, between[i, j]) }
      }
      let (i, j) = (best.first, best.second)
      let (left, right) = (Double(members[i].count), Double(members[j].count))
      for other in active where other != i && other != j {
        let mean = (left * between[i, other] + right * between[j, other]) / (left + right)
        between[i, other] = mean
        between[other, i] = mean
      }
      members[i] += members[j]
      // Rounding may put a joint a last bit below the one before.
      let height = max(best.height, joints.last?.height ?? 0)
      joints.append(Joint(first: numbers[i], second: numbers[j], height: height, count: members[i].count))
      numbers[i] = count + joints.count - 1
      active.removeAll { $0 == j }
    }
    self.joints = joints
    order = members[active[0]]
  }
}
