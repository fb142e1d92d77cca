/// A name compared byte for byte.
///
/// Swift holds "é" as one scalar and as two for equal, and would thus lose one of two tensors that a file keeps apart.
struct ExactName: Hashable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactName, right: ExactName) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// A name between quotes, fit for a terminal: control and direction-changing characters are spelt out, and a long name
/// is cut.
func quoted(_ name: String, longest: Int = 80) -> String { "'\(spelledOut(name, longest: longest))'" }

/// A name out of a file, fit for a terminal: control and direction-changing characters are spelt out, and a long name is
/// cut.
public func spelledOut(_ name: String, longest: Int = 200) -> String {
  var shown = ""
  for (index, scalar) in name.unicodeScalars.enumerated() {
    guard index < longest else { return "\(shown)…" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
      shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default:
      shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}

/// A shape in words: `64×32`, or `scalar`. Beyond eight axes the rest is left out.
func sizeText(_ shape: [Int]) -> String {
  guard !shape.isEmpty else { return "scalar" }
  let axes = shape.prefix(8).map(String.init).joined(separator: "×")
  return shape.count > 8 ? "\(axes)×…" : axes
}

/// A number of bytes in words.
func bytesText(_ count: some BinaryInteger) -> String { count == 1 ? "1 byte" : "\(count) bytes" }
