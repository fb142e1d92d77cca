/// The equation of an `Einsum`: which letter runs along which axis. Letters are numbers here.
struct EinsumEquation: Sendable {
  private struct Term: Sendable {
    /// The letters before and after the ellipsis; all before when there is none.
    var before: [Int] = []
    var after: [Int] = []
    var hasEllipsis = false
  }

  private let text: String
  private let terms: [Term]
  /// The result's term, if the equation names it.
  private let result: Term?

  /// The letters of the axes under an ellipsis begin here.
  private static let firstUnnamed = 256

  init(_ text: String) throws(NodeFault) {
    self.text = text
    let characters = text.utf8.filter { $0 != UInt8(ascii: " ") }
    var sides: [[UInt8]] = [[]]
    var index = 0
    while index < characters.count {
      if characters[index] == UInt8(ascii: "-"), index + 1 < characters.count,
        characters[index + 1] == UInt8(ascii: ">")
      {
        sides.append([])
        index += 2
      } else {
        sides[sides.count - 1].append(characters[index])
        index += 1
      }
    }
    guard sides.count <= 2 else { throw NodeFault("equation '\(text)' has \(sides.count - 1) arrows") }
    var terms: [Term] = []
    for part in sides[0].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      terms.append(try Self.term(Array(part), text))
    }
    self.terms = terms
    result = sides.count == 2 ? try Self.term(sides[1], text) : nil
  }

  private static func term(_ characters: [UInt8], _ text: String) throws(NodeFault) -> Term {
    var term = Term()
    var index = 0
    while index < characters.count {
      let character = characters[index]
      let isLetter = character | 0x20 >= UInt8(ascii: "a") && character | 0x20 <= UInt8(ascii: "z")
      if isLetter {
        if term.hasEllipsis { term.after.append(Int(character)) } else { term.before.append(Int(character)) }
        index += 1
      } else if characters[index...].starts(with: "...".utf8), !term.hasEllipsis {
        term.hasEllipsis = true
        index += 3
      } else {
        throw NodeFault(
          "equation '\(text)' has '\(Character(UnicodeScalar(character)))' where a letter or '...' may be")
      }
    }
    return term
  }

  /// The letters of each operand's axes and of the result's, and how far each letter runs.
  struct Letters {
    var operands: [[Int]]
    var result: [Int]
    var extents: [Int: Int]
  }

  func letters(_ shapes: [[Int]]) throws(NodeFault) -> Letters {
    guard shapes.count == terms.count else {
      throw NodeFault("equation '\(text)' is of \(terms.count) operands; \(shapes.count) are given")
    }
    var unnamedCounts: [Int] = []
    for (term, shape) in zip(terms, shapes) {
      let unnamed = shape.count - term.before.count - term.after.count
      guard term.hasEllipsis ? unnamed >= 0 : unnamed == 0 else {
        throw NodeFault("operand \(unnamedCounts.count) of \(shape.written) does not fit equation '\(text)'")
      }
      unnamedCounts.append(unnamed)
    }
    let most = unnamedCounts.max() ?? 0
    func written(_ term: Term, _ unnamed: Int) -> [Int] {
      // Axes under an ellipsis go together from the last on.
      term.before + ((most - unnamed)..<most).map { Self.firstUnnamed + $0 } + term.after
    }
    let operands = zip(terms, unnamedCounts).map { written($0, $1) }
    var extents: [Int: Int] = [:]
    for (letters, shape) in zip(operands, shapes) {
      for (letter, extent) in zip(letters, shape) {
        let known = extents[letter] ?? 1
        guard known == 1 || extent == 1 || known == extent else {
          throw NodeFault(
            "shapes \(shapes.map(\.written).joined(separator: " and ")) do not go together in equation '\(text)'")
        }
        extents[letter] = known == 1 ? extent : known
      }
    }
    // One axis is left for directions.
    guard extents.count < largestRank else {
      throw NodeFault("equation '\(text)' has \(extents.count) letters; the limit is \(largestRank - 1)")
    }
    let result: [Int]
    if let term = self.result {
      result = written(term, term.hasEllipsis ? most : 0)
    } else {
      let named = operands.joined().filter { $0 < Self.firstUnnamed }
      let once = Dictionary(grouping: named) { $0 }.filter { $0.value.count == 1 }.keys.sorted()
      result = (0..<most).map { Self.firstUnnamed + $0 } + once
    }
    guard Set(result).count == result.count, result.allSatisfy({ extents[$0] != nil }) else {
      throw NodeFault("equation '\(text)' names a letter of the result twice, or one that no operand has")
    }
    return Letters(operands: operands, result: result, extents: extents)
  }
}
