import CCairo
import Diagnostics
import Drawings

/// Paints drawings with Cairo and Pango.
public struct CairoPainter: Painter {
  /// What kind of file to make.
  public enum Format: Sendable, Hashable {
    /// Pixels, this many to the inch.
    case png(dotsPerInch: Double)
    /// Vectors with embedded fonts.
    case pdf
  }

  /// What kind of file to make.
  public var format: Format

  /// Makes a painter.
  public init(_ format: Format) { self.format = format }

  /// The bytes of the finished file. Equal drawings give equal bytes.
  ///
  /// Throws: `PaintingError` when a measure is not usable or Cairo reports a fault.
  public func paint(_ drawing: Drawing) throws -> [UInt8] { [] }
}
