import LinearAlgebra

/// Points halved again and again along the side on which they spread most, until few are left.
///
/// References: friedman1977, arya1998 (distances to a box, kept up to date side by side).
struct NeighbourTree: Sendable {
  /// A part of the points. A leaf has no children.
  struct Node: Sendable {
    var start: Int32
    var end: Int32
    var left: Int32 = -1
    var right: Int32 = -1
    var side: Int32 = 0
    /// The greatest place along the side in the left half, and the least in the right.
    var low = 0.0
    var high = 0.0
  }

  static let leafSize = 12
  let width: Int
  /// The points in the order of the leaves: of each leaf its points' first coordinates, then their second, and so on. Behind
  /// the last of them is room for reading a whole vector.
  let points: [Double]
  /// Which point stands where in that order.
  let order: [Int32]
  let nodes: [Node]
  let lower: [Double]
  let upper: [Double]

  init(_ matrix: Matrix<Double>) {
    let (count, width) = (matrix.rowCount, matrix.columnCount)
    var order = (0..<Int32(count)).map { $0 }
    var nodes = [Node(start: 0, end: Int32(count))]
    var (lower, upper) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
    matrix.entries.withUnsafeBufferPointer { entries in
      order.withUnsafeMutableBufferPointer { order in
        guard let source = entries.baseAddress, let order = order.baseAddress else { return }
        var open: [Int32] = [0]
        while let index = open.popLast() {
          let (start, end) = (Int(nodes[Int(index)].start), Int(nodes[Int(index)].end))
          var (side, spread) = (0, -1.0)
          for column in 0..<width {
            var (least, most) = (Double.infinity, -Double.infinity)
            var place = start
            while place < end {
              let value = source[Int(order[place]) * width + column]
              if value < least { least = value }
              if value > most { most = value }
              place += 1
            }
            if index == 0 { (lower[column], upper[column]) = (least, most) }
            if most - least > spread { (side, spread) = (column, most - least) }
          }
          guard end - start > Self.leafSize, spread > 0 else { continue }
          let middle = start + (end - start) / 2
          Self.select(middle, from: start, to: end - 1, order, source, width, side)
          var low = -Double.infinity
          var place = start
          while place < middle {
            low = max(low, source[Int(order[place]) * width + side])
            place += 1
          }
          nodes[Int(index)].side = Int32(side)
          nodes[Int(index)].low = low
          nodes[Int(index)].high = source[Int(order[middle]) * width + side]
          nodes[Int(index)].left = Int32(nodes.count)
          nodes[Int(index)].right = Int32(nodes.count + 1)
          open += [Int32(nodes.count), Int32(nodes.count + 1)]
          nodes.append(Node(start: Int32(start), end: Int32(middle)))
          nodes.append(Node(start: Int32(middle), end: Int32(end)))
        }
      }
    }
    self.width = width
    self.order = order
    self.nodes = nodes
    self.lower = lower
    self.upper = upper
    points = Self.blocks(of: matrix, order, nodes)
  }

  private static func blocks(of matrix: Matrix<Double>, _ order: [Int32], _ nodes: [Node]) -> [Double] {
    let width = matrix.columnCount
    var blocks = [Double](repeating: 0, count: order.count * width + NeighbourWalk.Lanes.scalarCount)
    matrix.entries.withUnsafeBufferPointer { source in
      for leaf in nodes where leaf.left < 0 {
        let (start, count) = (Int(leaf.start), Int(leaf.end - leaf.start))
        for place in 0..<count {
          let row = Int(order[start + place]) * width
          for column in 0..<width { blocks[start * width + column * count + place] = source[row + column] }
        }
      }
    }
    return blocks
  }

  /// Hoare's selection: afterwards nothing left of the place is above it, nothing right below.
  private static func select(
    _ wanted: Int, from first: Int, to last: Int, _ order: UnsafeMutablePointer<Int32>, _ source: UnsafePointer<Double>,
    _ width: Int, _ side: Int
  ) {
    var (low, high) = (first, last)
    while low < high {
      // The median of three keeps sorted and constant stretches from being the worst case.
      let (a, b, c) = (
        source[Int(order[low]) * width + side], source[Int(order[(low + high) / 2]) * width + side],
        source[Int(order[high]) * width + side]
      )
      let pivot = max(min(a, b), min(max(a, b), c))
      var (i, j) = (low, high)
      while i <= j {
        while source[Int(order[i]) * width + side] < pivot { i += 1 }
        while source[Int(order[j]) * width + side] > pivot { j -= 1 }
        if i <= j {
          (order[i], order[j]) = (order[j], order[i])
          i += 1
          j -= 1
        }
      }
      if wanted <= j {
        high = j
      } else if wanted >= i {
        low = i
      } else {
        return
      }
    }
  }
}
