import Analysis
import Exhibits
import Foundation
import Probing

extension CompositionFinding {
  private var courseGroups: [String] { groups.filter { group in courses.contains { $0.group == group } } }

  private func bands(_ values: [Spread], at x: [Double], label: String, series: Int) -> [Layer] {
    [
      Layer(
        .band(zip(x, values).map { Mark.Interval($0, $1.lower, $1.upper) }), role: .uncertainty, series: series)
    ] + curve(zip(x, values).map { Mark.Point($0, $1.mean) }, label: label, series: series)
  }

  /// A line with its points.
  private func curve(_ points: [Mark.Point], label: String, series: Int) -> [Layer] {
    [Layer(.line(points), label: label, series: series), Layer(.points(points), series: series)]
  }

  /// What training does: to shares of both by region, and to features by themselves.
  var courseFigure: Exhibit? {
    guard !courses.isEmpty else { return nil }
    let isSeveral = courseGroups.count > 1
    let panels = courseGroups.flatMap { group -> [Panel] in
      let own = courses.filter { $0.group == group }
      let step = Axis("training step")
      let share = Axis("share right", from: -0.02, to: 1.02)
      var panels: [Panel] = []
      if let all = own.first(where: { $0.region == nil }) {
        panels.append(
          Panel(
            title: isSeveral ? group : own.count > 1 ? "all" : group, x: step, y: share,
            layers: bands(all.joint, at: all.steps, label: "both", series: 0) + [
              Layer(.line(zip(all.steps, all.mean).map { Mark.Point($0, $1) }), label: "mean of *x*, *y*", series: 1),
              Layer(
                .line(zip(all.steps, all.product).map { Mark.Point($0, $1) }), role: .reference, label: "*x* · *y*"),
            ]))
      }
      let regions = own.filter { $0.region != nil }
      if !regions.isEmpty {
        panels.append(
          Panel(
            title: isSeveral ? "\(group): both, by region" : "both, by region", x: step, y: share,
            layers: regions.enumerated().flatMap { series, course in
              bands(course.joint, at: course.steps, label: course.region?.rawValue ?? "", series: series + 2)
            }))
      }
      return panels
    }
    return Exhibit(
      name: "course",
      content: .figure(
        Figure(
          panels, columnCount: min(2, panels.count),
          altText: "How often images are right over the course of training.")),
      caption:
        "The share of images in which both places are right over the course of training, with intervals of 95 % over images\(courses.contains { $0.times.contains { $0.modelCount > 1 } } ? " and models" : ""); beside it the mean of the shares of *x* and of *y*, which rises smoothly, and their product (dashed), which is where both would be if they came independently and alike for all conditions."
    )
  }

