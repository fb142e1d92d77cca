/// The colours that successive series get.
public enum SeriesColours {
  /// Okabe and Ito's set in their order, starting after black and without yellow; the text colour closes it.
  static let few: [Paint] = [
    .mark(Colour(0xE69F00)), .mark(Colour(0x56B4E9)), .mark(Colour(0x009E73)), .mark(Colour(0x0072B2)),
    .mark(Colour(0xD55E00)), .mark(Colour(0xCC79A7)), .foreground,
  ]

  /// Petroff's ten, for eight series and more.
  static let many: [Paint] = [
    0x3F90DA, 0xFFA90E, 0xBD1F01, 0x94A4A2, 0x832DB6, 0xA96B59, 0xE76300, 0xB9AC70, 0x717581, 0x92DADD,
  ].map { .mark(Colour($0)) }

  /// The colour of the series with this number, in a figure of so many series.
  public static func paint(_ series: Int, of count: Int) -> Paint {
    let colours = count > few.count ? many : few
    return colours[wrapped(series, colours.count)]
  }

  /// The marker of the series with this number.
  static func marker(_ series: Int) -> MarkersInk.Shape {
    let shapes: [MarkersInk.Shape] = [.disc, .square, .triangle, .diamond, .wedge, .plus]
    return shapes[wrapped(series, shapes.count)]
  }

  /// The dash of the series with this number, in line widths: whole until the colours come round again.
  static func dash(_ series: Int, of count: Int) -> [Double] {
    guard count > many.count else { return [] }
    let dashes: [[Double]] = [[], [6, 1.5], [2.5, 1.5], [6, 1.5, 1, 1.5]]
    return dashes[min(max(0, series) / many.count, dashes.count - 1)]
  }

  private static func wrapped(_ number: Int, _ count: Int) -> Int { ((number % count) + count) % count }
}
