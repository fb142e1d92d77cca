import LinearAlgebra
import Testing

@testable import Networks

/// `Conv` and `ConvTranspose` against loops over every element, and their derivatives against each other.
@Suite struct ConvolutionTests {
  struct Setting: CustomStringConvertible {
    var places: [Int]
    var taps: [Int]
    var channels = 4
    var features = 6
    var groups = 1
    var strides: [Int]
    var dilations: [Int]
    var before: [Int]
    var after: [Int]
    var description: String {
      "\(places) taps \(taps) groups \(groups) strides \(strides) dilations \(dilations) pads \(before) \(after)"
    }

    var operation: Convolution {
      var window = WindowParameters()
      window.strides = strides
      window.dilations = dilations
      window.pads = before + after
      return Convolution(window: window, groups: groups)
    }
  }

  /// Settings of one, two and three axes, drawn once.
  static let settings: [Setting] = {
    var random = SeededGenerator(seed: 5)
    func draw(_ range: ClosedRange<Int>, _ count: Int) -> [Int] {
      (0..<count).map { _ in Int.random(in: range, using: &random) }
    }
    return (0..<24).map { index in
      let rank = index % 3 + 1
      return Setting(
        places: draw(5...9, rank), taps: draw(1...3, rank), groups: [1, 2, 1][index / 3 % 3],
        strides: draw(1...3, rank),
        dilations: draw(1...2, rank), before: draw(0...2, rank), after: draw(0...2, rank))
    } + [
      // One place of a window at a time, and images whose unfolding takes several stretches.
      Setting(places: [6, 7], taps: [1, 1], strides: [1, 1], dilations: [1, 1], before: [0, 0], after: [0, 0]),
      Setting(
        places: [70, 90], taps: [3, 3], channels: 20, features: 2, strides: [1, 1], dilations: [1, 1], before: [1, 1],
        after: [1, 1]),
      Setting(
        places: [9000], taps: [16], channels: 3, features: 2, strides: [1], dilations: [1], before: [15], after: [0]),
    ]
  }()

  private func draw(_ shape: [Int], _ random: inout SeededGenerator) -> NDArray<Double> {
    NDArray(shape: shape, values: (0..<shape.reduce(1, *)).map { _ in random.uniform() * 2 - 1 })
  }

  private func arrays(_ setting: Setting, images: Int) -> (x: NDArray<Double>, w: NDArray<Double>, b: NDArray<Double>) {
    var random = SeededGenerator(seed: 11)
    return (
      draw([images, setting.channels] + setting.places, &random),
      draw([setting.features, setting.channels / setting.groups] + setting.taps, &random),
      draw([setting.features], &random)
    )
  }

  /// The convolution by its definition.
  private func plain(_ setting: Setting, _ x: NDArray<Double>, _ w: NDArray<Double>, _ b: NDArray<Double>) -> NDArray<
    Double
  > {
    let rank = setting.places.count
    let output = (0..<rank).map { (axis: Int) -> Int in
      let span = (setting.taps[axis] - 1) * setting.dilations[axis] + 1
      let room = setting.places[axis] + setting.before[axis] + setting.after[axis] - span
      return room / setting.strides[axis] + 1
    }
    func indices(_ extents: [Int]) -> [[Int]] {
      extents.reduce([[]]) { all, extent in all.flatMap { head in (0..<extent).map { head + [$0] } } }
    }
    let (perGroup, channels) = (setting.features / setting.groups, setting.channels / setting.groups)
    var values: [Double] = []
    for image in 0..<x.shape[0] {
      for feature in 0..<setting.features {
        for place in indices(output) {
          var sum = b.values[feature]
          for channel in 0..<channels {
            for tap in indices(setting.taps) {
              let at = (0..<rank).map { (axis: Int) -> Int in
                let step = place[axis] * setting.strides[axis]
                return step + tap[axis] * setting.dilations[axis] - setting.before[axis]
              }
              guard zip(at, setting.places).allSatisfy({ $0 >= 0 && $0 < $1 }) else { continue }
              let from = [image, feature / perGroup * channels + channel] + at
              let weight = [feature, channel] + tap
              func element(_ array: NDArray<Double>, _ index: [Int]) -> Double {
                array.values[zip(index, packedStrides(array.shape)).reduce(0) { $0 + $1.0 * $1.1 }]
              }
              sum += element(x, from) * element(w, weight)
            }
          }
          values.append(sum)
        }
      }
    }
    return NDArray(shape: [x.shape[0], setting.features] + output, values: values)
  }

