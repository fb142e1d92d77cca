import Foundation

/// Reads the places of two features off an image.
///
/// References: liang2024.
public struct FeatureDecoder: Sendable {
  /// How a place is found.
  public enum Method: String, Codable, Hashable, Sendable, CaseIterable {
    /// The two places whose image is nearest in the least-squares sense: from that of a lattice of half a pixel whose image correlates the
    /// most, by Gauss and Newton's steps. Stands noise.
    case leastSquares = "least-squares"
    /// The mean place of what is higher than the background; of sums, of each profile above its minimum. On a circle where images are
    /// periodic. Exact on clean images away from borders.
    case centroid
  }

  /// The generator of the images.
  public let images: FeatureImages
  /// How a place is found.
  public let method: Method
  private let threshold: Double
  private let lattices: [[Double]]
  private let profiles: [[[Double]]]
  /// The sum of squares of each profile, and the pixels beyond which it is nothing.
  private let squares: [[Double]]
  private let supports: [[Range<Int>]]

  private static let largestStepCount = 40
  /// What is lower is left out of sums over profiles.
  private static let least = 1e-9

  /// Makes a decoder for images of a generator.
  ///
  /// - Parameter threshold: of bumps read by centroid, the share of the greatest height below which a pixel does not count; from 0 to 1. At 0
  ///   noise everywhere draws centroids to the middle of the image; above 0 pixels' edges show in them, by some hundredths.
  public init(of images: FeatureImages, by method: Method = .leastSquares, threshold: Double = 0.2) {
    self.images = images
    self.method = method
    self.threshold = threshold
    lattices = images.sides.map { side in
      (0..<(images.isPeriodic ? 2 * side : 2 * side - 1)).map { Double($0) / 2 }
    }
    profiles = lattices.enumerated().map { axis, places in places.map { images.profile(at: $0, axis: axis) } }
    squares = profiles.map { $0.map { $0.reduce(0) { $0 + $1 * $1 } } }
    supports = profiles.map {
      $0.map { profile in
        let first = profile.firstIndex { $0 > Self.least } ?? 0
        return first..<max(first, (profile.lastIndex { $0 > Self.least } ?? -1) + 1)
      }
    }
  }

  /// What an image shows.
  ///
  /// - Parameter pixels: row after row, as many as the generator's images have; every value finite.
  /// - Throws: `AnalysisError.sizeMismatch` for another number of pixels.
  public func reading(of pixels: [Double]) throws(AnalysisError) -> FeatureReading {
    let (columnCount, rowCount) = (images.sides[0], images.sides[1])
    guard pixels.count == rowCount * columnCount else {
      throw .sizeMismatch("number of pixels", size: "\(pixels.count)", expected: "\(rowCount * columnCount)")
    }
    let heights = pixels.map { ($0 - images.background) / (images.peak - images.background) }
    let centre: [Double]
    switch method {
    case .leastSquares: centre = refined(likestOnLattice(heights), heights)
    case .centroid: centre = centroid(of: heights)
    }
    let drawn = images.heights(at: centre)
    let missed = zip(heights, drawn).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let whole = drawn.reduce(0) { $0 + $1 * $1 }
    let (own, known) = (marginals(of: heights), marginals(of: drawn))
    let fits = zip(own, known).map(Self.fit)
    return FeatureReading(
      centre: centre, likeness: fits.map(\.likeness), strength: fits.map(\.strength), count: count(in: heights),
      distance: whole > 0 ? (missed / whole).squareRoot() : 1)
  }

  /// The means over rows, along x, and over columns, along y.
  private func marginals(of heights: [Double]) -> [[Double]] {
    let (columnCount, rowCount) = (images.sides[0], images.sides[1])
    var (x, y) = ([Double](repeating: 0, count: columnCount), [Double](repeating: 0, count: rowCount))
    for row in 0..<rowCount {
      for column in 0..<columnCount {
        x[column] += heights[row * columnCount + column] / Double(rowCount)
        y[row] += heights[row * columnCount + column] / Double(columnCount)
      }
    }
    return [x, y]
  }