  /// The ways through concept space.
  var conceptsFigure: Exhibit? {
    guard !courses.isEmpty else { return nil }
    var layers = [Layer(.line([Mark.Point(0, 0), Mark.Point(1, 1)]), role: .reference)]
    let shown = courses.filter { course in
      // Where regions are told apart, all of them together say nothing more.
      course.region != nil || !courses.contains { $0.group == course.group && $0.region != nil }
    }
    for (series, course) in shown.enumerated() {
      let points = zip(course.x, course.y).map { Mark.Point($0, $1) }
      // The colours that regions have elsewhere.
      let series = course.region == nil || courseGroups.count > 1 ? series : series + 2
      let name = [
        courseGroups.count > 1 ? course.group : nil, course.region?.rawValue,
      ].compactMap { $0 }.joined(separator: ", ")
      layers += curve(points, label: name, series: series)
    }
    return Exhibit(
      name: "concepts",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis("share of *x* right", from: -0.03, to: 1.03),
              y: Axis("share of *y* right", from: -0.03, to: 1.03),
              layers: layers)
          ], aspect: 1, altText: "The ways of the models through the plane of the shares of x and y.")),
      caption:
        "The way through concept space: the share of images in which *x*, and in which *y* is right, at each checkpoint. On the dashed line both are learned at once."
    )
  }

  /// What becomes of images.
  var outcomesFigure: Exhibit? {
    let kinds: [(String, (Outcomes) -> Double)] = [
      ("none", \.none), ("several", \.several), ("one, misplaced", \.misplaced), ("right", \.right),
    ]
    guard !courses.isEmpty else { return nil }
    let panels = courseGroups.map { group -> Panel in
      let own = runs.filter { $0.group == group && $0.step != nil }
      let steps = Set(own.compactMap(\.step)).sorted()
      let layers = kinds.enumerated().flatMap { series, kind -> [Layer] in
        let points = steps.map { step in
          let values = own.filter { $0.step == step }.map { kind.1($0.outcomes) }
          return Mark.Point(step, values.reduce(0, +) / Double(max(1, values.count)))
        }
        return curve(points, label: kind.0, series: series)
      }
      return Panel(
        title: courseGroups.count > 1 ? group : "", x: Axis("training step"),
        y: Axis("share of images", from: -0.02, to: 1.02), layers: layers)
    }
    let what = feature == .bumps ? "bumps" : "crossings of stripes"
    return Exhibit(
      name: "outcomes",
      content: .figure(
        Figure(
          panels, columnCount: min(2, panels.count),
          altText: "The shares of images with none, several, one misplaced and one right bump over training.")),
      caption:
        "What becomes of images over the course of training, by how many \(what) they show: the phases of no structure, of one in a wrong place, and of one in its place."
    )
  }

  // MARK: Data

  /// What data do.
  var dataFigure: Exhibit? {
    guard !needs.isEmpty else { return nil }
    let sides = Set(needs.map(\.side)).sorted()
    let groups = self.groups.filter { group in needs.contains { $0.group == group } }
    let panels = sides.map { side -> Panel in
      var layers = [Layer(.rules(Mark.Rules(.horizontal, at: [enough])), role: .reference)]
      for (series, group) in groups.enumerated() {
        guard let need = needs.first(where: { $0.group == group && $0.side == side }) else { continue }
        layers.append(
          Layer(
            .band(zip(need.sizes, need.joint).map { Mark.Interval($0, $1.least, $1.most) }), role: .uncertainty,
            series: series))
        layers += curve(zip(need.sizes, need.joint).map { Mark.Point($0, $1.mean) }, label: group, series: series)
      }
      return Panel(
        title: sides.count > 1 ? "\(side) × \(side) pixels" : "", x: Axis("training examples", scale: .log10),
        y: Axis("share right", from: -0.02, to: 1.02), layers: layers)
    }
    return Exhibit(
      name: "data",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count),
          altText: "How often images are right over the number of training examples.")),
      caption:
        "The share of images in which both places are right, over the number of examples with both that models were trained on\(needs.contains { $0.sizesBySeed.count > 1 } ? ": means over seeds, and their range" : ""). Dashed: what is enough."
    )
  }

  /// How the need of data grows with the side.
  var needsFigure: Exhibit? {
    guard !growth.isEmpty else { return nil }
    let sides = Set(needs.map { Double($0.side) }).sorted()
    guard let first = sides.first, let last = sides.last, first < last else { return nil }
    var layers: [Layer] = []
    let all = needs.flatMap(\.sizesBySeed)
    let bottom = all.min() ?? 1
    for slope in [1.0, 2.0] {
      layers.append(
        Layer(
          .line([first, last].map { Mark.Point($0, bottom * pow($0 / first, slope)) }), role: .reference,
          label: slope == 1 ? "∝ side" : "∝ side^{2}"))
    }
    for (series, law) in growth.enumerated() {
      let points = needs.filter { $0.group == law.group }.flatMap { need in
        need.sizesBySeed.map { Mark.Point(Double(need.side), $0) }
      }
      let ends = [law.sides.first, law.sides.last].compactMap { $0 }.map(Double.init)
      layers += [
        Layer(.points(points), series: series),
        Layer(
          .line(ends.map { Mark.Point($0, exp(law.offset + law.exponent * log($0))) }), label: law.group,
          series: series),
      ]
    }
    let censored = needs.reduce(0) { $0 + $1.censoredCount }
    let left =
      censored > 0
      ? ", without \(censored) of which it is not known ("
        + needs.filter { $0.censoredCount > 0 }.map { "\($0.group), \($0.side) px" }.joined(separator: "; ") + ")" : ""
    let ofSides = censored > 0 ? " through sides of which all is known" : ""
    let words = growth.map { law in
      "\(law.group) \(Self.decimal(law.exponent))\(law.standardError.map { " ± \(Self.decimal($0))" } ?? "")"
    }
    return Exhibit(
      name: "needs",
      content: .figure(
        Figure(
          [
            Panel(
              x: Axis("side of images", unit: "px", scale: .log10), y: Axis("examples needed", scale: .log10),
              layers: layers)
          ], altText: "How many training examples are needed over the side of images, on logarithmic axes.")),
      caption:
        "How many training examples it takes for a share of \(rounded(enough)), over the side of images, a point for every seed\(left). Lines: power laws\(ofSides), exponents with standard errors: \(words.joined(separator: "; ")). Dashed: growth with the side, and with its square."
    )
  }

  private static func decimal(_ value: Double) -> String {
    String(format: "%.2f", value).replacing("-", with: "−")
  }
}
