import Analysis
import Exhibits

extension EmbeddingQualityFinding {
  /// What the states look like, coloured by a variable that the models are not given.
  var statesFigure: Exhibit? {
    guard let variable = hidden.last, clouds.allSatisfy({ !$0.axes.isEmpty }) else { return nil }
    let name = Int(variable) == nil ? variable : "unit \(variable)"
    let panels = clouds.map { cloud in
      let (x, y) = cloud.seen
      let (across, up) = (cloud.range(of: x), cloud.range(of: y))
      return Panel(
        title: cloud.name,
        x: Axis(cloud.axes.count > 1 ? "across" : "first axis", from: across.lowerBound, to: across.upperBound),
        y: Axis(
          cloud.axes.count > 2 ? "up" : cloud.axes.count > 1 ? "second axis" : "one sample later",
          from: up.lowerBound, to: up.upperBound),
        layers: [
          Layer(.cloud(Mark.Cloud(zip(x, y).map { Mark.Point($0, $1) }, values: Array(colours.prefix(x.count)))))
        ], levels: LevelScale(Axis(name)))
    }
    return Exhibit(
      name: "states",
      content: .figure(
        Figure(
          panels, columnCount: min(3, panels.count), aspect: 1, sharesScales: false,
          altText: "The states of a model of each kind along their principal axes, and delays, coloured by \(name).")),
      caption:
        "States of one model of each kind\(conditions.count > 1 ? " (\(conditions[0] ?? ""))" : "") along their first \(clouds.map(\.axes.count).max() ?? 1) principal axes, and delays; every axis in its own deviations; the outermost hundredth on each side may lie beyond a panel. Colour: \(name) at the same time, which no model is given; where states unfold the system, it varies smoothly."
    )
  }
}

extension EmbeddingQualityFinding.Cloud {
  /// Where all but a hundredth on each side lie, with a margin.
  fileprivate func range(of values: [Double]) -> ClosedRange<Double> {
    let sorted = values.sorted()
    let (low, high) = (quantile(of: sorted, 0.01), quantile(of: sorted, 0.99))
    let margin = high > low ? 0.08 * (high - low) : 1
    return (low - margin)...(high + margin)
  }

  /// The places in the plane: three axes are seen from aside and above.
  fileprivate var seen: (x: [Double], y: [Double]) {
    switch axes.count {
    case 3:
      let (across, up) = ThreeAxes.fromAside(axes)
      return (across, up)
    case 2: return (axes[0], axes[1])
    default: return (Array(axes[0].dropLast()), Array(axes[0].dropFirst()))
    }
  }
}
