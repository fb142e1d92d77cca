import Foundation
import LinearAlgebra
import Testing

@testable import Networks

/// Padding, resizing and pooling beyond ONNX's node tests: laws, and what a file may not ask for.
@Suite struct ResizingTests {
  /// A model of one node on an input `x` of doubles, with constants as further operands.
  private func model(
    _ operation: String, _ shape: [Int], opset: Int = 19, _ attributes: [[UInt8]] = [], results: [String] = ["y"],
    operands: [String] = [], _ fill: (inout ModelWriter) -> Void = { _ in }
  ) -> ModelWriter {
    var model = ModelWriter()
    model.opset = opset
    model.input("x", shape, type: 11)
    fill(&model)
    model.node(operation, ["x"] + operands, results, attributes)
    for (index, result) in results.enumerated() { model.output(result, [], type: index == 0 ? 11 : 7) }
    return model
  }

  private func resize(_ shape: [Int], scales: [Double], _ attributes: [[UInt8]] = [], region: [Double] = [])
    -> ModelWriter
  {
    model("Resize", shape, attributes, operands: ["region", "scales"]) {
      $0.weights("region", [region.count], region)
      $0.weights("scales", [scales.count], scales)
    }
  }

  private func resize(_ shape: [Int], sizes: [Int], _ attributes: [[UInt8]] = []) -> ModelWriter {
    model("Resize", shape, attributes, operands: ["", "", "sizes"]) { $0.integers("sizes", sizes) }
  }

  private func pad(_ shape: [Int], _ pads: [Int], _ mode: String = "constant") -> ModelWriter {
    model("Pad", shape, [ModelWriter.attribute("mode", mode)], operands: ["pads"]) { $0.integers("pads", pads) }
  }

  private func counting(_ shape: [Int]) -> NDArray<Double> {
    NDArray(shape: shape, values: (0..<shape.reduce(1, *)).map { Double($0 * 5 % 11 + 1) })
  }

  private func values(_ model: ModelWriter, _ x: NDArray<Double>) throws -> NDArray<Double> {
    try #require(try model.network().evaluate(["x": x])["y"])
  }

  /// Why a model is refused.
  private func refusal(_ model: ModelWriter, _ shape: [Int]) -> String {
    do {
      _ = try values(model, counting(shape))
      return "nothing is refused"
    } catch NetworkError.node(_, let reason) {
      return reason
    } catch {
      return "\(error)"
    }
  }

  @Test func theGlobalNormIsThatOfAllPlaces() throws {
    let x = NDArray(shape: [2, 3, 2, 2], values: (0..<24).map { Double($0 * 7 % 11) - 5 })
    for exponent in 1...3 {
      let found = try values(model("GlobalLpPool", x.shape, [ModelWriter.attribute("p", exponent)]), x)
      #expect(found.shape == [2, 3, 1, 1])
      for (channel, norm) in found.values.enumerated() {
        let sum = x.values[(4 * channel)..<(4 * channel + 4)].reduce(0) { $0 + pow(abs($1), Double(exponent)) }
        #expect(abs(norm - pow(sum, 1 / Double(exponent))) < 1e-12)
      }
    }
  }

  @Test func meetsTheMiddleWithoutRounding() throws {
    // The three results of a growth by 1.25 lie at 0.2, 1 and 1.8 of three: the second just at an entry.
    let x = NDArray(shape: [1, 1, 1, 3], values: [1, 2, 4])
    for (rounding, expected) in [("floor", [1.0, 2, 2]), ("ceil", [2, 2, 4])] {
      let attributes = [
        ModelWriter.attribute("mode", "nearest"), ModelWriter.attribute("nearest_mode", rounding),
        ModelWriter.attribute("coordinate_transformation_mode", "half_pixel_symmetric"),
      ]
      #expect(try values(resize(x.shape, scales: [1, 1, 1, 1.25], attributes), x).values == expected)
    }
  }

