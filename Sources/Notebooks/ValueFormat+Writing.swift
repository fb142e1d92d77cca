import Glibc

extension ValueFormat {
  /// A number as this format writes it on a page.
  public func applied(to value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : (value < 0 ? "−∞" : "∞") }
    switch style {
    case .fixed: return decorated(Self.printed(value, "f", precision ?? 2))
    case .percent: return decorated(Self.printed(value * 100, "f", precision ?? 0)) + " %"
    case .exponent: return powers(Self.printed(value, "e", precision ?? 2))
    case .whole: return decorated(Self.printed(value.rounded(.toNearestOrEven), "f", 0))
    case .text: return decorated(Self.plain(value))
    case .general:
      let digits = max(1, precision ?? 4)
      let text = Self.printed(value, "g", digits)
      return text.contains("e") ? powers(text) : decorated(text)
    }
  }

  /// The shortest decimal text that reads back as the same number, without an exponent where that is readable.
  public static func plain(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return String(value)
  }

  /// C's notion of the number, which is the same on every machine.
  private static func printed(_ value: Double, _ conversion: String, _ precision: Int) -> String {
    // 309 digits before the point, 15 after it, a sign and a terminator fit.
    var buffer = [CChar](repeating: 0, count: 352)
    let length = withVaList([CInt(clamping: precision), value]) {
      vsnprintf(&buffer, buffer.count, "%.*\(conversion)", $0)
    }
    let text = String(decoding: buffer.prefix(Int(max(0, length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // A rounded-away number has no sign.
    return text.first == "-" && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text
  }

  private func decorated(_ text: String) -> String {
    let isNegative = text.first == "-"
    var digits = isNegative ? String(text.dropFirst()) : text
    if groupsThousands { digits = Self.grouped(digits) }
    if isNegative { return "−" + digits }
    return showsPlus && digits.contains { ("1"..."9").contains($0) } ? "+" + digits : digits
  }

  private func powers(_ text: String) -> String {
    let parts = text.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return decorated(text) }
    guard exponent != 0 else { return decorated(String(parts[0])) }
    return "\(decorated(String(parts[0]))) × 10\(Self.raised(exponent))"
  }

  private static func raised(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (exponent < 0 ? "⁻" : "")
      + String(String(exponent.magnitude).compactMap { $0.wholeNumberValue.map { digits[$0] } })
  }

  private static func grouped(_ digits: String) -> String {
    let whole = digits.prefix { $0 != "." }
    guard whole.count > 4 else { return digits }
    var out = ""
    for (index, digit) in whole.enumerated() {
      // A thin space that does not break.
      if index > 0, (whole.count - index) % 3 == 0 { out.append("\u{202F}") }
      out.append(digit)
    }
    return out + digits.dropFirst(whole.count)
  }
}
