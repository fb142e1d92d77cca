/// An outline of straight and curved pieces.
public struct Path: Sendable, Hashable, Codable {
  /// One piece.
  public enum Piece: Sendable, Hashable, Codable {
    /// Starts anew at a place.
    case move(Position)
    /// A straight line to a place.
    case line(Position)
    /// A cubic curve with two handles to a place.
    case curve(Position, Position, Position)
    /// A straight line back to where the outline started.
    case close
  }

  /// The pieces in order.
  public var pieces: [Piece]

  /// Makes a path from its pieces.
  public init(_ pieces: [Piece] = []) { self.pieces = pieces }

  /// A straight line.
  public init(from start: Position, to end: Position) { pieces = [.move(start), .line(end)] }

  /// A rectangle.
  public init(_ box: Box) {
    pieces = [
      .move(Position(box.x, box.y)), .line(Position(box.maxX, box.y)), .line(Position(box.maxX, box.maxY)),
      .line(Position(box.x, box.maxY)), .close,
    ]
  }

  /// Straight lines through places.
  public init(through places: some Sequence<Position>, isClosed: Bool = false) {
    pieces = []
    for place in places { pieces.append(pieces.isEmpty ? .move(place) : .line(place)) }
    if isClosed, !pieces.isEmpty { pieces.append(.close) }
  }

  /// Whether there is nothing to draw.
  public var isEmpty: Bool { pieces.isEmpty }
}
