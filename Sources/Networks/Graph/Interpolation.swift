import Foundation

/// How numbers between the entries of an axis are made of those around them.
struct Interpolation: Sendable {
  enum Mode: Sendable {
    case nearest(Rounding)
    case linear
    /// Keys's cubic kernel with its parameter, −0.75 or −0.5 by custom (IEEE Trans. ASSP 29:1153, 1981).
    case cubic(Double)
  }

  enum Rounding: String, Sendable {
    case preferFloor = "round_prefer_floor"
    case preferCeil = "round_prefer_ceil"
    case floor
    case ceil
    /// Up where the axis shrinks, else down: before operator set 11, by ONNX's own examples.
    case outwards
  }

  var mode: Mode
  /// Whether the kernel is widened where the axis shrinks.
  var widens = false
  /// Whether weights of entries beyond the axis are dropped, rather than given to its ends.
  var excludesOutside = false

  private var reach: Double { if case .cubic = mode { 2 } else { 1 } }

  private func kernel(_ distance: Double) -> Double {
    let x = abs(distance)
    guard case .cubic(let a) = mode else { return max(0, 1 - x) }
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0
  }

  /// The entries of an axis of `extent` whose weighted sum is the number at a coordinate of the axis, which may lie up to
  /// an extent outside; `scale` is how much the axis grows.
  func terms(at coordinate: Double, extent: Int, scale: Double) -> [(entry: Int, weight: Double)] {
    let x = min(max(coordinate, -Double(extent) - 4), 2 * Double(extent) + 4)
    func inside(_ entry: Int) -> Int { min(max(entry, 0), extent - 1) }
    if case .nearest(let rounding) = mode {
      return [(inside(Int(Self.rounded(x, rounding, shrinks: scale < 1))), 1)]
    }
    let narrowing = widens ? min(scale, 1) : 1
    let reach = min(reach / narrowing, 8 * Double(extent) + 8)
    let around = Int((x - reach).rounded(.up))...Int((x + reach).rounded(.down))
    var terms: [(entry: Int, weight: Double)] = []
    for entry in around where !excludesOutside || (0..<extent).contains(entry) {
      terms.append((inside(entry), kernel((Double(entry) - x) * narrowing)))
    }
    guard widens || excludesOutside else { return terms }
    let sum = terms.reduce(0) { $0 + $1.weight }
    return sum == 0 ? [] : terms.map { ($0.entry, $0.weight / sum) }
  }

  private static func rounded(_ x: Double, _ rounding: Rounding, shrinks: Bool) -> Double {
    switch rounding {
    case .preferFloor: (x - 0.5).rounded(.up)
    case .preferCeil: (x + 0.5).rounded(.down)
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .outwards: x.rounded(shrinks ? .up : .down)
    }
  }
}
