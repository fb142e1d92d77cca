import Diagnostics
import Exhibits
import Foundation
import Networks
import Probing
import Testing

@testable import Probes

@Suite struct JacobianSpectrumTests {
  private func bench() throws -> TestBench {
    var networks: [String: Network] = [:]
    for name in ["wide", "nilpotent", "curved", "noise-ve", "image"] {
      networks[name] = try TestFiles.fixture(name)
    }
    return TestBench(
      networks: networks,
      arrays: [
        "four": NDArray(shape: [9, 4], values: (0..<36).map { Double($0) / 36 }),
        "two": NDArray(shape: [3, 2], values: [0.3, -1, 0, 0, 2, 5]),
        "nine": NDArray(shape: [9, 2], values: (0..<9).flatMap { [Double($0) / 3 - 1, 5] }),
        "six": GaussianData.six.points(8),
        "empty": NDArray(shape: [0, 4], values: []), "bad": NDArray(shape: [1, 4], values: [0, .nan, 0, 0]),
      ])
  }

  private func finding(_ written: WrittenValue) throws -> JacobianSpectrumFinding {
    try JacobianSpectrum.finding(written, on: bench())
  }

  private func refusal(_ written: WrittenValue) throws -> String? { JacobianSpectrum.refusal(written, on: try bench()) }

