import LinearAlgebra

/// The squared Euclidean distances between every two samples of a system, over the squared norm of the centred samples.
struct SampleDistances {
  /// Of samples 1 and 0, 2 and 0, 2 and 1, 3 and 0 …
  let squares: [Double]
  let count: Int

  init(of representation: Representation) {
    count = representation.sampleCount
    let products = representation.scores.rowGram
    let (samples, width) = (representation.samples, representation.samples.columnCount)
    let scale = 1 / representation.norm
    var squares: [Double] = []
    squares.reserveCapacity(count * (count - 1) / 2)
    for row in 0..<count {
      for column in 0..<row {
        let sizes = products[row, row] + products[column, column]
        var square = sizes - 2 * products[row, column]
        if square <= 1e-4 * sizes {
          // Near samples: the difference of large numbers would be all round-off.
          square = 0
          for unit in 0..<width {
            let difference = (samples[row, unit] - samples[column, unit]) * scale
            square += difference * difference
          }
        }
        squares.append(square)
      }
    }
    self.squares = squares
  }

  subscript(first: Int, second: Int) -> Double {
    guard first != second else { return 0 }
    let (low, high) = (min(first, second), max(first, second))
    return squares[high * (high - 1) / 2 + low]
  }
}
