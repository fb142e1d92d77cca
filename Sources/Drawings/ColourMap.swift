import Exhibits

/// A continuous scale of colours, as a table of 256.
public struct ColourMap: Sendable, Hashable {
  /// The colours from the low to the high end.
  public let colours: [Colour]

  /// viridis: from low to high, even in lightness.
  public static let viridis = ColourMap(table: sequentialTable)
  /// vik: away from a centre on both sides.
  public static let vik = ColourMap(table: divergingTable)
  /// romaO: an angle, its ends meet.
  public static let romaO = ColourMap(table: cyclicTable)

  /// From black to white.
  public static let grey = ColourMap(colours: (0...255).map { Colour(red: $0, green: $0, blue: $0) })

  /// The map for a kind of quantity.
  public static func forKind(_ kind: LevelScale.Kind) -> ColourMap {
    switch kind {
    case .sequential: viridis
    case .diverging: vik
    case .cyclic: romaO
    case .brightness: grey
    }
  }

  /// The colour at a share (0…1) of the way from low to high; the ends hold outside.
  public func colour(at share: Double) -> Colour {
    guard share > 0 else { return colours[0] }
    guard share < 1 else { return colours[colours.count - 1] }
    let place = share * Double(colours.count - 1)
    let index = Int(place)
    return colours[index].mixed(with: colours[index + 1], share: place - Double(index))
  }

  private init(colours: [Colour]) { self.colours = colours }

  private init(table: String) {
    let digits = table.utf8.compactMap { digit -> UInt32? in
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(digit - UInt8(ascii: "a")) + 10
      default: nil
      }
    }
    colours = stride(from: 0, to: digits.count - 5, by: 6).map { start in
      Colour(digits[start..<(start + 6)].reduce(0) { $0 << 4 | $1 })
    }
  }
}
