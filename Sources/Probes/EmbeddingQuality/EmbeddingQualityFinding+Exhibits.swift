import Analysis
import Exhibits
import Probing

extension EmbeddingQualityFinding {
  /// How well hidden variables are told, what else is measured of the states, how models go on by themselves, what training, size and noise do to it.
  public var exhibits: [Exhibit] {
    [
      decodingFigure, statesFigure, qualityFigure, forecastFigure, horizonFigure, mappingFigure, trainingFigure,
      sizeFigure,
      diagramFigure,
      settingsTable, increaseTable, summary,
    ].compactMap { $0 }
  }

  // MARK: Names

  /// The conditions, in the order in which they come; one without a name if there are none.
  var conditions: [String?] {
    var found: [String?] = []
    for model in models where !found.contains(model.condition) { found.append(model.condition) }
    return found
  }

  /// The groups, in the order in which they come.
  var groups: [String] {
    var found: [String] = []
    for model in models where !found.contains(model.group) { found.append(model.group) }
    return found
  }

  /// Whether a group has states of several sizes.
  var hasSizes: Bool {
    groups.contains { group in Set(models.filter { $0.group == group }.map(\.states.unitCount)).count > 1 }
  }

  /// Whether a group has models of several steps.
  var hasNumbers: Bool { groups.contains { group in Set(models.filter { $0.group == group }.map(\.number)).count > 1 } }

  /// What a final setting is called: its group, with its size where that differs.
  func title(of setting: Setting) -> String { hasSizes ? "\(setting.group), \(setting.unitCount)" : setting.group }

  private var time: String { timeUnit.isEmpty && sampleInterval == 1 ? "samples" : timeUnit }

  /// What intervals and bands are.
  var spreadWords: String {
    settings.contains { $0.modelCount > 1 } ? " Points: means over seeds; lines: their range." : ""
  }

  // MARK: Rows of points

  /// One row of a figure whose rows are models: what it is called, and a number for each condition.
  struct Row {
    let name: String
    let values: [(condition: Int, spread: Spread)]
  }

  /// Rows for the final settings, and for what they are held against.
  func rows(
    references kinds: [Reference.Kind] = [], _ value: (Points, Model?) -> Double?
  ) -> [Row] {
    var rows: [Row] = []
    for setting in finalSettings where !rows.contains(where: { $0.name == title(of: setting) }) {
      let name = title(of: setting)
      let same = finalSettings.filter { title(of: $0) == name }
      rows.append(
        Row(
          name: name,
          values: same.compactMap { other in
            let values = models(of: other).compactMap { value($0.states, $0) }
            guard !values.isEmpty, let place = conditions.firstIndex(of: other.condition) else { return nil }
            return (place, Spread(of: values))
          }))
    }
    for kind in kinds {
      let found = references.filter { $0.kind == kind }
      rows.append(
        Row(
          name: kind.words,
          values: conditions.enumerated().compactMap { place, condition in
            let values = found.filter { $0.condition == condition }.compactMap { value($0.points, nil) }
            return values.isEmpty ? nil : (place, Spread(of: values))
          }))
    }
    return rows.filter { !$0.values.isEmpty }
  }

  /// A panel with a row for every model, and a point for every condition.
  func panel(_ title: String, _ rows: [Row], x: Axis) -> Panel {
    let offset = conditions.count > 1 ? 0.24 / Double(conditions.count - 1) : 0
    var layers: [Layer] = []
    for (place, condition) in conditions.enumerated() {
      let shift = conditions.count > 1 ? Double(place) * offset - 0.12 : 0
      var (points, ranges): ([Mark.Point], [Mark.Point]) = ([], [])
      for (row, entry) in rows.enumerated() {
        for (own, spread) in entry.values where own == place {
          let height = Double(row) + shift
          points.append(Mark.Point(spread.mean, height))
          if spread.most > spread.least {
            ranges += [
              Mark.Point(spread.least, height), Mark.Point(spread.most, height), Mark.Point(spread.most, .nan),
            ]
          }
        }
      }
      if !ranges.isEmpty { layers.append(Layer(.line(Array(ranges.dropLast())), series: place)) }
      if !points.isEmpty { layers.append(Layer(.points(points), label: condition ?? "", series: place)) }
    }
    return Panel(
      title: title, x: x,
      y: Axis(
        "", scale: .integer, from: -0.5, to: Double(rows.count) - 0.5, categories: rows.map(\.name), isReversed: true),
      layers: layers)
  }

  // MARK: Decoding

