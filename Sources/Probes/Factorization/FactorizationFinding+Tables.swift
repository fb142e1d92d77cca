import Analysis
import Exhibits
import Probing

extension FactorizationFinding {
  /// More rows than this are for the record, not for a page.
  private static let tableLength = 40

  private var rest: String { codes.count > 1 ? " The last of \(codes.count) codes." : "" }

  /// The last code beside the ideals.
  var measures: Exhibit? {
    guard let last else { return nil }
    let kept = heldAgainst.map(\.reference)
    let pairs = [last.pairs] + kept.map(\.pairs)
    let followed = [last.factors] + kept.map(\.factors)
    func column(_ heading: String, _ values: [Double?], _ format: String = ".3f") -> Table.Column {
      .init(heading, .numbers(values, format: format))
    }
    /// The mean over factors or pairs, where all have it.
    func mean(_ values: [Double?]) -> Double? {
      let known = values.compactMap { $0 }
      return known.isEmpty || known.count < values.count ? nil : known.reduce(0, +) / Double(known.count)
    }
    var columns: [Table.Column] = [.init("code", .texts([last.name] + kept.map(\.name)))]
    if isGrid {
      columns += [
        column("apart: mean |cos|", pairs.map { mean($0.map { $0.orthogonality?.meanAbsolute }) }),
        column("rms", pairs.map { mean($0.map { $0.orthogonality?.rms }) }),
      ]
      columns += factors.indices.map { factor in
        column("parallel: \(factors[factor].name.asLabel)", followed.map { $0[factor].parallelism?.mean })
      }
      columns += [
        column("along itself: mean", followed.map { mean($0.map { $0.alongItself?.mean }) }),
        column("rms", followed.map { mean($0.map { $0.alongItself?.rms }) }),
      ]
    }
    columns += [
      column("additive *R*^{2}", [last.additiveR2.value] + kept.map(\.additiveR2)),
      column("separability", followed.map { $0.map(\.separability).min() }),
      column("overlap", pairs.map { $0.map(\.overlap).max() }),
      column("participation", [last.participationRatio] + kept.map(\.participationRatio), ".4g"),
    ]
    let places =
      last.sampleShape.count > 1
      ? " Of a layer of \(last.sampleShape.map(String.init).joined(separator: "×")): \(pooling.words)." : ""
    return Exhibit(
      name: "measures", content: .table(Table(columns: columns)),
      caption:
        "The code beside ideal ones at the same \(counted(conditionCount, "condition")): \(isGrid ? "cosines of tangents of different factors, of one factor at the same value, and of one factor at different values, means over factors; " : "")the share of variance that is a sum over factors, the least that a factor keeps of it against interaction, the most that two factors' subspaces overlap, and the participation ratio.\(places)\(rest)"
    )
  }

  /// The last code, factor by factor.
  var factorTable: Exhibit? {
    guard let last else { return nil }
    func column(_ heading: String, _ format: String = ".3f", _ value: (Followed) -> Double?) -> Table.Column {
      .init(heading, .numbers(last.factors.map(value), format: format))
    }
    var columns: [Table.Column] = [
      .init("factor", .texts(factors.map(\.name))),
      .init("values", .numbers(factors.map { Double($0.levelCount) }, format: "d")),
      .init(
        "kind",
        .texts(
          factors.map { own in own.kind.rawValue + (own.period.map { ", \(rounded($0))" } ?? "") })),
      column("share") { $0.share }, column("separability") { $0.separability },
      column("dimensions", "d") { Double($0.dimensions) },
    ]
    let isDecoded = last.factors.contains { $0.determination != nil }
    if isDecoded {
      columns += [
        column("*R*^{2}") { $0.determination }, column("shuffled") { $0.control },
        column("elsewhere") { $0.generalisation },
      ]
    }
    let told =
      isDecoded
      ? " *R*² of linear decoders on conditions held out, for shuffled values, and at values of other factors that were never learnt from."
      : ""
    let angles = principalAngles.prefix(4).map { rounded($0) }.joined(separator: "°, ")
    let subspaces =
      angles.isEmpty
      ? "" : " Principal angles between factors' subspaces: \(angles)°\(principalAngles.count > 4 ? ", …" : "")."
    return Exhibit(
      name: "factors", content: .table(Table(columns: columns)),
      caption:
        "Factor by factor: the share of variance that goes with it by itself, that share against interaction, and how many dimensions hold 95 % of it.\(told)\(subspaces)\(rest)"
    )
  }

  /// All codes, and what they are.
  var codeTable: Exhibit? {
    guard !codes.isEmpty else { return nil }
    let rows = codes.suffix(Self.tableLength)
    func column(_ heading: String, _ format: String = ".3f", _ value: (Code) -> Double?) -> Table.Column {
      .init(heading, .numbers(rows.map(value), format: format))
    }
    let more = codes.count > rows.count ? " The last \(rows.count) of \(codes.count)." : ""
    return Exhibit(
      name: "codes",
      content: .table(
        Table(columns: [
          .init("code", .texts(rows.map(\.name))), .init("verdict", .texts(rows.map(\.verdict.rawValue))),
          column("held in", ".0%") { $0.verdictSupport }, column("additive *R*^{2}") { $0.additiveR2.value },
          column("from") { $0.additiveR2.lower }, column("to") { $0.additiveR2.upper },
          column("separability") { $0.separability.value }, column("overlap") { $0.nearestPair?.overlap },
          column("participation", ".4g") { $0.participationRatio },
        ])),
      caption:
        "Every code: what it is and in what share of resamples of conditions, the share of variance that is a sum over factors with its interval of 95 %, the least separability of a factor, the overlap of factors' subspaces, and the participation ratio.\(more)"
    )
  }
}
