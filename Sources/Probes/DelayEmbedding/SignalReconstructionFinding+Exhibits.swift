import Analysis
import Exhibits
import Foundation
import Probing

extension SignalReconstructionFinding {
  /// How delay and dimension were chosen, noise amplification, the reconstruction, forecasts, and what follows from them.
  public var exhibits: [Exhibit] {
    [
      delayFigure, dimensionFigure, amplificationFigure, embeddingFigure, forecastFigure, divergenceFigure,
      mappingFigure, estimates, summary,
    ].compactMap { $0 }
  }

  // MARK: Words

  private var time: String { timeUnit.isEmpty && sampleInterval == 1 ? "samples" : timeUnit }
  var subject: String { "\(recording), unit \(unit)" }

  private var delayWords: String {
    switch delayReason {
    case .given: "given"
    case .firstMinimum: "the first minimum of the mutual information"
    case .decay: "where the autocorrelation falls below 1/e, as the mutual information has no minimum"
    case .nothingLeft: "one sample, after which nothing is left to know"
    case .longest: "the longest looked at"
    }
  }

  private var dimensionWords: String {
    switch (dimension, dimensionReason) {
    case (let dimension?, .given): "\(dimension) dimensions were given."
    case (let dimension?, .cao): "At \(dimension) dimensions E1 settles; false neighbours never fall below 1 %."
    case (let dimension?, _): "At \(dimension) dimensions fewer than 1 % of neighbours are false."
    case (nil, _):
      structure == .none
        ? "The signal has no structure: no dimension is taken."
        : "Neither vanish false neighbours nor does E1 settle: no dimension is taken."
    }
  }

  private func curve(_ values: [Double?], from first: Int = 1, scale: Double = 1) -> [Mark.Point] {
    values.enumerated().map { Mark.Point(Double($0.offset + first), ($0.element ?? .nan) * scale) }
  }

  // MARK: Delay and dimension

  private var delayFigure: Exhibit {
    let lags = mutualInformation.indices.dropFirst().map { Double($0) * sampleInterval }
    let information = zip(lags, mutualInformation.dropFirst()).map { Mark.Point($0, $1) }
    let correlation = autocorrelation.enumerated().map { Mark.Point(Double($0.offset) * sampleInterval, $0.element) }
    let chosen = Layer(.rules(.init(.vertical, at: [delayTime])), role: .highlight)
    let chance =
      informationChance > 0
      ? [Layer(.rules(.init(.horizontal, at: [informationChance])), role: .reference, label: "chance")] : []
    return Exhibit(
      name: "delay",
      content: .figure(
        Figure(
          [
            Panel(
              title: "mutual information", x: Axis("lag", unit: time, from: 0),
              y: Axis("information", unit: "nat", from: 0),
              layers: [Layer(.line(information)), chosen] + chance),
            Panel(
              title: "autocorrelation", x: Axis("lag", unit: time, from: 0), y: Axis("*ρ*"),
              layers: [
                Layer(.line(correlation)), chosen,
                Layer(.rules(.init(.horizontal, at: [0, exp(-1)])), role: .reference),
              ]),
          ], columnCount: 2, sharesScales: false,
          altText: "Mutual information and autocorrelation of \(subject) over the lag, with the delay taken.")),
      caption:
        "What \(subject) tells of itself some time later. Upright line: the delay taken, \(counted(delay, "sample")) — \(delayWords). Dashed on the right: 0 and 1/e."
    )
  }

  private var dimensionFigure: Exhibit {
    let shares = falseNearestNeighbours.map { Optional(100 * $0) }
    let chosen = dimension.map { [Layer(.rules(.init(.vertical, at: [Double($0)])), role: .highlight)] } ?? []
    func marks(_ points: [Mark.Point], _ label: String, _ series: Int) -> [Layer] {
      [Layer(.line(points), label: label, series: series), Layer(.points(points), series: series)]
    }
    var falsehood = marks(curve(shares), "Kennel", 0)
    if heggerKantz.contains(where: { $0 != nil }) {
      falsehood += marks(curve(heggerKantz, scale: 100).filter { $0.y.isFinite }, "Hegger–Kantz", 1)
    }
    return Exhibit(
      name: "dimension",
      content: .figure(
        Figure(
          [
            Panel(
              title: "false neighbours", x: Axis("dimension", scale: .integer), y: Axis("share", unit: "%", from: 0),
              layers: falsehood + chosen),
            Panel(
              title: "Cao", x: Axis("dimension", scale: .integer), y: Axis("ratio", from: 0),
              layers: marks(curve(caoE1), "E1", 0) + marks(curve(caoE2), "E2", 1) + chosen + [
                Layer(.rules(.init(.horizontal, at: [1])), role: .reference)
              ]),
          ], columnCount: 2, sharesScales: false,
          altText: "False nearest neighbours and Cao's E1 and E2 of \(subject) over the embedding dimension.")),
      caption:
        "Does a dimension suffice? Left: neighbours that the next coordinate drives apart. Right: E1 settles where it does; E2 is 1 throughout for what is nothing but chance. \(dimensionWords)"
    )
  }

