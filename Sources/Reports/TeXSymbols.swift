/// What TeX's commands for single signs stand for.
enum TeXSymbols {
  /// A sign with its role.
  struct Symbol {
    enum Role { case letter, uprightLetter, sign, fence, tight }
    var text: String
    var role: Role

    func node(style: TeXMath.Style) -> TeXMath.Node {
      switch role {
      case .letter: .identifier(text, style: style)
      case .uprightLetter: .identifier(text, style: style == .plain ? .upright : style)
      case .sign: .sign(text, attributes: "")
      case .fence: .sign(text, attributes: " stretchy=\"false\"")
      case .tight: .sign(text, attributes: " lspace=\"0\" rspace=\"0\"")
      }
    }
  }

  static let symbols: [String: Symbol] = {
    var symbols: [String: Symbol] = [:]
    func add(_ role: Symbol.Role, _ list: String) {
      for pair in list.split(whereSeparator: \.isWhitespace) {
        // The last character is the sign, what stands before it the command's name.
        symbols[String(pair.dropLast())] = Symbol(text: String(pair.suffix(1)), role: role)
      }
    }
    add(
      .letter,
      """
      alphaα betaβ gammaγ deltaδ epsilonϵ varepsilonε zetaζ etaη thetaθ varthetaϑ iotaι kappaκ lambdaλ muμ nuν xiξ
      omicronο piπ varpiϖ rhoρ varrhoϱ sigmaσ varsigmaς tauτ upsilonυ phiϕ varphiφ chiχ psiψ omegaω imathı jmathȷ
      """)
    add(
      .uprightLetter,
      """
      GammaΓ DeltaΔ ThetaΘ LambdaΛ XiΞ PiΠ SigmaΣ UpsilonΥ PhiΦ PsiΨ OmegaΩ infty∞ partial∂ nabla∇ ellℓ hbarℏ Reℜ Imℑ
      wp℘ alephℵ emptyset∅ varnothing∅ top⊤ bot⊥ angle∠ degree° prime′ square□ Box□ star⋆ dagger† ddagger‡
      """)
    add(
      .sign,
      """
      cdot⋅ times× div÷ pm± mp∓ ast∗ circ∘ bullet∙ oplus⊕ ominus⊖ otimes⊗ odot⊙ wedge∧ land∧ vee∨ lor∨ cap∩ cup∪
      setminus∖ leq≤ le≤ leqslant⩽ geq≥ ge≥ geqslant⩾ neq≠ ne≠ ll≪ gg≫ approx≈ sim∼ simeq≃ cong≅ equiv≡ propto∝
      asymp≍ doteq≐ prec≺ succ≻ preceq⪯ succeq⪰ in∈ ni∋ notin∉ subset⊂ subseteq⊆ supset⊃ supseteq⊇ to→ rightarrow→
      longrightarrow⟶ leftarrow← gets← longleftarrow⟵ leftrightarrow↔ Rightarrow⇒ implies⟹ Leftarrow⇐
      Leftrightarrow⇔ iff⟺ mapsto↦ longmapsto⟼ hookrightarrow↪ uparrow↑ downarrow↓ nearrow↗ searrow↘ perp⟂
      parallel∥ mid∣ vdash⊢ models⊨ lesssim≲ gtrsim≳ triangleq≜ coloneqq≔ sum∑ prod∏ coprod∐ int∫ iint∬ iiint∭
      oint∮ bigcup⋃ bigcap⋂ bigoplus⨁ bigotimes⨂ bigvee⋁ bigwedge⋀ therefore∴ because∵ rightharpoonup⇀
      rightleftharpoons⇌ ltimes⋉ rtimes⋊ bowtie⋈
      """)
    add(
      .tight,
      "dots… ldots… cdots⋯ vdots⋮ ddots⋱ forall∀ exists∃ nexists∄ neg¬ lnot¬ colon: surd√")
    for sign in ["#", "$", "%", "&", "_"] { symbols[sign] = Symbol(text: sign, role: .tight) }
    symbols["backslash"] = Symbol(text: "\\", role: .tight)
    symbols["dotsc"] = Symbol(text: "…", role: .tight)
    symbols["dotsb"] = Symbol(text: "⋯", role: .tight)
    add(
      .fence,
      "{{ }} lbrace{ rbrace} lbrack[ rbrack] langle⟨ rangle⟩ lfloor⌊ rfloor⌋ lceil⌈ rceil⌉ lvert| rvert| vert| lVert‖ rVert‖ Vert‖ |‖"
    )
    return symbols
  }()

  /// Words for functions.
  static let functions: [String: String] = {
    let names = [
      "log", "ln", "exp", "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh",
      "tanh", "coth", "det", "dim", "ker", "deg", "gcd", "hom", "lim", "max", "min", "sup", "inf", "arg", "Pr", "lg",
      "argmax", "argmin", "tr", "Tr", "rank", "diag", "span", "Var", "Cov", "sgn", "sign", "softmax", "erf",
    ]
    var functions = Dictionary(uniqueKeysWithValues: names.map { ($0, $0) })
    functions["limsup"] = "lim sup"
    functions["liminf"] = "lim inf"
    functions["argmax"] = "arg max"
    functions["argmin"] = "arg min"
    return functions
  }()
  /// Those whose subscripts stand below in display.
  static let limitFunctions: Set = [
    "lim", "max", "min", "sup", "inf", "det", "gcd", "Pr", "limsup", "liminf", "argmax", "argmin",
  ]
  /// Signs whose scripts stand above and below in display.
  static let limitSigns: Set = ["∑", "∏", "∐", "⋃", "⋂", "⨁", "⨂", "⋁", "⋀"]

  /// Marks over and under.
  static let accents: [String: (mark: String, isBelow: Bool, stretches: Bool)] = [
    "hat": ("^", false, false), "widehat": ("^", false, true), "tilde": ("~", false, false),
    "widetilde": ("~", false, true), "bar": ("¯", false, false), "overline": ("¯", false, true),
    "vec": ("→", false, false), "overrightarrow": ("→", false, true), "dot": ("˙", false, false),
    "ddot": ("¨", false, false), "check": ("ˇ", false, false), "breve": ("˘", false, false),
    "acute": ("´", false, false), "grave": ("`", false, false), "mathring": ("˚", false, false),
    "underline": ("_", true, true), "underbrace": ("⏟", true, true), "overbrace": ("⏞", false, true),
  ]

  /// Signs struck through.
  static let negated: [String: String] = [
    "∈": "∉", "=": "≠", "≡": "≢", "⊂": "⊄", "⊆": "⊈", "∼": "≁", "≈": "≉", "∣": "∤", "∥": "∦", "≤": "≰", "≥": "≱",
    "∋": "∌", "→": "↛", "⇒": "⇏", "∃": "∄", "<": "≮", ">": "≯",
  ]
}
