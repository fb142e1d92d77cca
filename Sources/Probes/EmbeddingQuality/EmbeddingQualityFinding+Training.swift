import Analysis
import Exhibits
import Probing

extension EmbeddingQualityFinding {
  /// What is followed over training and over sizes.
  private var followed: [(title: String, axis: Axis, value: (Setting) -> Spread?)] {
    [
      ("next sample", Axis("MASE", scale: .log10), { $0.mase }),
      ("linear", Axis("*R*^{2}"), { $0.linear }),
      (Self.words(ofDecoder: decoders.last ?? ""), Axis("*R*^{2}"), { $0.nonlinear }),
      ("neighbours", Axis("overlap"), { $0.neighbourOverlap }),
      ("noise", Axis("amplification *L*"), { $0.noiseAmplification }),
    ].filter { entry in settings.contains { entry.2($0) != nil } }
  }

  private var lines: [(group: String, condition: String?, unitCount: Int)] {
    var found: [(group: String, condition: String?, unitCount: Int)] = []
    for setting in settings
    where !found.contains(where: { $0 == (setting.group, setting.condition, setting.unitCount) }) {
      found.append((setting.group, setting.condition, setting.unitCount))
    }
    return found
  }

  private var bandWords: String {
    settings.contains { $0.modelCount > 1 } ? " Lines: means; bands: the range over seeds." : ""
  }

