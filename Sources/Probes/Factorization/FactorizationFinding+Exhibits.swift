import Analysis
import Exhibits
import Foundation
import Probing

extension FactorizationFinding {
  /// Cosines of tangents, variances and similarities beside ideal codes, the last code along its axes, what becomes of measures from code to code, and all
  /// numbers.
  public var exhibits: [Exhibit] {
    [tangents, spectrum, embedding, similarity, measures, factorTable, course, codeTable, summary].compactMap { $0 }
  }

  /// More factors than this are for the record.
  private static let mostFactors = 3
  private var shown: Range<Int> { 0..<min(Self.mostFactors, factors.count) }

  // MARK: Words

  var last: Code? { codes.last }
  private var subject: String { last?.name ?? "" }

  /// The references, of two tori the one that the last code is more like.
  var heldAgainst: [(place: Int, reference: Reference)] {
    let alignments = last?.similarities.map(\.alignment.value) ?? []
    return references.indices.filter { place in
      references[place].code != .entangled
        || !references.indices.contains { other in
          references[other].code == .entangled && alignments.indices.contains(other)
            && (alignments[other], place) > (alignments[place], other)
        }
    }.map { ($0, references[$0]) }
  }

  /// `apart, each along a closed form`.
  static func words(_ verdict: Verdict) -> String {
    switch verdict {
    case .factorised: "factorised: factors apart, each along a closed form"
    case .hyperFactorised: "hyper-factorised: factors apart, and different values of one apart as well"
    case .entangled: "entangled: both factors on one surface in three dimensions"
    case .conjunctive: "conjunctive: a direction for each combination"
    case .none: "none of the ideal codes"
    }
  }

  private var verdictWords: String {
    "The code is \(Self.words(verdict)) (so in \(rounded(100 * verdictSupport)) % of resamples of conditions)."
  }

  private var rest: String { codes.count > 1 ? " The last of \(codes.count) codes, \(subject)." : "" }

  // MARK: Tangents

