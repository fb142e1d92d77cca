/// Runs operations one after another on values at hand, and passes directions through them either way.
///
/// Forward, a value carries its directions along and nothing is kept. Back, the steps that directions come through are
/// kept with all they were given. An operation whose steps depend on the shapes or the numbers it is given (a
/// recurrence, a loop) is written once against this and has its value and both derivatives from it.
final class Trace<S: NetworkScalar> {
  /// A value on the way.
  struct Variable {
    let value: Value<S>
    /// The directions at it, going forward; `nil`: zero.
    fileprivate(set) var directions: Directions<S>?
    /// Its number among the values that directions come back to.
    fileprivate var number: Int?

    init(_ value: Value<S>) { self.value = value }

    var shape: [Int] { value.shape }
    fileprivate var isActive: Bool { directions != nil || number != nil }
  }

  private struct Step {
    let operation: any Operation
    let site: Site<S>
    let wanted: [Bool]
    let operands: [Int?]
    let results: [Int?]
  }

  /// The steps that one composed operation may take; a small file must not ask for any number.
  static var largestStepCount: Int { 1 << 20 }
  /// The numbers that the steps of one composed operation may make in all.
  static var largestWork: Int { 1 << 31 }
  /// The numbers that may be kept for directions to come back through: 2 GiB in double precision.
  static var largestKept: Int { 1 << 28 }

  private var steps: [Step] = []
  private var shapes: [[Int]] = []
  private var stepCount = 0
  private var work = 0
  private var kept = 0
  /// Ties met on the way by their rule, counted when asked for.
  private(set) var kinks: [String: Int] = [:]
  private let countsKinks: Bool

  init(countingKinks: Bool = false) { countsKinks = countingKinks }

  /// A value that directions come back to.
  func source(_ value: Value<S>) -> Variable {
    var variable = Variable(value)
    variable.number = number(of: value)
    return variable
  }

  /// A value with directions that go forward.
  func source(_ value: Value<S>, along directions: Directions<S>?) -> Variable {
    var variable = Variable(value)
    variable.directions = directions
    return variable
  }

  private func number(of value: Value<S>) -> Int {
    shapes.append(value.shape)
    return shapes.count - 1
  }

  /// The first result of an operation.
  func apply(_ operation: some Operation, _ operands: Variable?...) throws(NodeFault) -> Variable {
    let results = try run(operation, operands)
    guard let first = results.first else { throw NodeFault("an operation makes no result") }
    return first
  }

  /// All results of an operation.
  func run(_ operation: any Operation, _ operands: [Variable?]) throws(NodeFault) -> [Variable] {
    // Steps of steps are taken here too: running them apart would repeat the inner ones for each outer one.
    let given = Operands(values: operands.map { $0?.value })
    if let composed = operation as? any ComposedOperation {
      let results = try composed.compose(operands, on: self)
      try countKinks(of: operation, at: Site(operands: given, results: results.map(\.value)))
      return results
    }
    let values = try S.kernels.operations.values(operation, given)
    try charge(values.reduce(1) { $0 + $1.count })
    let site = Site(operands: given, results: values)
    try countKinks(of: operation, at: site)
    let wanted = operands.enumerated().map { position, operand in
      (operand?.isActive ?? false) && operation.isDifferentiable(operand: position)
    }
    var results = values.map { Variable($0) }
    guard wanted.contains(true) else { return results }
    if operands.contains(where: { $0?.directions != nil }) {
      let directions = operands.enumerated().map { wanted[$0] ? $1?.directions : nil }
      for (index, passed) in try S.kernels.operations.pushForward(operation, directions, site).enumerated() {
        if index < results.count, case .real = values[index] { results[index].directions = passed }
      }
      return results
    }
    kept += site.results.reduce(0) { $0 + $1.count }
    guard kept <= Self.largestKept else {
      throw NodeFault("more than \(Self.largestKept) numbers are needed to go back through all steps")
    }
    for index in results.indices {
      if case .real(let array) = values[index] { results[index].number = number(of: .real(array)) }
    }
    steps.append(
      Step(
        operation: operation, site: site, wanted: wanted, operands: operands.map { $0?.number },
        results: results.map(\.number)))
    return results
  }

  private func countKinks(of operation: any Operation, at site: Site<S>) throws(NodeFault) {
    guard countsKinks, let kinked = operation as? any KinkedOperation, let rule = kinked.tieRule else { return }
    let count = try kinked.kinkCount(at: site)
    if count > 0 { kinks[rule, default: 0] += count }
  }

  private func charge(_ count: Int) throws(NodeFault) {
    stepCount += 1
    work += count
    guard stepCount <= Self.largestStepCount else {
      throw NodeFault("more than \(Self.largestStepCount) steps are asked for")
    }
    guard work <= Self.largestWork else { throw NodeFault("more than \(Self.largestWork) numbers are asked for") }
  }

  /// The directions of the sources, given those of results.
  func pullBack(_ directions: [Directions<S>?], at results: [Variable], to sources: [Variable?]) throws(NodeFault)
    -> [Directions<S>?]
  {
    var open = [Directions<S>?](repeating: nil, count: shapes.count)
    func add(_ part: Directions<S>, to number: Int) {
      guard var sum = open[number] else {
        open[number] = part
        return
      }
      open[number] = nil
      sum.add(part, at: shapes[number])
      open[number] = sum
    }
    for (index, part) in directions.enumerated() {
      if let part, index < results.count, let number = results[index].number { add(part, to: number) }
    }
    let isSource = Set(sources.compactMap { $0?.number })
    for step in steps.reversed() {
      let given = step.results.map { number -> Directions<S>? in
        guard let number else { return nil }
        defer { if !isSource.contains(number) { open[number] = nil } }
        return open[number]
      }
      guard given.contains(where: { $0 != nil }) else { continue }
      let parts = try S.kernels.operations.pullBack(step.operation, given, step.site, step.wanted)
      for (position, part) in parts.enumerated() where position < step.wanted.count && step.wanted[position] {
        if let part, let number = step.operands[position] { add(part, to: number) }
      }
    }
    return sources.map { $0?.number.flatMap { open[$0] } }
  }
}