  /// What training, or another number, does to every measure.
  var trainingFigure: Exhibit? {
    guard hasNumbers else { return nil }
    // Steps are named, as the first is often 0 and the others spread over decades.
    let numbers = Set(settings.compactMap(\.number)).sorted()
    let panels = followed.map { entry in
      var layers: [Layer] = []
      for (series, line) in lines.enumerated() {
        let own = settings.filter { ($0.group, $0.condition, $0.unitCount) == line }
          .compactMap { setting in
            setting.number.flatMap { number in entry.value(setting).map { (number, $0, setting) } }
          }
          .sorted { $0.0 < $1.0 }
        guard let last = own.last else { continue }
        layers += curve(
          own.map { Double(numbers.firstIndex(of: $0.0) ?? 0) }, own.map(\.1), label: lineName(last.2), series: series)
      }
      return Panel(
        title: entry.title,
        x: Axis(
          over == .step ? "training step" : over.rawValue, scale: .integer, from: -0.2, to: Double(numbers.count) - 0.8,
          categories: numbers.map { ($0 == $0.rounded() ? "\(Int($0))" : "\($0)") }),
        y: entry.axis, layers: layers)
    }
    return Exhibit(
      name: "training",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count), sharesScales: false,
          altText: "The measures of the models over \(over.axisLabel).")),
      caption:
        "What \(over == .step ? "training" : over.rawValue) does to how well models foretell the next sample, to how well hidden variables are told from their states (means over variables), to the overlap of neighbours and to noise amplification.\(bandWords)"
    )
  }

  /// What size does to every measure.
  var sizeFigure: Exhibit? {
    guard hasSizes else { return nil }
    let isCounted = models.allSatisfy { $0.parameterCount > 0 }
    let panels = followed.map { entry in
      var (layers, series): ([Layer], Int) = ([], 0)
      for group in groups {
        let own = finalSettings.filter { $0.group == group && $0.condition == conditions.first }
          .compactMap { setting in
            entry.value(setting).map { (Double(isCounted ? setting.parameterCount : setting.unitCount), $0) }
          }
          .sorted { $0.0 < $1.0 }
        guard !own.isEmpty else { continue }
        layers += curve(own.map(\.0), own.map(\.1), label: group, series: series)
        series += 1
      }
      return Panel(
        title: entry.title, x: Axis(isCounted ? "parameters" : "units", scale: .log10), y: entry.axis, layers: layers)
    }
    return Exhibit(
      name: "size",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count), sharesScales: false,
          altText: "The measures of the models over their size.")),
      caption:
        "How well models of several sizes foretell the next sample and embed the system, over the number of their \(isCounted ? "parameters" : "units")\(conditions.count > 1 ? ", under the condition '\(conditions[0] ?? "")'" : "").\(bandWords)"
    )
  }

  /// The loops in states of one model of each group, and in delays.
  var diagramFigure: Exhibit? {
    let examples = Self.examples(of: models).map { (models[$0].group, models[$0].states) }
    let delays = references.filter { $0.kind == .delays && $0.condition == conditions.first }.map {
      ("delays", $0.points)
    }
    let clouds = (examples.prefix(5) + delays.prefix(1)).filter { $0.1.diagrams.count > 1 }
    let panels = clouds.compactMap { name, points -> Panel? in
      let bars = points.diagrams[1].bars.compactMap { bar in bar.death.map { (bar.birth, $0) } }
      guard let most = bars.map(\.1).max(), most > 0 else { return nil }
      var layers = [Layer(.line([Mark.Point(0, 0), Mark.Point(1, 1)]), role: .reference)]
      if let threshold = points.loopThreshold, threshold < most {
        layers.append(
          Layer(.line([Mark.Point(0, threshold / most), Mark.Point(1 - threshold / most, 1)]), role: .reference))
      }
      layers.append(Layer(.points(bars.map { Mark.Point($0.0 / most, $0.1 / most) })))
      return Panel(
        title: "\(name): *β*_{1} = \(points.bettiNumbers[1])", x: Axis("birth", from: 0, to: 1.04),
        y: Axis("death", from: 0, to: 1.04), layers: layers)
    }
    guard !panels.isEmpty else { return nil }
    return Exhibit(
      name: "diagrams",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count), aspect: 1,
          altText: "Persistence diagrams of loops in the states of a model of each kind, and in delays.")),
      caption:
        "Loops in states of one model of each kind\(conditions.count > 1 ? " (\(conditions[0] ?? ""))" : ""), and in delays: the distance at which each is born and at which it is filled, over the largest of the panel. Dashed: what lasts no time, and what those of shuffled clouds hardly last. *β*₁: how many last longer, and twice as long as the next."
    )
  }

  // MARK: Tables

  var settingsTable: Exhibit {
    var columns = [Table.Column("model", .texts(settings.map(\.group)))]
    if conditions.count > 1 { columns.append(Table.Column("condition", .texts(settings.map { $0.condition ?? "" }))) }
    if hasNumbers { columns.append(Table.Column(over.rawValue, .numbers(settings.map(\.number), format: ".0f"))) }
    columns.append(Table.Column("units", .numbers(settings.map { Double($0.unitCount) }, format: ".0f")))
    if settings.contains(where: { $0.parameterCount > 0 }) {
      columns.append(Table.Column("parameters", .numbers(settings.map { Double($0.parameterCount) }, format: ".0f")))
    }
    if settings.contains(where: { $0.mase != nil }) {
      columns.append(Table.Column("MASE", .numbers(settings.map { $0.mase?.mean }, format: ".3f")))
    }
    columns += [
      Table.Column("linear", .numbers(settings.map(\.linear.mean), format: ".3f")),
      Table.Column(
        Self.words(ofDecoder: decoders.last ?? ""), .numbers(settings.map(\.nonlinear.mean), format: ".3f")
      ),
      Table.Column("overlap", .numbers(settings.map(\.neighbourOverlap.mean), format: ".3f")),
      Table.Column("*L*", .numbers(settings.map(\.noiseAmplification.mean), format: ".2f")),
    ]
    return Exhibit(
      name: "settings", content: .table(Table(columns: columns)),
      caption:
        "The models\(settings.contains { $0.modelCount > 1 } ? ", means over seeds" : ""): error of the next sample, *R*² over hidden variables, overlap of neighbours, noise amplification."
    )
  }

  /// By how much an error rises from the first condition to each other.
  var increaseTable: Exhibit? {
    guard !increases.isEmpty else { return nil }
    var columns = [
      Table.Column("model", .texts(increases.map(\.group))),
      Table.Column("units", .numbers(increases.map { Double($0.unitCount) }, format: ".0f")),
    ]
    if conditions.count > 2 { columns.append(Table.Column("condition", .texts(increases.map(\.condition)))) }
    columns += [
      Table.Column("\(conditions[0] ?? "")", .numbers(increases.map(\.from), format: ".3f")),
      Table.Column(
        conditions.count > 2 ? "there" : increases[0].condition, .numbers(increases.map(\.to), format: ".3f")),
      Table.Column("increase", .numbers(increases.map(\.increase), format: ".3f")),
    ]
    return Exhibit(
      name: "increase", content: .table(Table(columns: columns)),
      caption:
        "The error of the next sample (MASE, means over models that differ by their seed alone) under each condition, and its increase."
    )
  }

  var summary: Exhibit {
    let best = decoding.map { "\($0.variable) \(rounded($0.nonlinear))" }.joined(separator: ", ")
    return Exhibit(
      name: "summary",
      content: .quantity(Quantity(label: "*R*^{2}", value: models.last?.states.meanNonlinear ?? 0)),
      caption:
        "How well hidden variables are told from the states of \(models.last?.name ?? "the model") (*R*²: \(best)); \(Int((100 * neighbourOverlap).rounded())) % of nearest neighbours are the system's."
    )
  }
}