  /// A profile as a multiple of the generator's, up to a constant.
  private static func fit(_ own: [Double], to known: [Double]) -> (likeness: Double, strength: Double) {
    let (ownMean, knownMean) = (own.reduce(0, +) / Double(own.count), known.reduce(0, +) / Double(known.count))
    var (ownSquares, knownSquares, product) = (0.0, 0.0, 0.0)
    for (left, right) in zip(own, known) {
      ownSquares += (left - ownMean) * (left - ownMean)
      knownSquares += (right - knownMean) * (right - knownMean)
      product += (left - ownMean) * (right - knownMean)
    }
    guard ownSquares > 0, knownSquares > 0, product > 0 else { return (0, 0) }
    return (min(1, product * product / (ownSquares * knownSquares)), product / knownSquares)
  }

  // MARK: Least squares

  private func likestOnLattice(_ heights: [Double]) -> [Double] {
    let columnCount = images.sides[0]
    switch images.kind {
    case .sums:
      // Without what the other stripe adds everywhere, each axis is matched by itself.
      let own = marginals(of: heights).map(aboveLeast)
      return own.indices.map { axis in
        let matches = profiles[axis].indices.map { place in
          zip(profiles[axis][place], own[axis]).reduce(0) { $0 + $1.0 * $1.1 } / squares[axis][place].squareRoot()
        }
        return matches.indices.max { matches[$0] < matches[$1] }.map { lattices[axis][$0] } ?? 0
      }
    case .bumps:
      var best = (match: -Double.infinity, x: 0, y: 0)
      for (y, profile) in profiles[1].enumerated() {
        var weighted = [Double](repeating: 0, count: columnCount)
        for row in supports[1][y] {
          for column in 0..<columnCount { weighted[column] += profile[row] * heights[row * columnCount + column] }
        }
        for (x, other) in profiles[0].enumerated() {
          var product = 0.0
          for column in supports[0][x] { product += weighted[column] * other[column] }
          let match = product / (squares[0][x] * squares[1][y]).squareRoot()
          if match > best.match { best = (match, x, y) }
        }
      }
      return [lattices[0][best.x], lattices[1][best.y]]
    }
  }

  /// Steps down the sum of squares from a start, damped where they would lead up.
  private func refined(_ start: [Double], _ heights: [Double]) -> [Double] {
    var (centre, damping) = (start, 1e-6)
    var current = equations(at: centre, heights)
    for _ in 0..<Self.largestStepCount {
      let (a, b, d) = (current.normal[0] * (1 + damping), current.normal[1], current.normal[2] * (1 + damping))
      let determinant = a * d - b * b
      guard determinant > 0, damping < 1e6 else { break }
      let step = [
        (d * current.slope[0] - b * current.slope[1]) / determinant,
        (a * current.slope[1] - b * current.slope[0]) / determinant,
      ]
      let next = centre.indices.map { within(centre[$0] + min(1, max(-1, step[$0])), axis: $0) }
      let candidate = equations(at: next, heights)
      if candidate.cost <= current.cost {
        let moved = zip(next, centre).map { abs($0 - $1) }.max() ?? 0
        (centre, current, damping) = (next, candidate, damping / 10)
        if moved < 1e-10 { break }
      } else {
        damping = max(damping, 1e-4) * 10
      }
    }
    return centre
  }

  /// Places are kept where some of the image is seen, or once round.
  private func within(_ place: Double, axis: Int) -> Double {
    let side = Double(images.sides[axis])
    if images.isPeriodic {
      let rest = place.truncatingRemainder(dividingBy: side)
      return rest < 0 ? rest + side : rest
    }
    return min(side - 1 + 2 * images.width, max(-2 * images.width, place))
  }

