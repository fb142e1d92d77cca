import Exhibits

/// What the layers of a panel ask of its axes.
struct PanelData {
  var x: DataRange
  var y: DataRange
  var levels = DataRange(for: .linear)
  /// Whether the panel has points or error bars, which need room at the ends of the horizontal axis.
  var hasMarkers = false
  /// Whether areas stand on zero or fill the panel.
  var hasTiles = false
  /// Whether points have colours of their own.
  var hasClouds = false
  /// How many separate points there are.
  var pointCount = 0
  var hasBars = false
  var isOnlyStretches: Bool
  /// Whether the panel is a grid of pictures: it has no lines for axes.
  var hasImages: Bool
  /// Height over width of the plotting area in which the pixels of pictures are square.
  var imageAspect: Double?
  /// The rows of stretches, rising.
  var stretchRows: [Double] = []

  init(_ panel: Panel) {
    x = DataRange(for: panel.x.scale)
    y = DataRange(for: panel.y.scale)
    levels = DataRange(for: panel.levels?.axis.scale ?? .linear)
    isOnlyStretches = !panel.layers.isEmpty
    hasImages = false
    for layer in panel.layers {
      if let level = layer.level { levels.add(level) }
      add(layer.mark)
    }
    stretchRows = Array(Set(stretchRows)).sorted()
  }

  private mutating func add(_ mark: Mark) {
    if case .stretches = mark {} else { isOnlyStretches = false }
    switch mark {
    case .line(let points): add(points)
    case .points(let points):
      hasMarkers = true
      pointCount += points.count
      add(points)
    case .cloud(let cloud):
      (hasMarkers, hasClouds) = (true, true)
      pointCount += cloud.points.count
      add(cloud.points)
      for value in cloud.values { levels.add(value) }
    case .band(let intervals): add(intervals)
    case .intervals(let intervals):
      hasMarkers = true
      add(intervals)
    case .tiles(let tiles):
      hasTiles = true
      for edge in tiles.xEdges { x.add(edge) }
      for edge in tiles.yEdges { y.add(edge) }
      for value in tiles.values { levels.add(value) }
    case .images(let images):
      (hasTiles, hasImages) = (true, true)
      for end in [-0.5, Double(images.columnCount) - 0.5] { x.add(end) }
      for end in [-0.5, Double(max(1, images.rowCount)) - 0.5] { y.add(end) }
      for value in images.pixels.joined() { levels.add(value) }
      imageAspect = images.aspect
    case .rules(let rules):
      for position in rules.positions {
        if rules.direction == .horizontal { y.add(position) } else { x.add(position) }
      }
    case .histogram(let histogram):
      hasBars = true
      for edge in histogram.edges { x.add(edge) }
      for height in histogram.heights { y.add(height) }
      if !histogram.heights.isEmpty { y.add(0) }
    case .stretches(let stretches):
      for stretch in stretches where stretch.row.isFinite {
        x.add(stretch.start)
        x.add(stretch.end)
        y.add(stretch.row - 0.5)
        y.add(stretch.row + 0.5)
        stretchRows.append(stretch.row)
      }
    case .annotation(let annotation): add([annotation.at])
    }
  }

  private mutating func add(_ points: [Mark.Point]) {
    for point in points where point.x.isFinite && point.y.isFinite {
      // A point that one axis cannot show must not stretch the other.
      guard !(x.needsPositive && point.x <= 0), !(y.needsPositive && point.y <= 0) else { continue }
      x.add(point.x)
      y.add(point.y)
    }
  }

  private mutating func add(_ intervals: [Mark.Interval]) {
    for interval in intervals where interval.x.isFinite && !(x.needsPositive && interval.x <= 0) {
      x.add(interval.x)
      y.add(interval.lower)
      y.add(interval.upper)
    }
  }

  /// Whether points are drawn as pixels.
  var isDense: Bool { pointCount > PointCloud.most }

  /// The padding of each axis as shares of its range.
  var padding: (x: (lower: Double, upper: Double), y: (lower: Double, upper: Double)) {
    if hasTiles { return ((0, 0), (0, 0)) }
    let sides = hasMarkers ? 0.03 : 0
    if isOnlyStretches { return ((0, 0), (0.05, 0.05)) }
    return ((sides, sides), (hasBars ? 0 : 0.05, 0.06))
  }
}
