import LinearAlgebra

/// An ideal code with its geometry, to hold others against.
public struct CodeReference: Sendable, Hashable {
  /// The code.
  public let ideal: IdealCode
  /// Its geometry.
  public let geometry: CodeGeometry
  /// The shares of variance along its first principal components, fifteen at most.
  public let spectrum: [Double]
  /// Its coordinates less their mean.
  let centred: Matrix<Double>
  /// The distances between conditions, less their mean; empty where all are the same.
  let distances: [Double]

  init(_ ideal: IdealCode, grid: FactorGrid, design: FactorDesign) throws {
    self.ideal = ideal
    centred = ideal.activations.centredColumns
    let gram = centred.rowGram
    geometry = try CodeGeometry(gram: gram, grid: grid, design: design)
    let count = FactorizationAnalysis.componentCount
    if ideal.code == .conjunctive {
      // All the same.
      spectrum = Array(repeating: 1 / Double(grid.count - 1), count: min(count, grid.count - 1))
    } else {
      let values = try symmetricEigenvalues(of: centred.columnGram).reversed().map { max(0, $0) }
      let total = values.reduce(0, +)
      spectrum = values.prefix(count).map { $0 / total }
    }
    distances = CodeSimilarity.centredDistances(gram)
  }
}
