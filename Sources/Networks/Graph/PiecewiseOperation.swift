/// A part of a linearised operation that steps through an operand and a result at once: result += weight · operand.
///
/// Copies, broadcasts (operand stride 0), sums (result stride 0) and elementwise derivatives are all of this kind, and
/// so are their adjoints, with operand and result exchanged.
struct Piece<S: NetworkScalar>: Sendable {
  var operand: Int
  var result = 0
  var extents: [Int]
  var operandStart = 0
  var operandStrides: [Int]
  var resultStart = 0
  var resultStrides: [Int]
  var weights: [S]?
  var weightStrides: [Int]
  var scale: S = 1

  init(
    operand: Int, result: Int = 0, extents: [Int], operandStart: Int = 0, operandStrides: [Int], resultStart: Int = 0,
    resultStrides: [Int]
  ) {
    self.operand = operand
    self.result = result
    self.extents = extents
    self.operandStart = operandStart
    self.operandStrides = operandStrides
    self.resultStart = resultStart
    self.resultStrides = resultStrides
    weightStrides = [Int](repeating: 0, count: extents.count)
  }
}

/// An operation whose linearisation consists of pieces; both directions follow from them.
protocol PiecewiseOperation: Operation {
  /// The pieces that read the wanted operands.
  func pieces<S>(at site: Site<S>, wanted: [Bool]) throws(NodeFault) -> [Piece<S>]
}

extension PiecewiseOperation {
  func pushForward<S>(_ directions: [Directions<S>?], at site: Site<S>) throws(NodeFault) -> [Directions<S>?] {
    let pieces = Dictionary(
      grouping: try pieces(at: site, wanted: directions.map { $0 != nil }), by: \.result)
    return site.results.indices.map { result in
      let moves: [Move<S>] = (pieces[result] ?? []).compactMap { piece in
        guard let source = directions[piece.operand] else { return nil }
        return Move(
          source: source, sourceShape: site.operandShape(piece.operand), sourceStart: piece.operandStart,
          sourceStrides: piece.operandStrides, targetStart: piece.resultStart, targetStrides: piece.resultStrides,
          piece: piece)
      }
      return Move.carryOut(moves, to: site.results[result].shape)
    }
  }

  func pullBack<S>(
    _ directions: [Directions<S>?], at site: Site<S>, wanted: [Bool]
  ) throws(NodeFault) -> [Directions<S>?] {
    let pieces = Dictionary(grouping: try pieces(at: site, wanted: wanted), by: \.operand)
    return wanted.indices.map { operand in
      guard wanted[operand] else { return nil }
      let moves: [Move<S>] = (pieces[operand] ?? []).compactMap { piece in
        guard let source = directions[piece.result] else { return nil }
        return Move(
          source: source, sourceShape: site.results[piece.result].shape, sourceStart: piece.resultStart,
          sourceStrides: piece.resultStrides, targetStart: piece.operandStart, targetStrides: piece.operandStrides,
          piece: piece)
      }
      return Move.carryOut(moves, to: site.operandShape(operand))
    }
  }
}

/// A piece with a sense: which side is read and which written.
private struct Move<S: NetworkScalar> {
  var source: Directions<S>
  var sourceShape: [Int]
  var sourceStart: Int
  var sourceStrides: [Int]
  var targetStart: Int
  var targetStrides: [Int]
  var piece: Piece<S>

  /// Whether the first axis of the walk is the first axis of both sides, and the rest stays within one row of each.
  func isRowwise(targetShape: [Int]) -> Bool {
    guard let rows = sourceShape.first, targetShape.first == rows, rows > 1, piece.extents.first == rows else {
      return false
    }
    return staysInRow(sourceShape, start: sourceStart, strides: sourceStrides)
      && staysInRow(targetShape, start: targetStart, strides: targetStrides)
  }

  private func staysInRow(_ shape: [Int], start: Int, strides: [Int]) -> Bool {
    let row = shape.dropFirst().reduce(1, *)
    guard strides[0] == row, !piece.extents.contains(0) else { return false }
    var low = start
    var high = start
    for (extent, stride) in zip(piece.extents, strides).dropFirst() {
      if stride < 0 { low += (extent - 1) * stride } else { high += (extent - 1) * stride }
    }
    return low >= 0 && high < row
  }

  /// Whether every element of a target is written, once.
  func coversOnce(_ count: Int) -> Bool {
    guard targetStart == 0 else { return false }
    let axes = zip(piece.extents, targetStrides).filter { $0.0 != 1 }.sorted { $0.1 < $1.1 }
    var covered = 1
    for (extent, stride) in axes {
      guard stride == covered else { return false }
      covered *= extent
    }
    return covered == count
  }

  /// All moves to one target together.
  static func carryOut(_ moves: [Move], to targetShape: [Int]) -> Directions<S>? {
    guard let first = moves.first else { return nil }
    let count = first.source.count
    let rowwise = moves.map { $0.isRowwise(targetShape: targetShape) }
    let isUniform = zip(moves, rowwise).allSatisfy { move, rowwise in
      rowwise && move.source.isUniform(for: move.sourceShape)
        && (move.piece.weights == nil || move.piece.weightStrides[0] == 0)
    }
    let shape = isUniform ? [1] + targetShape.dropFirst() : targetShape
    let targetCount = shape.reduce(1, *)
    let assigns = moves.count == 1 && !isUniform && first.coversOnce(targetCount)
    var result = assigns ? nil : Directions<S>(zeros: count, shape: shape)
    for (var move, rowwise) in zip(moves, rowwise) {
      if move.source.isUniform(for: move.sourceShape) {
        if rowwise {
          move.sourceStrides[0] = 0
        } else {
          move.source = move.source.expanded(to: move.sourceShape)
        }
      }
      if isUniform { move.piece.extents[0] = 1 }
      let loop = StridedLoop(
        extents: [count] + move.piece.extents,
        strides: [
          [move.source.elementCount] + move.sourceStrides, [0] + move.piece.weightStrides,
          [targetCount] + move.targetStrides,
        ])
      if assigns {
        result = Directions(count: count, shape: shape) { target in
          loop.weigh(
            move.source.values, from: move.sourceStart, weights: move.piece.weights, scale: move.piece.scale,
            into: target + move.targetStart, assigning: true)
        }
      } else {
        result?.values.withUnsafeMutableBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          loop.weigh(
            move.source.values, from: move.sourceStart, weights: move.piece.weights, scale: move.piece.scale,
            into: base + move.targetStart, assigning: false)
        }
      }
    }
    return result
  }
}
