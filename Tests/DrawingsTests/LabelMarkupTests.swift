import Drawings
import Testing

@Suite struct LabelMarkupTests {
  typealias Run = RichText.Run

  @Test(arguments: [
    ("plain", [Run("plain")]),
    ("σ_{max}^{2}", [Run("σ"), Run("max", level: .lowered), Run("2", level: .raised)]),
    (
      "x_1 + *y*^2",
      [Run("x"), Run("1", level: .lowered), Run(" + "), Run("y", isItalic: true), Run("2", level: .raised)]
    ),
    ("test_loss", [Run("test_loss")]),
    ("a_b_c", [Run("a_b"), Run("c", level: .lowered)]),
    ("2 * 3 * 4", [Run("2 * 3 * 4")]),
    ("*", [Run("*")]),
    ("**", [Run("**")]),
    ("a\\_b \\* \\\\", [Run("a_b * \\")]),
    ("open_{never", [Run("open_{never")]),
    ("_", [Run("_")]), ("^", [Run("^")]), ("", []), ("}{", [Run("}{")]), ("_{}", []),
    ("10^{-3}", [Run("10"), Run("-3", level: .raised)]),
    ("line\nbreak", [Run("line break")]),
  ])
  func readsALabel(label: String, runs: [Run]) {
    #expect(LabelMarkup.parse(label).runs == runs)
  }

  @Test func neverFailsOnAnyText() {
    var state: UInt64 = 7
    let signs = Array("_^*\\{}ab1 σ²🙂\n<&>")
    for _ in 0..<2_000 {
      var label = ""
      state = state &* 6_364_136_223_846_793_005 &+ 1
      for _ in 0..<(state >> 58) {
        state = state &* 6_364_136_223_846_793_005 &+ 1
        label.append(signs[Int(state >> 33) % signs.count])
      }
      let plain = LabelMarkup.plain(label)
      #expect(plain.count <= label.count)
    }
    #expect(LabelMarkup.plain(String(repeating: "^{", count: 50_000)).count <= 601)
    #expect(LabelMarkup.plain(String(repeating: "*a_{", count: 50_000) + "}").count <= 601)
  }
}
