import Analysis
import Exhibits
import Foundation
import Probing

extension DynamicModesFinding {
  /// Eigenvalues, pseudospectrum, shapes, ranks, forecasts and forcing, where there are such, and the modes as a table.
  public var exhibits: [Exhibit] {
    [eigenvalueFigure, planeFigure, shapeFigure, rankFigure, forecastFigure, forcingFigure, modeTable, summary]
      .compactMap { $0 }
  }

  // MARK: Words

  private var time: String { timeUnit.isEmpty ? "samples" : timeUnit }
  private var frequencyUnit: String {
    timeUnit == "s" ? "Hz" : timeUnit == "ms" ? "kHz" : "1/\(timeUnit.isEmpty ? "sample" : timeUnit)"
  }
  private var rateUnit: String { "1/\(timeUnit.isEmpty ? "sample" : timeUnit)" }

  private var subject: String {
    let window = delays > 1 ? ", \(delays) delays at lag \(lag)" : ""
    return "\(recording): \(counted(trialCount, "trial")), \(counted(unitCount, "unit"))\(window), rank \(rank)"
  }

  /// A logarithmic axis cannot show what has no residual at all.
  private static let leastResidual = 1e-6

  private var residualScale: LevelScale {
    let known = modes.compactMap(\.residual)
    let least = max(Self.leastResidual, min(0.1, known.min() ?? 0.1))
    return LevelScale(
      Axis("residual", scale: .log10, from: pow(10, floor(log10(least))), to: max(1, known.max() ?? 1)))
  }

  private func level(_ residual: Double?) -> Double? { residual.map { max(Self.leastResidual, $0) } }

  private var circle: [Mark.Point] {
    (0...180).map { Mark.Point(cos(Double($0) * .pi / 90), sin(Double($0) * .pi / 90)) }
  }

  private var reach: Double { max(1.15, 1.08 * (modes.first?.modulus ?? 1)) }

  // MARK: Eigenvalues

  private var eigenvalueFigure: Exhibit {
    var layers = [Layer(.line(circle), role: .reference)]
    // Clouds lie in the frame: an unstable draw far away is no reason to shrink the rest.
    let cloud = modes.flatMap { mode in zip(mode.cloudReal, mode.cloudImaginary).map { Mark.Point($0, $1) } }
      .filter { abs($0.x) <= reach && abs($0.y) <= reach }
    if !cloud.isEmpty { layers.append(Layer(.points(cloud), role: .background)) }
    for mode in modes {
      layers.append(
        Layer(.points([Mark.Point(mode.real, mode.imaginary)]), role: .highlight, level: level(mode.residual)))
    }
    let levels = modes.contains { $0.residual != nil } ? residualScale : nil
    var panels = [
      Panel(
        title: "a step", x: Axis("Re *λ*", from: -reach, to: reach), y: Axis("Im *λ*", from: -reach, to: reach),
        layers: layers, levels: levels)
    ]
    let upper = modes.filter { $0.imaginary >= 0 && $0.growthRate != nil }
    var rates: [Layer] = [Layer(.rules(.init(.horizontal, at: [0])), role: .reference)]
    // A draw far off the intervals would shrink the rest.
    let slowest = upper.flatMap { $0.growthInterval ?? [$0.growthRate ?? 0] }
    let bounds = ((slowest.min() ?? 0), max(0, slowest.max() ?? 0))
    let margin = 0.15 * (bounds.1 - bounds.0)
    let drawn = upper.flatMap { mode in
      zip(mode.cloudReal, mode.cloudImaginary).map { real, imaginary in
        let rate = log((real * real + imaginary * imaginary).squareRoot())
        return Mark.Point(atan2(abs(imaginary), real) / (2 * .pi * sampleInterval), rate / sampleInterval)
      }
    }.filter { $0.y.isFinite && $0.y >= bounds.0 - margin && $0.y <= bounds.1 + margin }
    if !drawn.isEmpty { rates.append(Layer(.points(drawn), role: .background)) }
    for mode in upper {
      rates.append(
        Layer(
          .points([Mark.Point(mode.frequency, mode.growthRate ?? 0)]), role: .highlight, level: level(mode.residual)))
    }
    if rates.count > 1 {
      panels.append(
        Panel(
          title: "in time", x: Axis("frequency", unit: frequencyUnit), y: Axis("growth", unit: rateUnit), layers: rates,
          levels: levels))
    }
    let draws = drawCount > 0 ? " Pale: \(drawCount) draws of the data." : ""
    let colour =
      levels == nil ? "" : ", coloured by residual; above \(rounded(residualBound)) a mode counts as spurious"
    return Exhibit(
      name: "eigenvalues",
      content: .figure(
        Figure(
          panels, columnCount: panels.count, aspect: 1,
          altText:
            "Eigenvalues of the linear dynamics of \(recording) in the complex plane with the unit circle, and as growth over frequency."
        )),
      caption:
        "Eigenvalues of a step (\(subject)) and what they are in time\(colour). Dashed: neither growth nor decay.\(draws)"
    )
  }

