import Analysis
import Diagnostics
import Foundation
import Networks
import Probing
import Testing

@testable import Fieldwork

@Suite struct SystemSourceTests {
  private func bench(_ cell: SystemCell) -> SourceBench {
    SourceBench(sources: ["truth": .system(cell)], shelf: SourceShelf(workspace: Rehearsal([:]).workspace))
  }

  private func refusal(_ body: () throws -> Void) -> String? {
    do { try body() } catch {
      let diagnostic = Diagnostic(thrown: error)
      return diagnostic.message + (diagnostic.hint.map { " | \($0)" } ?? "")
    }
    return nil
  }

  private static var lorenz: SystemCell {
    var cell = SystemCell(equations: .lorenz)
    (cell.samples, cell.discard) = (50, 10)
    return cell
  }

  @Test func aSystemIsARecordingWithNamedUnits() throws {
    var cell = Self.lorenz
    cell.trials = 2
    let read = try bench(cell).recording("truth", convention: RecordingConvention())
    #expect(read.unitNames == ["x", "y", "z"] && read.sampleInterval == 0.01 && read.timeUnit.isEmpty)
    #expect(read.trajectories.map(\.sampleCount) == [50, 50])
    #expect(try bench(cell).array("truth").shape == [2, 50, 3])
    #expect(try bench(Self.lorenz).array("truth").shape == [50, 3])
    let told = try bench(cell).recording("truth", convention: RecordingConvention(sampleInterval: 2, timeUnit: "ms"))
    #expect(told.sampleInterval == 2 && told.timeUnit == "ms")
  }

  @Test func theRecordGoesByWhatWasSimulated() throws {
    func digest(_ cell: SystemCell) throws -> String {
      let bench = bench(cell)
      _ = try bench.recording("truth", convention: RecordingConvention())
      return try #require(bench.used.first).sha256
    }
    var noisy = Self.lorenz
    noisy.noise = 0.1
    var other = noisy
    other.seed = 2
    #expect(try digest(Self.lorenz) == digest(Self.lorenz))
    #expect(try Set([digest(Self.lorenz), digest(noisy), digest(other)]).count == 3)
  }

  @Test func aSystemIsNeitherNetworkNorSeriesAndHasNoMembers() {
    let bench = bench(Self.lorenz)
    #expect(refusal { _ = try bench.network("truth") } == "source 'truth' is a system; it must be a network")
    #expect(refusal { _ = try bench.series("truth") } == "source 'truth' is a single source; it must be a series")
    #expect(
      refusal { _ = try bench.array("truth:x") }
        == "source 'truth:x' is a member of one; it must be a system without a member")
  }

  @Test func aTextMayStateTheGroundTruth() throws {
    let notebook = Rehearsal.notebook("```{system #truth}\nequations: lorenz\nparameters: {rho: 30}\nnoise: 0.5\n```")
    let plan = try #require(try Rehearsal(["notebook.md": notebook]).plan().value)
    let values = FindingValues(plan: plan)
    #expect(values.lookup("truth.equations") == .text("lorenz"))
    #expect(values.lookup("truth.parameters.rho") == .number(30) && values.lookup("truth.noise") == .number(0.5))
    #expect(values.lookup("truth.parameters.sigma") == .number(10))
    #expect(values.lookup("truth.samples") == .number(10_000))
  }

  @Test func saysWhatIsWrongWithACell() throws {
    func said(_ cell: String) throws -> String? {
      let notebook = Rehearsal.notebook("```{system #truth}\n\(cell)\n```")
      return try Rehearsal(["notebook.md": notebook]).plan().diagnostics.first
        .map { $0.message + ($0.hint.map { " | \($0)" } ?? "") }
    }
    let cases: [(String, String?)] = [
      (
        "seed: 1",
        "'equations' is missing: name one of 'lorenz', 'rossler', 'henon', 'coupled-logistic', 'mackey-glass', 'double-pendulum', 'limit-cycle', 'torus-flow', 'white-noise'"
      ),
      ("equations: lorentz", "'equations' is 'lorentz', which is not one of its choices | did you mean 'lorenz'?"),
      (
        "equations: lorenz\nparameters: {roh: 28}", "unknown key 'parameters.roh' | did you mean 'parameters.rho'?"
      ),
      ("equations: henon\nstart: [1]", "'start' is [1.0]; it must be 2 finite numbers: x, y"),
      (
        "equations: henon\nsampleInterval: 1",
        "'sampleInterval' is given; it must be left out where the system goes by steps"
      ),
      ("equations: lorenz\nsampleInterval: 0", "'sampleInterval' is 0.0; it must be a finite number above 0"),
      ("equations: lorenz\nsamples: 0", "'samples' is 0; it must be at least 1"),
      (
        "equations: lorenz\nsamples: 30000000",
        "'samples' is 30000000; it must be fewer: with those discarded, all trials may have 20000000 samples together"
      ),
      ("equations: lorenz\nnoise: -1", "'noise' is -1.0; it must be a finite number from 0"),
      ("equations: lorenz\nparameters: {rho: 28}\nseed: 4", nil),
    ]
    for (cell, message) in cases { #expect(try said(cell) == message) }
  }
}
