import Probing

/// A rectangular array of finite numbers, in JSON's clothes.
///
/// Laws: `NumberArray(value)?.value == value`. JSON tells `1` from `1.5` and `Double` does not, so a list whose numbers would
/// come back as others of equal value is none.
struct NumberArray {
  let shape: [Int]
  let numbers: [Double]

  init(shape: [Int], numbers: [Double]) {
    self.shape = shape
    self.numbers = numbers
  }

  init?(_ value: JSONValue) {
    var shape: [Int] = []
    var numbers: [Double] = []
    func collect(_ value: JSONValue, depth: Int) -> Bool {
      if case .list(let values) = value {
        if depth == shape.count {
          guard numbers.isEmpty else { return false }
          shape.append(values.count)
        }
        guard shape[depth] == values.count else { return false }
        return values.allSatisfy { collect($0, depth: depth + 1) }
      }
      guard depth == shape.count, let number = value.number, JSONValue(number) == value else { return false }
      numbers.append(number)
      return true
    }
    guard collect(value, depth: 0), !numbers.isEmpty else { return nil }
    self.shape = shape
    self.numbers = numbers
  }

  var value: JSONValue {
    func nest(_ axis: Int, _ range: Range<Int>) -> JSONValue {
      guard axis < shape.count else { return JSONValue(numbers[range.lowerBound]) }
      let size = shape[axis] == 0 ? 0 : range.count / shape[axis]
      return .list(
        (0..<shape[axis]).map { index in
          nest(axis + 1, (range.lowerBound + index * size)..<(range.lowerBound + (index + 1) * size))
        })
    }
    return nest(0, 0..<numbers.count)
  }
}
