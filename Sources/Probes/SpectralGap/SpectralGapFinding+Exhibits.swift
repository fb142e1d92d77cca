import Analysis
import Exhibits
import Foundation

extension SpectralGapFinding {
  /// Spectra, gap widths, dimension, phases, densities where there is a theory of them, and the levels as a table.
  public var exhibits: [Exhibit] {
    [spectra, gapWidths, dimensions, phaseBar] + (densities.isEmpty || method.isPartial ? [] : [densityPanels]) + [
      levelTable, summary,
    ]
  }

  private var isExploding: Bool { levels.allSatisfy { $0.signal == 1 } }
  private var noiseLabel: String { isExploding ? "noise *σ*" : "noise-to-signal ratio *σ*/*μ*" }
  private var noiseAxis: Axis { Axis(noiseLabel, scale: .log10) }

  /// The same axis, reaching as far as the levels: for exhibits that must line up.
  private var framedNoiseAxis: Axis {
    Axis(noiseLabel, scale: .log10, from: frame.lowerBound, to: frame.upperBound)
  }

  /// From the first level to the last; around a single one, a factor of two.
  private var frame: ClosedRange<Double> {
    let (first, last) = (levels[0].noiseToSignal, levels[levels.count - 1].noiseToSignal)
    return first < last ? first...last : (first / 2.0.squareRoot())...(first * 2.0.squareRoot())
  }

  private func points(_ value: (Level) -> Double) -> [Mark.Point] {
    levels.map { Mark.Point($0.noiseToSignal, value($0)) }
  }

  /// A hundred noise levels, evenly on a logarithmic axis, for curves of theory.
  private var fineNoise: [Double] {
    guard let first = levels.first?.noiseToSignal, let last = levels.last?.noiseToSignal, last > first else {
      return levels.map(\.noiseToSignal)
    }
    return (0...120).map { first * pow10(Double($0) / 120 * log10(last / first)) }
  }

  private var hasTheory: Bool { levels.contains { $0.predicted != nil } }

  /// The place of known values among all d: the smallest is the last.
  private func placed(_ values: [Double]) -> [Mark.Point] {
    indexed(values).map { Mark.Point($0.x + Double(ambientDimension - values.count), $0.y) }
  }

  private var route: String {
    let count = levels[0].singularValues.count
    let products = levels.flatMap(\.partial).reduce(0) { $0 + $1.products }
    let way: String
    switch method {
    case .lanczos: way = "Golub–Kahan–Lanczos"
    case .randomized: way = "randomised decomposition"
    case .automatic, .dense, .orthogonal, .stanczuk: return ""
    }
    return
      " Of \(ambientDimension) values the \(count) nearest 0, as 1 less the largest of the denoiser's Jacobian by \(way), \(products) products in all."
  }

  // MARK: Spectra

  private var spectra: Exhibit {
    var layers: [Layer] = []
    for level in levels {
      layers.append(Layer(.line(placed(level.singularValues)), level: level.noiseToSignal))
    }
    for level in levels {
      guard let predicted = level.predicted else { continue }
      let known = predicted.singularValues.suffix(method.isPartial ? level.singularValues.count : ambientDimension)
      layers.append(Layer(.line(placed(Array(known))), role: .reference, level: level.noiseToSignal))
    }
    // Where few are known, they are what is looked at.
    let first = ambientDimension + 1 - (levels.map(\.singularValues.count).max() ?? ambientDimension)
    let edges = Set(
      gaps.filter { $0.theory != nil }.map { Double(ambientDimension - $0.dimension) + 0.5 }
    ).filter { $0 >= Double(first) }
    if !edges.isEmpty {
      layers.append(Layer(.rules(.init(.vertical, at: edges.sorted())), role: .background))
    }
    let panel = Panel(
      x: Axis("index", scale: .integer, from: Double(first), to: Double(ambientDimension)),
      y: Axis("singular value of *σ*^{2}*J*", from: 0), layers: layers, levels: LevelScale(noiseAxis))
    let dashed = hasTheory ? " Dashed: theory." : ""
    return Exhibit(
      name: "spectra",
      content: .figure(
        Figure(
          [panel],
          altText:
            "Sorted singular values of the score Jacobian of \(network), one line per noise level; \(dimension) of \(ambientDimension) lie below the gap at the smallest noise."
        )),
      caption:
        "Singular values of the dimensionless score Jacobian, mean over \(counted(pointCount, "point")), coloured by noise level.\(route)\(dashed)"
    )
  }

