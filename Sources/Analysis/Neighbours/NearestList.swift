/// The nearest points so far, nearest first; of points equally far the earlier is nearer.
struct NearestList {
  let capacity: Int
  /// Squares of distances, or distances, as the metric has it.
  let sizes: UnsafeMutablePointer<Double>
  let indices: UnsafeMutablePointer<Int32>
  private(set) var count = 0

  init(capacity: Int, sizes: UnsafeMutablePointer<Double>, indices: UnsafeMutablePointer<Int32>) {
    self.capacity = capacity
    self.sizes = sizes
    self.indices = indices
  }

  /// What a point must not exceed to be of interest.
  var bound: Double { count < capacity ? .infinity : sizes[capacity - 1] }

  mutating func offer(_ size: Double, _ index: Int32) {
    var place = count
    if count == capacity {
      place = capacity - 1
      guard size < sizes[place] || (size == sizes[place] && index < indices[place]) else { return }
    } else {
      count += 1
    }
    while place > 0 {
      let before = sizes[place - 1]
      guard size < before || (size == before && index < indices[place - 1]) else { break }
      sizes[place] = before
      indices[place] = indices[place - 1]
      place -= 1
    }
    sizes[place] = size
    indices[place] = index
  }
}
