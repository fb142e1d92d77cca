import Foundation

/// Where sites of an endless square lattice begin to percolate when they are joined up to a radius.
///
/// References: jacobsen2015 (nearest neighbours), sykes1964 (with the diagonal ones: the lattices match), mertens2012 (disks),
/// xun2021 (between: c/(z + b) for z neighbours), cieplucha2025 (36 of them).
public struct PercolationTheory: Sendable, Hashable {
  /// The threshold of nearest neighbours.
  public static let nearestNeighbours = 0.592746050792
  /// The filling of the plane by disks at which they percolate.
  public static let criticalFilling = 1.12808737

  /// How many neighbours more than it has a lattice percolates as if it had, from twelve on: as one of 36, at 0.11535.
  private static let neighboursMore = 3.12

  /// How many sites are joined to each.
  public let neighbourCount: Int
  /// The threshold on this lattice; `nil` where no two sites are joined. Exact to all digits given for four and eight
  /// neighbours, to a few per cent for more.
  public let threshold: Double?
  /// What disks placed anywhere would give: 1.43633 d²/r². Above 1 there are not enough sites.
  public let continuum: Double

  /// - Parameters:
  ///   - radius: the distance up to which sites are joined.
  ///   - spacing: of the lattice, in the same unit.
  public init(radius: Double, spacing: Double) {
    // Up to the slack with which distances count as the same.
    let reach = radius / spacing * (1 + 1e-9)
    // Disks of half the radius overlap; their filling is n π r²/4.
    continuum = 4 * Self.criticalFilling * spacing * spacing / (.pi * radius * radius)
    neighbourCount = Self.neighbours(within: reach)
    threshold =
      switch neighbourCount {
      case 0: nil
      case 4: Self.nearestNeighbours
      case 8: 1 - Self.nearestNeighbours
      default: 4 * Self.criticalFilling / (Double(neighbourCount) + Self.neighboursMore)
      }
  }

  /// How many sites but the middle one lie within a circle, in spacings.
  private static func neighbours(within reach: Double) -> Int {
    let reach = min(reach, 1e4)
    let most = Int(reach)
    return (-most...most).reduce(-1) { sum, row in
      sum + 2 * Int(max(0, reach * reach - Double(row * row)).squareRoot()) + 1
    }
  }
}