  // MARK: Gap widths

  private var gapWidths: Exhibit {
    var layers: [Layer] = [Layer(.rules(.init(.horizontal, at: [threshold])), role: .background)]
    for (series, tracked) in gaps.enumerated() {
      if let theory = tracked.theory {
        let curve = fineNoise.map { Mark.Point($0, theory.gap.width(atNoiseVariance: $0 * $0)) }
        layers.append(Layer(.line(curve), role: .reference, series: series))
      }
      let measured = zip(levels, tracked.widths).map { Mark.Point($0.noiseToSignal, $1) }
      layers.append(Layer(.line(measured), label: "\(tracked.dimension) directions", series: series))
      layers.append(Layer(.points(measured), series: series))
    }
    let predicted = hasTheory ? " Dashed: theory." : ""
    return Exhibit(
      name: "gaps",
      content: .figure(
        Figure(
          [Panel(x: noiseAxis, y: Axis("gap width", from: 0, to: 1), layers: layers)],
          altText: "Width of each spectral gap of \(network) against the noise level.")),
      caption:
        "Width of the gap that keeps the given number of directions.\(predicted) The rule marks the threshold *D* = \(rounded(threshold))."
    )
  }

  // MARK: Dimension

  private var dimensions: Exhibit {
    let measured = points { Double($0.dimension) }
    let quartiles = levels.map { level in
      let sorted = level.dimensionPerPoint.sorted()
      return Mark.Interval(
        level.noiseToSignal, Double(sorted[(sorted.count - 1) / 4]), Double(sorted[(sorted.count - 1) * 3 / 4]))
    }
    var layers: [Layer] = []
    if hasTheory {
      layers.append(
        Layer(
          .line(
            levels.compactMap { level in
              level.predicted.map { Mark.Point(level.noiseToSignal, Double($0.gap.dimension)) }
            }),
          role: .reference, series: 0))
      layers.append(
        Layer(
          .line(levels.compactMap { level in level.predicted.map { Mark.Point(level.noiseToSignal, $0.flipd) } }),
          role: .reference, series: 1))
    }
    let intervals = levels.compactMap { level in
      level.flipdInterval.map { Mark.Interval(level.noiseToSignal, $0[0], $0[1]) }
    }
    if !intervals.isEmpty { layers.append(Layer(.band(intervals), role: .uncertainty, series: 1)) }
    layers.append(Layer(.line(points { $0.flipd }), label: "FLIPD", series: 1))
    if levels.count == 1 { layers.append(Layer(.points(points { $0.flipd }), series: 1)) }
    if pointCount > 1 { layers.append(Layer(.intervals(quartiles), role: .uncertainty, series: 0)) }
    layers.append(Layer(.line(measured), label: detector.name, series: 0))
    layers.append(Layer(.points(measured), series: 0))
    let dashed = hasTheory ? " Dashed: theory." : ""
    return Exhibit(
      name: "dimension",
      content: .figure(
        Figure(
          [Panel(x: noiseAxis, y: Axis("dimension", from: 0), layers: layers)],
          altText: "Dimension of \(network) against noise, by the \(detector.name) and by FLIPD.")),
      caption:
        pointCount == 1
        ? "Dimension by the \(detector.name) and by FLIPD.\(dashed)"
        : "Dimension by the \(detector.name) (bars: quartiles over points) and by FLIPD (band: 95 % bootstrap interval of the mean).\(dashed)"
    )
  }

  // MARK: Phases

