/// A deterministic source of random numbers: xoshiro256★★, its state filled by splitmix64 from a seed.
///
/// Laws: the same seed gives the same bits on every machine and under every version of Swift (normal numbers: but for a last
/// bit of the C library's `exp` and `log` in the tails); a split depends on seed and label alone, not on how many
/// numbers were drawn before it; encoding and decoding in the middle of a stream does not change the rest of it.
///
/// References: blackman2021 (xoshiro), steele2014 (splitmix), doornik2005 (normal numbers).
public struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable, Codable {
  /// The seed this generator was made from.
  public let seed: UInt64
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  /// Makes a generator from a seed.
  public init(seed: UInt64) {
    self.seed = seed
    var filler = seed
    a = nextSplitMix(&filler)
    b = nextSplitMix(&filler)
    c = nextSplitMix(&filler)
    d = nextSplitMix(&filler)
  }

  /// An independent generator for a named purpose, the same whatever was drawn before.
  public func split(_ label: String) -> SeededGenerator {
    // FNV-1a of the label, then mixed with the seed: nearby labels and seeds give unrelated streams.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in label.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var first = seed
    var second = nextSplitMix(&first) ^ hash
    return SeededGenerator(seed: nextSplitMix(&second))
  }

  /// An independent generator for the item of a number, the same whatever was drawn before.
  public func split(_ index: Int) -> SeededGenerator { split("#\(index)") }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let result = rotated(b &* 5, by: 7) &* 9
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotated(d, by: 45)
    return result
  }

  /// A number in [0, 1), a multiple of 2⁻⁵³.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number in [lower, upper).
  public mutating func uniform(_ range: Range<Double>) -> Double {
    let drawn = range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    // Rounding may reach the open end of a narrow range.
    return drawn < range.upperBound ? drawn : range.lowerBound
  }

  /// A whole number from 0 up to but not including `count`, each equally likely.
  ///
  /// References: lemire2019.
  public mutating func index(below count: Int) -> Int {
    precondition(count > 0, "no index is below \(count)")
    let bound = UInt64(count)
    var product = bound.multipliedFullWidth(by: next())
    if product.low < bound {
      // These low words would favour some indices by one.
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = bound.multipliedFullWidth(by: next()) }
    }
    return Int(product.high)
  }

  /// The items in random order, each order equally likely.
  public mutating func shuffled<Item>(_ items: [Item]) -> [Item] {
    var order = items
    for last in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(last, index(below: last + 1)) }
    return order
  }

  /// −1 or 1, each equally likely.
  public mutating func sign() -> Double { next() >> 63 == 0 ? 1 : -1 }
}

private func rotated(_ word: UInt64, by count: UInt64) -> UInt64 { (word << count) | (word >> (64 - count)) }

private func nextSplitMix(_ state: inout UInt64) -> UInt64 {
  state &+= 0x9e37_79b9_7f4a_7c15
  var z = state
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}
