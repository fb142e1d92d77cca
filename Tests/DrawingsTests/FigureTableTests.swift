import Drawings
import Exhibits
import Testing

@Suite struct FigureTableTests {
  @Test func listsEveryMarkInLongForm() {
    let panel = Panel(
      title: "gap, *width*", x: Axis("x"), y: Axis("y"),
      layers: [
        Layer(.line([.init(1, 0.5), .init(2, .nan)]), label: "a_{1}", level: 0.25),
        Layer(.band([.init(1, 0, 1)]), role: .uncertainty),
        Layer(.tiles(.init(xEdges: [0, 1, 2], yEdges: [0, 2], values: [7, 8]))),
        Layer(.rules(.init(.vertical, at: [3])), role: .reference),
        Layer(.histogram(.init(edges: [0, 1], heights: [4]))),
        Layer(.stretches([.init(from: 0, to: 1, name: "say \"hi\"")])),
        Layer(.annotation(.init("here", at: .init(1, 2)))),
        Layer(
          .images(.init([[-1, 1.23456], [0, .nan]], pixelRowCount: 1, pixelColumnCount: 2, columnCount: 1))),
        Layer(.cloud(.init([.init(1, 2), .init(3, 4)], values: [0.5, .nan]))),
      ])
    #expect(
      FigureTable(Figure([panel], altText: "")).csv == """
        panel,layer,mark,role,label,level,x,y,lower,upper,value,text
        "gap, width",1,line,series,a1,0.25,1,0.5,,,,
        "gap, width",1,line,series,a1,0.25,2,,,,,
        "gap, width",2,band,uncertainty,,,1,,0,1,,
        "gap, width",3,tiles,series,,,0.5,1,,,7,
        "gap, width",3,tiles,series,,,1.5,1,,,8,
        "gap, width",4,rules,reference,,,3,,,,,
        "gap, width",5,histogram,series,,,,,0,1,4,
        "gap, width",6,stretches,series,,,,0,0,1,,"say ""hi\"""
        "gap, width",7,annotation,series,,,1,2,,,,here
        "gap, width",8,images,series,,,0,0,,,,[-1 1.235]
        "gap, width",8,images,series,,,0,1,,,,[0 nan]
        "gap, width",9,cloud,series,,,1,2,,,0.5,
        "gap, width",9,cloud,series,,,3,4,,,,

        """)
  }

  @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "|calc"])
  func disarmsFormulas(text: String) {
    let panel = Panel(x: Axis("x"), y: Axis("y"), layers: [Layer(.annotation(.init(text, at: .init(0, 0))))])
    let csv = FigureTable(Figure([panel], altText: "")).csv
    let last = csv.split(separator: "\n")[1].split(separator: ",", omittingEmptySubsequences: false).last ?? ""
    // Tabs become spaces when labels are read.
    #expect(last.hasPrefix("'") || last.hasPrefix(" "))
  }

  @Test func writesNumbersThatReadBackTheSame() {
    for value in [0.1, 1.0 / 3, 1e-300, 123_456_789.125, -2] {
      let panel = Panel(x: Axis("x"), y: Axis("y"), layers: [Layer(.points([.init(value, 0)]))])
      let row = FigureTable(Figure([panel], altText: "")).csv.split(separator: "\n")[1]
      #expect(Double(row.split(separator: ",", omittingEmptySubsequences: false)[6]) == value)
    }
  }

  @Test func everySampleHasRowsOfEqualLength() {
    for (name, figure) in SampleFigures.all where name != "words" {
      let rows = FigureTable(figure).csv.split(separator: "\n")
      #expect(rows.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count >= 12 }, "\(name)")
    }
  }
}
