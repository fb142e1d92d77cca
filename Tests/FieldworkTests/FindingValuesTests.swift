import Diagnostics
import LinearAlgebra
import Networks
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

  @Test func knowsOfANetworkOnceAProbeHasUsedIt() throws {
    var values = try values()
    #expect(values.lookup("net.state") == .unavailable(reason: "no probe has used 'net' as a network"))
    #expect(values.lookup("net.stae") == .unknown(nearest: "net.state"))
    func used(_ name: String, _ facts: NetworkFacts?) throws -> ProbeRecord {
      let source = ProbeRecord.SourceDigest(name: name, part: "network", sha256: "00", facts: facts)
      return try ProbeRecord(
        probe: TraceProbe(), seed: 0, sources: [source],
        finding: TraceProbe().measure(NDArray(shape: [1], values: [1]), using: &random), software: "test")
    }
    var random = SeededGenerator(seed: 1)
    try values.add(networksOf: [
      used("net", NetworkFacts(state: "unverified", parameters: 6)), used("elsewhere.onnx", nil),
    ])
    #expect(values.lookup("net.state") == .text("unverified"))
    #expect(values.lookup("net.parameters") == .integer(6))
    #expect(values.lookup("net.largestError") == .unavailable(reason: "it has no value here"))
    #expect(values.lookup("net.name") == .text("tiny network"))
    #expect(values.lookup("sum.none") == .unavailable(reason: "it has no value here"))
  }

  @Test func severalNetworksAreVerifiedIfAllAre() {
    let first = NetworkFacts(state: "verified", pairs: 3, largestError: 1e-8, parameters: 5)
    let second = NetworkFacts(state: "verified", pairs: 4, largestError: 2e-8, parameters: 7)
    let bare = NetworkFacts(state: "unverified", parameters: 7)
    #expect(
      NetworkFacts(of: [first, second])
        == NetworkFacts(state: "verified", pairs: 7, largestError: 2e-8, parameters: 7))
    #expect(
      NetworkFacts(of: [first, bare]) == NetworkFacts(state: "unverified", pairs: 3, largestError: 1e-8, parameters: 7))
    #expect(NetworkFacts(of: []) == nil)
  }

  @Test func aReportSpeaksOfItsNetworksAndOfASeriesAsAWhole() throws {
    let rehearsal = Rehearsal([
      "notebook.md": Rehearsal.notebook(
        """
        The network is `=net.state`, and so are those of the run: `=run.state`, `=run.pairs` pairs, `=run.parameters`
        parameters; what nobody asked: `=idle.state`.

        ```{network #net}
        path: shared/tiny.onnx
        ```

        ```{network #idle}
        path: shared/tiny.onnx
        ```

        ```{series #run}
        path: n/*.onnx
        ```

        ```{trace #one}
        network: net
        ```

        ```{trace #two}
        network: run:1
        ```

        ```{trace #three}
        network: run:last
        ```

        ```{check #known}
        value: net.state
        equals: unverified
        ```
        """)
    ])
    let model = try rehearsal.workspace.bytes(at: "shared/tiny.onnx").withUnsafeBytes { Array($0) }
    for step in [1, 2] { try rehearsal.workspace.write(model, to: "n/\(step).onnx") }
    let summary = try rehearsal.build()
    #expect(summary.status == .ok, "\(summary.diagnostics)")
    let page = try rehearsal.workspace.text(at: "site/notebook/notebook.md").text
    #expect(page.contains("The network is unverified, and so are those of the run: unverified, 0 pairs, "), "\(page)")
    // The report's own records say it again.
    #expect(try rehearsal.build(freshness: .publish).status == .ok)
    #expect(try rehearsal.workspace.text(at: "site/notebook/notebook.md").text == page)
  }

  @Test func aMisspeltValueOfASourceIsFoundBeforeAnythingIsMeasured() throws {
    let notebook = Rehearsal.notebook("`=net.larguestError`\n\n```{network #net}\npath: shared/tiny.onnx\n```")
    let diagnostics = try Rehearsal(["notebook.md": notebook]).plan().diagnostics
    #expect(diagnostics.map(\.message) == ["unknown value 'net.larguestError'"])
    #expect(diagnostics.first?.hint == "did you mean 'net.largestError'?")
  }

  @Test func scalarsAreEverySingleValue() throws {
    let scalars = try values().scalars()
    #expect(
      scalars.keys.sorted() == [
        "net.name", "net.path", "sum.count", "sum.is", "sum.name", "sum.total",
      ])
  }
}