  private var phaseBar: Exhibit {
    func stretch(_ phase: PhaseStretch, row: Double) -> Mark.Stretch {
      let isPoint = phase.from == phase.to
      return Mark.Stretch(
        from: isPoint ? frame.lowerBound : phase.from, to: isPoint ? frame.upperBound : phase.to,
        name: phase.phase.rawValue, row: row)
    }
    var stretches = phases.map { stretch($0, row: hasTheory ? 1 : 0) }
    stretches += predictedPhases.map { stretch($0, row: 0) }
    let rows = hasTheory ? ["theory", "network"] : ["network"]
    return Exhibit(
      name: "phases",
      content: .figure(
        Figure(
          [
            Panel(
              x: framedNoiseAxis, y: Axis("", categories: rows), layers: [Layer(.stretches(stretches))])
          ],
          aspect: hasTheory ? 0.16 : 0.09,
          altText: "Phases of \(network) by noise: "
            + phases.map { "\($0.phase.rawValue) from \(rounded($0.from)) to \(rounded($0.to))" }.joined(
              separator: ", "))),
      caption: "Phases by noise level, with a gap counting as open from *D* = \(rounded(threshold)).")
  }

  // MARK: Densities

  private var densityPanels: Exhibit {
    let panels = densities.map { density in
      let level = levels[density.level]
      let values = level.singularValuesPerPoint.flatMap { $0 }
      let top = max(1.1, values.max() ?? 1)
      return Panel(
        title: "*σ* = \(rounded(level.sigma))",
        x: Axis("singular value of *σ*^{2}*J*", from: 0, to: min(top, 1.3)), y: Axis("density", scale: .log10),
        layers: [
          Layer(.histogram(.init(densityOf: values, binCount: 52, over: 0...min(top, 1.3))), label: "network"),
          Layer(
            .line(zip(density.singularValues, density.density).map { Mark.Point($0, $1 > 0 ? $1 : .nan) }),
            role: .reference, label: "random-matrix theory"),
        ])
    }
    return Exhibit(
      name: "density",
      content: .figure(
        Figure(
          panels,
          altText:
            "Histograms of singular values of \(network) at \(counted(panels.count, "noise level")), with theory.")),
      caption:
        "Density of singular values over \(counted(pointCount, "point")). Dashed: the random-matrix prediction of the bulks; the directions normal to the data are a spike at 1."
    )
  }

  // MARK: Tables

  private var levelTable: Exhibit {
    var columns: [Table.Column] = [
      .init("*σ*", .numbers(levels.map(\.sigma), format: ".3g")),
      .init("dimension", .numbers(levels.map { Double($0.dimension) }, format: "d")),
    ]
    if !isExploding { columns.insert(.init("*σ*/*μ*", .numbers(levels.map(\.noiseToSignal), format: ".3g")), at: 1) }
    if hasTheory {
      columns.append(
        .init("by theory", .numbers(levels.map { $0.predicted.map { Double($0.gap.dimension) } }, format: "d")))
    }
    columns.append(.init("gap", .numbers(levels.map { $0.gaps.first?.width }, format: ".3f")))
    if hasTheory { columns.append(.init("by theory", .numbers(levels.map { $0.predicted?.gap.width }, format: ".3f"))) }
    columns.append(.init("FLIPD", .numbers(levels.map(\.flipd), format: ".2f")))
    columns.append(.init("phase", .texts(levels.map(\.phase.rawValue))))
    if hasTheory { columns.append(.init("by theory", .texts(levels.map { $0.predicted?.phase.rawValue ?? "–" }))) }
    if levels.contains(where: { $0.symmetryDefect != nil }) {
      columns.append(.init("asymmetry", .numbers(levels.map(\.symmetryDefect), format: ".2g")))
    }
    return Exhibit(
      name: "levels", content: .table(Table(columns: columns)),
      caption: "What \(network) shows at each noise level, from \(counted(pointCount, "point")).")
  }

  private var summary: Exhibit {
    Exhibit(
      name: "summary",
      content: .quantity(Quantity(label: "dimension at the smallest noise", value: Double(dimension))),
      caption: "The widest gap at *σ* = \(rounded(final.sigma)) is \(rounded(final.width)).")
  }
}
