import Checkpoints
import Diagnostics
import LinearAlgebra
import Networks
import Probing
import Synchronization
import Testing

@testable import Probes

/// Spectra from products alone, held against those of whole Jacobians.
@Suite struct PartialSpectrumTests {
  private func bench(_ folder: String) throws -> TestBench {
    TestBench(
      networks: ["net": try TestFiles.checkpoint(folder)],
      arrays: ["points.npy": try TestFiles.array("\(folder)/points.npy")])
  }

  private func gap(_ folder: String, _ written: WrittenValue) throws -> SpectralGapFinding {
    let whole: WrittenValue = ["network": "net", "points": ["from": "points.npy", "count": 8]]
    return try SpectralGap.finding(whole.with(written), on: bench(folder))
  }

  static let checkpoints: [(folder: String, written: WrittenValue, count: Int)] = [
    ("linear-two-variances", ["predicts": "edm", "process": "edm", "sigmas": [0.01, 0.316]], 48),
    ("linear-one-variance", ["predicts": "noise", "process": "ve", "sigmas": [0.01, 0.178]], 48),
    ("sphere", ["predicts": "flow", "process": "flow", "sigmas": [0.05, 0.3]], 8),
    ("digits", ["predicts": "noise", "process": "ddpm", "times": [10, 100]], 40),
  ]

  @Test(arguments: checkpoints.indices) func lanczosShowsTheGapsOfTheWholeJacobian(index: Int) throws {
    let (folder, written, count) = Self.checkpoints[index]
    let dense = try gap(folder, written)
    let found = try gap(folder, written.with(["method": "lanczos", "count": WrittenValue(.integer(count))]))
    #expect(dense.method == .dense && found.method == .lanczos)
    let request = try SpectralGap.reading(
      WrittenValue(.record([])).with(["network": "net", "points": ["from": "points.npy", "count": 8]]).with(written))
    let probe = try #require(request.probe as? SpectralGap)
    let subject = try probe.gather(from: bench(folder))
    for (level, whole) in zip(found.levels, dense.levels) {
      #expect(level.sigma == whole.sigma && level.partial.count == 8)
      // The values found are those of the whole denoiser's Jacobian.
      var scaled = subject.points
      let place = try #require(subject.levels.first { $0.sigma == level.sigma })
      for i in scaled.values.indices { scaled.values[i] *= place.signal }
      let matrices = try subject.score.normalizedJacobian(at: scaled, level: place).matrices
      for (matrix, partial) in zip(matrices, level.partial) {
        let all = try singularValues(of: matrix + .identity(matrix.rowCount))
        #expect(partial.convergedCount == partial.values.count)
        #expect(largestDifference(partial.values, Array(all.prefix(partial.values.count))) < 1e-8)
      }
      // And mirror the score's own up to the asymmetry.
      let tail = Array(whole.singularValues.suffix(level.singularValues.count))
      let skew = 2 * (whole.symmetryDefect ?? 0) * Double(dense.ambientDimension).squareRoot()
      #expect(largestDifference(level.singularValues, tail) <= skew + 1e-8)
      #expect(abs(level.flipd - whole.flipd) < 0.05 * Double(dense.ambientDimension))
    }
    if folder != "digits" { #expect(found.dimension == dense.dimension) }
  }

  @Test func anExactScoresSpectrumIsTheWholeOnesToo() throws {
    let data = GaussianData.twoVariances
    let bench = TestBench(
      networks: ["net": try TestFiles.fixture("two-variances")], arrays: ["points": data.points(2)])
    let written: WrittenValue = [
      "network": "net", "predicts": "noise", "process": "ve", "points": "points", "sigmas": [0.03, 0.3], "count": 48,
    ]
    let dense = try SpectralGap.finding(written, on: bench)
    for method in ["lanczos", "randomized"] {
      let found = try SpectralGap.finding(written.with(["method": WrittenValue(.text(method))]), on: bench)
      for (level, whole) in zip(found.levels, dense.levels) {
        #expect(largestDifference(level.singularValues, Array(whole.singularValues.suffix(48))) < 1e-8)
        #expect(level.dimension == whole.dimension && level.phase == whole.phase)
        #expect(abs(level.gaps[0].width - whole.gaps[0].width) < 1e-8)
      }
      #expect(found.caveats.map(\.name) == dense.caveats.map(\.name))
    }
    let few = try SpectralGap.finding(written.with(["method": "lanczos", "count": 6, "sigmas": 0.03]), on: bench)
    #expect(
      few.caveats.first { $0.name == "beyond-count" }?.message
        == "at 1 of 1 levels (σ from 0.03 to 0.03) a gap wider than the one found may lie beyond the 6 known values; ask for more with 'count'"
    )
  }

