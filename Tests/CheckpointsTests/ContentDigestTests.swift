import Checkpoints
import Foundation
import Testing

@Suite struct ContentDigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]) func isSHA256(text: String, hex: String) {
    #expect(ContentDigest(of: Bytes(text.utf8)).hex == hex)
  }

  @Test func doesNotDependOnHowBytesAreCutIntoPieces() {
    let bytes = Bytes((0..<1000).map { UInt8(truncatingIfNeeded: $0) })
    for cut in [0, 1, 63, 64, 65, 999, 1000] {
      let digester = ContentDigester()
      digester.append(bytes[0..<cut])
      digester.append(bytes[cut..<1000])
      #expect(digester.finish() == ContentDigest(of: bytes))
    }
  }

  @Test func keepsFieldsApart() {
    func digest(_ fields: [String]) -> ContentDigest {
      let digester = ContentDigester()
      for field in fields { digester.append(field: field) }
      return digester.finish()
    }
    #expect(digest(["ab", "c"]) != digest(["a", "bc"]))
    #expect(digest(["", "a"]) != digest(["a", ""]))
    #expect(digest(["a"]) == digest(["a"]))
  }

  @Test func seesTypeShapeAndBytesOfATensorButNotItsName() {
    let tensor = Tensor(name: "a", shape: [2, 3], floats: [1, 2, 3, 4, 5, 6])
    let digest = ContentDigest(of: tensor)
    #expect(ContentDigest(of: tensor.named("b")) == digest)
    #expect(ContentDigest(of: Tensor(name: "a", shape: [3, 2], floats: [1, 2, 3, 4, 5, 6])) != digest)
    #expect(ContentDigest(of: Tensor(name: "a", shape: [2, 3], floats: [1, 2, 3, 4, 5, 7])) != digest)
    #expect(ContentDigest(of: Tensor(name: "a", elementType: .i32, shape: [2, 3], bytes: tensor.bytes)) != digest)
  }

  @Test func isOneStringInJSON() throws {
    let digest = ContentDigest(of: Bytes([]))
    let json = try JSONEncoder().encode([digest])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(digest.hex)\"]")
    #expect(try JSONDecoder().decode([ContentDigest].self, from: json) == [digest])
  }
}
