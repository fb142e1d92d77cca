import Foundation
import LinearAlgebra
import Testing

@Suite struct FourierTransformTests {
  @Test(arguments: [1, 2, 3, 5, 8, 12, 31, 64, 100])
  func isTheSumItStandsFor(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    let values = (0..<count).map { _ in Complex(random.gaussian(), random.gaussian()) }
    let transform = FourierTransform(count: count)
    let found = transform.transformed(values)
    for k in 0..<count {
      var sum = Complex(0.0)
      for (t, value) in values.enumerated() {
        sum = sum + value * Complex.polar(modulus: 1, argument: -2 * .pi * Double(k * t % count) / Double(count))
      }
      #expect((found[k] - sum).modulus < 1e-11)
    }
    for (before, after) in zip(values, transform.inverted(found)) { #expect((before - after).modulus < 1e-12) }
    let power = found.reduce(0) { $0 + $1.squaredModulus } / Double(count)
    #expect(abs(power - values.reduce(0) { $0 + $1.squaredModulus }) < 1e-9)
  }
}
