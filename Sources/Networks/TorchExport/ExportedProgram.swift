import Checkpoints

/// A program as `torch.export` writes it: calls of ATen's functions in order, with what is known of each value.
struct ExportedProgram {
  /// What a call is given.
  enum Argument: Hashable {
    case none
    case tensor(String)
    /// Several tensors; `nil` where one is left out.
    case tensors([String?])
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case text(String)
    /// An element type by its number.
    case type(Int)
    /// Whole numbers, each known or the value of a name.
    case integers([Size])
    case numbers([Double])
    /// A number that a call makes, by name.
    case symbol(String)
    case complex(Double, Double)
    /// What has no bearing on the numbers: devices, layouts, memory formats.
    case place
    case other(String)
  }

  enum Size: Hashable {
    case known(Int)
    case symbol(String)
  }

  struct Call {
    var index: Int
    var name: String
    /// The function's name: `aten.linear.default`, `sym.mul`.
    var target: String
    var arguments: [String: Argument]
    var results: [String]

    /// The call as messages name it.
    var label: String { "node \(index)\(name.isEmpty ? "" : " '\(name)'") (\(target))" }
  }

  /// What the file says of a value.
  struct Meta {
    var type: Int
    /// The extents; `nil` where they are open.
    var sizes: [Int?]
    var symbols: [String?]
  }

  struct Constant {
    enum Store { case weights, constants }
    var value: String
    var name: String
    var store: Store
    /// Whether it is learnt; the others are buffers and numbers that the module's code spells out.
    var isParameter: Bool
  }

  var producer = ""
  var constants: [Constant] = []
  var inputs: [String] = []
  var outputs: [String] = []
  var calls: [Call] = []
  var metas: [String: Meta] = [:]
  /// The calls that read each value; -1 stands for the program's caller.
  private(set) var readers: [String: [Int]] = [:]
  /// The functions that make each value as their only result.
  private(set) var makers: [String: String] = [:]

  mutating func countReaders() {
    for call in calls {
      if call.results.count == 1 { makers[call.results[0]] = call.target }
      for argument in call.arguments.values {
        switch argument {
        case .tensor(let name): readers[name, default: []].append(call.index)
        case .tensors(let names): for case let name? in names { readers[name, default: []].append(call.index) }
        default: break
        }
      }
    }
    for output in outputs { readers[output, default: []].append(-1) }
  }
}

/// The element types of PyTorch by their numbers in an exported program.
enum ExportedType {
  static func elementType(_ number: Int) -> ElementType? {
    switch number {
    case 1: .u8
    case 2: .i8
    case 3: .i16
    case 4: .i32
    case 5: .i64
    case 6: .f16
    case 7: .f32
    case 8: .f64
    case 10: .c64
    case 11: .c128
    case 12: .bool
    case 13: .bf16
    case 28: .u16
    default: nil
    }
  }
}

extension NetworkError {
  /// An exported program that is not as it must be.
  static func program(_ place: String, _ reason: String) -> NetworkError {
    .damagedProgram(place: place, reason: reason)
  }
}