  @Test func aLengthCutToAWholeNumberStillCountsWhole() throws {
    // 4 × 0.6 = 2.4 entries: the last of the two lies at 3/1.4, as in ONNX's own example; ONNX Runtime takes 3/1.
    let x = NDArray(shape: [1, 1, 1, 4], values: [1, 2, 3, 4])
    let attributes = [
      ModelWriter.attribute("mode", "linear"),
      ModelWriter.attribute("coordinate_transformation_mode", "align_corners"),
    ]
    let found = try values(resize(x.shape, scales: [1, 1, 1, 0.6], attributes), x).values
    #expect(found.count == 2 && found[0] == 1 && abs(found[1] - (1 + 3 / 1.4)) < 1e-6)
  }

  @Test(
    arguments: ["nearest", "linear", "cubic"],
    ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_crop_and_resize"])
  func leavesAnArrayOfTheSameSizeAsItIs(_ mode: String, _ coordinates: String) throws {
    let x = counting([1, 2, 4, 5])
    let attributes = [
      ModelWriter.attribute("mode", mode), ModelWriter.attribute("coordinate_transformation_mode", coordinates),
    ]
    let region: [Double] = [0, 0, 0, 0, 1, 1, 1, 1]
    #expect(try values(resize(x.shape, scales: [1, 1, 1, 1], attributes, region: region), x) == x)
    if coordinates != "tf_crop_and_resize" {
      #expect(try values(resize(x.shape, sizes: x.shape, attributes), x) == x)
    }
  }

  @Test(arguments: ["nearest", "linear", "cubic"])
  func keepsConstantsConstant(_ mode: String) throws {
    let x = NDArray<Double>(shape: [1, 1, 6, 5], repeating: 3)
    for sizes in [[1, 1, 4, 2], [1, 1, 9, 11]] {
      for antialias in [0, 1] {
        let attributes = [ModelWriter.attribute("mode", mode), ModelWriter.attribute("antialias", antialias)]
        let y = try values(resize(x.shape, sizes: sizes, attributes), x)
        #expect(y.shape == sizes)
        for value in y.values { #expect(abs(value - 3) < 1e-14) }
      }
    }
  }

  @Test func readsScalesInThePrecisionTheyAreStoredIn() throws {
    let scale = Double(Float(0.7))
    #expect(try values(resize([1, 10], scales: [1, scale]), counting([1, 10])).shape == [1, 7])
  }

  @Test(arguments: ["constant", "edge", "reflect", "wrap"])
  func cutsOffWhatWasPadded(_ mode: String) throws {
    let x = counting([2, 4, 3])
    let padded = try values(pad(x.shape, [1, 3, 2, 0, 2, 1], mode), x)
    #expect(padded.shape == [3, 9, 6])
    #expect(try values(pad(padded.shape, [-1, -3, -2, 0, -2, -1], mode), padded) == x)
  }

  @Test func continuesAnArrayInEveryMode() throws {
    let x = NDArray<Double>(shape: [3], values: [1, 2, 3])
    #expect(try values(pad([3], [2, 1], "edge"), x).values == [1, 1, 1, 2, 3, 3])
    #expect(try values(pad([3], [5, 5], "reflect"), x).values == [2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2])
    #expect(try values(pad([3], [4, 2], "wrap"), x).values == [3, 1, 2, 3, 1, 2, 3, 1, 2])
    #expect(try values(pad([3], [-1, 2], "reflect"), x).values == [2, 3, 2, 3])
    #expect(try values(pad([3], [-3, 2]), x).values == [0, 0])
  }

  @Test func passesDirectionsToTheConstantOfAPad() throws {
    var model = ModelWriter()
    model.opset = 19
    model.input("x", [2], type: 11)
    model.input("c", [], type: 11)
    model.integers("pads", [1, 2])
    model.node("Pad", ["x", "pads", "c"], ["y"])
    model.output("y", [5], type: 11)
    let network = try model.network()
    let pair = try DifferentiablePair(network, output: "y", input: "c")
    let values: [Value<Double>] = [
      .real(NDArray(shape: [2], values: [4, 5])), .real(NDArray(shape: [], values: [-.infinity])),
    ]
    let given = zip(network.graph.inputs, values).map { (number: $0, value: $1) }
    let linearization = try pair.linearization(network, given)
    #expect(linearization.result.values == [-.infinity, 4, 5, -.infinity, -.infinity])
    let forward = try linearization.pushForward(Directions(count: 1, shape: [], values: [2]))
    #expect(forward.values == [2, 0, 0, 2, 2])
    let back = try linearization.pullBack(Directions(count: 1, shape: [5], values: [1, 10, 100, 1000, 10000]))
    #expect(back.values == [11001])
  }

  @Test func takesTheFirstOfEqualNumbers() throws {
    let kernel = [ModelWriter.attribute("kernel_shape", [2, 2])]
    let network = try model("MaxPool", [1, 1, 2, 3], kernel, results: ["y", "places"]).network()
    let x = NDArray<Double>(shape: [1, 1, 2, 3], values: [7, 7, 1, 7, 7, 7])
    let found = try network.evaluateValues([Value<Double>.real(x)])
    guard case .real(let largest) = found[0], case .whole(let places) = found[1] else {
      Issue.record("the results are of other kinds")
      return
    }
    #expect(largest.values == [7, 7])
    #expect(places.values == [0, 1])
    let pair = try DifferentiablePair(network, output: "y", input: "x")
    let back = try pair.linearization(network, [(number: network.graph.inputs[0], value: .real(x))])
      .pullBack(Directions(count: 1, shape: [1, 1, 1, 2], values: [1, 10]))
    #expect(back.values == [1, 10, 0, 0, 0, 0])
  }

  @Test(arguments: ["DCR", "CRD"])
  func comesBackFromDepthToSpace(_ mode: String) throws {
    let x = counting([2, 8, 3, 2])
    let attributes = [ModelWriter.attribute("blocksize", 2), ModelWriter.attribute("mode", mode)]
    let spread = try values(model("DepthToSpace", x.shape, attributes), x)
    #expect(spread.shape == [2, 2, 6, 4])
    #expect(try values(model("SpaceToDepth", spread.shape, attributes), spread) == x)
  }

  @Test func refusesWhatCannotBeResized() {
    let crop = [ModelWriter.attribute("coordinate_transformation_mode", "tf_crop_and_resize")]
    let larger = [ModelWriter.attribute("keep_aspect_ratio_policy", "not_smaller")]
    let refusals = [
      resize([1, 4], scales: [1, 0]), resize([1, 4], scales: [1, .nan]), resize([1, 4], scales: [1, -2]),
      resize([1, 4], scales: [1, .infinity]), resize([1, 4], scales: [1, 6e7]), resize([1, 4], scales: [2]),
      resize([1, 4], scales: []), resize([1, 4], sizes: [1, -1]), resize([1, 4], sizes: [1, 1 << 40]),
      resize([1, 4], sizes: [1 << 20, 1 << 20]), resize([1, 4], sizes: [4]),
      resize([1, 4], sizes: [1 << 26, 4], larger), resize([1, 4], scales: [1, 2], crop),
      resize([1, 4], scales: [1, 2], crop, region: [0, 0, 1]),
      resize([1, 4], scales: [1, 2], crop, region: [0, 0, .nan, 1]),
      resize([1, 4], scales: [1, 2], [ModelWriter.attribute("mode", "sinc")]),
      resize([1, 4], scales: [1, 2], [ModelWriter.attribute("nearest_mode", "outwards")]),
      model("Resize", [1, 4], crop, operands: ["", "scales"]) { $0.weights("scales", [2], [1, 2]) },
      model("Resize", [1, 4], operands: ["", "scales", "sizes"]) {
        $0.weights("scales", [2], [1, 2])
        $0.integers("sizes", [1, 8])
      },
      model("Upsample", [1, 4], opset: 9, [ModelWriter.attribute("mode", "cubic")]),
    ].map { refusal($0, [1, 4]) }
    #expect(
      refusals == [
        "a scale of 0.0 is given; it must be above 0 and at most 67108864",
        "a scale of nan is given; it must be above 0 and at most 67108864",
        "a scale of -2.0 is given; it must be above 0 and at most 67108864",
        "a scale of inf is given; it must be above 0 and at most 67108864",
        "a result of 1×240000000 numbers is beyond the limit of 67108864",
        "1 scales are given for 2 axes",
        "neither scales nor sizes are given",
        "a size of -1 is given; it must be from 0 to 67108864",
        "a size of 1099511627776 is given; it must be from 0 to 67108864",
        "a result of 1048576×1048576 numbers is beyond the limit of 67108864",
        "1 sizes are given for 2 axes",
        "a size of 268435456.0 is beyond the limit of 67108864",
        "the region has 0 bounds for 2 axes; each takes two",
        "the region has 3 bounds for 2 axes; each takes two",
        "the region has a bound of nan",
        "attribute 'mode' is 'sinc'; it must be nearest, linear or cubic",
        "attribute 'nearest_mode' is 'outwards', which is not known",
        "the region to crop is missing",
        "both scales and sizes are given",
        "attribute 'mode' is 'cubic'; it must be nearest or linear",
      ])
  }

  @Test func refusesToMakeEntriesOfNone() {
    #expect(
      refusal(resize([0, 4], sizes: [2, 4]), [0, 4]) == "axis 0 has no entries that could be resized to 2")
  }

