import Foundation

/// Writes numbers as figures show them: a true minus sign, never a negative zero, powers of ten raised.
enum NumberText {
  static let minus = "\u{2212}"

  /// A number with a fixed count of decimals.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(max(0, min(17, decimals)))f", value)
    guard text.hasPrefix("-") else { return text }
    let digits = text.dropFirst()
    return digits.allSatisfy { $0 == "0" || $0 == "." } ? String(digits) : minus + digits
  }

  /// A whole number.
  static func whole(_ value: Int) -> String { value < 0 ? minus + String(value.magnitude) : String(value) }

  /// A number with four significant digits, for notes: `0.5131`, `1.2e−9`.
  static func compact(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "not a number" : value > 0 ? "∞" : minus + "∞" }
    return String(format: "%.4g", value == 0 ? 0 : value)
      .replacingOccurrences(of: "e-0", with: "e-").replacingOccurrences(of: "e+0", with: "e")
      .replacingOccurrences(of: "e+", with: "e").replacingOccurrences(of: "-", with: minus)
  }

  /// A power of ten: 10 with a raised exponent.
  static func powerOfTen(_ exponent: Int) -> RichText {
    RichText([RichText.Run("10"), RichText.Run(whole(exponent), level: .raised)])
  }

  /// The fewest decimals (at most `most`) that write every value to within a thousandth of the step.
  static func decimals(for values: [Double], step: Double, most: Int) -> Int? {
    for count in 0...most {
      let scale = pow(10, Double(count))
      if values.allSatisfy({ abs(($0 * scale).rounded() / scale - $0) <= abs(step) * 1e-3 }) { return count }
    }
    return nil
  }
}
