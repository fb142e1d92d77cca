/// The density of all singular values of an operator, or of the eigenvalues of its symmetric part, from a few steps of Lanczos'
/// process on random vectors.
///
/// Each random vector gives a quadrature: nodes and weights that stand for the whole spectrum. Their mean over vectors is an
/// estimate of the density, their scatter its error. Isolated values are met by nodes of their own; crowds are not resolved.
///
/// Laws: weights are at least 0, and those of one vector sum to 1; with as many steps as distinct values the nodes are the
/// values.
///
/// References: golub2010, ubaru2017.
public struct StochasticLanczosQuadrature: Sendable, Hashable, Codable {
  /// The nodes of each random vector, ascending.
  public let nodes: [[Double]]
  /// The weights of the nodes.
  public let weights: [[Double]]
  /// How many values the density is of.
  public let valueCount: Int
  /// How many vectors A was applied to.
  public let forwardCount: Int
  /// How many vectors Aᵀ was applied to.
  public let transposedCount: Int

  /// The density of the min(m, n) singular values.
  ///
  /// Throws: what the operator throws; `LinearAlgebraError.shapeMismatch`, `.notFinite`, `.notConverged`.
  public init<Operator: LinearOperator>(
    ofSingularValues map: Operator, probeCount: Int = 8, stepCount: Int = 40, using random: inout SeededGenerator,
    progress: ((Int) -> Void)? = nil
  ) throws {
    let isWide = map.rowCount < map.columnCount
    let (size, other) = isWide ? (map.rowCount, map.columnCount) : (map.columnCount, map.rowCount)
    var processes = try Self.starts(probeCount, size: size, other: other, using: &random)
    var (there, back) = (0, 0)
    for _ in 0..<min(stepCount, size) {
      let active = processes.indices.filter { processes[$0].isActive }
      guard !active.isEmpty else { break }
      let block = Matrix.rows(active.map { processes[$0].latest }, columnCount: size)
      let images = isWide ? try map.transposeImages(ofRows: block) : try map.images(ofRows: block)
      there += active.count
      for (row, index) in active.enumerated() { processes[index].takeImage(images.rows(row..<(row + 1))) }
      let going = active.filter { processes[$0].isActive }
      guard !going.isEmpty else { break }
      let turned = Matrix.rows(going.map { processes[$0].latestImage }, columnCount: other)
      let backs = isWide ? try map.images(ofRows: turned) : try map.transposeImages(ofRows: turned)
      back += going.count
      for (row, index) in going.enumerated() { processes[index].follow(backs.rows(row..<(row + 1))) }
      progress?(there + back)
    }
    self.init(
      try processes.map { try $0.quadratureOfSingularValues() }, valueCount: size,
      isWide ? (back, there) : (there, back))
  }

  /// The density of the n eigenvalues of (A + Aᵀ)/2.
  ///
  /// Throws: what the operator throws; `LinearAlgebraError.notSquare`, `.shapeMismatch`, `.notFinite`, `.notConverged`.
  public init<Operator: LinearOperator>(
    ofSymmetricEigenvalues map: Operator, probeCount: Int = 8, stepCount: Int = 40, using random: inout SeededGenerator,
    progress: ((Int) -> Void)? = nil
  ) throws {
    let size = map.columnCount
    guard map.rowCount == size else { throw LinearAlgebraError.notSquare("eigenvalues", shape: map.shapeText) }
    var processes = try Self.starts(probeCount, size: size, other: size, using: &random)
    var count = 0
    for _ in 0..<min(stepCount, size) {
      let active = processes.indices.filter { processes[$0].isActive }
      guard !active.isEmpty else { break }
      let block = Matrix.rows(active.map { processes[$0].latest }, columnCount: size)
      let images = 0.5 * (try map.images(ofRows: block) + map.transposeImages(ofRows: block))
      count += active.count
      for (row, index) in active.enumerated() { processes[index].takeSymmetricImage(images.rows(row..<(row + 1))) }
      progress?(2 * count)
    }
    self.init(try processes.map { try $0.quadratureOfEigenvalues() }, valueCount: size, (count, count))
  }

  private init(
    _ quadratures: [(nodes: [Double], weights: [Double])], valueCount: Int, _ counts: (forward: Int, transposed: Int)
  ) {
    nodes = quadratures.map(\.nodes)
    weights = quadratures.map(\.weights)
    self.valueCount = valueCount
    (forwardCount, transposedCount) = counts
  }

  private static func starts(
    _ count: Int, size: Int, other: Int, using random: inout SeededGenerator
  ) throws -> [VectorProcess] {
    guard size > 0 else { return [] }
    return (0..<max(1, count)).map { _ in
      VectorProcess(start: .signs(1, size, using: &random), imageSize: other)
    }
  }