  private var tangents: Exhibit? {
    guard isGrid, let last else { return nil }
    var panels: [Panel] = []
    /// Which share of pairs has a cosine up to each end of a bin.
    func cumulated(_ shares: [Double]) -> Mark {
      let sums = shares.reduce(into: [0.0]) { sums, share in sums.append((sums.last ?? 0) + share) }
      return .line(
        sums.enumerated().map {
          Mark.Point(-1 + 2 * Double($0.offset) / Double(shares.count), 100 * min(1, $0.element))
        })
    }
    func add(_ title: String, _ own: Cosines?, _ ideal: (Reference) -> Cosines?) {
      guard let own else { return }
      let ideals = heldAgainst.compactMap { _, reference in
        ideal(reference).map { Layer(cumulated($0.shares), role: .reference, label: reference.name.asLabel) }
      }
      panels.append(
        Panel(
          title: title, x: Axis("cosine", from: -1, to: 1), y: Axis("pairs up to it", unit: "%", from: 0, to: 102),
          layers: ideals + [Layer(cumulated(own.shares), label: "code")]))
    }
    let names = factors.map(\.name)
    let labels = names.map(\.asLabel)
    for (place, pair) in last.pairs.enumerated() where pair.factors.allSatisfy(names[shown].contains) {
      add("\(pair.factors[0].asLabel) on \(pair.factors[1].asLabel)", pair.orthogonality) {
        $0.pairs[place].orthogonality
      }
    }
    for factor in shown {
      add("\(labels[factor]), same value", last.factors[factor].parallelism) { $0.factors[factor].parallelism }
    }
    for factor in shown {
      add("\(labels[factor]), other values", last.factors[factor].alongItself) { $0.factors[factor].alongItself }
    }
    guard !panels.isEmpty else { return nil }
    return Exhibit(
      name: "tangents",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count),
          altText:
            "Cumulative histograms of cosines between tangents of \(subject) along its factors, beside ideal codes.")),
      caption:
        "Cumulative histograms of cosines between tangents, the steps from one condition to the next along a factor: of two factors at all pairs of conditions, of one factor at the same value and other values of the others, and of one factor at other values and the same of the others. Dashed: ideal codes at the same conditions. Factors apart: the first rise at 0, the second at 1.\(rest)"
    )
  }

  // MARK: Spectrum

  private var spectrum: Exhibit? {
    guard let last else { return nil }
    func points(_ shares: [Double]) -> [Mark.Point] {
      shares.enumerated().filter { $0.element > 5e-5 }.map { Mark.Point(Double($0.offset + 1), 100 * $0.element) }
    }
    let ideals = heldAgainst.map {
      // Which factor goes the long way changes nothing here, and is not said, so that panels share their names.
      let name = $0.reference.name.split(separator: ",").first.map(String.init) ?? ""
      return Layer(.line(points($0.reference.spectrum)), role: .reference, label: name.asLabel)
    }
    let own = points(last.spectrum)
    let ratios = heldAgainst.map { "\($0.reference.name) \(rounded($0.reference.participationRatio))" }
    return Exhibit(
      name: "spectrum",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis("principal component", scale: .integer, from: 0.5, to: 15.5),
              y: Axis("variance", unit: "%", scale: .log10),
              layers: ideals + [Layer(.line(own), label: "code"), Layer(.points(own))])
          ], altText: "The variance of \(subject) along its first principal components, beside ideal codes.")),
      caption:
        "Variance along the first principal components (\(counted(last.unitCount, "unit"))). Dashed: ideal codes at the same conditions. Participation ratio: code \(rounded(last.participationRatio)); \(ratios.joined(separator: "; ")).\(rest)"
    )
  }

  // MARK: Embedding

  private var embedding: Exhibit? {
    guard let first = axes.first else { return nil }
    let planes = axes.count >= 4 ? [(0, 1), (2, 3)] : [(0, min(1, axes.count - 1))]
    let panels = shown.flatMap { factor -> [Panel] in
      let own = factors[factor]
      let scale: LevelScale
      switch own.kind {
      case .periodic:
        scale = LevelScale(Axis(own.name.asLabel, from: 0, to: own.period), kind: .cyclic)
      case .bounded: scale = LevelScale(Axis(own.name.asLabel))
      case .categorical: scale = LevelScale(Axis(own.name.asLabel, scale: .integer))
      }
      return planes.map { horizontal, vertical in
        let points = first.indices.map {
          Mark.Point(axes[horizontal][$0], axes.count > 1 ? axes[vertical][$0] : 0)
        }
        return Panel(
          x: Axis("component \(horizontal + 1)"), y: Axis("component \(vertical + 1)"),
          layers: [Layer(.cloud(.init(points, values: values[factor])))], levels: scale)
      }
    }
    return Exhibit(
      name: "embedding",
      content: .figure(
        Figure(
          panels, columnCount: planes.count == 2 ? 2 : min(3, panels.count), aspect: 1, sharesScales: false,
          altText: "Conditions of \(subject) along principal components, coloured by each factor.")),
      caption:
        "Conditions along the first principal components, coloured by each factor in turn.\(rest)")
  }

  // MARK: Similarity

  private var similarity: Exhibit? {
    guard let last else { return nil }
    let kept = heldAgainst.map(\.place)
    let own = kept.enumerated().map { (Double($0.offset), last.similarities[$0.element]) }
    let correlations = own.compactMap { place, similarity in
      similarity.distanceCorrelation.map { Mark.Point(place + 0.12, $0) }
    }
    let layers =
      [
        Layer(
          .intervals(own.map { .init($0 - 0.12, $1.alignment.lower, $1.alignment.upper) }), role: .uncertainty,
          series: 0),
        Layer(.points(own.map { .init($0 - 0.12, $1.alignment.value) }), label: "alignment", series: 0),
      ] + (correlations.isEmpty ? [] : [Layer(.points(correlations), label: "distances", series: 1)])
    let least = min(0, correlations.map(\.y).min() ?? 0)
    return Exhibit(
      name: "similarity",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis(
                "ideal code", scale: .integer, from: -0.5, to: Double(kept.count) - 0.5,
                categories: kept.map { references[$0].code.rawValue }),
              y: Axis("similarity", from: least < 0 ? 1.1 * least : 0, to: 1.05), layers: layers)
          ], altText: "How like \(subject) is to ideal codes.")),
      caption:
        "How like the code is to ideal ones at the same conditions: alignment of Gram matrices (bars: intervals of 95 % over conditions), and correlation of distances between conditions, which one code for each combination leaves undefined. \(verdictWords)\(rest)"
    )
  }

  private var summary: Exhibit? {
    guard let last else { return nil }
    let (lower, upper) = (
      min(last.additiveR2.lower, last.additiveR2.value), max(last.additiveR2.upper, last.additiveR2.value)
    )
    return Exhibit(
      name: "summary",
      content: .quantity(Quantity(label: "additive *R*^{2}", value: additiveR2, interval: lower...upper)),
      caption:
        "How much of the code is a sum over factors, with its interval of 95 % over conditions. \(verdictWords)\(rest)")
  }
}

extension String {
  /// A name as a label shows it, whatever signs it has.
  var asLabel: String { reduce(into: "") { $0 += "\\_^*{}".contains($1) ? "\\\($1)" : String($1) } }
}
