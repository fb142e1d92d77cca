import LinearAlgebra
import Testing

@testable import Networks

/// Tiled convolutions against those by shifted and unfolded products.
@Suite struct WinogradConvolutionTests {
  struct Setting: CustomStringConvertible {
    var places: [Int]
    var channels: Int
    var features: Int
    var groups = 1
    var before = [1, 1]
    var after = [1, 1]
    var images = 3
    var description: String {
      "\(images) images of \(channels)×\(places) to \(features) in \(groups) groups, pads \(before) \(after)"
    }

    func plan() throws -> ConvolutionPlan {
      let output = (0..<2).map { places[$0] + before[$0] + after[$0] - 2 }
      let window = Window(
        input: places, output: output, taps: [3, 3], strides: [1, 1], dilations: [1, 1], before: before, after: after)
      return try ConvolutionPlan(window: window, groups: groups, channels: channels, features: features)
    }
  }

  static let settings: [Setting] = {
    var random = SeededGenerator(seed: 21)
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    return (0..<16).map { index in
      Setting(
        places: [draw(7...21), draw(7...21)], channels: draw(8...27), features: draw(8...27),
        groups: [1, 1, 2][index % 3], before: [draw(0...2), draw(0...2)], after: [draw(0...2), draw(0...2)],
        images: draw(1...7))
    } + [
      // Whole vectors throughout; tiles in several parts; lines longer than a part.
      Setting(places: [8, 8], channels: 48, features: 48, images: 9),
      Setting(places: [32, 32], channels: 24, features: 8, images: 2),
      Setting(places: [6, 300], channels: 16, features: 32, images: 1),
      // Padding beyond what the adjoint pads, so that some places see nothing.
      Setting(places: [9, 9], channels: 8, features: 9, before: [4, 3], after: [3, 5]),
    ]
  }()

  private func draw(_ count: Int, _ random: inout SeededGenerator) -> [Double] {
    (0..<count).map { _ in random.uniform() * 2 - 1 }
  }

  private func plain(_ plan: ConvolutionPlan, _ weights: [Double], _ x: [Double], images: Int, isForward: Bool)
    -> [Double]
  {
    var result = [Double](repeating: 0, count: images * (isForward ? plan.ySize : plan.xSize))
    if isForward {
      plan.apply(weights, to: x, images: images, addingTo: &result)
    } else {
      plan.applyAdjoint(weights, to: x, images: images, addingTo: &result)
    }
    return result
  }

  private func tiled(_ convolution: WinogradConvolution, _ x: [Double], images: Int, size: Int, isForward: Bool)
    -> [Double]
  {
    // What is there before must not matter.
    var result = [Double](repeating: .nan, count: images * size)
    convolution.apply(to: x, images: images, into: &result, isForward: isForward)
    return result
  }

  private func distance(_ x: [Double], _ y: [Double]) -> Double {
    let scale = y.map(abs).max() ?? 1
    return zip(x, y).map { abs($0 - $1) / scale }.reduce(0) { $1 <= $0 ? $0 : $1 }
  }

  private func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

  @Test(arguments: settings, WinogradConvolution.routes)
  func agreesWithPlainProductsBothWays(_ setting: Setting, _ route: Int32) throws {
    var random = SeededGenerator(seed: 4)
    let (plan, images) = (try setting.plan(), setting.images)
    let weights = draw(plan.groups * plan.features * plan.channels * 9, &random)
    let convolution = try #require(WinogradConvolution(plan, weights: weights, route: route))
    let (x, y) = (draw(images * plan.xSize, &random), draw(images * plan.ySize, &random))
    let forward = tiled(convolution, x, images: images, size: plan.ySize, isForward: true)
    let back = tiled(convolution, y, images: images, size: plan.xSize, isForward: false)
    #expect(distance(forward, plain(plan, weights, x, images: images, isForward: true)) < 1e-12)
    #expect(distance(back, plain(plan, weights, y, images: images, isForward: false)) < 1e-12)
    let (left, right) = (dot(y, forward), dot(back, x))
    #expect(abs(left - right) <= 1e-12 * (dot(y, y) * dot(forward, forward)).squareRoot())
  }

