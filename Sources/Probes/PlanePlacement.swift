import Analysis
import Exhibits
import LinearAlgebra

/// Points in the plane whose distances come near given ones, by least stress from where classical scaling puts them.
public struct PlanePlacement: Codable, Hashable, Sendable {
  /// Places along the first axis.
  public var x: [Double]
  /// Places along the second.
  public var y: [Double]
  /// The root of Σ(δ − d)²/Σδ².
  public var stress: Double

  init(_ points: Matrix<Double>, stress: Double) {
    (x, y, self.stress) = (points.column(0), points.column(1), stress)
  }

  init(of distances: Matrix<Double>) throws {
    let start = try ClassicalScaling(of: distances)
    let found = try StressMajorization(of: distances, from: start.coordinates)
    self.init(found.coordinates, stress: found.stress)
  }

  /// A panel with the points, coloured by group; without groups named, where there are few.
  func panel(titled title: String, unit: String, labels: [String], groups: [String]) -> Panel {
    let points = zip(x, y).map { Mark.Point($0, $1) }
    let reach = 1.15 * max((x + y).map(abs).max() ?? 0, 1e-6)
    func axis(_ label: String) -> Axis { Axis(label, unit: unit, from: -reach, to: reach) }
    var layers: [Layer]
    if groups.isEmpty {
      let names = labels.count <= 12 ? zip(labels, points).map { Layer(.annotation(.init($0, at: $1))) } : []
      layers = [Layer(.points(points))] + names
    } else {
      layers = groups.distinct.enumerated().map { series, name in
        Layer(.points(points.indices.filter { groups[$0] == name }.map { points[$0] }), label: name, series: series)
      }
    }
    return Panel(title: title, x: axis("first axis"), y: axis("second axis"), layers: layers)
  }
}

extension [String] {
  /// Names for an axis on which systems stand in an order: their own where they are few; else, of neighbours of one group, the group's at
  /// their middle, and no others; `nil` without groups.
  func axisNames(of systems: [Int], groups: [String]) -> [String]? {
    if count <= 24 { return systems.map { self[$0] } }
    guard !groups.isEmpty else { return nil }
    var names = [String](repeating: "", count: count)
    var start = 0
    for place in systems.indices where place + 1 == count || groups[systems[place + 1]] != groups[systems[start]] {
      // A stray or two among others need no name.
      if place - start >= count / 20 { names[(start + place) / 2] = groups[systems[start]] }
      start = place + 1
    }
    return names
  }

  /// Each once, in order of first appearance.
  var distinct: [String] {
    reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
  }
}