  private var decodingFigure: Exhibit {
    let kinds: [Reference.Kind] = [.delays, .present, .shuffled]
    var panels: [Panel] = []
    for (index, variable) in hidden.enumerated() {
      for (place, decoder) in decoders.enumerated() {
        let rows = rows(references: kinds) { points, _ in
          place == 0 ? points.decoding[index].linear : points.decoding[index].nonlinear
        }
        panels.append(
          panel("\(variable), \(Self.words(ofDecoder: decoder))", rows, x: Axis("*R*^{2}", to: 1.04)))
      }
    }
    return Exhibit(
      name: "decoding",
      content: .figure(
        Figure(
          panels, columnCount: 2, aspect: aspect(rows: 3), sharesScales: false,
          altText: "How well each hidden variable is told from the models' states, and from what they are held against."
        )),
      caption:
        "How well hidden variables are told from states: *R*² on trials that were not learnt from.\(spreadWords) Delays: as many successive samples as the states have units\(hasSizes ? " (all sizes together)" : ""); shuffled: the same delays beside the hidden variables of another time."
    )
  }

  static func words(ofDecoder name: String) -> String {
    switch name {
    case "ridge": "linear"
    case "elastic-net": "linear (elastic net)"
    case "neighbours": "near neighbours"
    default: "kernels"
    }
  }

  // MARK: Other qualities

  private var qualityFigure: Exhibit {
    var panels = [
      panel(
        "neighbours", rows(references: [.delays, .present]) { points, _ in points.neighbourOverlap },
        x: Axis("overlap", from: 0)),
      panel(
        "noise", rows(references: [.delays, .present]) { points, _ in points.noiseAmplification },
        x: Axis("amplification *L*")),
      panel(
        "dimension", rows(references: [.delays, .present]) { points, _ in points.dimension },
        x: Axis("two neighbours", from: 0)),
    ]
    if models.contains(where: { $0.mase != nil }) {
      panels.append(panel("next sample", rows { _, model in model?.mase }, x: Axis("MASE", from: 0)))
    }
    return Exhibit(
      name: "quality",
      content: .figure(
        Figure(
          panels, columnCount: 2, aspect: aspect(rows: 2), sharesScales: false,
          altText:
            "Overlap of neighbours, noise amplification, dimension and the error of the next sample, model by model.")),
      caption:
        "The share of \(neighbourCount) nearest states that are nearest in the system too (chance: \(rounded(overlapChance))); noise amplification of the states, the lower the better; their dimension; the error of the next sample over that of giving the last again.\(spreadWords)"
    )
  }

  // MARK: Going on