  private func equations(
    at centre: [Double], _ heights: [Double]
  ) -> (cost: Double, slope: [Double], normal: [Double]) {
    let own = centre.indices.map { images.profile(at: centre[$0], axis: $0) }
    let square = images.width * images.width
    let steep = centre.indices.map { axis in
      own[axis].enumerated().map { pixel, value in
        value * images.offset(Double(pixel), from: centre[axis], axis: axis) / square
      }
    }
    var (cost, slope, normal) = (0.0, [0.0, 0.0], [0.0, 0.0, 0.0])
    let columnCount = images.sides[0]
    for row in 0..<images.sides[1] {
      for column in 0..<columnCount {
        let (drawn, alongX, alongY): (Double, Double, Double)
        switch images.kind {
        case .bumps:
          (drawn, alongX, alongY) = (
            own[1][row] * own[0][column], own[1][row] * steep[0][column], steep[1][row] * own[0][column]
          )
        case .sums:
          (drawn, alongX, alongY) = ((own[1][row] + own[0][column]) / 2, steep[0][column] / 2, steep[1][row] / 2)
        }
        let missed = heights[row * columnCount + column] - drawn
        cost += missed * missed
        slope[0] += alongX * missed
        slope[1] += alongY * missed
        normal[0] += alongX * alongX
        normal[1] += alongX * alongY
        normal[2] += alongY * alongY
      }
    }
    return (cost, slope, normal)
  }

  // MARK: Centroids

  private func centroid(of heights: [Double]) -> [Double] {
    switch images.kind {
    case .sums: return marginals(of: heights).enumerated().map { mean(of: aboveLeast($1), axis: $0) }
    case .bumps:
      let least = threshold * (heights.max() ?? 0)
      return marginals(of: heights.map { $0 > max(0, least) ? $0 : 0 }).enumerated().map { mean(of: $1, axis: $0) }
    }
  }

  private func aboveLeast(_ profile: [Double]) -> [Double] {
    let least = profile.min() ?? 0
    return profile.map { $0 - least }
  }

  private func mean(of weights: [Double], axis: Int) -> Double {
    let side = Double(images.sides[axis])
    let whole = weights.reduce(0, +)
    guard whole > 0 else { return (side - 1) / 2 }
    guard images.isPeriodic else {
      return weights.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } / whole
    }
    var (sine, cosine) = (0.0, 0.0)
    for (pixel, weight) in weights.enumerated() {
      sine += weight * sin(2 * .pi * Double(pixel) / side)
      cosine += weight * cos(2 * .pi * Double(pixel) / side)
    }
    return within(atan2(sine, cosine) * side / (2 * .pi), axis: axis)
  }

  // MARK: Counting

  private func count(in heights: [Double]) -> Int {
    switch images.kind {
    case .bumps: return pieceCount(in: heights)
    case .sums: return marginals(of: heights).reduce(1) { $0 * peakCount(in: aboveLeast($1)) }
    }
  }

  /// Stretches above half of the greatest height.
  private func peakCount(in profile: [Double]) -> Int {
    let most = profile.max() ?? 0
    // Half of a sum's peak is a stripe's, and all of it stands in the profile.
    guard most >= 0.125 else { return 0 }
    let isHigh = profile.map { $0 > most / 2 }
    return isHigh.indices.count { index in
      isHigh[index] && !(index > 0 ? isHigh[index - 1] : images.isPeriodic && (isHigh.last ?? false))
    }
  }

  /// Pieces of pixels above half of the greatest height that touch at a side or a corner.
  private func pieceCount(in heights: [Double]) -> Int {
    let most = heights.max() ?? 0
    guard most >= 0.25 else { return 0 }
    let (columnCount, rowCount) = (images.sides[0], images.sides[1])
    var isOpen = heights.map { $0 > most / 2 }
    var count = 0
    for first in isOpen.indices where isOpen[first] {
      count += 1
      isOpen[first] = false
      var waiting = [first]
      while let pixel = waiting.popLast() {
        for (down, right) in [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)] {
          var (row, column) = (pixel / columnCount + down, pixel % columnCount + right)
          if images.isPeriodic {
            (row, column) = ((row + rowCount) % rowCount, (column + columnCount) % columnCount)
          }
          guard row >= 0, row < rowCount, column >= 0, column < columnCount, isOpen[row * columnCount + column] else {
            continue
          }
          isOpen[row * columnCount + column] = false
          waiting.append(row * columnCount + column)
        }
      }
    }
    return count
  }
}