  // MARK: Amplification

  private var amplificationFigure: Exhibit {
    let values = amplification.values.flatMap { $0.map { $0 ?? .nan } }
    let known = values.filter { $0.isFinite }
    // Delays are named, as they are not evenly spread.
    let columns = (0...amplification.delays.count).map { Double($0) - 0.5 }
    let rows = amplification.dimensions.map { Double($0) - 0.5 } + [Double(amplification.dimensions.count) + 0.5]
    let least = Mark.Point(
      Double(amplification.delays.firstIndex(of: amplification.leastDelay) ?? 0), Double(amplification.leastDimension))
    return Exhibit(
      name: "amplification",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis("delay in samples", categories: amplification.delays.map(String.init)),
              y: Axis("dimension", scale: .integer),
              layers: [
                Layer(.tiles(.init(xEdges: columns, yEdges: rows, values: values))),
                Layer(.points([least]), role: .highlight),
              ], levels: LevelScale(Axis("*L*", from: known.min() ?? 0, to: known.max() ?? 1)))
          ],
          altText:
            "Noise amplification of the reconstruction of \(subject) over delay and dimension, with its least value.")),
      caption:
        "Noise amplification *L* over delay and dimension: the lower, the less the noise of near states is amplified into their future. Mark: the least, \(rounded(amplification.least)), at a delay of \(counted(amplification.leastDelay, "sample")) in \(counted(amplification.leastDimension, "dimension")). At the delay and dimension taken it is \(rounded(noiseAmplification))."
    )
  }

  // MARK: Forecasts

  private var structureWords: String {
    let count = counted(forecasts.shuffled.count, "surrogate")
    func level(_ probability: Double?) -> String { probability.map { "*p* = \(rounded($0))" } ?? "untested" }
    let tests =
      "one sample ahead \(rounded(forecasts.nextSkill)), \(level(forecasts.shuffledProbability)) against shuffled signals; \(counted(forecasts.horizon, "sample")) ahead \(rounded(forecasts.skill)), \(level(forecasts.randomPhaseProbability)) against signals of the same spectrum (\(count) each)"
    return switch structure {
    case .none: "No structure: \(tests)."
    case .linear: "Foretold, but no better than linear noise would be: \(tests)."
    case .nonlinear: "Foretold better than linear noise: \(tests)."
    case .untested: "No surrogates were drawn."
    }
  }

  private var forecastFigure: Exhibit {
    let points = curve(forecasts.simplex)
    var layers = [Layer(.line(points)), Layer(.points(points))]
    let place = Double(dimension ?? 1)
    if let first = forecasts.randomPhase.first, let last = forecasts.randomPhase.last {
      layers.append(Layer(.intervals([Mark.Interval(place, first, last)]), label: "same spectrum", series: 1))
    }
    let local = zip(forecasts.localities, forecasts.local).map { Mark.Point($0, $1) }
    return Exhibit(
      name: "forecasts",
      content: .figure(
        Figure(
          [
            Panel(
              title: "nearest pasts", x: Axis("dimension", scale: .integer), y: Axis("correlation"), layers: layers),
            Panel(
              title: "local linear maps", x: Axis("locality *θ*"), y: Axis("correlation"),
              layers: [Layer(.line(local)), Layer(.points(local))]),
          ], columnCount: 2, sharesScales: false,
          altText: "How well \(subject) is foretold, over the dimension and over how local the maps are.")),
      caption:
        "Correlation of what is foretold \(counted(forecasts.horizon, "sample")) ahead with what comes, by simplex projection over the dimension (bar: the range of signals with the same spectrum), and by linear maps that are the more local the larger *θ*. \(structureWords)"
    )
  }

  private var divergenceFigure: Exhibit? {
    guard let divergence, divergence.fitRange.count == 2 else { return nil }
    let points = divergence.curve.enumerated().map { Mark.Point(Double($0.offset) * sampleInterval, $0.element) }
    let (start, end) = (divergence.fitRange[0], divergence.fitRange[1])
    let middle = 0.5 * Double(start + end) * sampleInterval
    let part = divergence.curve[start...end]
    let height = part.reduce(0, +) / Double(part.count)
    let fitted = [start, end].map { place in
      Mark.Point(
        Double(place) * sampleInterval, height + divergence.exponent * (Double(place) * sampleInterval - middle))
    }
    var panels = [
      Panel(
        title: "near states", x: Axis("time", unit: time, from: 0), y: Axis("⟨ln distance⟩"),
        layers: [Layer(.line(points)), Layer(.line(fitted), role: .reference, label: "fit")])
    ]
    let known = zip(correlation.radii, correlation.sums).filter { $0.1 > 0 }.map { Mark.Point($0, $1) }
    if known.count > 1 {
      var layers = [Layer(.line(known)), Layer(.points(known))]
      if let range = correlation.range { layers.append(Layer(.rules(.init(.vertical, at: range)), role: .reference)) }
      panels.append(
        Panel(
          title: "near pairs", x: Axis("radius", scale: .log10), y: Axis("correlation sum", scale: .log10),
          layers: layers))
    }
    let exponent = "\(rounded(divergence.exponent)) per \(timeUnit.isEmpty ? "unit of time" : timeUnit)"
    let size =
      correlation.dimension.map { " Between the dashed radii pairs scale with dimension \(rounded($0))." } ?? ""
    return Exhibit(
      name: "divergence",
      content: .figure(
        Figure(
          panels, columnCount: panels.count, sharesScales: false,
          altText: "How near states of the reconstruction of \(subject) come apart, and how many pairs are near.")),
      caption:
        "The mean logarithm of the distance of near states over time; dashed: the straight part, from \(rounded(Double(start) * sampleInterval)) to \(rounded(Double(end) * sampleInterval)), with slope \(exponent).\(size)"
    )
  }

  private var mappingFigure: Exhibit? {
    guard !crossMapping.isEmpty else { return nil }
    var layers: [Layer] = []
    for (series, mapping) in crossMapping.enumerated() {
      let band = mapping.sizes.indices.map {
        Mark.Interval(Double(mapping.sizes[$0]), mapping.lower[$0], mapping.upper[$0])
      }
      let points = zip(mapping.sizes, mapping.means).map { Mark.Point(Double($0), $1) }
      layers += [
        Layer(.band(band), role: .uncertainty, series: series),
        Layer(.line(points), label: "\(mapping.target) from \(mapping.witness)", series: series),
      ]
    }
    let words = crossMapping.map { mapping in
      "\(mapping.target) from \(mapping.witness) \(mapping.converges ? "rises" : "does not rise") with the library"
        + (mapping.probability.map { " (*p* = \(rounded($0)) against shifted targets)" } ?? "")
    }
    return Exhibit(
      name: "cross-mapping",
      content: .figure(
        Figure(
          [Panel(x: Axis("library", scale: .log10), y: Axis("correlation"), layers: layers)],
          altText: "Skill of cross mapping between two units of \(recording) over the size of the library.")),
      caption:
        "How well each unit is told from the other's history, over the number of remembered states (bands: 95 % of draws): \(words.joined(separator: "; ")). What drives a unit leaves its trace in it."
    )
  }

  // MARK: Numbers

  private var estimates: Exhibit {
    func interval(_ ends: [Double]?) -> String {
      ends.map { "; 95 %: \(rounded($0[0])) to \(rounded($0[1]))" } ?? ""
    }
    var rows: [(String, Double?, String)] = [
      ("delay in samples", Double(delay), delayWords),
      (
        "dimension", dimension.map(Double.init),
        dimensionReason == .cao
          ? "Cao's E1" : dimensionReason == .falseNeighbours ? "false neighbours" : dimensionReason.rawValue
      ),
      ("Theiler window in samples", Double(window), ""),
      ("noise amplification L", noiseAmplification, "at delay and dimension" + interval(noiseAmplificationInterval)),
      ("L as for sequence models", sequenceModelAmplification, "at most ten samples ahead"),
      (
        "least L", amplification.least, "delay \(amplification.leastDelay), dimension \(amplification.leastDimension)"
      ),
      (
        "correlation of forecasts", forecasts.skill,
        "\(counted(forecasts.horizon, "sample")) ahead" + interval(forecasts.skillInterval)
      ),
      ("correlation dimension", correlation.dimension, ""),
      ("Lyapunov exponent", divergence?.exponent, timeUnit.isEmpty ? "" : "per \(timeUnit)"),
    ]
    for (index, coordinate) in coordinates.enumerated() {
      rows.append(
        (
          "coordinate \(index + 1)", Double(coordinate.lag),
          "samples before the present, of \(coordinate.unit)"
            + (coordinate.gain.map { "; lowers *L* by \(rounded($0))" } ?? "")
        ))
    }
    return Exhibit(
      name: "estimates",
      content: .table(
        Table(columns: [
          .init("quantity", .texts(rows.map(\.0))), .init("value", .numbers(rows.map(\.1), format: ".4g")),
          .init("note", .texts(rows.map(\.2))),
        ])),
      caption:
        "What was found for \(subject). Intervals: blocks of time, each as long as a state with its future and the window, drawn again."
    )
  }

  private var summary: Exhibit {
    guard let dimension else {
      return Exhibit(
        name: "summary", content: .quantity(Quantity(label: "skill", value: forecasts.skill)),
        caption: "Correlation of what is foretold of \(subject) with what comes; no dimension is taken.")
    }
    return Exhibit(
      name: "summary", content: .quantity(Quantity(label: "dimensions", value: Double(dimension))),
      caption: "Dimensions that unfold \(subject) at a delay of \(counted(delay, "sample")).")
  }
}
