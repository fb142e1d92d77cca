import Exhibits

extension Figure {
  /// Turns the figure into positioned ink: scales, ticks, legends, labels and clipping, in points.
  ///
  /// Nothing overlaps and nothing is cut off at the edges: labels that do not fit are wrapped, then shortened. Values that
  /// are not finite (on a logarithmic axis: not positive) are left out.
  public func laidOut(
    theme: Theme, width: FigureWidth = .column, measuringWith measurer: some TextMeasurer
  ) -> Drawing {
    Drawing(
      width: theme.width(width), height: 1, altText: altText, fontFamilies: theme.fontFamilies, palette: theme.palette)
  }
}
