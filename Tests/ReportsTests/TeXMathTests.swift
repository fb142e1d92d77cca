import Foundation
import FoundationXML
import Testing

@testable import Reports

@Suite struct TeXMathTests {
  /// The MathML between the wrappers.
  private func mathML(_ tex: String) -> String {
    let math = TeXMath(tex)
    #expect(math.problems == [], "\(tex)")
    let whole = math.mathML(isDisplay: false)
    guard let start = whole.range(of: "<semantics><mrow>"), let end = whole.range(of: "</mrow><annotation") else {
      return whole
    }
    return String(whole[start.upperBound..<end.lowerBound])
  }

  @Test(arguments: [
    ("x", "<mi>x</mi>"), ("3.14", "<mn>3.14</mn>"), ("-1", "<mo>−</mo><mn>1</mn>"), (#"\alpha"#, "<mi>α</mi>"),
    (#"\Gamma"#, #"<mi mathvariant="normal">Γ</mi>"#), ("x_1", "<msub><mi>x</mi><mn>1</mn></msub>"),
    ("x^10", "<msup><mi>x</mi><mn>1</mn></msup><mn>0</mn>"),
    ("x_i^{2n}", "<msubsup><mi>x</mi><mi>i</mi><mrow><mn>2</mn><mi>n</mi></mrow></msubsup>"),
    ("f'", #"<msup><mi>f</mi><mo>′</mo></msup>"#), (#"\frac12"#, "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
    (#"\frac{a}{b+c}"#, "<mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mi>c</mi></mrow></mfrac>"),
    (#"\sqrt{x}"#, "<msqrt><mi>x</mi></msqrt>"), (#"\sqrt[3]{x}"#, "<mroot><mi>x</mi><mn>3</mn></mroot>"),
    (#"\sum_{i}^n"#, "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>"),
    (#"\int_0^1"#, "<msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup>"),
    (#"\int\limits_0"#, "<munder><mo>∫</mo><mn>0</mn></munder>"),
    (#"\mathbf{x}"#, #"<mi mathvariant="normal" class="bold">x</mi>"#),
    (#"\mathbb{R}"#, #"<mi mathvariant="normal">ℝ</mi>"#),
    (#"\mathbb E"#, #"<mi mathvariant="normal">𝔼</mi>"#), (#"\mathcal{L}"#, #"<mi mathvariant="normal">ℒ</mi>"#),
    (#"\mathcal{N}"#, #"<mi mathvariant="normal">𝒩</mi>"#), (#"\mathrm{diag}"#, #"<mi mathvariant="normal">diag</mi>"#),
    (#"\log x"#, #"<mi mathvariant="normal">log</mi><mspace width="0.1667em"></mspace><mi>x</mi>"#),
    (
      #"\operatorname{tr}(A)"#,
      #"<mi mathvariant="normal">tr</mi><mo stretchy="false">(</mo><mi>A</mi><mo stretchy="false">)</mo>"#
    ),
    (#"\hat{x}"#, #"<mover accent="true"><mi>x</mi><mo stretchy="false">^</mo></mover>"#),
    (#"\text{if } x"#, "<mtext>if\u{A0}</mtext><mi>x</mi>"), ("a<b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
    (
      #"\left(\frac1x\right)"#,
      #"<mrow><mo stretchy="true" fence="true" form="prefix">(</mo><mfrac><mn>1</mn><mi>x</mi></mfrac><mo stretchy="true" fence="true" form="postfix">)</mo></mrow>"#
    ),
    (#"\not\in"#, "<mo>∉</mo>"),
    (#"\lVert x\rVert"#, #"<mo stretchy="false">‖</mo><mi>x</mi><mo stretchy="false">‖</mo>"#),
    (#"a\,b"#, #"<mi>a</mi><mspace width="0.1667em"></mspace><mi>b</mi>"#),
    (
      #"\begin{pmatrix}a&b\\c&d\end{pmatrix}"#,
      #"<mrow><mo stretchy="true" fence="true" form="prefix">(</mo><mtable class="matrix"><mtr><mtd class="c"><mi>a</mi></mtd><mtd class="c"><mi>b</mi></mtd></mtr><mtr><mtd class="c"><mi>c</mi></mtd><mtd class="c"><mi>d</mi></mtd></mtr></mtable><mo stretchy="true" fence="true" form="postfix">)</mo></mrow>"#
    ),
    (
      #"a&=b\\&=c"#,
      #"<mtable class="aligned" displaystyle="true"><mtr><mtd class="r"><mi>a</mi></mtd><mtd class="l"><mrow><mo>=</mo><mi>b</mi></mrow></mtd></mtr><mtr><mtd class="r"><mrow></mrow></mtd><mtd class="l"><mrow><mo>=</mo><mi>c</mi></mrow></mtd></mtr></mtable>"#
    ),
    ("", ""), ("{}", "<mrow></mrow>"), ("_1", "<msub><mrow></mrow><mn>1</mn></msub>"),
    (#"\{x\}"#, #"<mo stretchy="false">{</mo><mi>x</mi><mo stretchy="false">}</mo>"#),
    (#"\overset{d}{=}"#, "<mover><mo>=</mo><mi>d</mi></mover>"),
  ])
  func writesMathML(tex: String, expected: String) { #expect(mathML(tex) == expected) }

  @Test(arguments: [
    (#"\frob x"#, #"TeX command '\frob' is not known and is shown by its name"#),
    ("{x", "'{' is not closed in a formula"),
    ("x}", "'}' without '{' in a formula"), (#"\left( x"#, #"'\left' without '\right' in a formula"#),
    (#"\begin{matrix} x"#, #"'\begin{matrix}' is not ended in a formula"#),
    (#"\begin{matrix} x \end{cases}"#, #"'\begin{matrix}' is ended by '\end{cases}' in a formula"#),
    (#"\begin{what} x \end{what}"#, #"TeX command '\begin{what}' is not known and is shown by its name"#),
    (String(repeating: "{", count: 50) + String(repeating: "}", count: 50), "formula nested more than 40 deep"),
    (String(repeating: #"\sqrt"#, count: 50) + "x", "formula nested more than 40 deep"),
    (String(repeating: "x", count: 20_001), "formula of 20001 bytes; the limit is 20000"),
  ])
  func saysWhatIsWrong(tex: String, expected: String) {
    #expect(TeXMath(tex).problems.map(\.message).first == expected)
  }

  @Test func knowsThePapersOfTheField() {
    let formulas = [
      #"\nabla_x \log p_\sigma(x) = \mathbb{E}\left[\frac{x_0 - x}{\sigma^2} \,\middle|\, x\right]"#,
      #"\rho(\lambda) = \frac{\sqrt{(\lambda_+ - \lambda)(\lambda-\lambda_-)}}{2\pi\alpha\lambda}, \quad \lambda \in [\lambda_-, \lambda_+]"#,
      #"d(A, B) = \min_{C \in O(n)} \lVert A - C B C^\top \rVert_F"#,
      #"\hat{\mathbf{x}}_{t+1} = \boldsymbol{\Phi}\,\mathbf{b} \approx \sum_{k=1}^{r} \phi_k e^{\omega_k t} b_k"#,
      #"f(x) = \begin{cases} x & \text{if } x \ge 0 \\ 0 & \text{otherwise} \end{cases}"#,
      #"\begin{aligned} \dot x &= \sigma (y - x) \\ \dot y &= x(\rho - z) - y \end{aligned}"#,
      #"\mathcal{L} = \mathbb{E}_{t,x_0,\epsilon} \bigl\| \epsilon - \epsilon_\theta(x_t, t) \bigr\|_2^2"#,
      #"\frac{\partial \mathcal{L}}{\partial \theta} \propto \mathrm{KL}(q \,\|\, p) = \int q \log \frac{q}{p} \,\mathrm{d}x"#,
      #"\operatorname*{arg\,max}_i (s_i - s_{i+1})"#,
      #"z(\mu) = -\frac1\mu + \frac1d \sum_j \frac{k_j s_j^2}{1 + s_j^2 \mu}"#,
      #"\underbrace{a + b}_{\text{two}} \xrightarrow{n \to \infty} \overline{c}"#, #"\binom{n}{k} \pmod{m}"#,
    ]
    for formula in formulas { #expect(TeXMath(formula).problems == [], "\(formula)") }
  }

  @Test func endsOnEveryDamage() {
    var state: UInt64 = 7
    func roll(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let pieces = [
      "{", "}", "^", "_", "&", "\\\\", "\\left", "\\right", "\\begin{matrix}", "\\end{matrix}", "\\frac", "\\sqrt[",
      "]",
      "\\text{", "x", "12", "'", "\\middle", "\\not", "\\limits", "\\over", "\\displaystyle", "\\big", "\\substack{",
      "(", "|",
      "\\mathbf", "\\hat", "\\begin", "\\", "\\begin{array}{lc", "<", "\\operatorname", "\\label{", "%", "\n", "é",
    ]
    for _ in 0..<3000 {
      let tex = (0..<roll(30)).map { _ in pieces[roll(pieces.count)] }.joined()
      let math = TeXMath(tex)
      let text = math.mathML(isDisplay: true)
      let parser = XMLParser(data: Data(text.utf8))
      #expect(parser.parse(), "\(tex)")
      _ = math.plainText
    }
  }
}