  @Test func findsTheSingularValuesOfAMatrix() throws {
    let found = try finding(["network": "wide", "points": "four"])
    #expect((found.outputSize, found.inputSize) == (3, 4))
    #expect(found.singularValues.count == 9)
    for values in found.singularValues { #expect(largestDifference(values, [3, 2, 0.5]) < 1e-14) }
    #expect(largestDifference(found.meanSingularValues, [3, 2, 0.5]) < 1e-14)
    #expect(abs(found.largest - 3) < 1e-14)
    #expect(abs(found.stableRank - 13.25 / 9) < 1e-14)
    #expect(found.symmetricEigenvalues == nil && found.symmetryDefects == nil && found.symmetryDefect == nil)
    #expect(found.exhibits.map(\.name) == ["spectra", "summary"])
    #expect(found.caveats.isEmpty)
  }

  @Test func findsTheSymmetricPartOfASquareMatrix() throws {
    let found = try finding(["network": "nilpotent", "points": "two"])
    #expect(largestDifference(found.singularValues[0], [2, 0]) < 1e-15)
    #expect(largestDifference(found.symmetricEigenvalues?[0] ?? [], [-1, 1]) < 1e-15)
    #expect(abs((found.symmetryDefect ?? 0) - 1) < 1e-15)
    #expect(found.exhibits.map(\.name) == ["spectra", "eigenvalues", "summary"])
  }

  @Test func differentiatesACurvedMapWhereItIs() throws {
    // More points than the first few that tell the size.
    let found = try finding(["network": "curved", "points": "nine", "given": ["gain": 3]])
    #expect(found.singularValues.count == 9)
    for (values, x) in zip(found.singularValues, (0..<9).map { Double($0) / 3 - 1 }) {
      // J = [[1, 2], [cos x, 0], [6x, 0]]: the squares add to ‖J‖², and their product is det JᵀJ.
      let square = cos(x) * cos(x) + 36 * x * x
      #expect(isClose(values[0] * values[0] + values[1] * values[1], 5 + square, within: 1e-13))
      #expect(isClose(values[0] * values[0] * values[1] * values[1], 4 * square, within: 1e-13))
      #expect(values[0] >= values[1])
    }
  }

  @Test func takesInputsByNameAndPosition() throws {
    let named = try finding([
      "network": "noise-ve", "points": "six", "input": "x", "output": "out", "given": ["level": 0.4],
    ])
    let placed = try finding(["network": "noise-ve", "points": "six", "input": 0, "output": 0, "given": ["1": 0.4]])
    #expect(named.singularValues == placed.singularValues)
    // σ ε̂ has the Jacobian t/(t + λ) for the reflected axes; ε̂ itself has it over σ.
    #expect(largestDifference(named.meanSingularValues, GaussianData.six.spectrum(0.16).map { $0 / 0.4 }) < 1e-13)
    #expect((named.symmetryDefect ?? 1) < 1e-14)
  }

  @Test func restoresTheAxesOfAnImage() throws {
    let image = try finding(["network": "image", "points": "six", "given": ["sigma": 0.4]])
    let flat = try finding(["network": "noise-ve", "points": "six", "given": ["level": 0.4]])
    #expect(largestDifference(image.meanSingularValues, flat.meanSingularValues) < 1e-13)
  }

  @Test func measuresInSinglePrecision() throws {
    let found = try finding(["network": "wide", "points": "four", "precision": "float32"])
    #expect(largestDifference(found.meanSingularValues, [3, 2, 0.5]) < 1e-6)
  }

  @Test func warnsOfFewPoints() throws {
    let one = try finding(["network": "wide", "points": ["from": "four", "count": 1]])
    #expect(one.caveats == [Caveat("few-points", "only 1 point was measured; spectra vary from point to point")])
    let seven = try finding(["network": "wide", "points": ["from": "four", "count": 7]])
    #expect(seven.caveats.map(\.message) == ["only 7 points were measured; spectra vary from point to point"])
    #expect(try finding(["network": "wide", "points": ["from": "four", "count": 8]]).caveats.isEmpty)
  }

  @Test func drawsZerosOnALinearAxis() throws {
    func scale(_ found: JacobianSpectrumFinding) -> Axis.Scale? {
      guard case .figure(let figure)? = found.exhibits.first?.content else { return nil }
      return figure.panels[0].y.scale
    }
    #expect(scale(try finding(["network": "wide", "points": "four"])) == .log10)
    #expect(scale(try finding(["network": "nilpotent", "points": "two"])) == .linear)
  }

  @Test func saysHowManyPointsItDraws() throws {
    let many = TestBench(
      networks: ["wide": try TestFiles.fixture("wide")], arrays: ["x": NDArray(shape: [40, 4], repeating: 0.5)])
    let found = try JacobianSpectrum.finding(["network": "wide", "points": "x"], on: many)
    #expect(
      found.exhibits[0].caption
        == "Singular values of the 3×4 Jacobian: the mean over 40 points and the first 32 points (pale).")
    #expect(
      try finding(["network": "wide", "points": "four"]).exhibits[0].caption
        == "Singular values of the 3×4 Jacobian: the mean over 9 points and each point (pale).")
  }

  @Test func saysWhatDoesNotFit() throws {
    #expect(
      try refusal(["network": "wide", "points": "two"]) == "points have 2 coordinates; the network's input is batch×4")
    #expect(
      try refusal(["network": "curved", "points": "two"])
        == "'given.gain' is missing: the network's input 'gain' needs a value")
    #expect(
      try refusal(["network": "curved", "points": "two", "given": ["gian": 1]])
        == "unknown input 'gian' | did you mean 'gain'?")
    #expect(
      try refusal(["network": "curved", "points": "two", "given": ["gain": 1, "x": 2]])
        == "'given.x' is 2.0; it must be left out: the points are given to 'x'")
    #expect(
      try refusal(["network": "curved", "points": "two", "given": ["1": 1, "gain": 2]])
        == "'given.gain' is 2.0; it must be left out: 'gain' has a value already")
    #expect(
      try refusal(["network": "wide", "points": "four", "input": "y"]) == "unknown input 'y' | use one of 'x'")
    #expect(
      try refusal(["network": "wide", "points": "four", "output": "2"]) == "unknown output '2' | use one of 'out'")
    #expect(
      try refusal(["network": "wide", "points": "fuor"])
        == "source 'fuor' is neither a cell nor a file | did you mean 'four'?")
    #expect(
      try refusal(["network": "wide", "points": "empty"])
        == "array 'empty' is 0×4; it must be points × coordinates, with at least one point")
    #expect(
      try refusal(["network": "wide", "points": "bad"])
        == "array 'bad' has 1 NaN or infinite value; every value must be finite")
    #expect(
      try refusal(["network": "wide"]) == "'points.from' is missing: say where the points are: a file or a source cell")
    #expect(
      try refusal(["network": "wide", "points": ["from": "four", "count": 0]])
        == "'points.count' is 0; it must be at least 1")
    #expect(
      try refusal(["network": "wide", "points": "four", "precision": "float16"])
        == "'precision' is 'float16', which is not one of its choices | did you mean 'float32'?")
  }
}