  @Test func lanczosFindsTheLargestValuesOfAnyJacobian() throws {
    let written: WrittenValue = [
      "network": "net", "points": ["from": "points.npy", "count": 8], "given": ["1": 40],
    ]
    let dense = try JacobianSpectrum.finding(written, on: bench("digits"))
    let found = try JacobianSpectrum.finding(written.with(["method": "lanczos", "count": 10]), on: bench("digits"))
    #expect(dense.method == .dense && dense.partial.isEmpty && found.method == .lanczos)
    for (values, whole) in zip(found.singularValues, dense.singularValues) {
      #expect(largestDifference(values, Array(whole.prefix(10))) < 1e-8)
    }
    #expect(abs(found.stableRank - dense.stableRank) < 0.2 * dense.stableRank)
    #expect(found.symmetricEigenvalues == nil)
    #expect(
      found.exhibits[0].caption.hasPrefix(
        "The 10 largest singular values of the 64×64 Jacobian, by Golub–Kahan–Lanczos from "))
  }

  /// x²/2, whose Jacobian has the coordinates themselves on its diagonal, and one point of n, n − 1, … 1, over n.
  private func squares(_ size: Int) throws -> TestBench {
    let recipe = """
      {"recipe": 1, "inputs": {"x": ["batch", \(size)]}, "steps": ["y = x * x / 2"], "outputs": {"y": ["batch", \(size)]}}
      """
    return TestBench(
      networks: ["net": try Network(reading: Bytes(Array(recipe.utf8)), name: "squares")],
      arrays: ["x": NDArray(shape: [1, size], values: (0..<size).map { Double(size - $0) / Double(size) })])
  }

  @Test func theMethodOfAJacobianGoesByItsSize() throws {
    let written: WrittenValue = ["network": "net", "points": "x", "count": 3]
    let small = try JacobianSpectrum.finding(written, on: squares(1024))
    #expect(small.method == .dense && small.singularValues[0].count == 1024)
    let large = try JacobianSpectrum.finding(written, on: squares(1025))
    #expect(large.method == .lanczos && large.singularValues[0].count == 3)
    for (index, (value, bound)) in zip(large.singularValues[0], large.partial[0].errorBounds).enumerated() {
      #expect(abs(value - Double(1025 - index) / 1025) <= max(bound, 1e-8))
    }
    #expect(
      try JacobianSpectrum.refusal(written.with(["method": "dense"]), on: squares(3073))
        == "'method' is 'dense' for a Jacobian of 3073×3073; it must be 'lanczos' or 'randomized' where both sides are above 3072"
    )
  }

  @Test func theMethodOfASpectralGapGoesByItsSize() throws {
    func method(_ size: Int, _ asked: WrittenValue = "automatic") throws -> SpectralGap.Method {
      let recipe = """
        {"recipe": 1, "inputs": {"x": ["batch", \(size)], "sigma": ["batch"]},
         "steps": ["level = reshape(sigma, -1, 1)", "y = x * level / (level * level + 1)"],
         "outputs": {"y": ["batch", \(size)]}}
        """
      let bench = TestBench(
        networks: ["net": try Network(reading: Bytes(Array(recipe.utf8)), name: "noise")],
        arrays: ["x": NDArray(shape: [1, size], repeating: 0.5)])
      let request = try SpectralGap.reading(
        ["network": "net", "points": "x", "predicts": "noise", "process": "ve", "sigmas": 0.1, "method": asked])
      return try #require(request.probe as? SpectralGap).gather(from: bench).method
    }
    #expect(try method(1024) == .dense && method(1025) == .lanczos && method(3072, "dense") == .dense)
    let refusal = #expect(throws: ParameterError.self) { try method(3073, "dense") }
    #expect(
      refusal?.message
        == "'method' is 'dense' where points have 3073 coordinates; it must be 'lanczos' or 'randomized' above 3072")
  }

  @Test func valuesOnKinksAreADoubt() throws {
    let recipe = """
      {"recipe": 1, "inputs": {"x": ["batch", 2]}, "steps": ["y = relu(x) + clip(x, 0, 2)"], "outputs": {"y": ["batch", 2]}}
      """
    let network = try Network(reading: Bytes(Array(recipe.utf8)), name: "kinked")
    func doubts(_ values: [Double]) throws -> [Caveat] {
      try JacobianSpectrum.finding(
        ["network": "net", "points": "x"],
        on: TestBench(networks: ["net": network], arrays: ["x": NDArray(shape: [8, 2], values: values)])
      ).caveats
    }
    #expect(try doubts([Double](repeating: 0.5, count: 16)).isEmpty)
    let found = try doubts([0, 1, 0, 0] + [Double](repeating: 0.5, count: 12))
    #expect(found.map(\.name) == ["ties"])
    #expect(found.first?.message.hasPrefix("3 values sit on a kink of ") == true, "\(found)")
    #expect(found.first?.message.hasSuffix(" by convention; others do at 1 more kink") == true, "\(found)")
  }

  @Test func theDensityHasTheMassOfEveryBulk() throws {
    // ε̂'s Jacobian has the values t/(t + λ)/σ: 60 of 1/σ, 30 and 10 below, for the variances 0, 0.01 and 1.
    let bench = TestBench(
      networks: ["net": try TestFiles.fixture("two-variances")], arrays: ["x": GaussianData.twoVariances.points(4)])
    let sigma = 0.1
    let found = try JacobianSpectrum.finding(
      ["network": "net", "points": "x", "given": ["1": WrittenValue(.number(sigma))], "method": "density"], on: bench)
    let density = try #require(found.density)
    let step = density.grid[1] - density.grid[0]
    #expect(density.density.allSatisfy { $0 >= 0 } && density.standardErrors.allSatisfy { $0 >= 0 })
    #expect(abs(density.density.reduce(0, +) * step - density.density[0] * step / 2 - 1) < 1e-3)
    let t = sigma * sigma
    for (value, share) in [(1 / sigma, 0.6), (t / (t + 0.01) / sigma, 0.3), (t / (t + 1) / sigma, 0.1)] {
      let near = density.grid.indices.filter { abs(density.grid[$0] - value) < 5 * density.bandwidth }
      let mass = near.reduce(0) { $0 + density.density[$1] * (density.grid[$1] == 0 ? step / 2 : step) }
      // Of 32 random vectors of 100 signs the share of a bulk scatters by less than this.
      #expect(abs(mass - share) < 0.04, "\(value): \(mass)")
    }
    // Three distinct values are met exactly by as many steps, from every vector.
    for values in found.singularValues {
      #expect(values.count == 100)
      #expect(isClose(values[0], 1 / sigma, within: 1e-10) && isClose(values[99], t / (t + 1) / sigma, within: 1e-8))
    }
    #expect(isClose(found.largest, 1 / sigma, within: 1e-10))
    #expect(density.products <= 4 * 8 * 2 * 5)
    #expect(found.partial.isEmpty && found.symmetricEigenvalues == nil)
    #expect(found.exhibits.map(\.name) == ["spectra", "density", "summary"])
    #expect(
      found.exhibits[0].caption.hasPrefix(
        "Quantiles of the density of the singular values of the 100×100 Jacobian, by stochastic Lanczos quadrature from "
      )
    )
    let whole = try JacobianSpectrum.finding(
      ["network": "net", "points": "x", "given": ["1": WrittenValue(.number(sigma))]], on: bench)
    #expect(abs(found.stableRank - whole.stableRank) < 0.1 * whole.stableRank && whole.density == nil)
  }

  @Test func tellsHowFarItIs() throws {
    let written: WrittenValue = [
      "network": "net", "points": ["from": "points.npy", "count": 2], "predicts": "edm", "process": "edm",
      "sigmas": [0.1, 1],
    ]
    for (method, words) in [("dense", "200 of 200 directions"), ("lanczos", " products")] {
      let said = Mutex<[String]>([])
      let probe = try SpectralGap.reading(written.with(["method": WrittenValue(.text(method))])).probe
      let prepared = try probe.prepared(on: bench("linear-two-variances"))
      let loud = try prepared.measure(7) { line in said.withLock { $0.append(line) } }
      let lines = said.withLock { $0 }
      #expect(lines.first?.hasPrefix("level 1 of 2, ") == true && lines.last?.hasPrefix("level 2 of 2, ") == true)
      #expect(lines.contains { $0.hasSuffix(words) }, "\(lines.last ?? "")")
      #expect(try JSONValue(encoding: loud) == JSONValue(encoding: prepared.measure(7)))
    }
  }
}
