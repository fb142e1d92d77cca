import Exhibits
import Foundation
import Testing

@Suite struct FigureTests {
  private var figure: Figure {
    let panel = Panel(
      title: "gap", x: Axis("*σ*", unit: "ms", scale: .log10, from: 0.1), y: Axis("width", categories: ["a"]),
      layers: [
        Layer(.line([.init(1, 2)]), label: "a", series: 3, level: 0.5),
        Layer(.band([.init(1, 2, 3)]), role: .uncertainty), Layer(.points([.init(1, 2)]), role: .highlight),
        Layer(.intervals([.init(1, 2, 3)])), Layer(.rules(.init(.horizontal, at: [1])), role: .reference),
        Layer(.tiles(.init(xEdges: [0, 1], yEdges: [0, 1], values: [5]))),
        Layer(.cloud(.init([.init(1, 2)], values: [0.5]))),
        Layer(.histogram(.init(edges: [0, 1], heights: [2])), role: .background),
        Layer(.stretches([.init(from: 0, to: 1, name: "x")])), Layer(.annotation(.init("w", at: .init(1, 2)))),
      ], levels: LevelScale(Axis("level"), kind: .cyclic))
    return Figure([panel], columnCount: 2, aspect: 0.5, sharesScales: false, altText: "alt")
  }

  @Test func survivesEncoding() throws {
    let exhibits = [
      Exhibit(name: "spectra", content: .figure(figure), caption: "c"),
      Exhibit(
        name: "table",
        content: .table(
          Table(columns: [
            Table.Column("n", .numbers([1, nil], format: ".2f")), Table.Column("t", .texts(["a", "b"])),
          ])),
        caption: ""),
      Exhibit(name: "dimension", content: .quantity(Quantity(label: "d", value: 10, interval: 9...11)), caption: ""),
    ]
    #expect(try JSONDecoder().decode([Exhibit].self, from: JSONEncoder().encode(exhibits)) == exhibits)
  }

  @Test func encodesTheSameBytesEveryTime() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(try encoder.encode(figure) == encoder.encode(figure))
  }

  @Test func sharesScalesUnlessToldOtherwise() { #expect(Figure([], altText: "").sharesScales) }

  @Test func tablesCountTheirRows() {
    #expect(Table(columns: []).rowCount == 0)
    #expect(Table(columns: [Table.Column("t", .texts(["a", "b"]))]).rowCount == 2)
  }
}
