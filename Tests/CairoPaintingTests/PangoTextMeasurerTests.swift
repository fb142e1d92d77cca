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