  private var forecastFigure: Exhibit? {
    guard models.contains(where: { $0.rollouts.count > 1 || $0.freeRun != nil }) else { return nil }
    var panels: [Panel] = []
    for steps in models.first(where: { !$0.rollouts.isEmpty })?.rollouts.map(\.steps) ?? [] {
      let rows = rows { _, model in model?.rollouts.first { $0.steps == steps }?.mase.flatMap { $0 > 0 ? $0 : nil } }
      guard !rows.isEmpty else { continue }
      panels.append(panel("after \(counted(steps, "step"))", rows, x: Axis("MASE", scale: .log10)))
    }
    let free = models.compactMap(\.freeRun).first
    if free != nil {
      panels += [
        panel(
          "values taken", rows { _, model in model?.freeRun?.histogramDivergence },
          x: Axis("divergence", unit: "nat", from: 0)),
        panel(
          "frequencies", rows { _, model in model?.freeRun.map { 1 - $0.spectralCorrelation } },
          x: Axis("1 − correlation", from: 0)),
      ]
    }
    guard !panels.isEmpty else { return nil }
    let words = free.map {
      " Values and frequencies: what a model shows that goes on by itself for \(counted($0.samples, "sample")), beside what there was."
    }
    return Exhibit(
      name: "forecasts",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count), aspect: aspect(rows: 0, columns: 3), sharesScales: false,
          altText: "The models' errors after steps of their own predictions, and what they do by themselves.")),
      caption:
        "The mean absolute error of models that are given their own predictions, over that of a single step of persistence.\(words ?? "")\(spreadWords)"
    )
  }

  /// The height over the width of a panel of rows: of the final settings, and so many more.
  private func aspect(rows more: Int, columns: Int = 2) -> Double {
    (columns > 2 ? 0.13 : 0.08) * Double(more + max(2, Set(finalSettings.map(title)).count))
  }

  /// One line for every group under the first condition, over what the final models have; bands where they differ by their seed.
  func seriesLayers(_ values: (Model) -> [(Double, Double)]) -> [Layer] {
    var layers: [Layer] = []
    let shown = finalSettings.filter { $0.condition == conditions.first }
    for (series, setting) in shown.enumerated() {
      let curves = models(of: setting).map(values).filter { !$0.isEmpty }
      guard let first = curves.first else { continue }
      let places = first.map(\.0).filter { x in curves.allSatisfy { $0.contains { $0.0 == x } } }
      guard !places.isEmpty else { continue }
      let spreads = places.map { x in Spread(of: curves.compactMap { $0.first { $0.0 == x }?.1 }) }
      layers += curve(places, spreads, label: title(of: setting), series: series)
    }
    return layers
  }

  /// A line through means, with points and a band.
  func curve(_ places: [Double], _ spreads: [Spread], label: String, series: Int) -> [Layer] {
    let points = zip(places, spreads).map { Mark.Point($0, $1.mean) }
    var layers: [Layer] = []
    if spreads.contains(where: { $0.most > $0.least }) {
      layers.append(
        Layer(
          .band(zip(places, spreads).map { Mark.Interval($0, $1.least, $1.most) }), role: .uncertainty, series: series))
    }
    return layers + [Layer(.line(points), label: label, series: series), Layer(.points(points), series: series)]
  }

  func lineName(_ setting: Setting) -> String {
    title(of: setting) + (conditions.count > 1 ? setting.condition.map { ", \($0)" } ?? "" : "")
  }

  // MARK: Horizons and mapping

  private var horizonFigure: Exhibit {
    // Where near states coincide, what follows them does not differ, and L is minus infinity.
    func drawable(_ values: [Double]) -> [(Double, Double)] {
      values.enumerated().map { (Double($0.offset + 1) * sampleInterval, $0.element) }.filter {
        $0.1.isFinite && $0.1 != 0
      }
    }
    func layers(_ values: (Points) -> [Double]) -> [Layer] {
      var found = seriesLayers { model in
        drawable(values(model.states))
      }
      for reference in references where reference.kind == .present {
        let points = drawable(values(reference.points)).map { Mark.Point($0.0, $0.1) }
        if !points.isEmpty { found.append(Layer(.line(points), role: .reference, label: "present alone")) }
        break
      }
      return found
    }
    return Exhibit(
      name: "horizons",
      content: .figure(
        Figure(
          [
            Panel(
              title: "conditional variance", x: Axis("ahead", unit: time, from: 0), y: Axis("⟨*E*^{2}⟩", scale: .log10),
              layers: layers(\.conditionalVariances)),
            Panel(
              title: "noise amplification", x: Axis("ahead", unit: time, from: 0), y: Axis("*L*"),
              layers: layers(\.amplifications)),
          ], columnCount: 2, sharesScales: false,
          altText: "Conditional variance and noise amplification over how far ahead one looks.")),
      caption:
        "How far what follows near states comes apart, in variances of what is observed, and noise amplification *L*, over how far ahead one looks. Dashed: near values of the present sample alone.\(bandWords)"
    )
  }

  private var bandWords: String {
    (conditions.count > 1 ? " Models under the condition '\(conditions[0] ?? "")'." : "")
      + (settings.contains { $0.modelCount > 1 } ? " Bands: the range over seeds." : "")
  }

  private var mappingFigure: Exhibit {
    func panel(_ title: String, _ values: @escaping (Mapping) -> [Double]) -> Panel {
      Panel(
        title: title, x: Axis("library", scale: .log10), y: Axis("correlation", to: 1),
        layers: seriesLayers { model in
          let mapping = model.states.mapping
          return zip(mapping.sizes, values(mapping)).map { (Double($0), $1) }
        })
    }
    return Exhibit(
      name: "mapping",
      content: .figure(
        Figure(
          [panel("hidden from states", \.hidden), panel("states from system", \.states)], columnCount: 2,
          sharesScales: false,
          altText: "Skill of cross mapping between states and the system, over the number of remembered points.")),
      caption:
        "Cross mapping: how well hidden variables are told from what they were at the nearest states, and the states' principal components from what they were at the nearest states of the system, over the number of remembered points.\(bandWords)"
    )
  }
}

extension EmbeddingQualityFinding.Reference.Kind {
  /// What a figure calls it.
  var words: String {
    switch self {
    case .delays: "delays"
    case .present: "present alone"
    case .shuffled: "shuffled"
    }
  }
}
