import Analysis
import Foundation
import LinearAlgebra
import Testing

@Suite struct DecodingTests {
  // MARK: Folds

  @Test(arguments: [([30, 30, 30, 30, 30, 30], 5), ([200], 5), ([60, 0, 41], 4)])
  func everyRowIsTestedOnceAndNeverLearntFromThen(lengths: [Int], count: Int) throws {
    let folds = try BlockedFolds(trialLengths: lengths, count: count, gap: 3)
    #expect(folds.folds.flatMap(\.test).sorted() == Array(0..<folds.rowCount))
    #expect(folds.blocks.flatMap { Array($0) } == Array(0..<folds.rowCount))
    var starts = Set<Int>()
    var start = 0
    for length in lengths {
      starts.insert(start)
      start += length
    }
    for fold in folds.folds {
      let test = Set(fold.test)
      #expect(test.isDisjoint(with: fold.training) && fold.training == fold.training.sorted())
      // Beside a cut within a trial, as many rows as the gap are in neither.
      for row in fold.training where lengths.filter({ $0 > 0 }).count < count {
        for near in 1...3 where test.contains(row + near) {
          #expect((row + 1...row + near).contains(where: starts.contains))
        }
      }
    }
  }

  @Test func foldsThatCannotBeMadeAreRefused() {
    #expect(message { try BlockedFolds(trialLengths: [100], count: 1) } == "folds: 1 given; at least 2 are needed")
    #expect(message { try BlockedFolds(trialLengths: [100], gap: -1) } == "gap is -1; it must be 0 or more")
    #expect(
      message { try BlockedFolds(trialLengths: [10], count: 5, gap: 20) }
        == "rows for 5 folds with a gap of 20: 10 given; at least 45 are needed")
  }

  // MARK: Decoders by their optimality

  @Test(arguments: [(80, 12), (20, 45)])
  func ridgeMapsSatisfyTheirNormalEquations(rows: Int, columns: Int) throws {
    var random = SeededGenerator(seed: 4)
    let features = Matrix<Double>.gaussian(rows, columns, using: &random)
    let targets = Matrix<Double>.gaussian(rows, 2, using: &random)
    let path = try RidgePath(features, targets)
    for penalty in [1e-3, 1, 50.0] {
      let weights = path.weights(penalty: penalty)
      let slope = features.transposed * (targets - features * weights)
      #expect((slope - penalty * weights).largestMagnitude < 1e-9 * slope.largestMagnitude + 1e-9)
    }
  }

  @Test func elasticNetsAreAtTheirMinimum() {
    var random = SeededGenerator(seed: 5)
    var features = Matrix<Double>.gaussian(60, 15, using: &random)
    // Two features that nearly coincide, and targets of few of them.
    for row in 0..<60 { features[row, 1] = features[row, 0] + 0.01 * random.gaussian() }
    let targets = Matrix(column: (0..<60).map { features[$0, 0] - 2 * features[$0, 5] + 0.1 * random.gaussian() })
    let net = ElasticNet(features, targets)
    for (penalty, share) in [(0.1, 0.4), (0.5, 1.0), (0.01, 0.0)] {
      let weights = net.weights(penalty: penalty, share: share)
      let slopes = (1.0 / 60) * (features.transposed * (targets - features * weights))
      for place in 0..<15 {
        let (weight, slope) = (weights[place, 0], slopes[place, 0] - penalty * (1 - share) * weights[place, 0])
        if weight == 0 {
          #expect(abs(slope) <= penalty * share + 1e-6)
        } else {
          #expect(abs(slope - (weight < 0 ? -1 : 1) * penalty * share) < 1e-5)
        }
      }
      if share == 1 { #expect(weights.entries.contains(0)) }
    }
  }

  @Test func ridgeOnKernelFeaturesIsKernelRidge() throws {
    var random = SeededGenerator(seed: 6)
    let points = Matrix<Double>.gaussian(70, 3, using: &random)
    let targets = Matrix<Double>.gaussian(70, 1, using: &random)
    let queries = Matrix<Double>.gaussian(9, 3, using: &random)
    let kernels = KernelFeatures(of: points)
    let map = try kernels.map(width: 0.7)
    func kernel(_ left: Matrix<Double>, _ right: Matrix<Double>) -> Matrix<Double> {
      Matrix(
        rowCount: left.rowCount, columnCount: right.rowCount,
        entries: (0..<left.rowCount).flatMap { row in
          (0..<right.rowCount).map { column in
            let square = zip(left.row(row), right.row(column)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            return exp(-square / (2 * pow(0.7 * kernels.scale, 2)))
          }
        })
    }
    let whole = kernel(points, points) + 0.3 * Matrix.identity(70)
    let direct = kernel(queries, points) * (try LeastSquares(whole, targets).solution)
    let path = try RidgePath(map.features(of: points), targets)
    #expect((map.features(of: queries) * path.weights(penalty: 0.3) - direct).largestMagnitude < 1e-8)
    // Of more points than landmarks, every so many is one.
    #expect(KernelFeatures(of: points, most: 7).landmarks.row(3) == points.row(30))
  }

  // MARK: What can be told

  private func told(
    _ target: (Double, Double) -> Double, noise: Double = 0, by method: DecodingMethod
  ) throws -> Decoding {
    var random = SeededGenerator(seed: 7)
    let points = Matrix<Double>.gaussian(600, 4, using: &random)
    let targets = Matrix(column: (0..<600).map { target(points[$0, 0], points[$0, 1]) + noise * random.gaussian() })
    let folds = try BlockedFolds(trialLengths: Array(repeating: 60, count: 10))
    return try Decoding(of: targets, from: points, by: method, folds: folds)
  }

  @Test(arguments: DecodingMethod.allCases)
  func sumsAreToldByAllAndProductsByTheNonlinearOnes(method: DecodingMethod) throws {
    let sum = try told({ 3 * $0 - $1 + 5 }, by: method).determination[0]
    let product = try told({ $0 * $1 }, by: method).determination[0]
    switch method {
    case .ridge, .elasticNet: #expect(sum > 0.9999 && product < 0.1)
    case .kernel: #expect(sum > 0.999 && product > 0.95)
    case .neighbours: #expect(sum > 0.8 && product > 0.4)
    }
  }

  @Test(arguments: DecodingMethod.allCases)
  func whatHasNothingToDoWithThePointsIsNotTold(method: DecodingMethod) throws {
    let found = try told({ _, _ in 0 }, noise: 1, by: method)
    #expect(abs(found.determination[0]) < 0.05)
    var random = SeededGenerator(seed: 1)
    let interval = try found.interval(ofTarget: 0, using: &random)
    #expect(interval.lower < 0.01 && interval.upper > -0.05 && interval.value == found.determination[0])
  }

  @Test func slowSignalsAreNotToldFromTheTimeTheyHaveInCommon() throws {
    // Two random walks: with rows split at random, near times tell each other's values; blocks with a gap do not let them.
    var random = SeededGenerator(seed: 8)
    var (clock, walk): ([Double], [Double]) = ([], [])
    var state = 0.0
    for time in 0..<1000 {
      state += random.gaussian()
      clock.append(Double(time))
      walk.append(state)
    }
    let folds = try BlockedFolds(trialLengths: [1000], count: 5, gap: 20)
    let found = try Decoding(of: Matrix(column: walk), from: Matrix(column: clock), by: .neighbours, folds: folds)
    #expect(found.determination[0] < 0.5)
    let mixed = try BlockedFolds(trialLengths: Array(repeating: 1, count: 1000), count: 5)
    let leaking = try Decoding(of: Matrix(column: walk), from: Matrix(column: clock), by: .neighbours, folds: mixed)
    #expect(leaking.determination[0] > 0.98)
  }

  @Test(arguments: [DecodingMethod.kernel, .neighbours])
  func delaysOfOneLorenzCoordinateTellTheOthers(method: DecodingMethod) throws {
    let recording = try ReferenceSignals.recording(.lorenz, 6000, 0.02, discarded: 2500)
    let samples = recording.trajectories[0].samples
    let (dimension, lag) = (6, 4)
    let first = (dimension - 1) * lag
    let rows = Array(first..<6000)
    let delays = Matrix(
      rowCount: rows.count, columnCount: dimension,
      entries: rows.flatMap { time in (0..<dimension).map { samples[time - lag * $0, 0] } })
    let folds = try BlockedFolds(trialLengths: [rows.count], count: 5, gap: 50)
    let found = try Decoding(of: samples.selectingRows(rows).columns(1..<3), from: delays, by: method, folds: folds)
    for value in found.determination { #expect(value >= 0.99) }
    // The linear decoder tells y, which is a combination of x and its change, and not z, whose sign says nothing.
    let linear = try Decoding(of: samples.selectingRows(rows).columns(1..<3), from: delays, by: .ridge, folds: folds)
    #expect(linear.determination[0] > 0.97 && linear.determination[1] < 0.1)
  }

  @Test func rowsThatDoNotCorrespondAreRefused() throws {
    let folds = try BlockedFolds(trialLengths: [10, 10, 10], count: 3)
    let (points, targets) = (Matrix<Double>.zeros(30, 2), Matrix<Double>.zeros(29, 1))
    #expect(
      message { try Decoding(of: targets, from: points, by: .ridge, folds: folds) }
        == "number of targets is 29; it must be 30")
    let two = try BlockedFolds(trialLengths: [15, 15], count: 2)
    #expect(
      message { try Decoding(of: Matrix.zeros(30, 1), from: points, by: .ridge, folds: two) }
        == "folds, as one is tested and one is chosen by: 2 given; at least 3 are needed")
    #expect(message { try RidgePath(points, targets) } == "number of targets is 29; it must be 30")
  }
}

private func message(_ body: () throws -> some Any) -> String {
  do {
    _ = try body()
    return "nothing was thrown"
  } catch let error as AnalysisError { return error.message } catch { return "\(error)" }
}
