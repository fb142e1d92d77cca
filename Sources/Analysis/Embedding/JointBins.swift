import Foundation

/// How often a signal was in one bin, and in another some samples later.
struct JointBins {
  /// In nats.
  let information: Double

  init(_ cells: [Int], _ bins: Int, _ trials: [Range<Int>], lag: Int) {
    var counts = [Int](repeating: 0, count: bins * bins)
    var total = 0
    cells.withUnsafeBufferPointer { cells in
      counts.withUnsafeMutableBufferPointer { counts in
        for trial in trials where trial.count > lag {
          var place = trial.lowerBound
          while place < trial.upperBound - lag {
            counts[cells[place] * bins + cells[place + lag]] += 1
            place += 1
          }
          total += trial.count - lag
        }
      }
    }
    var (rows, columns) = ([Int](repeating: 0, count: bins), [Int](repeating: 0, count: bins))
    for row in 0..<bins {
      for column in 0..<bins {
        rows[row] += counts[row * bins + column]
        columns[column] += counts[row * bins + column]
      }
    }
    var sum = 0.0
    for row in 0..<bins {
      for column in 0..<bins where counts[row * bins + column] > 0 {
        let count = Double(counts[row * bins + column])
        sum += count * log(count * Double(total) / (Double(rows[row]) * Double(columns[column])))
      }
    }
    information = sum / Double(max(1, total))
  }
}
