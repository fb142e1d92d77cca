/// Writes a drawing as SVG.
public struct SVGPainter: Painter {
  /// Where the picture will stand.
  public enum Setting: Sendable, Hashable {
    /// In a file of its own: colours are the theme's.
    case file
    /// Inside an HTML page: colours follow the page's `--fb-fg`, `--fb-muted`, `--fb-grid` and `--fb-bg`, and every id
    /// begins with the prefix, which must differ between the pictures of one page.
    case inline(idPrefix: String)
  }

  /// Where the picture will stand.
  public var setting: Setting

  /// Makes a painter.
  public init(_ setting: Setting = .file) { self.setting = setting }

  /// The SVG as UTF-8.
  public func paint(_ drawing: Drawing) -> [UInt8] { Array(markup(for: drawing).utf8) }

  /// The SVG as text: one `<svg>` element, without an XML declaration.
  public func markup(for drawing: Drawing) -> String { "" }
}
