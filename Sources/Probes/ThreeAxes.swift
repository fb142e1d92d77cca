import Foundation

/// Points with two or three coordinates, as a panel shows them.
enum ThreeAxes {
  /// Seen from aside and above: the third axis upright, the first two turned by 35 degrees and tilted by 20.
  static func fromAside(_ axes: [[Double]]) -> (across: [Double], up: [Double]) {
    let (turn, tilt) = (35 * Double.pi / 180, 20 * Double.pi / 180)
    let deep = zip(axes[0], axes[1]).map { sin(turn) * $0 + cos(turn) * $1 }
    return (
      zip(axes[0], axes[1]).map { cos(turn) * $0 - sin(turn) * $1 },
      zip(deep, axes[2]).map { sin(tilt) * $0 + cos(tilt) * $1 }
    )
  }
}