  /// The mean of a function over the spectrum, and its standard error over the random vectors.
  public func mean(_ function: (Double) -> Double) -> (value: Double, standardError: Double) {
    let samples = zip(nodes, weights).map { zip($0, $1).reduce(0) { $0 + function($1.0) * $1.1 } }
    guard !samples.isEmpty else { return (0, 0) }
    let mean = samples.reduce(0, +) / Double(samples.count)
    guard samples.count > 1 else { return (mean, .infinity) }
    let squares = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(samples.count - 1) / Double(samples.count)).squareRoot())
  }

  /// How many values lie below a number, and the standard error of that.
  public func count(below bound: Double) -> (value: Double, standardError: Double) {
    let share = mean { $0 < bound ? 1 : 0 }
    return (share.value * Double(valueCount), share.standardError * Double(valueCount))
  }

  /// As many values as the spectrum has, descending, that share the density: an estimate of the sorted spectrum.
  public var quantiles: [Double] {
    let all = zip(nodes.joined(), weights.joined()).sorted { $0.0 > $1.0 }
    guard !all.isEmpty else { return [] }
    let total = all.reduce(0) { $0 + $1.1 }
    var (index, passed) = (0, all[0].1)
    return (0..<valueCount).map { rank in
      let wanted = (Double(rank) + 0.5) / Double(valueCount) * total
      while passed < wanted, index + 1 < all.count {
        index += 1
        passed += all[index].1
      }
      return all[index].0
    }
  }
}

/// Lanczos' process from one vector.
private struct VectorProcess {
  private var domain: OrthonormalRows
  private var range: OrthonormalRows
  /// The image of each vector along the range, or along the domain of a symmetric map.
  private var images: [[Double]] = []
  private var scale = 0.0
  private(set) var isActive = true

  init(start: Matrix<Double>, imageSize: Int) {
    domain = OrthonormalRows(dimension: start.columnCount)
    range = OrthonormalRows(dimension: imageSize)
    _ = domain.absorb(start, negligible: 0)
  }

  var latest: [Double] { domain.matrix.row(domain.count - 1) }
  var latestImage: [Double] { range.matrix.row(range.count - 1) }

  private mutating func negligible(_ image: Matrix<Double>) -> Double {
    scale = max(scale, image.frobeniusNorm)
    return scale * 64 * Double.ulpOfOne * Double(image.columnCount).squareRoot()
  }

  mutating func takeImage(_ image: Matrix<Double>) {
    let before = range.count
    images += range.absorb(image, negligible: negligible(image))
    isActive = range.count > before
  }

  mutating func follow(_ back: Matrix<Double>) {
    let before = domain.count
    _ = domain.absorb(back, negligible: negligible(back))
    isActive = domain.count > before
  }

  mutating func takeSymmetricImage(_ image: Matrix<Double>) {
    let before = domain.count
    images += domain.absorb(image, negligible: negligible(image))
    isActive = domain.count > before
  }

  func quadratureOfSingularValues() throws -> (nodes: [Double], weights: [Double]) {
    var projection = Matrix<Double>.zeros(range.count, images.count)
    for (column, image) in images.enumerated() {
      for (row, entry) in image.enumerated() { projection[row, column] = entry }
    }
    let factors = try SingularValueDecomposition(of: projection)
    var nodes = Array(factors.values.reversed())
    var weights = factors.values.indices.reversed().map { row in
      factors.rightVectorsTransposed[row, 0] * factors.rightVectorsTransposed[row, 0]
    }
    // What the map sends to 0 has no vector here.
    if range.count < images.count {
      nodes.insert(0, at: 0)
      weights.insert(max(0, 1 - weights.reduce(0, +)), at: 0)
    }
    return (nodes, weights)
  }

  func quadratureOfEigenvalues() throws -> (nodes: [Double], weights: [Double]) {
    var projection = Matrix<Double>.zeros(images.count, images.count)
    for (column, image) in images.enumerated() {
      for (row, entry) in image.prefix(images.count).enumerated() { projection[row, column] = entry }
    }
    let factors = try SymmetricEigendecomposition(of: projection)
    return (factors.values, factors.values.indices.map { factors.vectors[0, $0] * factors.vectors[0, $0] })
  }
}

extension Matrix<Double> {
  fileprivate static func rows(_ rows: [[Double]], columnCount: Int) -> Matrix {
    Matrix(rowCount: rows.count, columnCount: columnCount, entries: rows.flatMap { $0 })
  }
}
