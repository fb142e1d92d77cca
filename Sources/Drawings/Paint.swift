import Foundation

/// A colour of the sRGB space with opacity.
public struct Colour: Sendable, Hashable, Codable {
  /// Red, 0…255.
  public var red: UInt8
  /// Green, 0…255.
  public var green: UInt8
  /// Blue, 0…255.
  public var blue: UInt8
  /// Opacity, 0…255.
  public var opacity: UInt8

  /// Makes a colour.
  public init(red: UInt8, green: UInt8, blue: UInt8, opacity: UInt8 = 255) {
    self.red = red
    self.green = green
    self.blue = blue
    self.opacity = opacity
  }

  /// An opaque colour written as in `0xE69F00`.
  public init(_ hex: UInt32) {
    self.init(
      red: UInt8((hex >> 16) & 0xFF), green: UInt8((hex >> 8) & 0xFF), blue: UInt8(hex & 0xFF), opacity: 255)
  }

  /// The colour a share of the way (0…1) to another, opacity included.
  public func mixed(with other: Colour, share: Double) -> Colour {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8((Double(a) + (Double(b) - Double(a)) * min(1, max(0, share))).rounded())
    }
    return Colour(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue),
      opacity: mix(opacity, other.opacity))
  }

  /// The relative luminance, 0…1, as the Web Content Accessibility Guidelines define it.
  public var luminance: Double {
    func linear(_ channel: UInt8) -> Double {
      let value = Double(channel) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }
}

/// What to draw with: a fixed colour, or a part that the page's light or dark palette decides.
public struct Paint: Sendable, Hashable, Codable {
  /// Where the colour comes from.
  public enum Source: Sendable, Hashable, Codable {
    /// Text, axes and neutral lines.
    case foreground
    /// Secondary text and ticks.
    case muted
    /// Grid lines.
    case grid
    /// The page.
    case background
    /// This colour on every page.
    case fixed(Colour)
    /// This colour for a thin mark: a dark page may lift it by mixing its foreground in.
    case mark(Colour)
  }

  /// Where the colour comes from.
  public var source: Source
  /// The share of foreground mixed in, 0…1: raises the contrast of a fixed colour on light and on dark pages.
  public var foregroundShare: Double
  /// Opacity, 0…1, on top of the colour's own.
  public var opacity: Double

  /// Makes a paint.
  public init(_ source: Source, foregroundShare: Double = 0, opacity: Double = 1) {
    self.source = source
    self.foregroundShare = foregroundShare
    self.opacity = opacity
  }

  /// Makes a paint of a fixed colour.
  public init(_ colour: Colour, foregroundShare: Double = 0, opacity: Double = 1) {
    self.init(.fixed(colour), foregroundShare: foregroundShare, opacity: opacity)
  }

  /// Makes a paint for thin marks, which a dark page may lift.
  public static func mark(_ colour: Colour) -> Paint { Paint(.mark(colour)) }

  /// Text, axes and neutral lines.
  public static let foreground = Paint(.foreground)
  /// Secondary text and ticks.
  public static let muted = Paint(.muted)
  /// Grid lines.
  public static let grid = Paint(.grid)
  /// The page.
  public static let background = Paint(.background)

  /// The same paint, paler.
  public func faded(to opacity: Double) -> Paint {
    Paint(source, foregroundShare: foregroundShare, opacity: self.opacity * opacity)
  }

  /// The same paint with foreground mixed in.
  public func strengthened(by share: Double) -> Paint {
    Paint(source, foregroundShare: share, opacity: opacity)
  }
}

/// What the semantic paints stand for.
public struct Palette: Sendable, Hashable, Codable {
  /// Text, axes and neutral lines.
  public var foreground: Colour
  /// Secondary text and ticks.
  public var muted: Colour
  /// Grid lines.
  public var grid: Colour
  /// The page.
  public var background: Colour

  /// Makes a palette.
  public init(foreground: Colour, muted: Colour, grid: Colour, background: Colour) {
    self.foreground = foreground
    self.muted = muted
    self.grid = grid
    self.background = background
  }

  /// White paper.
  public static let paper = Palette(
    foreground: Colour(0x1A1A1A), muted: Colour(0x555555), grid: Colour(0xE4E4E4), background: Colour(0xFFFFFF))

  /// A paint's colour, opacity included.
  public func colour(of paint: Paint) -> Colour {
    var colour =
      switch paint.source {
      case .foreground: foreground
      case .muted: muted
      case .grid: grid
      case .background: background
      case .fixed(let fixed), .mark(let fixed): fixed
      }
    if paint.foregroundShare > 0 {
      let opacity = colour.opacity
      colour = colour.mixed(with: foreground, share: paint.foregroundShare)
      colour.opacity = opacity
    }
    colour.opacity = UInt8((Double(colour.opacity) * min(1, max(0, paint.opacity))).rounded())
    return colour
  }
}
