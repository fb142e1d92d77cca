import Exhibits
import Probing

extension LatentDisentanglementFinding {
  /// What each latent tells of each source, the scores, and the latents.
  public var exhibits: [Exhibit] {
    [heatMap, scoreFigure, scoreTable, latentTable] + (subsets.isEmpty ? [] : [representationTable])
  }

  private var subject: String {
    "\(counted(latents.count, "latent")) and \(counted(sources.count, "source")), \(counted(sampleCount, "sample"))"
  }

  // MARK: Information

  private var heatMap: Exhibit {
    func edges(_ count: Int) -> [Double] { (0...count).map { Double($0) - 0.5 } }
    let most = information.flatMap { $0 }.max() ?? 0
    let many = latents.count > 24
    let method =
      estimator == .bins
      ? "by counting in classes and bins" : "by the distances to nearest neighbours within each class of a source"
    return Exhibit(
      name: "information",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis("latent", scale: .integer, categories: many ? nil : latents.map(\.name)),
              y: Axis("source", scale: .integer, categories: sources.map(\.name), isReversed: true),
              layers: [
                Layer(
                  .tiles(
                    .init(
                      xEdges: edges(latents.count), yEdges: edges(sources.count),
                      values: information.flatMap { $0 })))
              ], levels: LevelScale(Axis("*I* / *H*", from: 0, to: max(1, most))))
          ], aspect: min(1, max(0.2, Double(sources.count) / Double(max(1, latents.count)))),
          altText:
            "What each of \(counted(latents.count, "latent")) tells of each of \(counted(sources.count, "source")).")),
      caption:
        "Mutual information of every latent and every source over the source's entropy (\(subject)), \(method). One bright entry in each row and each column, and no other: sources are held apart.\(biasWords)"
    )
  }

  private var biasWords: String {
    bias.map { " By chance: up to \(rounded($0))." } ?? ""
  }

  // MARK: Scores

  private static let meanings: [String: (title: String, meaning: String)] = [
    "modularity": ("InfoM", "each latent tells of one source alone"),
    "compactness": ("InfoC", "each source is told of by one latent alone"),
    "explicitness": ("InfoE", "sources can be read off by a simple map"),
    "information-gap": ("MIG", "the most telling latent exceeds the next in information"),
    "separated-predictability": ("SAP", "the most correlated latent exceeds the next in squared correlation"),
    "disentanglement": ("DCI *D*", "a sparse linear map uses each latent for one source"),
    "completeness": ("DCI *C*", "it tells each source by one latent"),
    "informativeness": ("DCI *I*", "a linear map tells the sources: R²"),
  ]

  private func title(_ score: Score) -> String { Self.meanings[score.name]?.title ?? score.name }

  private var scoreFigure: Exhibit {
    let places = scores.indices.filter { scores[$0].value != nil }
    let points = places.compactMap { place in scores[place].value.map { Mark.Point(Double(place), $0) } }
    let bars = places.compactMap { place in
      scores[place].interval.map { Mark.Interval(Double(place), $0[0], $0[1]) }
    }
    let least = min(0, (points.map(\.y) + bars.map(\.lower)).min() ?? 0)
    var layers = [Layer(.rules(.init(.horizontal, at: [0, 1])), role: .reference)]
    if !bars.isEmpty { layers.append(Layer(.intervals(bars))) }
    if !points.isEmpty { layers.append(Layer(.points(points))) }
    let missing = scores.filter { $0.value == nil }.map(title)
    let rest = missing.isEmpty ? "" : " Not defined: \(missing.joined(separator: ", "))."
    return Exhibit(
      name: "scores",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis(
                "score", scale: .integer, from: -0.5, to: Double(scores.count) - 0.5, categories: scores.map(title)),
              y: Axis("value", from: least - 0.05, to: 1.05), layers: layers)
          ], altText: "The scores of disentanglement: \(scoreWords).")),
      caption:
        "Scores of \(subject): 1 (upper line) where each latent is one source, 0 where nothing is held apart.\(bars.isEmpty ? "" : " Bars: 95 % intervals from halves of the samples, of InfoE from losses drawn again.")\(rest)"
    )
  }

  private var scoreWords: String {
    scores.map { "\(title($0)) \($0.value.map(rounded) ?? "not defined")" }.joined(separator: ", ")
  }

  private var scoreTable: Exhibit {
    Exhibit(
      name: "table",
      content: .table(
        Table(columns: [
          .init("score", .texts(scores.map { title($0).replacing("*", with: "") })),
          .init("value", .numbers(scores.map(\.value), format: ".3f")),
          .init("from", .numbers(scores.map { $0.interval?[0] }, format: ".3f")),
          .init("to", .numbers(scores.map { $0.interval?[1] }, format: ".3f")),
          .init("1 where", .texts(scores.map { Self.meanings[$0.name]?.meaning ?? "" })),
        ])),
      caption:
        "Scores with 95 % intervals; a dash where one is not defined. Effective rank of the latents \(rounded(effectiveRank)); \(totalCorrelation.map { "Gaussian total correlation \(rounded($0)) nats" } ?? "their total correlation is infinite")."
    )
  }

  // MARK: Latents

  /// More rows than this are for the record, not for a page.
  private static let tableLength = 40

  private var latentTable: Exhibit {
    let rows = latents.prefix(Self.tableLength)
    var columns: [Table.Column] = [
      .init("latent", .texts(rows.map(\.name))), .init("range", .numbers(rows.map(\.range), format: ".3g")),
      .init("counts", .texts(rows.map { $0.isActive ? "yes" : "no" })),
      .init("tells most of", .texts(rows.map { $0.source ?? "–" })),
      .init(
        "*I* / *H*",
        .numbers(rows.indices.map { latent in information.map { $0[latent] }.max() }, format: ".3f")),
    ]
    let hasUse = rows.contains { $0.use != nil }
    if hasUse {
      columns += [
        .init("use", .texts(rows.map { $0.use?.rawValue ?? "–" })),
        .init("mean variance", .numbers(rows.map(\.meanVariance), format: ".3g")),
        .init("variance of variances", .numbers(rows.map(\.varianceSpread), format: ".2g")),
      ]
    }
    let uses =
      hasUse
      ? " Active: variances are steady (spread below 0.1) and at most 0.1; passive: steady and within 0.1 of 1, as the prior's; else mixed."
      : ""
    let rest = latents.count > rows.count ? " The first \(rows.count) of \(latents.count)." : ""
    return Exhibit(
      name: "latents", content: .table(Table(columns: columns)),
      caption:
        "Which latents vary (by more than a twentieth of the largest range) and so count, and the source that each tells most of, if clearly more than chance.\(uses)\(rest)"
    )
  }

  private var representationTable: Exhibit {
    let rows = subsets.flatMap { subset in
      [(subset, "means", subset.means), (subset, "samples", subset.samples)]
    }
    return Exhibit(
      name: "representations",
      content: .table(
        Table(columns: [
          .init("latents", .texts(rows.map { "\($0.0.use?.rawValue ?? "all") (\($0.0.latentCount))" })),
          .init("representation", .texts(rows.map(\.1))),
          .init("total correlation (nats)", .numbers(rows.map(\.2.totalCorrelation), format: ".3g")),
          .init("mean of pairs (nats)", .numbers(rows.map(\.2.pairInformation), format: ".3g")),
          .init("Wasserstein correlation", .numbers(rows.map { $0.2.wassersteinCorrelation }, format: ".3g")),
          .init("effective rank", .numbers(rows.map { $0.2.effectiveRank }, format: ".3g")),
        ])),
      caption:
        "How far latents are from independent, by their covariances: of the encoder's means, and of samples around these with its variances, for all latents and for those of each use (in brackets how many). Total correlation and information do not see sizes: means of passive latents, noise of tiny variance, may be correlated, and their samples hardly are. Wasserstein correlation is over the whole variance. A dash where one latent follows from others."
    )
  }
}