  @Test func survivesARegionThatLies() throws {
    let crop = [
      ModelWriter.attribute("coordinate_transformation_mode", "tf_crop_and_resize"),
      ModelWriter.attribute("extrapolation_value", Float(9)), ModelWriter.attribute("mode", "cubic"),
    ]
    let x = counting([1, 4])
    for region in [[0, -1e308, 1, 1e308], [0, 1e308, 1, -1e308], [0, 5, 1, 6]] {
      let y = try values(resize(x.shape, scales: [1, 3], crop, region: region), x)
      #expect(y == NDArray(shape: [1, 12], repeating: 9))
    }
  }

  @Test func refusesWhatCannotBePadded() {
    let refusals = [
      pad([3], [1]), pad([3], [-2, -2]), pad([3], [1 << 40, 0]), pad([3], [1 << 25, 1 << 26]),
      pad([3], [-3, 1], "edge"), pad([3], [0, 0], "mirror"),
    ].map { refusal($0, [3]) }
    #expect(
      refusals == [
        "1 pads are given for 1 axes; each takes two",
        "pads of -2 and -2 cut off more than the 3 entries of axis 0",
        "a pad of 1099511627776 is beyond the limit of 67108864",
        "a result of 100663299 numbers is beyond the limit of 67108864",
        "an axis without entries cannot be continued",
        "attribute 'mode' is 'mirror'; it must be constant, reflect, edge or wrap",
      ])
  }

  @Test func refusesWhatCannotBePooled() {
    func pool(_ operation: String, _ attributes: [[UInt8]]) -> String {
      refusal(model(operation, [1, 4, 2, 2], attributes), [1, 4, 2, 2])
    }
    let refusals = [
      pool("AveragePool", []), pool("AveragePool", [ModelWriter.attribute("kernel_shape", [0, 1])]),
      pool("MaxPool", [ModelWriter.attribute("kernel_shape", [3, 1])]),
      pool("MaxPool", [ModelWriter.attribute("kernel_shape", [1 << 40, 1])]),
      pool(
        "MaxPool", [ModelWriter.attribute("kernel_shape", [1, 1]), ModelWriter.attribute("pads", [1, 0, 0, 0])]),
      pool(
        "AveragePool", [ModelWriter.attribute("kernel_shape", [1, 1]), ModelWriter.attribute("pads", [1, 0, 0, 0])]),
      pool("LpPool", [ModelWriter.attribute("kernel_shape", [1, 1]), ModelWriter.attribute("p", 0)]),
      pool("DepthToSpace", [ModelWriter.attribute("blocksize", 3)]),
      pool("SpaceToDepth", [ModelWriter.attribute("blocksize", 3)]),
      pool("SpaceToDepth", [ModelWriter.attribute("blocksize", 1 << 40)]),
    ]
    #expect(
      refusals == [
        "attribute 'kernel_shape' is missing",
        "attribute 'kernel_shape' contains 0; it must be from 1 to 67108864",
        "a window that spans 3 does not fit into the 2 entries of axis 2, padded to 2",
        "attribute 'kernel_shape' contains 1099511627776; it must be from 1 to 67108864",
        "some places of the window lie in the padding only",
        "place 0 of the window along axis 2 lies in the padding only",
        "attribute 'p' is 0; it must be from 1 to 64",
        "4 channels do not fill squares of 3×3",
        "2×2 entries do not consist of squares of 3×3",
        "attribute 'blocksize' is 1099511627776; it must be from 1 to 8192",
      ])
  }
}
