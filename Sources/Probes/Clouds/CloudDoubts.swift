import Diagnostics

/// What is doubted of several clouds.
struct CloudDoubts {
  private var found: [(name: String, caveat: Caveat)] = []
  private let isNamed: Bool

  /// Of one kind of doubt so many are told at length.
  private static let told = 3

  /// - Parameter count: the number of clouds; a single one needs no name.
  init(ofClouds count: Int) { isNamed = count > 1 }

  mutating func add(_ caveats: [Caveat], of name: String) { found += caveats.map { (name, $0) } }

  /// The doubts with the clouds' names, of each kind a few.
  var caveats: [Caveat] {
    found.map(\.caveat.name).distinct.flatMap { kind -> [Caveat] in
      let same = found.filter { $0.caveat.name == kind }
      var told = same.prefix(Self.told).map {
        Caveat(kind, isNamed ? "'\($0.name)': \($0.caveat.message)" : $0.caveat.message)
      }
      let others = Set(same.dropFirst(Self.told).map(\.name)).subtracting(same.prefix(Self.told).map(\.name)).count
      if others > 0, let last = told.popLast() {
        told.append(Caveat(kind, "\(last.message); likewise of \(counted(others, "other cloud"))"))
      }
      return isNamed ? told : same.map(\.caveat)
    }
  }
}
