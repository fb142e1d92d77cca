import Exhibits
import Foundation

/// Figures like those that probes make, for snapshots and for looking at.
enum SampleFigures {
  static let all: [(name: String, figure: Figure)] = [
    ("spectra", spectra), ("gaps", gaps), ("phases", phases), ("density", density), ("multiples", multiples),
    ("heat", heat), ("cloud", cloud), ("series", series), ("many-series", manySeries), ("angles", angles),
    ("errors", errors), ("words", words), ("odd", odd), ("distances", distances), ("training", training),
    ("panels", panels), ("pictures", pictures), ("coloured", coloured),
  ]

  /// A seeded generator whose numbers are the same everywhere.
  struct Numbers {
    var state: UInt64
    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 9_007_199_254_740_992
    }
    mutating func normal() -> Double { (-2 * log(max(1e-12, next()))).squareRoot() * cos(2 * .pi * next()) }
  }

  static func powers(from low: Double, to high: Double, count: Int) -> [Double] {
    (0..<count).map { pow(10, low + (high - low) * Double($0) / Double(count - 1)) }
  }

  static let variances = [Double](repeating: 1, count: 10) + [Double](repeating: 0.01, count: 30)

  static var spectra: Figure {
    var numbers = Numbers(state: 1)
    let sigmas = powers(from: -2.5, to: 0.5, count: 12)
    var layers: [Layer] = []
    for sigma in sigmas {
      let t = sigma * sigma
      var values = [Double](repeating: 1, count: 60) + variances.map { t / (t + $0) }
      let ideal = values.sorted(by: >)
      values = values.map { max(0, $0 + 0.015 * numbers.normal()) }.sorted(by: >)
      let name = "σ = " + String(format: "%.3g", sigma)
      layers.append(
        Layer(.line(values.enumerated().map { .init(Double($0.offset + 1), $0.element) }), label: name, level: sigma))
      layers.append(
        Layer(
          .line(ideal.enumerated().map { .init(Double($0.offset + 1), $0.element) }), role: .reference,
          label: "predicted", level: sigma))
    }
    let panel = Panel(
      x: Axis("Index", scale: .integer), y: Axis("Singular value of *σ*^{2}*J*", from: 0), layers: layers,
      levels: LevelScale(Axis("Noise level *σ*", scale: .log10)))
    return Figure([panel], altText: "Spectra of the score Jacobian at twelve noise levels.")
  }

  static var gaps: Figure {
    var numbers = Numbers(state: 2)
    let sigmas = powers(from: -3, to: 1, count: 24)
    let fine = powers(from: -3, to: 1, count: 120)
    let (a, b, g) = (0.47, 0.0224, 0.0016)
    func final(_ s: Double) -> Double { g / (s * s + g) }
    func middle(_ s: Double) -> Double { s * s * (a - b) / ((s * s + a) * (s * s + b)) }
    let first = sigmas.map { final($0) + 0.012 * numbers.normal() }
    let second = sigmas.map { middle($0) + 0.012 * numbers.normal() }
    let panel = Panel(
      x: Axis("Noise level *σ*", scale: .log10), y: Axis("Gap width"),
      layers: [
        Layer(.band(zip(sigmas, first).map { .init($0, $1 - 0.03, $1 + 0.03) }), role: .uncertainty, series: 0),
        Layer(.band(zip(sigmas, second).map { .init($0, $1 - 0.03, $1 + 0.03) }), role: .uncertainty, series: 3),
        Layer(.line(zip(sigmas, first).map { .init($0, $1) }), label: "final gap", series: 0),
        Layer(.points(zip(sigmas, first).map { .init($0, $1) }), label: "final gap", series: 0),
        Layer(.line(zip(sigmas, second).map { .init($0, $1) }), label: "intermediate gap", series: 3),
        Layer(.points(zip(sigmas, second).map { .init($0, $1) }), label: "intermediate gap", series: 3),
        Layer(.line(fine.map { .init($0, final($0)) }), role: .reference, label: "random-matrix theory"),
        Layer(.line(fine.map { .init($0, middle($0)) }), role: .reference, label: "random-matrix theory"),
        Layer(.rules(.init(.vertical, at: [pow(a * b, 0.25)])), role: .reference, label: "*σ*_{max}"),
      ])
    return Figure([panel], altText: "Gap widths against noise, with theory.")
  }

  static var phases: Figure {
    let sigmas = powers(from: -3, to: 1, count: 60)
    let gap = Panel(
      x: Axis("Noise level *σ*", scale: .log10), y: Axis("Gap width"),
      layers: [
        Layer(.line(sigmas.map { .init($0, 0.0016 / ($0 * $0 + 0.0016)) }), label: "final", series: 0),
        Layer(
          .line(sigmas.map { .init($0, $0 * $0 * 0.448 / (($0 * $0 + 0.47) * ($0 * $0 + 0.0224))) }),
          label: "intermediate", series: 2),
        Layer(.rules(.init(.horizontal, at: [0.1])), role: .reference, label: "threshold"),
      ])
    let bar = Panel(
      x: Axis("Noise level *σ*", scale: .log10), y: Axis(""),
      layers: [
        Layer(
          .stretches([
            .init(from: 0.001, to: 0.051, name: "consolidation"), .init(from: 0.051, to: 2, name: "coverage"),
            .init(from: 2, to: 10, name: "trivial"),
          ]))
      ])
    return Figure([gap, bar], columnCount: 1, aspect: 0.45, altText: "Gap widths and phases against noise.")
  }

  static var density: Figure {
    var numbers = Numbers(state: 3)
    let alpha = 0.4
    let (low, high) = (pow(1 - alpha.squareRoot(), 2), pow(1 + alpha.squareRoot(), 2))
    func theory(_ l: Double) -> Double {
      l > low && l < high ? ((high - l) * (l - low)).squareRoot() / (2 * .pi * alpha * l) : 0
    }
    var values: [Double] = []
    while values.count < 3_000 {
      let l = low + (high - low) * numbers.next()
      if numbers.next() * 1.1 < theory(l) { values.append(l + 0.02 * numbers.normal()) }
    }
    let curve = (0...200).map { low + (high - low) * Double($0) / 200 }
    let panel = Panel(
      x: Axis("Eigenvalue *λ*"), y: Axis("Density"),
      layers: [
        Layer(.histogram(.init(densityOf: values, binCount: 40, over: 0...3)), label: "trained network", series: 3),
        Layer(.line(curve.map { .init($0, theory($0)) }), role: .reference, label: "Marchenko–Pastur"),
      ])
    return Figure([panel], altText: "Histogram of eigenvalues with the theory's density.")
  }

  static var multiples: Figure {
    var numbers = Numbers(state: 4)
    let names = ["digits", "sphere", "linear", "two variances", "torus", "swiss roll"]
    let panels = names.enumerated().map { index, name -> Panel in
      let sigmas = powers(from: -2, to: 1, count: 20)
      let scale = 0.1 * Double(index + 1)
      let exact = sigmas.map { 1 - exp(-scale / $0) }
      return Panel(
        title: name, x: Axis("Noise level *σ*", scale: .log10), y: Axis("Dimension estimate", from: 0),
        layers: [
          Layer(
            .line(zip(sigmas, exact).map { .init($0, 40 * ($1 + 0.02 * numbers.normal())) }), label: "gap", series: 0),
          Layer(.line(zip(sigmas, exact).map { .init($0, 38 * $1) }), label: "FLIPD", series: 1),
          Layer(.rules(.init(.horizontal, at: [40])), role: .reference),
        ])
    }
    return Figure(panels, columnCount: 3, altText: "Dimension estimates of six data sets.")
  }

  static var heat: Figure {
    let count = 24
    let edges = (0...count).map(Double.init)
    let values = (0..<count * count).map { index -> Double in
      let (row, column) = (Double(index / count), Double(index % count))
      return exp(-abs(row - column) / 4) + 0.15 * sin(row / 3) * cos(column / 4)
    }
    let panel = Panel(
      x: Axis("Layer of network A", scale: .integer), y: Axis("Layer of network B", scale: .integer),
      layers: [Layer(.tiles(.init(xEdges: edges, yEdges: edges, values: values)))],
      levels: LevelScale(Axis("CKA similarity")))
    return Figure([panel], aspect: 1, altText: "Similarity of layers.")
  }

  static var cloud: Figure {
    var numbers = Numbers(state: 5)
    let points = (0..<20_000).map { _ -> Mark.Point in
      let angle = 2 * .pi * numbers.next()
      let radius = 1 + 0.15 * numbers.normal()
      return .init(radius * cos(angle) + 0.3 * numbers.normal() * cos(angle), radius * sin(angle))
    }
    let panel = Panel(
      x: Axis("First component"), y: Axis("Second component"),
      layers: [Layer(.points(points), label: "samples", series: 3)])
    return Figure([panel], altText: "Twenty thousand samples around a circle.")
  }

  static var series: Figure {
    let names = ["exact", "orthogonal probes", "Stanczuk", "FLIPD"]
    let layers = names.enumerated().map { index, name -> Layer in
      let top = 1.2 - 0.22 * Double(index)
      let points = (0...80).map { step -> Mark.Point in
        let time = Double(step) / 8
        return Mark.Point(time, top * (1 - exp(-time / 2.5)))
      }
      return Layer(.line(points), label: name, series: index)
    }
    return Figure(
      [Panel(x: Axis("Time", unit: "ms"), y: Axis("Recovered variance"), layers: layers)],
      altText: "Four methods.")
  }

  static var manySeries: Figure {
    var numbers = Numbers(state: 6)
    let layers = (0..<10).map { index -> Layer in
      var value = 0.0
      let points = (0...50).map { step -> Mark.Point in
        value += 0.3 * numbers.normal()
        return .init(Double(step) * 400, value)
      }
      return Layer(.line(points), label: "seed \(index)", series: index)
    }
    return Figure(
      [Panel(x: Axis("Training step", scale: .integer), y: Axis("Alignment change"), layers: layers)],
      altText: "Ten seeds.")
  }

  static var angles: Figure {
    let count = 60
    let edges = (0...count).map { -Double.pi + 2 * .pi * Double($0) / Double(count) }
    var phases: [Double] = []
    var signed: [Double] = []
    for row in edges.dropLast() {
      for column in edges.dropLast() {
        phases.append(atan2(sin(row * 2), cos(column)))
        signed.append(sin(row) * cos(2 * column))
      }
    }
    let (x, y) = (Axis("First angle *θ*_{1}", scale: .angle), Axis("Second angle *θ*_{2}", scale: .angle))
    return Figure(
      [
        Panel(
          title: "phase", x: x, y: y, layers: [Layer(.tiles(.init(xEdges: edges, yEdges: edges, values: phases)))],
          levels: LevelScale(Axis("Phase *φ*", scale: .angle), kind: .cyclic)),
        Panel(
          title: "difference", x: x, y: y,
          layers: [Layer(.tiles(.init(xEdges: edges, yEdges: edges, values: signed)))],
          levels: LevelScale(Axis("Δ activity"), kind: .diverging)),
      ], altText: "Phase and difference over two angles.")
  }

  static var errors: Figure {
    let names = ["digits", "sphere", "linear manifold", "two variances"]
    let values = [9.8, 2.1, 39.6, 11.2]
    let points = values.enumerated().map { Mark.Point(Double($0.offset), $0.element) }
    return Figure(
      [
        Panel(
          x: Axis("Data set", categories: names), y: Axis("Dimension", from: 0),
          layers: [
            Layer(.intervals(points.map { .init($0.x, $0.y - 2.5, $0.y + 2.5) }), role: .uncertainty, series: 3),
            Layer(.points(points), label: "estimate ± 95 %", series: 3),
            Layer(.points([.init(0, 10), .init(1, 2), .init(2, 40), .init(3, 10)]), role: .reference, label: "truth"),
            Layer(.annotation(.init("σ = 0.02", at: .init(2, 39.6))), role: .highlight),
          ])
      ], altText: "Dimension estimates with intervals.")
  }

  static var words: Figure {
    let long = "An exceedingly long description of a quantity that nobody could ever fit beside one small axis"
    let line = Layer(.line([.init(0, 1e-9), .init(1, 4e-9), .init(2, -3e-9)]), label: long, series: 0)
    return Figure(
      [
        Panel(title: long, x: Axis(long, unit: "ms"), y: Axis(long), layers: [line]),
        Panel(
          title: "<script>alert(1)</script> & \"quotes\"", x: Axis("<b>x</b>", categories: [long, "b", long, "d"]),
          y: Axis("y_{<i>}", unit: "a & b"),
          layers: [
            Layer(.line([.init(0, 1e7), .init(3, 1.0001e7)]), label: "'one' <two>", series: 1),
            Layer(.annotation(.init("</text><script>", at: .init(1, 1.00005e7)))),
          ]),
      ], altText: "<script>alert(2)</script>")
  }

  /// Empty, single, equal, not finite and huge values.
  static var odd: Figure {
    let (x, y) = (Axis("x"), Axis("y"))
    func panel(_ title: String, _ mark: Mark) -> Panel { Panel(title: title, x: x, y: y, layers: [Layer(mark)]) }
    let equal = (0..<9).map { Mark.Point(Double($0), 5) }
    var holed = (0..<9).map { Mark.Point(Double($0), Double($0)) }
    holed[4].y = .nan
    holed[6].y = .infinity
    return Figure(
      [
        Panel(title: "empty", x: x, y: y, layers: []), panel("one point", .points([.init(3, 7)])),
        panel("all equal", .line(equal)), panel("holes", .line(holed)),
        panel("huge", .line([.init(-1e308, -1e308), .init(1e308, 1e308)])),
        panel("tiny range", .line([.init(0, 1_000_000_000), .init(1, 1_000_000_003)])),
        Panel(
          title: "no positive", x: Axis("x", scale: .log10), y: Axis("y", scale: .log10),
          layers: [Layer(.line([.init(-1, 2), .init(0, 3)]))]),
        panel("nothing finite", .points([.init(.nan, .nan)])),
      ], sharesScales: false, altText: "Odd data.")
  }

  static var distances: Figure {
    let names = ["seed 1", "seed 2", "seed 3", "wide", "deep", "no norm"]
    let edges = (0...6).map { Double($0) - 0.5 }
    let values = (0..<36).map { index -> Double in
      let (row, column) = (index / 6, index % 6)
      return row == column ? 0 : abs(sin(Double((row + 1) * (column + 1))))
    }
    return Figure(
      [
        Panel(
          title: "dynamical similarity", x: Axis("", categories: names), y: Axis("", categories: names),
          layers: [Layer(.tiles(.init(xEdges: edges, yEdges: edges, values: values)))],
          levels: LevelScale(Axis("Distance", unit: "rad")))
      ], aspect: 1, altText: "Pairwise distances.")
  }

  static var training: Figure {
    let steps = powers(from: 0, to: 6, count: 60)
    return Figure(
      [
        Panel(
          x: Axis("Training step", scale: .integer), y: Axis("Loss", scale: .log10),
          layers: [
            Layer(.line(steps.map { .init($0, 3 / $0.squareRoot() + 0.02) }), label: "train", series: 0),
            Layer(.line(steps.map { .init($0, 3 / $0.squareRoot() + 0.05) }), label: "test", series: 3),
          ]),
        Panel(
          x: Axis("Training step", scale: .integer), y: Axis("Dimension"),
          layers: [Layer(.line(steps.map { .init($0, 40 * (1 - exp(-$0 / 2e5))) }), label: "dimension", series: 2)]),
      ], altText: "Loss and dimension over training.")
  }

  /// Few points coloured by an angle, and many coloured by their height.
  static var coloured: Figure {
    func curve(_ count: Int) -> [(Mark.Point, Double)] {
      (0..<count).map { index in
        let angle = 2 * .pi * Double(index) / Double(count)
        return (Mark.Point(cos(angle), sin(2 * angle)), angle)
      }
    }
    let (few, many) = (curve(120), curve(3000))
    let (x, y) = (Axis("first axis"), Axis("second axis"))
    return Figure(
      [
        Panel(
          title: "angle", x: x, y: y, layers: [Layer(.cloud(.init(few.map(\.0), values: few.map(\.1))))],
          levels: LevelScale(Axis("angle *φ*", scale: .angle), kind: .cyclic)),
        Panel(
          title: "height", x: x, y: y, layers: [Layer(.cloud(.init(many.map(\.0), values: many.map(\.0.y))))],
          levels: LevelScale(Axis("height"))),
      ], aspect: 1, altText: "A figure of eight, coloured by its angle and by its height.")
  }

  /// Pictures in grey without a colour bar, and signed ones with.
  static var pictures: Figure {
    func picture(_ row: Double, _ column: Double) -> [Double] {
      (0..<256).map { pixel in
        let (y, x) = (Double(pixel / 16) - 7.5 - row, Double(pixel % 16) - 7.5 - column)
        return 2 * exp(-(x * x + y * y) / 8) - 1
      }
    }
    let grey = [-4.0, 0, 4].flatMap { row in [-4.0, -1, 2, 5].map { picture(row, $0) } }
    let signed = [0.0, 2, 4].map { shift in zip(picture(0, shift), picture(shift, 0)).map { $0 - $1 } }
    return Figure(
      [
        Panel(
          title: "samples", images: .init(grey, pixelRowCount: 16, pixelColumnCount: 16, columnCount: 4),
          columns: ("column", ["−4", "−1", "2", "5"]), rows: ("row", ["−4", "0", "4"]),
          levels: LevelScale(Axis("", from: -1, to: 1), kind: .brightness)),
        Panel(
          title: "differences", images: .init(signed, pixelRowCount: 16, pixelColumnCount: 16, columnCount: 2),
          levels: LevelScale(Axis("difference"), kind: .diverging)),
      ], altText: "Twelve bumps, and three differences of bumps.")
  }

  static var panels: Figure {
    let panels = (0..<24).map { index -> Panel in
      let points = (0...30).map { step -> Mark.Point in
        let phase = Double(step * (index + 1)) / 20
        return Mark.Point(Double(step), 10 + 8 * sin(phase))
      }
      return Panel(
        title: "unit \(index)", x: Axis("Time", unit: "s"), y: Axis("Rate", unit: "Hz"), layers: [Layer(.line(points))])
    }
    return Figure(panels, altText: "Twenty-four units.")
  }
}
