extension Theme {
  /// Grotesques with the widths of Helvetica and Arial first, so that a page whose reader lacks the first font sets the
  /// same widths in another; DejaVu Sans closes the list because it is on every machine.
  public static let sans = ["Liberation Sans", "Arimo", "Arial", "Helvetica", "DejaVu Sans"]

  private static let inch = 72.0
  private static let millimetre = 72 / 25.4

  /// A web page: larger type, a pale grid.
  public static let screen = Theme(
    name: "screen", columnWidth: 480, fullWidth: 720, maximumHeight: 1_600, baseSize: 12, tickSize: 10.5,
    lineWidth: 1.6, axisWidth: 0.8, markerSize: 5, hasGrid: true, aspect: 0.62)
  /// NeurIPS: one column of 5.5 in.
  public static let neurips = Theme(
    name: "neurips", columnWidth: 5.5 * inch, fullWidth: 5.5 * inch, maximumHeight: 8.5 * inch, baseSize: 9,
    tickSize: 7)
  /// ICLR: one column of 5.5 in.
  public static let iclr = Theme(
    name: "iclr", columnWidth: 5.5 * inch, fullWidth: 5.5 * inch, maximumHeight: 8.5 * inch, baseSize: 9, tickSize: 7)
  /// ICML: two columns.
  public static let icml = Theme(
    name: "icml", columnWidth: 3.25 * inch, fullWidth: 6.75 * inch, maximumHeight: 8.5 * inch, baseSize: 8,
    tickSize: 6, lineWidth: 1, axisWidth: 0.5, markerSize: 3.2)
  /// CVPR: two columns.
  public static let cvpr = Theme(
    name: "cvpr", columnWidth: 3.25 * inch, fullWidth: 6.875 * inch, maximumHeight: 8.5 * inch, baseSize: 8,
    tickSize: 6, lineWidth: 1, axisWidth: 0.5, markerSize: 3.2)
  /// AAAI: two columns.
  public static let aaai = Theme(
    name: "aaai", columnWidth: 3.3 * inch, fullWidth: 6.975 * inch, maximumHeight: 8.5 * inch, baseSize: 9, tickSize: 7)
  /// JMLR: one column of 6 in.
  public static let jmlr = Theme(
    name: "jmlr", columnWidth: 6 * inch, fullWidth: 6 * inch, maximumHeight: 8.2 * inch, baseSize: 9.95, tickSize: 7.95)
  /// TMLR: one column of 6.5 in.
  public static let tmlr = Theme(
    name: "tmlr", columnWidth: 6.5 * inch, fullWidth: 6.5 * inch, maximumHeight: 8.5 * inch, baseSize: 9, tickSize: 7)
  /// Nature: 89 or 183 mm wide, at most 170 mm high, 5 to 7 pt.
  public static let nature = Theme(
    name: "nature", columnWidth: 89 * millimetre, fullWidth: 183 * millimetre, maximumHeight: 170 * millimetre,
    baseSize: 7, tickSize: 6, lettering: .bold,
    fontFamilies: ["Helvetica", "Arial", "Liberation Sans", "Arimo", "DejaVu Sans"],
    lineWidth: 0.9, axisWidth: 0.5, markerSize: 2.8)

  /// Every theme there is.
  public static let all = [screen, neurips, iclr, icml, cvpr, aaai, jmlr, tmlr, nature]

  /// The theme of that name; `nil` when there is none.
  public static func named(_ name: String) -> Theme? { all.first { $0.name == name } }
}
