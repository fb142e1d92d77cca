import Exhibits
import Testing

@Suite struct MarkTests {
  @Test func aDensityIntegratesToTheShareOfValuesInside() {
    let histogram = Mark.Histogram(densityOf: [0.1, 0.2, 0.5, 1, 3], binCount: 4, over: 0...1)
    let area = zip(histogram.heights, zip(histogram.edges, histogram.edges.dropFirst()))
      .reduce(0) { $0 + $1.0 * ($1.1.1 - $1.1.0) }
    #expect(abs(area - 0.8) < 1e-12)
    #expect(histogram.edges == [0, 0.25, 0.5, 0.75, 1])
  }

  @Test func binningSurvivesNoValuesAndAnEmptyRange() {
    #expect(Mark.Histogram(densityOf: [], binCount: 0, over: 0...1).heights == [0])
    #expect(Mark.Histogram(densityOf: [1, .nan], binCount: 2, over: 1...1).heights == [0, 0])
  }
}