  @Test func givesTheSameOnOneProcessorAndOnSeveral() throws {
    var random = SeededGenerator(seed: 6)
    let setting = Setting(places: [16, 16], channels: 24, features: 24, images: 11)
    let plan = try setting.plan()
    let convolution = try #require(WinogradConvolution(plan, weights: draw(24 * 24 * 9, &random)))
    let x = draw(setting.images * plan.xSize, &random)
    func run(_ processors: Int) -> [Double] {
      Processors.$count.withValue(processors) {
        tiled(convolution, x, images: setting.images, size: plan.ySize, isForward: true)
      }
    }
    #expect(run(1) == run(3))
  }

  @Test func isLeftOutWhereItWouldSaveLittle() throws {
    func isTiled(_ change: (inout Setting) -> Void = { _ in }, _ bend: (inout Window) -> Void = { _ in }) throws -> Bool
    {
      var setting = Setting(places: [8, 8], channels: 8, features: 8)
      change(&setting)
      let plan = try setting.plan()
      var window = plan.window
      bend(&window)
      let bent = try ConvolutionPlan(
        window: window, groups: plan.groups, channels: plan.channels, features: plan.features)
      return WinogradConvolution(bent, weights: [Double](repeating: 1, count: plan.features * plan.channels * 9)) != nil
    }
    #expect(try isTiled())
    #expect(try !isTiled({ $0.channels = 7 }))
    #expect(try !isTiled({ $0.features = 7 }))
    #expect(try !isTiled({ $0.places = [5, 2] }))
    #expect(try !isTiled({ $0.places = [1, 200] }))
    #expect(try !isTiled({ _ in }, { $0.strides = [1, 2] }))
    #expect(try !isTiled({ _ in }, { $0.dilations = [2, 1] }))
    #expect(try !isTiled({ _ in }, { $0.taps = [3, 1] }))
  }

  @Test func servesAPreparedConvolutionsDirectionsOnly() throws {
    var random = SeededGenerator(seed: 8)
    var window = WindowParameters()
    window.pads = [1, 1, 1, 1]
    let x = NDArray(shape: [2, 9, 10, 11], values: draw(2 * 9 * 110, &random))
    let weights = NDArray(shape: [12, 9, 3, 3], values: draw(12 * 81, &random))
    for isTransposed in [false, true] {
      let convolution = Convolution(window: window, isTransposed: isTransposed)
      let shape = isTransposed ? [2, 12, 10, 11] : x.shape
      let point = NDArray(shape: shape, values: draw(shape.reduce(1, *), &random))
      let operands = Operands<Double>(values: [.real(point), .real(weights)])
      let site = Site(operands: operands, results: try convolution.values(of: operands))
      let prepared = try #require(try convolution.prepared(at: site) as? Convolution)
      #expect(prepared.tiled != nil)
      let size = shape.reduce(1, *)
      let directions = [Directions(count: 3, shape: shape, values: draw(3 * size, &random)), nil]
      let (plain, tiled) = (
        try #require(try convolution.pushForward(directions, at: site)[0]),
        try #require(try prepared.pushForward(directions, at: site)[0])
      )
      #expect(plain.shape == tiled.shape)
      #expect(distance(tiled.values, plain.values) < 1e-12)
      #expect(tiled.values != plain.values)
      let back = [plain]
      let wanted = [true, true]
      let (first, second) = (
        try convolution.pullBack(back, at: site, wanted: wanted), try prepared.pullBack(back, at: site, wanted: wanted)
      )
      for position in 0..<2 {
        let (expected, found) = (try #require(first[position]), try #require(second[position]))
        #expect(found.shape == expected.shape)
        #expect(distance(found.values, expected.values) < 1e-12)
      }
    }
  }

  @Test func staysOutOfSinglePrecision() throws {
    let operands = Operands<Float>(values: [
      .real(NDArray(shape: [1, 8, 8, 8], repeating: 1)), .real(NDArray(shape: [8, 8, 3, 3], repeating: 1)),
    ])
    let convolution = Convolution(window: WindowParameters())
    let site = Site(operands: operands, results: try convolution.values(of: operands))
    #expect(try (convolution.prepared(at: site) as? Convolution)?.tiled == nil)
  }
}
