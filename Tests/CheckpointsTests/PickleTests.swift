import Testing

@testable import Checkpoints

/// Pickles as data: `pickle.dumps` of one value in every protocol, and operations that Python no longer writes.
@Suite struct PickleTests {
  /// What a pickle would build, as text. Shared values and cycles are cut by depth.
  private func text(_ arena: PickleArena, _ place: Int, depth: Int = 0) -> String {
    guard depth < 6 else { return "…" }
    func list(_ places: [Int]) -> String { places.map { text(arena, $0, depth: depth + 1) }.joined(separator: ", ") }
    let node = arena[place]
    let pairs = arena.entries(place)
      .map { "\(text(arena, $0.key, depth: depth + 1)): \(text(arena, $0.value, depth: depth + 1))" }
      .joined(separator: ", ")
    switch node.content {
    case .none: return "None"
    case .boolean(let value): return "\(value)"
    case .integer(let value): return "\(value)"
    case .largeInteger(let bytes): return "large \(Bytes(bytes).hex)"
    case .number(let value): return "\(value)"
    case .text(let text): return "'\(text)'"
    case .bytes, .spelledBytes: return "bytes \(arena.bytes(place)?.hex ?? "")"
    case .tuple: return "(\(list(node.items)))"
    case .list: return "[\(list(node.items))]"
    case .set: return "{\(list(node.items))}"
    case .dictionary: return "{\(pairs)}"
    case .global(let module, let name): return "\(module).\(name)"
    case .object(let callee, let arguments, let keywords):
      return "\(list([callee]))\(list([arguments]))\(keywords.map { " with \(list([$0]))" } ?? "")"
        + (node.items.isEmpty ? "" : " + [\(list(node.items))]") + (pairs.isEmpty ? "" : " + {\(pairs)}")
        + (node.states.isEmpty ? "" : " state \(list(node.states))")
    case .persistent(let identifier): return "kept \(list([identifier]))"
    case .outsideBuffer: return "buffer"
    }
  }

  private func text(_ bytes: Bytes) throws -> String {
    let arena = try PickleArena(reading: bytes)
    return text(arena, arena.root)
  }

  private func text(_ operations: String) throws -> String { try text(Bytes(Array(operations.utf8))) }

  /// `[None, True, False, 1, -2, 300, -70000, 2**40, -2**63, 2**70, 0.5, inf, text, four tuples, a dictionary, bytes, an
  /// ordered dictionary, the dictionary again]`.
  static let dumped = [
    "286c70300a4e614930310a614930300a6149310a61492d320a61493330300a61492d37303030300a614c313039393531313632373737364c0a614c2d393232333337323033363835343737353830384c0a614c313138303539313632303731373431313330333432344c0a6146302e350a6146696e660a6156e95c75323032385c7530303563780a70310a612874612849310a7470320a612849310a49320a7470330a612849310a49320a49330a7470340a612849310a49320a49330a49340a7470350a61286470360a56610a70370a286c70380a49310a617349320a286470390a7361635f636f646563730a656e636f64650a7031300a28565c7530303030ff0a7031310a566c6174696e310a7031320a747031330a527031340a6163636f6c6c656374696f6e730a4f726465726564446963740a7031350a2874527031360a566b0a7031370a49310a736167360a612e",
    "5d7100284e4930310a4930300a4b014afeffffff4d2c014a90eefeff4c313039393531313632373737364c0a4c2d393232333337323033363835343737353830384c0a4c313138303539313632303731373431313330333432344c0a473fe0000000000000477ff00000000000005807000000c3a9e280a85c78710129284b01747102284b014b02747103284b014b024b03747104284b014b024b034b047471057d71062858010000006171075d71084b01614b027d710975635f636f646563730a656e636f64650a710a28580300000000c3bf710b58060000006c6174696e31710c74710d52710e63636f6c6c656374696f6e730a4f726465726564446963740a710f2952711058010000006b71114b01736806652e",
    "80025d7100284e88894b014afeffffff4d2c014a90eefeff8a060000000000018a0800000000000000808a09000000000000000040473fe0000000000000477ff00000000000005807000000c3a9e280a85c787101294b018571024b014b028671034b014b024b03877104284b014b024b034b047471057d71062858010000006171075d71084b01614b027d710975635f636f646563730a656e636f64650a710a580300000000c3bf710b58060000006c6174696e31710c86710d52710e63636f6c6c656374696f6e730a4f726465726564446963740a710f2952711058010000006b71114b01736806652e",
    "80035d7100284e88894b014afeffffff4d2c014a90eefeff8a060000000000018a0800000000000000808a09000000000000000040473fe0000000000000477ff00000000000005807000000c3a9e280a85c787101294b018571024b014b028671034b014b024b03877104284b014b024b034b047471057d71062858010000006171075d71084b01614b027d710975430200ff710a63636f6c6c656374696f6e730a4f726465726564446963740a710b2952710c58010000006b710d4b01736806652e",
    "800495ae000000000000005d94284e88894b014afeffffff4d2c014a90eefeff8a060000000000018a0800000000000000808a09000000000000000040473fe0000000000000477ff00000000000008c07c3a9e280a85c7894294b0185944b014b0286944b014b024b038794284b014b024b034b0474947d94288c0161945d944b01614b027d9475430200ff948c0b636f6c6c656374696f6e73948c0b4f726465726564446963749493942952948c016b944b01736806652e",
    "800595ae000000000000005d94284e88894b014afeffffff4d2c014a90eefeff8a060000000000018a0800000000000000808a09000000000000000040473fe0000000000000477ff00000000000008c07c3a9e280a85c7894294b0185944b014b0286944b014b024b038794284b014b024b034b0474947d94288c0161945d944b01614b027d9475430200ff948c0b636f6c6c656374696f6e73948c0b4f726465726564446963749493942952948c016b944b01736806652e",
  ]

