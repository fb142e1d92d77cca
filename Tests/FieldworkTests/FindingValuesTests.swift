import Diagnostics
import Notebooks
import Probing
import Reports
import Testing

@testable import Fieldwork

@Suite struct FindingValuesTests {
  func values() throws -> FindingValues {
    let notebook = Rehearsal.notebook(
      """
      ```{network #net}
      path: shared/tiny.onnx
      name: tiny network
      ```

      ```{trace #sum}
      size: 2
      ```

      ```{trace #bad}
      size: 2
      ```
      """, header: "title: T\nparams:\n  n: {type: int, default: 3}")
    let plan = try #require(try Rehearsal(["notebook.md": notebook]).plan().value)
    var values = FindingValues(plan: plan)
    values.add(
      try JSONValue(
        json: .init(
          #"{"total": 2.5, "count": 3, "name": "x", "is": true, "none": null, "list": [1, 2, null], "rows": [{"a": 1}, {"a": "b"}]}"#
            .utf8)),
      of: "sum")
    values.miss("bad", because: "cell 'bad' failed")
    return values
  }

  @Test func looksUpEveryKindOfValue() throws {
    let values = try values()
    #expect(values.lookup("sum.total") == .number(2.5))
    #expect(values.lookup("sum.count") == .integer(3))
    #expect(values.lookup("sum.name") == .text("x"))
    #expect(values.lookup("sum.is") == .text("yes"))
    #expect(values.lookup("sum.list[0]") == .integer(1))
    #expect(values.lookup("sum.list") == .text("3 values"))
    #expect(values.lookup("sum.rows[].a") == .text("2 values"))
    #expect(values.lookup("sum.rows.last.a") == .text("b"))
    #expect(values.lookup("sum.none") == .unavailable(reason: "it has no value here"))
    #expect(values.lookup("params.n") == .text("3"))
    #expect(values.lookup("net.name") == .text("tiny network"))
    #expect(values.lookup("network.path") == .text("shared/tiny.onnx"))
    #expect(values.lookup("bad.total") == .unavailable(reason: "cell 'bad' failed"))
  }

  @Test func namesTheNearestWhereThereIsNone() throws {
    let values = try values()
    #expect(values.lookup("sum.totla") == .unknown(nearest: "sum.total"))
    #expect(values.lookup("sum.rows[0].b") == .unknown(nearest: nil))
    #expect(values.lookup("sum.elephant") == .unknown(nearest: nil))
    #expect(values.lookup("smu.total") == .unknown(nearest: "sum.total"))
    #expect(values.lookup("sum") == .unknown(nearest: nil))
    #expect(values.lookup("sum.[") == .unknown(nearest: nil))
    #expect(values.lookup("") == .unknown(nearest: nil))
  }

  @Test func aKindThatTwoCellsHaveMeansNeither() throws {
    #expect(try values().lookup("trace.total") == .unknown(nearest: nil))
  }

  @Test func columnsAreNumbersWithGaps() throws {
    let values = try values()
    let column = try values.column(FindingReference("sum.list"))
    #expect(column[0] == 1 && column[1] == 2 && column[2].isNaN)
    #expect(try values.column(FindingReference("sum.total")) == [2.5])
    #expect(throws: ShowFault.notNumbers("sum.rows[].a")) { try values.column(FindingReference("sum.rows[].a")) }
    #expect(throws: ShowFault.notNumbers("sum.name")) { try values.column(FindingReference("sum.name")) }
    #expect(throws: ValuePathError.self) { try values.column(FindingReference("sum.lits")) }
  }

  @Test func scalarsAreEverySingleValue() throws {
    let scalars = try values().scalars()
    #expect(
      scalars.keys.sorted() == [
        "net.name", "net.path", "sum.count", "sum.is", "sum.name", "sum.total",
      ])
  }
}