  private func distance(_ x: [Double], _ y: [Double]) -> Double {
    x.count == y.count ? zip(x, y).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  private func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

  private func real(_ value: Value<Double>) throws -> NDArray<Double> {
    guard case .real(let array) = value else { throw NodeFault("whole") }
    return array
  }

  @Test(arguments: settings.filter { $0.places.reduce(1, *) < 1000 })
  func equalsItsDefinition(_ setting: Setting) throws {
    let (x, w, b) = arrays(setting, images: 2)
    let found = try real(setting.operation.values(of: Operands(values: [.real(x), .real(w), .real(b)]))[0])
    let expected = plain(setting, x, w, b)
    #expect(found.shape == expected.shape)
    #expect(distance(found.values, expected.values) < 1e-13)
  }

  @Test(arguments: settings)
  func passesDirectionsBothWaysByTheOperandTheWeightsAndTheShift(_ setting: Setting) throws {
    let images = setting.places.reduce(1, *) < 1000 ? 2 : 1
    let (x, w, b) = arrays(setting, images: images)
    try checkDerivatives(of: setting.operation, [x, w, b])
  }

  @Test(arguments: settings)
  func theTransposedOneIsTheAdjoint(_ setting: Setting) throws {
    let (x, w, _) = arrays(setting, images: 1)
    let y = try real(setting.operation.values(of: Operands(values: [.real(x), .real(w)]))[0])
    var random = SeededGenerator(seed: 3)
    let u = draw(y.shape, &random)
    var transposed = setting.operation
    transposed.isTransposed = true
    let span = setting.places.indices.map { (setting.taps[$0] - 1) * setting.dilations[$0] + 1 }
    // What the last step of the window does not reach is given back as places of their own.
    transposed.addedPlaces = setting.places.indices.map {
      (setting.places[$0] + setting.before[$0] + setting.after[$0] - span[$0]) % setting.strides[$0]
    }
    let back = try real(transposed.values(of: Operands(values: [.real(u), .real(w)]))[0])
    #expect(back.shape == x.shape)
    let (left, right) = (dot(u.values, y.values), dot(back.values, x.values))
    #expect(abs(left - right) <= 1e-12 * max(1, abs(left)) * 10)
    guard setting.places.reduce(1, *) < 1000 else { return }
    var shift = draw([setting.channels], &random)
    shift.values[0] = 0.5
    try checkDerivatives(of: transposed, [u, w, shift])
  }

  private func checkDerivatives(of operation: Convolution, _ operands: [NDArray<Double>]) throws {
    var random = SeededGenerator(seed: 7)
    let site = Site(
      operands: Operands(values: operands.map { .real($0) }),
      results: try operation.values(of: Operands(values: operands.map { .real($0) })))
    let shape = site.results[0].shape
    for position in operands.indices {
      let v = draw([2] + operands[position].shape, &random)
      var directions = [Directions<Double>?](repeating: nil, count: operands.count)
      directions[position] = Directions(count: 2, shape: operands[position].shape, values: v.values)
      let forward = try #require(try operation.pushForward(directions, at: site)[0]).expanded(to: shape)
      // It is linear in each operand: a whole step gives the exact difference.
      for index in 0..<2 {
        var moved = operands
        let size = operands[position].count
        for place in 0..<size { moved[position].values[place] += v.values[index * size + place] }
        let there = try real(operation.values(of: Operands(values: moved.map { .real($0) }))[0])
        let difference = zip(there.values, try real(site.results[0]).values).map { $0 - $1 }
        #expect(
          distance(difference, Array(forward.values[(index * there.count)..<((index + 1) * there.count)])) < 1e-11)
      }
      let u = draw([2] + shape, &random)
      let wanted = operands.indices.map { $0 == position }
      let back = try #require(
        try operation.pullBack([Directions(count: 2, shape: shape, values: u.values)], at: site, wanted: wanted)[
          position])
      let (left, right) = (dot(u.values, forward.values), dot(back.values, v.values))
      #expect(abs(left - right) <= 1e-12 * max(1, abs(left), abs(right)) * 10)
    }
  }

  @Test func keepsDirectionsThatAreTheSameForEverySample() throws {
    let setting = Self.settings[1]
    let (x, w, b) = arrays(setting, images: 3)
    let operands = Operands<Double>(values: [.real(x), .real(w), .real(b)])
    let site = Site(operands: operands, results: try setting.operation.values(of: operands))
    var random = SeededGenerator(seed: 2)
    let row = [1] + x.shape.dropFirst()
    let given = Directions(count: 2, shape: row, values: draw([2] + row, &random).values)
    let short = try #require(try setting.operation.pushForward([given, nil, nil], at: site)[0])
    #expect(short.shape[0] == 1)
    let long = try #require(try setting.operation.pushForward([given.expanded(to: x.shape), nil, nil], at: site)[0])
    #expect(distance(short.expanded(to: long.shape).values, long.values) < 1e-14)
  }

  @Test func refusesWhatDoesNotGoTogether() {
    func reason(_ x: [Int], _ w: [Int], transposed: Bool = false, _ change: (inout Convolution) -> Void = { _ in })
      -> String
    {
      var operation = Convolution(window: WindowParameters(), isTransposed: transposed)
      change(&operation)
      let operands = Operands<Double>(values: [
        .real(NDArray(shape: x, repeating: 0)), .real(NDArray(shape: w, repeating: 0)),
      ])
      do {
        _ = try operation.values(of: operands)
        return "nothing"
      } catch { return error.reason }
    }
    #expect(reason([1, 2], [3, 2]) == "1×2 has no axes behind samples and channels")
    #expect(
      reason([1, 2, 5], [3, 2, 3, 3]) == "weights 3×2×3×3 do not go with 1×2×5: the numbers of axes must be equal")
    #expect(
      reason([1, 2, 5], [3, 2, 3]) { $0.groups = 0 } == "attribute 'group' is 0; it must be from 1 to the 2 channels")
    #expect(
      reason([1, 3, 5], [3, 2, 3]) == "weights 3×2×3 in 1 groups do not go with the 3 channels of 1×3×5")
    #expect(
      reason([1, 2, 5], [3, 2, 7])
        == "a window that spans 7 does not fit into the 5 entries of axis 2, padded to 5")
    #expect(
      reason([1, 2, 5], [3, 2, 3]) { $0.window.taps = [4] } == "attribute 'kernel_shape' is 4; the weights have 3")
    #expect(
      reason([1, 2, 5], [2, 3, 3], transposed: true) { $0.addedPlaces = [-1] }
        == "attribute 'output_padding' contains -1; it must be from 0 to 67108864")
    #expect(
      reason([1, 2, 1], [2, 3, 3], transposed: true) { $0.window.pads = [2, 2] }
        == "padding of 2 and 2 leaves nothing of the 3 entries of axis 2")
    #expect(
      reason([1, 2, 1], [2, 3, 3], transposed: true) { $0.resultPlaces = [1 << 26] }
        == "a result of 1×3×67108864 numbers is beyond the limit of 67108864")
    #expect(
      reason([1, 1, 70_000], [1, 1, 35_000])
        == "a window of 35000 over 70000 is beyond the limit of 16777216 numbers unfolded")
  }
}