  private var planeFigure: Exhibit? {
    guard let plane, let x = edges(plane.realPlaces), let y = edges(plane.imaginaryPlaces) else { return nil }
    let values = plane.residuals.flatMap { $0 }.map { max(Self.leastResidual, $0) }
    let (low, high) = (values.min() ?? 1, values.max() ?? 1)
    let (frame, height) = ((x[0], x[x.count - 1]), y[y.count - 1])
    // The circle's part in the frame.
    let arc = (0...1440).map { Mark.Point(cos(Double($0) * .pi / 720), sin(Double($0) * .pi / 720)) }
      .map { abs($0.y) <= height && $0.x >= frame.0 && $0.x <= frame.1 ? $0 : Mark.Point($0.x, .nan) }
    let scale = LevelScale(
      Axis("least residual", scale: .log10, from: max(Self.leastResidual, min(low, high / 10)), to: high))
    let layers = [
      Layer(.tiles(.init(xEdges: x, yEdges: y, values: values))), Layer(.line(arc), role: .reference),
      Layer(.points(modes.map { Mark.Point($0.real, $0.imaginary) }), role: .highlight),
    ]
    return Exhibit(
      name: "pseudospectrum",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis("Re *z*", from: frame.0, to: frame.1), y: Axis("Im *z*", from: -height, to: height),
              layers: layers,
              levels: scale)
          ], aspect: 1,
          altText:
            "The least residual that any observable has, over the complex plane, with the eigenvalues of \(recording)."
        )),
      caption:
        "How near each number is to being an eigenvalue: the least residual ‖(*F* − *z* *P*)*g*‖/‖*P* *g*‖ over observables *g*. Marks: the eigenvalues; one that lies in no hollow is spurious."
    )
  }

  /// The borders between evenly spaced places; `nil` of fewer than two.
  private func edges(_ places: [Double]) -> [Double]? {
    guard places.count > 1, let last = places.last else { return nil }
    let half = (places[1] - places[0]) / 2
    return places.map { $0 - half } + [last + half]
  }

  // MARK: Shapes

  /// Modes on and above the real axis, the strongest first: what a table and a picture can hold.
  private var leading: [Int] {
    modes.indices.filter { modes[$0].imaginary >= 0 }.sorted {
      modes[$0].strength != modes[$1].strength ? modes[$0].strength > modes[$1].strength : $0 < $1
    }
  }

  private var shapeFigure: Exhibit? {
    let shown = Array(leading.prefix(8)).filter { $0 < shapes.count }
    guard !shown.isEmpty, !unitNames.isEmpty else { return nil }
    let names = shown.map { "\(rounded(modes[$0].frequency))" }
    let columns = (0...shown.count).map { Double($0) - 0.5 }
    let rows = (0...unitNames.count).map { Double($0) - 0.5 }
    func tiles(_ part: (Shape) -> [Double]) -> Mark {
      .tiles(
        .init(
          xEdges: columns, yEdges: rows,
          values: unitNames.indices.flatMap { unit in shown.map { part(shapes[$0])[unit] } }))
    }
    // Names that would not fit are left out; the axis then counts units from 0.
    let units = Axis(
      "unit", scale: .integer, categories: unitNames.count <= 24 ? unitNames : nil, isReversed: true)
    let x = Axis("frequency (\(frequencyUnit))", categories: names)
    return Exhibit(
      name: "shapes",
      content: .figure(
        Figure(
          [
            Panel(
              title: "strength", x: x, y: units, layers: [Layer(tiles(\.moduli))],
              levels: LevelScale(Axis("modulus", from: 0))),
            Panel(
              title: "timing", x: x, y: units, layers: [Layer(tiles(\.phases))],
              levels: LevelScale(Axis("phase", scale: .angle, from: -.pi, to: .pi), kind: .cyclic)),
          ], columnCount: 2, sharesScales: false,
          altText: "How strongly and when each unit of \(recording) takes part in its strongest modes.")),
      caption:
        "Shapes of the \(counted(shown.count, "strongest mode")), by frequency: how strongly each unit takes part, and when. Each mode has norm 1, and phase 0 where it is largest."
    )
  }

  // MARK: Ranks

  private var rankFigure: Exhibit {
    var panels: [Panel] = []
    let spectrum = singularValues.enumerated().filter { $0.element > 0 }
      .map { Mark.Point(Double($0.offset + 1), $0.element) }
    if let first = spectrum.first {
      // Round-off fills the rest of the axis otherwise.
      let kept = spectrum.filter { $0.y >= 1e-12 * first.y }
      panels.append(
        Panel(
          title: "spectrum", x: Axis("index", scale: .integer), y: Axis("singular value", scale: .log10),
          layers: [
            Layer(.points(kept)), Layer(.rules(.init(.vertical, at: [Double(rank) + 0.5])), role: .reference),
          ]))
    }
    if let choice = rankChoice {
      let points = zip(choice.ranks, choice.errors).map { Mark.Point(Double($0), max(1e-20, $1)) }
      let spread = zip(choice.ranks.indices, points).map { index, point in
        Mark.Interval(
          point.x, max(1e-20, point.y - choice.standardErrors[index]), point.y + choice.standardErrors[index])
      }
      var layers = [
        Layer(.band(spread), role: .uncertainty), Layer(.line(points), label: "model"), Layer(.points(points)),
      ]
      if choice.persistence > 0 {
        layers.append(
          Layer(.rules(.init(.horizontal, at: [choice.persistence])), role: .reference, label: "persistence"))
      }
      layers.append(Layer(.rules(.init(.vertical, at: [Double(choice.rank)])), role: .background))
      panels.append(
        Panel(
          title: "held-out error", x: Axis("rank", scale: .integer), y: Axis("relative squared error", scale: .log10),
          layers: layers))
    }
    let paths = rankPaths.flatMap { path in
      path.frequencies.indices.map { index in
        Layer(
          .points([Mark.Point(Double(path.rank), path.frequencies[index])]), level: level(path.residuals[index]))
      }
    }
    if !paths.isEmpty {
      panels.append(
        Panel(
          title: "frequencies", x: Axis("rank", scale: .integer), y: Axis("frequency", unit: frequencyUnit, from: 0),
          layers: paths + [Layer(.rules(.init(.vertical, at: [Double(rank)])), role: .background)],
          levels: LevelScale(Axis("residual", scale: .log10, from: Self.leastResidual, to: 1))))
    }
    let error =
      rankChoice == nil
      ? ""
      : " Held-out error: mean over folds, band: its standard error; the smallest rank within one of the least is taken."
    return Exhibit(
      name: "ranks",
      content: .figure(
        Figure(
          panels, sharesScales: false,
          altText: "Singular values of the states of \(recording), and what follows from how many are kept.")),
      caption:
        "Singular values of the states, cut at rank \(rank), and the frequencies found at each rank by least squares, coloured by residual: what is real stays where it is.\(error)"
    )
  }

  // MARK: Forecasts

  private var forecastFigure: Exhibit? {
    guard let forecast, !forecast.horizons.isEmpty else { return nil }
    let steps = forecast.horizons.map { Double($0) * sampleInterval }
    let model = zip(steps, forecast.model).map { Mark.Point($0, $1) }
    let still = zip(steps, forecast.persistence).map { Mark.Point($0, $1) }
    var layers = [
      Layer(.line(model), label: "model"), Layer(.line(still), role: .reference, label: "persistence"),
    ]
    if model.count < 12 { layers.append(Layer(.points(model))) }
    let scaled =
      forecast.scaledAbsoluteError.map {
        " One step ahead the mean absolute error is \(rounded($0)) times that of persistence."
      } ?? ""
    let panels = [
      Panel(title: "error", x: Axis("horizon", unit: time), y: Axis("error over deviation", from: 0), layers: layers),
      trace.map(panel(of:)),
    ].compactMap { $0 }
    let unit =
      trace.map { ", and the unit that varies most, forecast anew every \(counted($0.horizon, "step"))" } ?? ""
    let told = isDriven ? " Forecasts know the inputs." : ""
    return Exhibit(
      name: "forecast",
      content: .figure(
        Figure(
          panels, columnCount: panels.count, sharesScales: false,
          altText:
            "Error of forecasts of \(recording) over the horizon beside persistence\(trace == nil ? "" : ", and one unit beside its forecasts")."
        )),
      caption:
        "Forecasts of samples that were held out: root mean square error over the deviation of the samples, beside the forecast that nothing changes (dashed)\(unit).\(told)\(scaled)"
    )
  }

  private func panel(of trace: Trace) -> Panel {
    // A forecast that leaves the recording's range by far would flatten the rest.
    let (low, high) = (trace.truth.min() ?? 0, trace.truth.max() ?? 1)
    let margin = 0.4 * max(high - low, 1e-12)
    var drawn: [Mark.Point] = []
    for row in trace.truth.indices.dropFirst() {
      if (row - 1) % trace.horizon == 0 {
        if row > 1 { drawn.append(Mark.Point(trace.times[row - 1], .nan)) }
        drawn.append(Mark.Point(trace.times[row - 1], trace.truth[row - 1]))
      }
      let value = trace.forecast[row] ?? .nan
      drawn.append(
        Mark.Point(trace.times[row], abs(value - (low + high) / 2) <= (high - low) / 2 + margin ? value : .nan))
    }
    return Panel(
      title: "unit \(trace.unit)", x: Axis("time", unit: time), y: Axis("value"),
      layers: [
        Layer(.line(zip(trace.times, trace.truth).map { Mark.Point($0, $1) }), role: .background, label: "recorded"),
        Layer(.line(drawn), label: "forecast"),
      ])
  }

  private var forcingFigure: Exhibit? {
    guard let forcing, !forcing.times.isEmpty else { return nil }
    let points = zip(forcing.times, forcing.values).map { Mark.Point($0, $1) }
    return Exhibit(
      name: "forcing",
      content: .figure(
        Figure(
          [Panel(x: Axis("time", unit: time), y: Axis("*v*_{\(rank)}"), layers: [Layer(.line(points))])],
          altText: "The last delay coordinate of \(recording) over time.")),
      caption:
        "The last of \(rank) delay coordinates, which drives the linear system of the others: kurtosis \(rounded(forcing.kurtosis)), where a Gaussian has 3; the system explains \(rounded(100 * forcing.explained)) % of the derivatives' squares."
    )
  }

  // MARK: Tables

  /// More rows than this are for the record, not for a page.
  private static let tableLength = 24

  private var modeTable: Exhibit {
    let shown = Array(leading.prefix(Self.tableLength))
    func column(_ heading: String, _ unit: String = "", format: String = ".4g", _ value: (Mode) -> Double?)
      -> Table.Column
    {
      .init(heading, unit: unit, .numbers(shown.map { value(modes[$0]) }, format: format))
    }
    var columns = [column("frequency", frequencyUnit) { $0.frequency }]
    if drawCount > 0 {
      columns.append(column("from", frequencyUnit) { $0.frequencyInterval?.first })
      columns.append(column("to", frequencyUnit) { $0.frequencyInterval?.last })
    }
    columns.append(column("growth", rateUnit) { $0.growthRate })
    if drawCount > 0 {
      columns.append(column("from", rateUnit) { $0.growthInterval?.first })
      columns.append(column("to", rateUnit) { $0.growthInterval?.last })
    }
    columns.append(column("half-life", time) { $0.halfLife })
    columns.append(column("|*λ*|") { $0.modulus })
    if modes.contains(where: { $0.residual != nil }) {
      columns.append(column("residual", format: ".2g") { $0.residual })
    }
    if modes.contains(where: { $0.strength > 0 }) { columns.append(column("strength", format: ".3g") { $0.strength }) }
    let rest = leading.count > shown.count ? " The \(shown.count) strongest of \(leading.count)." : ""
    let intervals = drawCount > 0 ? " From, to: 95 % bootstrap intervals." : ""
    return Exhibit(
      name: "modes", content: .table(Table(columns: columns)),
      caption: "Modes of \(recording), one of each conjugate pair, the strongest first.\(intervals)\(rest)")
  }

  private var summary: Exhibit {
    guard let error = forecast?.scaledAbsoluteError else {
      return Exhibit(
        name: "summary", content: .quantity(Quantity(label: "rank", value: Double(rank))),
        caption: "Directions kept of the dynamics of \(recording).")
    }
    return Exhibit(
      name: "summary",
      content: .quantity(Quantity(label: "one-step error over persistence", value: error)),
      caption: "Mean absolute error of one step at rank \(rank), over that of the forecast that nothing changes.")
  }
}
