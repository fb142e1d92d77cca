import Analysis
import Exhibits
import Foundation
import Probing

extension IntrinsicDimensionFinding {
  /// The dimensions by method, how they depend on scale, the variance along principal components, and all numbers.
  public var exhibits: [Exhibit] { [dimensions, scales, spectra, estimates, summary].compactMap { $0 } }

  private typealias Method = IntrinsicDimension.Method

  private var colours: CloudColours { CloudColours(names: clouds.map(\.name), groups: clouds.map(\.group)) }
  private var subject: String { clouds.count == 1 ? clouds[0].name : counted(clouds.count, "cloud") }
  private var interval: String { "bars: intervals of 95 % over points" }

  /// The methods that some cloud has.
  private var shown: [Method] { methods.filter { method in clouds.contains { $0.estimate(by: method) != nil } } }

  // MARK: Dimensions

  private var dimensions: Exhibit {
    let numbers = clouds.compactMap(\.number)
    let isOverNumbers = numbers.count == clouds.count && Set(numbers).count >= 3
    let panels =
      isOverNumbers || clouds.count > CloudColours.few
      ? overClouds(isOverNumbers ? numbers : nil) : [overMethods]
    let across = isOverNumbers ? " over the number in the series" : ""
    return Exhibit(
      name: "dimensions",
      content: .figure(
        Figure(
          panels, columnCount: panels.count > 4 ? 3 : min(2, panels.count), sharesScales: true,
          altText: "Dimensions of \(subject) by \(shown.map(\.words).joined(separator: ", "))\(across).")),
      caption:
        "How many dimensions \(subject) \(clouds.count == 1 ? "fills" : "fill") by each method\(across) (\(interval)). The participation ratio counts directions of variance and nothing of curvature; the others see neighbourhoods.\(colours.words)"
    )
  }

  /// Methods side by side, the clouds next to each other.
  private var overMethods: Panel {
    let layers = clouds.indices.flatMap { index -> [Layer] in
      let aside = clouds.count == 1 ? 0 : 0.6 * (Double(index) / Double(clouds.count - 1) - 0.5)
      let found = shown.enumerated().compactMap { place, method in
        clouds[index].estimate(by: method).map { (Double(place) + aside, $0) }
      }
      return [
        colours.layer(.intervals(found.map { Mark.Interval($0, $1.lower, $1.upper) }), role: .uncertainty, of: index),
        colours.layer(.points(found.map { Mark.Point($0, $1.value) }), of: index, isLabelled: true),
      ]
    }
    let values = clouds.flatMap { $0.estimates.flatMap { [$0.lower, $0.upper] } }
    return Panel(
      x: Axis(
        "method", scale: .integer, from: -0.5, to: Double(shown.count) - 0.5, categories: shown.map(\.shortWords)),
      y: Axis("dimension", from: 0, to: 1.08 * (values.max() ?? 1)), layers: layers)
  }

  /// The clouds side by side, or over their numbers: a panel for each method where there are groups, else a colour.
  private func overClouds(_ numbers: [Double]?) -> [Panel] {
    let distinct = numbers.map { Array(Set($0)).sorted() }
    // Steps of a training are not evenly spread: where they are few they are named.
    let isNamed = distinct.map { $0.count <= 12 } ?? false
    let places = clouds.indices.map { index -> Double in
      guard let numbers, let distinct else { return Double(index) }
      return isNamed ? Double(distinct.firstIndex(of: numbers[index]) ?? 0) : numbers[index]
    }
    let groups = clouds.compactMap(\.group)
    let x: Axis =
      if let distinct {
        isNamed
          ? Axis("number", scale: .integer, categories: distinct.map { $0 == $0.rounded() ? String(Int($0)) : "\($0)" })
          : Axis("number")
      } else {
        Axis(
          "cloud", scale: .integer,
          categories: clouds.map(\.name).axisNames(of: Array(clouds.indices), groups: colours.isGrouped ? groups : []))
      }
    func layers(_ method: Method, _ indices: [Int], _ label: String, _ series: Int) -> [Layer] {
      let found = indices.compactMap { index in clouds[index].estimate(by: method).map { (places[index], $0) } }
        .sorted { $0.0 < $1.0 }
      guard !found.isEmpty else { return [] }
      let points = found.map { Mark.Point($0, $1.value) }
      let isLine = distinct != nil && Set(found.map(\.0)).count == found.count
      return [
        Layer(.intervals(found.map { .init($0, $1.lower, $1.upper) }), role: .uncertainty, series: series),
        Layer(.points(points), label: label, series: series),
      ] + (isLine ? [Layer(.line(points), series: series)] : [])
    }
    guard colours.isGrouped else {
      let all = Array(clouds.indices)
      return [
        Panel(
          x: x, y: Axis("dimension", from: 0),
          layers: shown.enumerated().flatMap { layers($1, all, $1.words, $0) })
      ]
    }
    return shown.map { method in
      Panel(
        title: method.words, x: x, y: Axis("dimension", from: 0),
        layers: groups.distinct.enumerated().flatMap { series, group in
          layers(method, clouds.indices.filter { clouds[$0].group == group }, group, series)
        })
    }
  }

  // MARK: Scales

