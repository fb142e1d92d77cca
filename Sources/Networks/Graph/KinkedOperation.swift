/// An operation whose derivative jumps where numbers are equal; which one it has there is a convention.
protocol KinkedOperation: Operation {
  /// What the derivative is on a kink, as a message says it; `nil` where there are none.
  var tieRule: String? { get }
  /// How many results sit on a kink.
  func kinkCount<S>(at site: Site<S>) throws(NodeFault) -> Int
}

extension KinkedOperation {
  static var evenRule: String { "shared evenly among the equals" }
  static var firstRule: String { "that of the first of the equals" }
  static var lowerRule: String { "that of smaller values" }
}
