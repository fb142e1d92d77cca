import Exhibits
import Probing

extension WeightsOverTrainingFinding {
  /// Changes, norms, ranks where there are matrices, and a table of tensors.
  public var exhibits: [Exhibit] { [changes, normsExhibit, ranks, table].compactMap { $0 } }

  /// More pale lines than this hide each other; the tensors that change most are drawn.
  private static let drawnCount = 32
  /// More rows than this are for the record, not for a page.
  private static let tableLength = 40

  private var pale: String {
    tensors.count > Self.drawnCount ? "the \(Self.drawnCount) tensors that change most (pale)" : "each tensor (pale)"
  }

  private var x: Axis { Axis(over.axisLabel, scale: numbers.allSatisfy { $0 == $0.rounded() } ? .integer : .linear) }

  private func points(_ values: [Double?]) -> [Mark.Point] {
    zip(numbers, values).compactMap { number, value in value.map { Mark.Point(number, $0) } }
  }

  private func layers(_ pale: [[Mark.Point]], _ main: [Mark.Point], label: String) -> [Layer] {
    pale.filter { !$0.isEmpty }.prefix(Self.drawnCount).map { Layer(.line($0), role: .background) }
      + (main.isEmpty ? [] : [Layer(.line(main), label: label), Layer(.points(main))])
  }

  private var changes: Exhibit? {
    let first = layers(tensors.map { points($0.fromFirst) }, points(fromFirst), label: "all weights")
    let previous = layers(tensors.map { points($0.fromPrevious) }, points(fromPrevious), label: "all weights")
    let panels = [
      Panel(x: x, y: Axis("distance to the first"), layers: first),
      Panel(x: x, y: Axis("distance to the previous"), layers: previous),
    ].filter { !$0.layers.isEmpty }
    guard !panels.isEmpty else { return nil }
    return Exhibit(
      name: "change",
      content: .figure(
        Figure(
          panels, sharesScales: false,
          altText:
            "Relative distance of the weights of \(series) to the first member and to the one before, over the \(over.axisLabel)."
        )),
      caption:
        "Relative distance ‖w − w′‖/‖w′‖ of \(counted(weightCount, "weight")) to the first member and to the one before: all together, and \(pale)."
    )
  }

  private var normsExhibit: Exhibit {
    let panel = Panel(
      x: x, y: Axis("norm"), layers: layers(tensors.map { points($0.norms) }, points(norms), label: "all weights"))
    return Exhibit(
      name: "norms",
      content: .figure(Figure([panel], altText: "Norm of the weights of \(series) over the \(over.axisLabel).")),
      caption: "Frobenius norm of the weights: all together, and \(pale).")
  }

  private var ranks: Exhibit? {
    let matrices = tensors.filter { $0.stableRanks != nil }
    guard !matrices.isEmpty else { return nil }
    func panel(_ label: String, _ values: [[Double]]) -> Panel {
      let label = Axis(label, from: 0)
      return Panel(
        x: x, y: label, layers: layers(values.map { points($0) }, points(meanOfRows(values)), label: "mean"))
    }
    return Exhibit(
      name: "ranks",
      content: .figure(
        Figure(
          [
            panel("stable rank", matrices.compactMap(\.stableRanks)),
            panel("effective rank", matrices.compactMap(\.effectiveRanks)),
          ], sharesScales: false, altText: "Ranks of the matrices of \(series) over the \(over.axisLabel).")),
      caption:
        "Stable rank ‖A‖²/σ₁² and effective rank (exp of the entropy of the singular values) of \(matrices.count) \(matrices.count == 1 ? "matrix" : "matrices"): the mean, and each (pale)."
    )
  }

  private var table: Exhibit {
    let rows = tensors.prefix(Self.tableLength)
    let rest = tensors.count > rows.count ? " The \(rows.count) that change most of \(tensors.count)." : ""
    func column(_ heading: String, _ value: (Track) -> Double?) -> Table.Column {
      .init(heading, .numbers(rows.map(value), format: ".4g"))
    }
    return Exhibit(
      name: "tensors",
      content: .table(
        Table(columns: [
          .init("tensor", .texts(rows.map(\.name))),
          .init(
            "shape", .texts(rows.map { $0.shape.isEmpty ? "scalar" : $0.shape.map(String.init).joined(separator: "×") })
          ),
          column("change") { $0.fromFirst.last ?? nil },
          column("norm, first") { $0.norms.first },
          column("norm, last") { $0.norms.last },
          column("stable rank, first") { $0.stableRanks?.first },
          column("stable rank, last") { $0.stableRanks?.last },
        ])),
      caption:
        "The tensors of \(series), the largest relative change between the first and the last member first.\(rest)"
    )
  }
}