  private var scales: Exhibit? {
    let drawn = shown.filter { method in clouds.contains { ($0.estimate(by: method)?.curve.count ?? 0) > 1 } }
    guard !drawn.isEmpty else { return nil }
    func curve(_ cloud: Cloud, _ method: Method) -> [Part] { cloud.estimate(by: method)?.curve ?? [] }
    func line(_ parts: [Part]) -> Mark { .line(parts.map { Mark.Point(Double($0.pointCount), $0.value) }) }
    func band(_ parts: [Part]) -> Mark {
      .band(parts.map { Mark.Interval(Double($0.pointCount), $0.lower, $0.upper) })
    }
    let (x, y) = (Axis("points kept", scale: .log10), Axis("dimension"))
    let panels: [Panel] =
      if clouds.count == 1 {
        [
          Panel(
            x: x, y: y,
            layers: drawn.enumerated().flatMap { series, method in
              [
                Layer(band(curve(clouds[0], method)), role: .uncertainty, series: series),
                Layer(line(curve(clouds[0], method)), label: method.words, series: series),
              ]
            })
        ]
      } else {
        drawn.map { method in
          Panel(
            title: method.words, x: x, y: y,
            layers: clouds.indices.flatMap { index -> [Layer] in
              let parts = curve(clouds[index], method)
              guard !parts.isEmpty else { return [] }
              let curve = [colours.layer(line(parts), of: index, isLabelled: true)]
              return clouds.count > CloudColours.few
                ? curve : [colours.layer(band(parts), role: .uncertainty, of: index)] + curve
            }, levels: colours.levels)
        }
      }
    let bands = clouds.count > CloudColours.few ? "" : " (bands: intervals of 95 % over points)"
    return Exhibit(
      name: "scales",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count),
          altText: "Dimensions of \(subject) over the number of points kept.")),
      caption:
        "The same estimates of half of the points, of a quarter, and so on\(bands): fewer points are farther apart and see a larger scale. A dimension that holds over scales is the cloud's; one that rises to the right is noise's, or too few points'.\(clouds.count == 1 ? "" : colours.words)"
    )
  }

  // MARK: Variance

  private var spectra: Exhibit {
    let longest = clouds.map(\.explained.count).max() ?? 1
    let layers = clouds.indices.flatMap { index -> [Layer] in
      let points = clouds[index].explained.enumerated().map { Mark.Point(Double($0.offset + 1), 100 * $0.element) }
      let line = [colours.layer(.line(points), of: index, isLabelled: true)]
      return points.count <= 30 ? line + [colours.layer(.points(points), of: index)] : line
    }
    let needed = clouds.map { cloud in (cloud.explained.firstIndex { $0 >= 0.9 } ?? cloud.explained.count - 1) + 1 }
    let (least, most) = (needed.min() ?? 1, needed.max() ?? 1)
    return Exhibit(
      name: "spectra",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis("principal components", scale: longest > 60 ? .log10 : .integer),
              y: Axis("variance", unit: "%", from: 0, to: 104),
              layers: layers + [Layer(.rules(.init(.horizontal, at: [90])), role: .reference)], levels: colours.levels)
          ], altText: "The share of variance that the first principal components of \(subject) hold.")),
      caption:
        "How much of the variance the first principal components hold, up to 99.9 %. Dashed: 90 %, which \(least == most ? counted(least, "component") : "\(least) to \(most) components") \(least == most && least == 1 ? "holds" : "hold").\(colours.words)"
    )
  }

  // MARK: Numbers

  /// More rows than this are for the record, not for a page.
  private static let tableLength = 40

  private var estimates: Exhibit {
    let all = clouds.flatMap { cloud in cloud.estimates.map { (cloud, $0) } }
    let rows = all.prefix(Self.tableLength)
    func column(_ heading: String, _ format: String = ".3g", _ value: (Cloud, Estimate) -> Double) -> Table.Column {
      .init(heading, .numbers(rows.map { value($0, $1) }, format: format))
    }
    let rest = all.count > rows.count ? " The first \(rows.count) of \(all.count)." : ""
    return Exhibit(
      name: "estimates",
      content: .table(
        Table(
          columns: (clouds.count > 1 ? [.init("cloud", .texts(rows.map(\.0.name)))] : []) + [
            .init("method", .texts(rows.map(\.1.method.words))),
            column("dimension") { $1.value }, column("from") { $1.lower }, column("to") { $1.upper },
            column("scale") { $1.scale }, column("points", "d") { cloud, _ in Double(cloud.pointCount) },
          ])),
      caption:
        "Dimensions with intervals of 95 % over points, and the distance that each is of: the root of the variance for the participation ratio, the median distance of the farthest neighbour used, or the middle of the radii fitted.\(rest)"
    )
  }

  private var summary: Exhibit? {
    guard clouds.count == 1, let first = clouds[0].estimates.first else { return nil }
    let estimate = clouds[0].estimate(by: .twoNeighbours) ?? first
    return Exhibit(
      name: "summary",
      content: .quantity(
        Quantity(
          label: "dimensions", value: estimate.value,
          interval: min(estimate.lower, estimate.upper)...max(estimate.lower, estimate.upper))),
      caption: "Dimensions of \(subject) by \(estimate.method.words), with the interval of 95 % over points.")
  }
}
