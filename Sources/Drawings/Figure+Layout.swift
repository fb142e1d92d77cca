import Exhibits

extension Figure {
  /// Turns the figure into positioned ink: scales, ticks, legends, labels and clipping, in points.
  ///
  /// Words never overlap and nothing is cut off at the edges: labels that do not fit are wrapped, then shortened; where the
  /// width leaves panels no room beside their numbers, the whole is made smaller. Values
  /// that are not finite (on a logarithmic axis: not positive) are left out. Ticks follow Talbot, Lin and Hanrahan with the
  /// measured width of labels.
  ///
  /// References: talbot2010extension, okabe2008color, petroff2021accessible, crameri2020misuse
  public func laidOut(
    theme: Theme, width: FigureWidth = .column, measuringWith measurer: some TextMeasurer
  ) -> Drawing {
    let points = theme.width(width)
    var layout = FigureLayout(self, theme: theme, width: points, measurer: measurer)
    layout.settle()
    let drawing = Drawing(
      width: layout.width, height: layout.height, title: LabelMarkup.plain(panels.first?.title ?? ""), altText: altText,
      fontFamilies: theme.fontFamilies, palette: theme.palette, ink: layout.ink())
    return layout.width > points ? drawing.scaled(by: points / layout.width) : drawing
  }
}

extension FigureLayout {
  /// The most places with notes in one drawing.
  private static let mostNotes = 600

  /// The ink of the settled figure.
  func ink() -> [Ink] {
    var budget = Self.mostNotes
    var ink: [Ink] = []
    for index in frames.indices { ink += PanelInk(self, index).ink(noteBudget: &budget) }
    if !sharedEntries.isEmpty {
      let left = indent + (columns.first?.left ?? 0)
      let block = sharedBlock()
      let start = min(Self.rim + left, max(Self.rim, width - Self.rim - block.width))
      ink += metrics.ink(sharedEntries, block, at: Position(start, Self.rim))
    }
    if let sharedBar, let first = frames.first {
      let (top, bottom) = (first.plot.y, frames.map(\.plot.maxY).max() ?? first.plot.maxY)
      let height = min(bottom - top, max(first.plot.height, 16 * theme.baseSize))
      let right = frames.map(\.plot.maxX).max() ?? 0
      let edge = right + (columns.last?.right ?? 0)
      ink += sharedBar.ink(left: edge, top: (top + bottom - height) / 2, height: height)
    }
    return ink
  }
}
