import Checkpoints
import Diagnostics

/// Reads the lines of a recipe and writes them as operations, in one pass.
///
/// A line is `name = expression`. Expressions have numbers, names, `+ - * / @ **`, a sign, `'` or `.T` behind a matrix,
/// parentheses and calls. Operators bind as in Python.
struct ExpressionWriter {
  typealias Fault = ExpressionTokens.Fault

  /// Parentheses and calls may lie in each other this deep.
  static let deepest = 40

  /// A number as it is written, or a value of the network.
  private enum Operand {
    case number(Double, isWhole: Bool)
    case value(String)
  }

  var writer: DescriptionWriter
  /// The values of names, in byte-exact keys.
  private(set) var scope: [[UInt8]: String] = [:]
  private var order: [String] = []
  private var weights: [[UInt8]: Tensor]
  private var weightNames: [String]
  private(set) var usedWeights: Set<[UInt8]> = []

  private var known: [String: ExpressionTokens] = [:]
  private var tokens: [(token: ExpressionTokens.Token, column: Int)] = []
  private var end = 1
  private var next = 0
  private var depth = 0

  init(writer: DescriptionWriter, weights: [Tensor]) {
    self.writer = writer
    self.weights = Dictionary(weights.map { (Array($0.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    weightNames = weights.map(\.name)
  }

  /// The weights that no line has read.
  var unusedWeights: [String] { weightNames.filter { !usedWeights.contains(Array($0.utf8)) } }

  mutating func define(_ name: String, as value: String) {
    if scope.updateValue(value, forKey: Array(name.utf8)) == nil { order.append(name) }
  }

  func isDefined(_ name: String) -> Bool { scope[Array(name.utf8)] != nil || weights[Array(name.utf8)] != nil }

  // MARK: Lines

  /// Reads `name = expression`.
  mutating func assign(_ line: String) throws {
    try start(line)
    guard case .name(let name)? = peek, tokens.count > 1, tokens[1].token == .symbol("=") else {
      throw Fault(column: 1, reason: "a line is 'name = expression'")
    }
    guard weights[Array(name.utf8)] == nil else {
      throw Fault(
        column: 1, reason: "'\(name.prefix(40))' is a tensor of the weights", hint: "give the result another name")
    }
    next = 2
    let value = try finished()
    writer.call(value, name)
    define(name, as: value)
  }

  /// Reads an expression by itself.
  mutating func value(_ line: String) throws -> String {
    try start(line)
    return try finished()
  }

  private mutating func start(_ line: String) throws {
    // Lines under 'repeat' come again and again.
    let read = try known[line] ?? ExpressionTokens(line)
    known[line] = read
    tokens = read.tokens
    end = read.end
    next = 0
    depth = 0
  }

  private mutating func finished() throws -> String {
    let operand = try sum()
    if let token = peek { throw Fault(column: column, reason: "\(token.words) is not expected here") }
    return named(operand)
  }

  private var peek: ExpressionTokens.Token? { next < tokens.count ? tokens[next].token : nil }
  private var column: Int { next < tokens.count ? tokens[next].column : end }

  private mutating func take(_ symbol: String) -> Bool {
    guard peek == .symbol(symbol) else { return false }
    next += 1
    return true
  }

  private mutating func need(_ symbol: String) throws {
    guard take(symbol) else {
      throw Fault(
        column: column, reason: "'\(symbol)' is needed\(peek.map { " where \($0.words) is" } ?? " at the end")")
    }
  }

  /// A comma between values, where the list does not close.
  private mutating func separate(_ close: String) throws {
    guard take(",") else {
      throw Fault(
        column: column, reason: "',' or '\(close)' is needed\(peek.map { " where \($0.words) is" } ?? " at the end")")
    }
  }

  private mutating func named(_ operand: Operand) -> String {
    switch operand {
    case .number(let number, _): writer.number(number)
    case .value(let name): name
    }
  }

  // MARK: Operators

  private mutating func sum() throws -> Operand {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw Fault(column: column, reason: "parentheses lie in each other more than \(Self.deepest) deep")
    }
    var left = try product()
    while case .symbol(let symbol)? = peek, symbol == "+" || symbol == "-" {
      next += 1
      left = try combine(symbol, left, product())
    }
    return left
  }

  private mutating func product() throws -> Operand {
    var left = try signed()
    while case .symbol(let symbol)? = peek, ["*", "/", "@"].contains(symbol) {
      next += 1
      left = try combine(symbol, left, signed())
    }
    return left
  }

  private mutating func signed() throws -> Operand {
    var isNegative = false
    while let symbol = peek, symbol == .symbol("-") || symbol == .symbol("+") {
      if symbol == .symbol("-") { isNegative.toggle() }
      next += 1
    }
    let operand = try power()
    guard isNegative else { return operand }
    if case .number(let number, let isWhole) = operand { return .number(-number, isWhole: isWhole) }
    return .value(try writer.node("Neg", [named(operand)]))
  }

  private mutating func power() throws -> Operand {
    let base = try turned()
    guard take("**") else { return base }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw Fault(column: column, reason: "powers lie in each other more than \(Self.deepest) deep")
    }
    return try combine("**", base, signed())
  }

  private mutating func turned() throws -> Operand {
    var operand = try atom()
    while take("'") { operand = .value(try writer.node("Transpose", [named(operand)])) }
    return operand
  }

  private mutating func combine(_ symbol: String, _ left: Operand, _ right: Operand) throws -> Operand {
    let operations = ["+": "Add", "-": "Sub", "*": "Mul", "/": "Div", "@": "MatMul", "**": "Pow"]
    return .value(try writer.node(operations[symbol] ?? symbol, [named(left), named(right)]))
  }

  // MARK: Names and calls

  private mutating func atom() throws -> Operand {
    let place = column
    guard let token = peek else { throw Fault(column: place, reason: "the line ends where a value is needed") }
    next += 1
    switch token {
    case .number(let number, let isWhole): return .number(number, isWhole: isWhole)
    case .symbol("("):
      let operand = try sum()
      try need(")")
      return operand
    case .name(let name):
      if take("(") { return .value(try call(name, at: place)) }
      return .value(try lookUp(name, at: place))
    default: throw Fault(column: place, reason: "\(token.words) stands where a value is needed")
    }
  }

  private mutating func lookUp(_ name: String, at place: Int) throws -> String {
    let key = Array(name.utf8)
    if let value = scope[key] { return value }
    guard let tensor = weights[key] else {
      throw Fault(
        column: place, reason: "'\(name.prefix(60))' is not defined",
        hint: nearMissHint(for: name, among: order + weightNames.prefix(2000)))
    }
    usedWeights.insert(key)
    guard !tensor.elementType.isComplex else {
      throw Fault(
        column: place, reason: "'\(name.prefix(60))' is complex", hint: "take its parts with re(…) and im(…)")
    }
    return writer.tensor(tensor)
  }

  private mutating func call(_ name: String, at place: Int) throws -> String {
    if name == "re" || name == "im" { return try part(name, at: place) }
    var operands: [Operand] = []
    var attributes: [String: Attributes.Value] = [:]
    while !take(")") {
      if !operands.isEmpty || !attributes.isEmpty { try separate(")") }
      if case .name(let key)? = peek, next + 1 < tokens.count, tokens[next + 1].token == .symbol("=") {
        let keyPlace = column
        next += 2
        guard attributes.updateValue(try attribute(), forKey: key) == nil else {
          throw Fault(column: keyPlace, reason: "'\(key.prefix(40))' is given twice")
        }
      } else {
        guard attributes.isEmpty else {
          throw Fault(column: column, reason: "a value stands behind a named attribute")
        }
        operands.append(try sum())
      }
    }
    return try write(name, operands, attributes, at: place)
  }

  private mutating func part(_ name: String, at place: Int) throws -> String {
    guard case .name(let weight)? = peek, let tensor = weights[Array(weight.utf8)] else {
      throw Fault(column: column, reason: "'\(name)' takes the name of a tensor of the weights")
    }
    next += 1
    try need(")")
    guard tensor.elementType.isComplex else {
      throw Fault(column: place, reason: "'\(weight.prefix(60))' is \(tensor.elementType.rawValue), which has no parts")
    }
    usedWeights.insert(Array(weight.utf8))
    let parts = try tensor.complexParts()
    return writer.tensor(
      Tensor(name: "\(name)(\(weight))", shape: tensor.shape, doubles: name == "re" ? parts.real : parts.imaginary))
  }

  /// A number, a text, or a list of numbers.
  private mutating func attribute() throws -> Attributes.Value {
    func number() throws -> (Double, Bool) {
      let isNegative = take("-")
      guard case .number(let number, let isWhole)? = peek else {
        throw Fault(column: column, reason: "an attribute is a number, a text in double quotes or a list of numbers")
      }
      next += 1
      return (isNegative ? -number : number, isWhole)
    }
    if case .text(let text)? = peek {
      next += 1
      return .text(text)
    }
    guard take("[") else {
      let place = column
      let (value, isWhole) = try number()
      return isWhole ? .integer(try whole(value, at: place)) : .number(value)
    }
    var values: [(Double, Bool)] = []
    let place = column
    while !take("]") {
      if !values.isEmpty { try separate("]") }
      values.append(try number())
    }
    if values.allSatisfy(\.1) {
      var wholes: [Int] = []
      for (value, _) in values { wholes.append(try whole(value, at: place)) }
      return .integers(wholes)
    }
    return .numbers(values.map(\.0))
  }

  private func whole(_ value: Double, at place: Int) throws -> Int {
    guard let whole = Int(exactly: value), abs(whole) <= 1 << 53 else {
      throw Fault(column: place, reason: "\(value) is beyond the whole numbers that are read")
    }
    return whole
  }

  private func wholes(_ operands: some Sequence<Operand>, of name: String, at place: Int) throws -> [Int] {
    try operands.map { operand in
      guard case .number(let value, true) = operand else {
        throw Fault(column: place, reason: "'\(name)' takes whole numbers here")
      }
      return try whole(value, at: place)
    }
  }

  private mutating func write(
    _ name: String, _ operands: [Operand], _ attributes: [String: Attributes.Value], at place: Int
  ) throws -> String {
    func counted(_ counts: ClosedRange<Int>) throws {
      guard counts.contains(operands.count), attributes.isEmpty else {
        let needed =
          counts.lowerBound == counts.upperBound
          ? "\(counts.lowerBound)"
          : counts.upperBound > 99 ? "\(counts.lowerBound) or more" : "\(counts.lowerBound) to \(counts.upperBound)"
        throw Fault(
          column: place,
          reason: attributes.isEmpty
            ? "'\(name)' is given \(operands.count) value\(operands.count == 1 ? "" : "s"); it takes \(needed)"
            : "'\(name)' takes no attributes")
      }
    }
    if let operation = RecipeFunctions.elementwise[name] {
      try counted(1...1)
      return try writer.node(operation, [named(operands[0])])
    }
    if let operation = RecipeFunctions.reductions[name] {
      try counted(1...1)
      return try writer.node(operation, [named(operands[0]), writer.wholes([-1])], ["keepdims": .integer(1)])
    }
    switch name {
    case "softmax", "log_softmax":
      try counted(1...1)
      return try writer.node(name == "softmax" ? "Softmax" : "LogSoftmax", [named(operands[0])], ["axis": .integer(-1)])
    case "linear":
      try counted(2...3)
      let turned = try writer.node("Transpose", [named(operands[1])])
      let product = try writer.node("MatMul", [named(operands[0]), turned])
      return operands.count < 3 ? product : try writer.node("Add", [product, named(operands[2])])
    case "concat":
      try counted(1...64)
      return try writer.node("Concat", operands.map { named($0) }, ["axis": .integer(-1)])
    case "slice":
      try counted(3...3)
      let bounds = try wholes(operands.dropFirst(), of: name, at: place)
      return try writer.slice(named(operands[0]), axis: -1, from: bounds[0], to: bounds[1])
    case "clip":
      try counted(3...3)
      return try writer.node("Clip", operands.map { named($0) })
    case "gather":
      try counted(2...2)
      return try writer.node("Gather", operands.map { named($0) }, ["axis": .integer(0)])
    case "reshape":
      try counted(2...9)
      let shape = try wholes(operands.dropFirst(), of: name, at: place)
      return try writer.node("Reshape", [named(operands[0]), writer.wholes(shape)])
    case "zeros", "ones":
      try counted(1...8)
      let shape = try wholes(operands, of: name, at: place)
      let count = shape.reduce(1) {
        $0 < 0 || $1 < 0 ? -1 : $0.multipliedReportingOverflow(by: $1).overflow ? -1 : $0 * $1
      }
      guard (0...(1 << 20)).contains(count) else {
        throw Fault(column: place, reason: "'\(name)' of \(shape.written) is not between 0 and \(1 << 20) numbers")
      }
      return writer.numbers([Double](repeating: name == "ones" ? 1 : 0, count: count), shape: shape)
    default:
      guard name.first?.isUppercase == true, OperationCatalog.builders[name] != nil else {
        throw Fault(
          column: place, reason: "there is no function '\(name.prefix(40))'", hint: RecipeFunctions.hint(for: name))
      }
      return try writer.node(name, operands.map { named($0) }, attributes)
    }
  }
}
