import CairoPainting
import Exhibits
import Testing

@testable import Drawings

/// The laws of layouts once more, with a real font's measures.
@Suite struct MeasuredLayoutTests {
  @Test(arguments: [Theme.screen, .neurips, .icml, .nature]) func wordsNeitherTouchNorLeaveThePage(theme: Theme) {
    var theme = theme
    theme.fontFamilies = ["DejaVu Sans"]
    let measurer = PangoTextMeasurer()
    let setter = Typesetter(measurer: measurer, families: theme.fontFamilies)
    for (name, figure) in SampleFigures.all {
      let drawing = figure.laidOut(theme: theme, measuringWith: measurer)
      let texts = words(drawing.ink)
      let boxes = texts.map { setter.box(of: $0).grown(by: -0.05) }
      let page = Box(x: 0, y: 0, width: drawing.width, height: drawing.height)
      for (index, box) in boxes.enumerated() {
        #expect(page.contains(box), "\(name): '\(texts[index].text.plain)' leaves the page")
        for other in boxes.indices.dropFirst(index + 1) where box.intersects(boxes[other]) {
          Issue.record("\(name): '\(texts[index].text.plain)' touches '\(texts[other].text.plain)'")
        }
      }
    }
  }

  private func words(_ ink: [Ink]) -> [TextInk] {
    ink.compactMap { if case .text(let text) = $0, !text.text.isEmpty { text } else { nil } }
  }
}
