import Foundation
import Testing

@testable import Checkpoints

@Suite struct FileFormatTests {
  private func sniff(_ bytes: [UInt8]) -> FileFormat? { FileFormat.sniff(Bytes(bytes)) }

  @Test func takesAHeaderLengthForWhatItIsWhenItLooksLikeAMagic() {
    // 'BZh', gzip's and a pickle's first bytes are all lengths that a header may have.
    for start: [UInt8] in [[0x42, 0x5A, 0x68, 0x00], [0x1F, 0x8B, 0x00, 0x00], [0x80, 0x04, 0x95, 0x00]] {
      #expect(sniff(start + [0, 0, 0, 0] + Array("{\"".utf8)) == .safetensors)
    }
    #expect(sniff([0x80, 0x02, 0, 0, 0, 0, 0, 0, 0x20]) == .safetensors)
  }

  @Test func takesAHeaderOfAnyLengthForSafetensors() {
    #expect(sniff([UInt8](repeating: 255, count: 8) + Array("{\"a\"".utf8)) == .safetensors)
  }

  @Test func knowsTextsWithALeadingMarkOrSpace() {
    #expect(sniff(Array("\u{FEFF} <HTML>".utf8)) == .html)
    #expect(sniff(Array("{\"abcd\":{}}".utf8)) == .json)
    #expect(sniff(Array("\n[1]".utf8)) == .json)
    #expect(sniff(Array("---\nparams:".utf8)) == .text)
    // A character may be cut where the beginning ends.
    #expect(sniff(Array((String(repeating: "a", count: 511) + "é").utf8)) == .text)
  }

  @Test func knowsNothingOfTooFewBytes() {
    #expect(sniff([]) == nil)
    #expect(sniff([0x80]) == nil)
    #expect(sniff([0x93, 0x4E]) == nil)
  }

  @Test func hasWordsForEveryFormatAndAHintForEveryOneThatIsNotRead() {
    for format in FileFormat.allCases {
      #expect(!format.words.isEmpty)
      #expect(
        (format.hint == nil) == [.safetensors, .npy, .npz, .pyTorch, .pickle, .flax, .shardIndex].contains(format))
    }
  }
}
