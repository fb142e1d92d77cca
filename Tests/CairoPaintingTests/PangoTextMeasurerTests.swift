import CairoPainting
import Drawings
import Testing

@Suite struct PangoTextMeasurerTests {
  @Test func widthGrowsInProportionToTheSize() {
    let measurer = PangoTextMeasurer()
    let small = measurer.measure("Noise level σ", size: 7, families: ["DejaVu Sans"])
    let large = measurer.measure("Noise level σ", size: 70, families: ["DejaVu Sans"])
    #expect(abs(large.width - 10 * small.width) < 0.05 * small.width)
    #expect(small.width > 7 && small.ascent > 4 && small.descent > 1)
  }
}

extension PangoTextMeasurerTests {
  @Test func raisedAndLoweredWordsAreNarrower() {
    let measurer = PangoTextMeasurer()
    func width(_ level: RichText.Level) -> Double {
      measurer.measure(RichText([RichText.Run("123", level: level)]), size: 100, families: ["DejaVu Sans"]).width
    }
    #expect(abs(width(.raised) - RichText.smallScale * width(.line)) < 1)
    #expect(abs(width(.lowered) - width(.raised)) < 0.01)
    #expect(measurer.measure("", size: 100, families: ["DejaVu Sans"]).width == 0)
  }

  @Test func givesTheSameAnswerEveryTime() {
    let text = LabelMarkup.parse("Singular value of *σ*^{2}*J*")
    let first = PangoTextMeasurer().measure(text, size: 9, families: ["DejaVu Sans"])
    #expect(first == PangoTextMeasurer().measure(text, size: 9, families: ["DejaVu Sans"]))
  }
}
