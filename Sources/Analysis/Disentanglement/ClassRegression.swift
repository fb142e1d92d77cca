import Foundation
import LinearAlgebra

/// Multinomial logistic regression without a penalty, every class weighing alike, by a quasi-Newton method of limited memory.
///
/// References: liu1989.
public struct ClassRegression: Sendable, Hashable {
  private let scaling: ColumnScaling
  /// (features + 1) × classes.
  private let weights: Matrix<Double>

  private static let mostSteps = 100
  private static let memory = 10

  /// Fits features, as rows, to classes.
  ///
  /// Throws: `AnalysisError.sizeMismatch` for other samples.
  public init(_ features: Matrix<Double>, _ labels: [Int], classCount: Int) throws(AnalysisError) {
    guard labels.count == features.rowCount else {
      throw .sizeMismatch("number of labels", size: "\(labels.count)", expected: "\(features.rowCount)")
    }
    scaling = ColumnScaling(of: features)
    let design = Self.design(scaling.scaled(features))
    let sizes = labels.reduce(into: [Int](repeating: 0, count: classCount)) { $0[$1] += 1 }
    let present = Double(max(1, sizes.count { $0 > 0 }))
    let importance = labels.map { 1 / (present * Double(sizes[$0])) }
    /// The mean cross-entropy and its gradient.
    func loss(_ weights: Matrix<Double>) -> (value: Double, gradient: Matrix<Double>) {
      var scores = design * weights
      var value = 0.0
      for row in labels.indices {
        let start = row * classCount
        let most = scores.entries[start..<(start + classCount)].max() ?? 0
        var sum = 0.0
        for place in start..<(start + classCount) {
          scores.entries[place] = exp(scores.entries[place] - most)
          sum += scores.entries[place]
        }
        value -= importance[row] * log(max(scores.entries[start + labels[row]] / sum, .leastNormalMagnitude))
        for place in start..<(start + classCount) { scores.entries[place] *= importance[row] / sum }
        scores.entries[start + labels[row]] -= importance[row]
      }
      return (value, design.transposed * scores)
    }
    var weights = Matrix<Double>.zeros(design.columnCount, classCount)
    var current = loss(weights)
    var (steps, changes): ([Matrix<Double>], [Matrix<Double>]) = ([], [])
    for _ in 0..<Self.mostSteps where current.gradient.frobeniusNorm > 1e-7 {
      var direction = Self.direction(current.gradient, steps, changes)
      var slope = direction.innerProduct(with: current.gradient)
      if slope >= 0 {
        direction = -1 * current.gradient
        slope = direction.innerProduct(with: current.gradient)
      }
      var length = 1.0
      var next = loss(weights + direction)
      while next.value > current.value + 1e-4 * length * slope, length > 1e-10 {
        length /= 2
        next = loss(weights + length * direction)
      }
      guard next.value < current.value else { break }
      let (step, change) = (length * direction, next.gradient - current.gradient)
      weights = weights + step
      current = next
      if step.innerProduct(with: change) > 1e-14 * change.innerProduct(with: change) {
        steps = Array((steps + [step]).suffix(Self.memory))
        changes = Array((changes + [change]).suffix(Self.memory))
      }
    }
    self.weights = weights
  }

  private static func design(_ features: Matrix<Double>) -> Matrix<Double> {
    Matrix(
      rowCount: features.rowCount, columnCount: features.columnCount + 1,
      entries: (0..<features.rowCount).flatMap { features.row($0) + [1] })
  }

  /// Minus the gradient times what the last steps tell of the inverse curvature.
  private static func direction(
    _ gradient: Matrix<Double>, _ steps: [Matrix<Double>], _ changes: [Matrix<Double>]
  ) -> Matrix<Double> {
    var direction = -1 * gradient
    var shares: [Double] = []
    for (step, change) in zip(steps, changes).reversed() {
      let share = step.innerProduct(with: direction) / step.innerProduct(with: change)
      direction.add(-share, times: change)
      shares.append(share)
    }
    if let step = steps.last, let change = changes.last {
      direction = (step.innerProduct(with: change) / change.innerProduct(with: change)) * direction
    }
    for ((step, change), share) in zip(zip(steps, changes), shares.reversed()) {
      let other = change.innerProduct(with: direction) / step.innerProduct(with: change)
      direction.add(share - other, times: step)
    }
    return direction
  }

  /// What each sample's class costs, in nats.
  public func losses(of features: Matrix<Double>, _ labels: [Int]) -> [Double] {
    let scores = Self.design(scaling.scaled(features)) * weights
    return labels.indices.map { row in
      let line = scores.row(row)
      let most = line.max() ?? 0
      return most + log(line.reduce(0) { $0 + exp($1 - most) }) - line[labels[row]]
    }
  }
}