  @Test(arguments: Array(dumped.enumerated())) func buildsTheSameInEveryProtocol(number: Int, hex: String) throws {
    let large = number < 2 ? "1.1805916207174113e+21" : "large 000000000000000040"
    let bytes = number < 3 ? "_codecs.encode('\u{0}ÿ', 'latin1')" : "bytes 00ff"
    #expect(
      try text(Bytes(hex: hex))
        == "[None, true, false, 1, -2, 300, -70000, 1099511627776, -9223372036854775808, \(large), 0.5, inf, "
        + "'é\u{2028}\\x', (), (1), (1, 2), (1, 2, 3), (1, 2, 3, 4), {'a': [1], 2: {}}, \(bytes), "
        + "collections.OrderedDict() + {'k': 1}, {'a': [1], 2: {}}]")
  }

  @Test func keepsSharedValuesShared() throws {
    let arena = try PickleArena(reading: Bytes(hex: Self.dumped[4]))
    let items = arena[arena.root].items
    #expect(items[18] == items[21])
    let cycle = try PickleArena(reading: Bytes(Array("]q\0h\0a.".utf8)))
    #expect(cycle[cycle.root].items == [cycle.root])
  }

  @Test func buildsSetsAndBuffers() throws {
    #expect(try text(Bytes(hex: "80049507000000000000008f94284b01902e")) == "{1}")
    #expect(try text(Bytes(hex: "8004950600000000000000284b0191942e")) == "{1}")
    #expect(try text(Bytes(hex: "8005950d000000000000009602000000000000006162942e")) == "bytes 6162")
    #expect(try text(Bytes(hex: "800597982e")) == "buffer")
  }

  @Test func makesInertObjectsInEveryWay() throws {
    #expect(try text("cm\nC\n)R.") == "m.C()")
    #expect(try text("(K\u{1}im\nC\n.") == "m.C(1)")
    #expect(try text("(cm\nC\nK\u{1}o.") == "m.C(1)")
    #expect(try text("cm\nC\n)R}b.") == "m.C() state {}")
    #expect(try text("cm\nC\n)RK\u{1}a.") == "m.C() + [1]")
    #expect(try text("cm\nC\n)R)R.") == "m.C()()")
    #expect(try text(Bytes([0x80, 4] + Array("cm\nC\n)}".utf8) + [0x92] + Array(".".utf8))) == "m.C() with {}")
    #expect(try text(Bytes([0x80, 4] + Array("cm\nC\n)".utf8) + [0x81] + Array(".".utf8))) == "m.C()")
    #expect(try text(Bytes([0x82, 7, 0x2E])) == "copyreg.extension 7")
    #expect(try text(Bytes([0x83, 7, 1, 0x2E])) == "copyreg.extension 263")
    #expect(try text(Bytes([0x84, 7, 1, 0, 0, 0x2E])) == "copyreg.extension 263")
    #expect(try text("Pkey\n.") == "kept 'key'")
    #expect(try text("K\u{1}Q.") == "kept 1")
  }

  @Test func readsTheTextsOfPython2() throws {
    #expect(try text("S'a\\n\\x41\\'b\\\\'\n.") == "'a\nA'b\\'")
    #expect(try text("S\"\\xff\"\n.") == "bytes ff")
    #expect(try text("U\u{2}ab.") == "'ab'")
    #expect(try text(Bytes(Array("T".utf8) + [1, 0, 0, 0, 0xFF, 0x2E])) == "bytes ff")
    #expect(try text("V\\U0001F600\\u00e9\\q\n.") == "'😀é\\q'")
    #expect(throws: CheckpointError.self) { try text("Sabc\n.") }
  }

  @Test func movesValuesAboutTheStack() throws {
    #expect(try text("(K\u{1}K\u{2}0K\u{3}t.") == "(1, 3)")
    #expect(try text("(K\u{1}2t.") == "(1, 1)")
    #expect(try text("K\u{1}(K\u{2}K\u{3}1.") == "1")
    #expect(try text("(K\u{1}K\u{2}d.") == "{1: 2}")
    #expect(try text("(K\u{1}p7\ng7\nt.") == "(1, 1)")
    #expect(throws: CheckpointError.pickle(.stackEmpty("'.'", offset: 0))) { try text(".") }
    #expect(throws: CheckpointError.pickle(.noMark("'0'", offset: 0))) { try text("0.") }
  }

  @Test func readsOnePickleAfterAnother() throws {
    let bytes = Bytes(Array("K\u{1}.K\u{2}.".utf8))
    let first = try PickleArena(reading: bytes)
    let second = try PickleArena(reading: bytes, from: first.end)
    #expect(text(first, first.root) == "1")
    #expect(text(second, second.root) == "2")
    #expect(second.end == bytes.count)
  }

  @Test func stopsAtAsManyValuesAsItMay() throws {
    #expect(throws: CheckpointError.pickle(.tooMany(limit: 10, offset: 6))) {
      try PickleArena(reading: Bytes(Array("]]]]]]]]]]]].".utf8)), limit: 10)
    }
  }
}
