import Diagnostics
import Exhibits
import LinearAlgebra
import Networks
import Probing

/// A probe for tests: it adds up an array, shows every kind of exhibit, and fails when told to.
struct TraceProbe: Probe {
  enum Mood: String, ParameterChoice { case calm, wild }

  static let card = ProbeCard(
    name: "trace", version: 3, question: "What do the numbers add up to?", citations: ["strang2009"],
    parameters: [ParameterNote("points", "the numbers")], exhibits: ["curve", "levels", "total"])
  static let standard = TraceProbe()

  var points: SourceReference?
  var network: SourceReference?
  /// How long the finding's columns are.
  var size = 3
  var scale = 1.0
  var mood = Mood.calm
  /// What to call the result, in captions, labels and tables.
  var title = "sum"
  /// What to fail with while measuring.
  var failure: String?

  func validate() throws(ParameterError) {
    if !(1...100_000).contains(size) { throw .rule("size", is: size, mustBe: "from 1 to 100000") }
  }

  func gather(from bench: some Bench) throws -> NDArray<Double> {
    if let network { _ = try bench.network(network) }
    guard let points else { return NDArray(shape: [1], values: [1]) }
    return try bench.array(points)
  }

  func measure(_ subject: NDArray<Double>, using random: inout SeededGenerator) throws -> TraceFinding {
    if let failure { throw TraceFailure(message: failure) }
    return TraceFinding(
      title: title, total: subject.values.reduce(0, +) * scale, shape: subject.shape,
      steps: (0..<size).map { Double($0) }, heights: (0..<size).map { Double($0) * scale + 0.25 },
      draw: random.gaussian(), isWild: mood == .wild,
      levels: (0..<2).map { .init(name: "\(title) \($0)", width: 0.5 * Double($0)) })
  }
}

struct TraceFinding: ProbeFinding {
  struct Level: Codable, Hashable, Sendable {
    var name: String
    var width: Double
  }

  var title: String
  var total: Double
  var shape: [Int]
  var steps: [Double]
  var heights: [Double]
  var draw: Double
  var isWild: Bool
  var levels: [Level]

  var exhibits: [Exhibit] {
    let points = zip(steps, heights).prefix(64).map { Mark.Point($0, $1) }
    return [
      Exhibit(
        name: "curve",
        content: .figure(
          Figure(
            [Panel(title: title, x: Axis("step"), y: Axis("height"), layers: [Layer(.line(points), label: title)])],
            altText: "A line, \(title).")), caption: "The curve, \(title)."),
      Exhibit(
        name: "levels",
        content: .table(
          Table(columns: [
            .init("name", .texts(levels.map(\.name))), .init("width", .numbers(levels.map(\.width), format: ".2f")),
          ])), caption: "The levels, \(title)."),
      Exhibit(name: "total", content: .quantity(Quantity(label: title, value: total)), caption: "The total."),
    ]
  }

  var caveats: [Caveat] { isWild ? [Caveat("wild", "the mood is wild: \(title)")] : [] }
}

struct TraceFailure: Diagnosable {
  let message: String
  var hint: String? { "calm down" }
  var status: ExitStatus { .notebookWrong }
}
