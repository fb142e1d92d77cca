/// How many clusters there are of every size, and the two largest at once.
struct SizeTally {
  private var counts: [Int32]
  /// A bit for every size that there is.
  private var present: [UInt64]
  /// The size of the largest cluster; 0 of none.
  private(set) var largest = 0

  init(siteCount: Int) {
    counts = [Int32](repeating: 0, count: siteCount + 1)
    present = [UInt64](repeating: 0, count: siteCount / 64 + 1)
  }

  /// A site alone.
  mutating func addSite() { add(1) }

  /// Two clusters become one.
  mutating func join(_ sizes: (Int, Int)) {
    remove(sizes.0)
    remove(sizes.1)
    add(sizes.0 + sizes.1)
  }

  /// The size of the largest cluster beside the largest; 0 where there is no other.
  var second: Int {
    if largest == 0 { return 0 }
    if counts[largest] > 1 { return largest }
    var (word, bit) = (largest / 64, largest % 64)
    var below = present[word] & ((1 << UInt64(bit)) - 1)
    while below == 0, word > 0 {
      word -= 1
      below = present[word]
    }
    bit = 63 - below.leadingZeroBitCount
    return below == 0 ? 0 : 64 * word + bit
  }

  private mutating func add(_ size: Int) {
    counts[size] += 1
    present[size / 64] |= 1 << UInt64(size % 64)
    largest = max(largest, size)
  }

  private mutating func remove(_ size: Int) {
    counts[size] -= 1
    if counts[size] == 0 { present[size / 64] &= ~(1 << UInt64(size % 64)) }
  }
}
