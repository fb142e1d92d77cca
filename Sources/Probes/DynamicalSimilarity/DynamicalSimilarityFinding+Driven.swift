import Exhibits
import Probing

extension DynamicalSimilarityFinding.Driven {
  /// The parts and their distances, what was compared first.
  var parts: [(part: DynamicalSimilarity.Compared, distances: [[Double]])] {
    let all = [(DynamicalSimilarity.Compared.joint, joint), (.state, state), (.control, control)]
    return all.filter { $0.0 == compared } + all.filter { $0.0 != compared }
  }
}

extension DynamicalSimilarityFinding {
  /// The mean distances part by part: where systems differ.
  var partTable: Exhibit? {
    guard let driven else { return nil }
    let parts = driven.parts
    func mean(_ distances: [[Double]], _ isCounted: (Int, Int) -> Bool) -> Double? {
      let values = distances.indices.flatMap { i in
        (0..<i).filter { isCounted(i, $0) }.map { distances[i][$0] }
      }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    var columns: [Table.Column] = [.init("part", .texts(parts.map(\.part.rawValue)))]
    func column(_ heading: String, _ isCounted: (Int, Int) -> Bool) {
      columns.append(
        .init(
          heading, unit: score == .angular ? "rad" : "",
          .numbers(parts.map { mean($0.distances, isCounted) }, format: ".4g")))
    }
    column("mean") { _, _ in true }
    if groupNames.count > 1 {
      column("within groups") { groups[$0] == groups[$1] }
      column("between groups") { groups[$0] != groups[$1] }
    }
    return Exhibit(
      name: "parts", content: .table(Table(columns: columns)),
      caption:
        "Where driven systems differ: in what inputs do to states (control), in the dynamics left to themselves (state), and in both at once (joint), each up to its own orthogonal change of coordinates."
    )
  }
}
