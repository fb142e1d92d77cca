import Foundation

/// The discrete Fourier transform of any length: halved again and again where the length is a power of two, as a
/// convolution of such a length otherwise.
///
/// Conventions: X(k) = Σ x(t) exp(−2πi k t/n); the inverse divides by n.
///
/// Laws: the inverse of the transform is what it was; Σ |X|² = n Σ |x|².
///
/// References: cooley1965, bluestein1970.
public struct FourierTransform: Sendable, Hashable {
  /// The length.
  public let count: Int
  /// exp(−2πi k/m) for the halving length m.
  private let turns: [Complex<Double>]
  /// exp(−πi t²/n), and its transform at the halving length; empty for powers of two.
  private let chirp: [Complex<Double>]
  private let chirpSpectrum: [Complex<Double>]

  /// Prepares transforms of a length.
  public init(count: Int) {
    self.count = max(1, count)
    let isPower = self.count & (self.count - 1) == 0
    var length = 1
    while length < (isPower ? self.count : 2 * self.count - 1) { length *= 2 }
    turns = (0..<(length / 2)).map { index in
      let angle = -2 * Double.pi * Double(index) / Double(length)
      return Complex(cos(angle), sin(angle))
    }
    guard !isPower else {
      (chirp, chirpSpectrum) = ([], [])
      return
    }
    let (size, whole) = (self.count, 2 * self.count)
    let chirp = (0..<size).map { place in
      // The square, taken round the circle in whole numbers, so that no angle is large.
      let square = place.multipliedFullWidth(by: place)
      let angle = -Double.pi * Double(whole.dividingFullWidth(square).remainder) / Double(size)
      return Complex(cos(angle), sin(angle))
    }
    var mirrored = [Complex<Double>](repeating: Complex(0), count: length)
    for place in 0..<size {
      let turned = Complex(chirp[place].real, -chirp[place].imaginary)
      mirrored[place] = turned
      if place > 0 { mirrored[length - place] = turned }
    }
    Self.transform(&mirrored, turns)
    self.chirp = chirp
    chirpSpectrum = mirrored
  }

  /// The transform. Traps unless there are as many values as prepared for.
  public func transformed(_ values: [Complex<Double>]) -> [Complex<Double>] {
    precondition(values.count == count, "\(values.count) values for a transform of \(count)")
    guard !chirp.isEmpty else {
      var values = values
      Self.transform(&values, turns)
      return values
    }
    var padded = [Complex<Double>](repeating: Complex(0), count: chirpSpectrum.count)
    for place in 0..<count { padded[place] = values[place] * chirp[place] }
    Self.transform(&padded, turns)
    for place in padded.indices {
      let product = padded[place] * chirpSpectrum[place]
      // Conjugated, the transform is the inverse's.
      padded[place] = Complex(product.real, -product.imaginary)
    }
    Self.transform(&padded, turns)
    let scale = 1 / Double(padded.count)
    return (0..<count).map { place in
      Complex(padded[place].real * scale, -padded[place].imaginary * scale) * chirp[place]
    }
  }

  /// What has the given transform.
  public func inverted(_ spectrum: [Complex<Double>]) -> [Complex<Double>] {
    let scale = 1 / Double(count)
    return transformed(spectrum.map { Complex($0.real, -$0.imaginary) })
      .map { Complex($0.real * scale, -$0.imaginary * scale) }
  }

  private static func transform(_ values: inout [Complex<Double>], _ turns: [Complex<Double>]) {
    let length = values.count
    values.withUnsafeMutableBufferPointer { values in
      turns.withUnsafeBufferPointer { turns in
        var reversed = 0
        for place in 1..<max(1, length) {
          var bit = length >> 1
          while reversed & bit != 0 {
            reversed ^= bit
            bit >>= 1
          }
          reversed |= bit
          if place < reversed { values.swapAt(place, reversed) }
        }
        var size = 2
        while size <= length {
          let (half, step) = (size / 2, length / size)
          var start = 0
          while start < length {
            for offset in 0..<half {
              let turn = turns[offset * step]
              let (low, high) = (values[start + offset], values[start + offset + half])
              let real = high.real * turn.real - high.imaginary * turn.imaginary
              let imaginary = high.real * turn.imaginary + high.imaginary * turn.real
              values[start + offset] = Complex(low.real + real, low.imaginary + imaginary)
              values[start + offset + half] = Complex(low.real - real, low.imaginary - imaginary)
            }
            start += size
          }
          size *= 2
        }
      }
    }
  }
}
