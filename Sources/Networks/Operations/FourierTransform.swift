import Foundation

/// Sums Σ xⱼ exp(± 2πi jk / n) for every k, of any number n of complex numbers: halving where n is a power of two, else
/// by Bluestein's convolution. Error: some rounding errors of the largest sum.
struct FourierTransform {
  let count: Int
  /// cos and sin of 2πj / n (halving) or πj² / n (Bluestein).
  private let cosines: [Double]
  private let sines: [Double]
  /// The chirp's own transform, and its length.
  private var chirp: (real: [Double], imaginary: [Double]) = ([], [])
  private var inner: [FourierTransform] = []

  init(count: Int) {
    self.count = count
    if count.nonzeroBitCount == 1 {
      cosines = (0..<(count / 2)).map { cos(2 * .pi * Double($0) / Double(count)) }
      sines = (0..<(count / 2)).map { sin(2 * .pi * Double($0) / Double(count)) }
      return
    }
    // j² is taken modulo 2n, so that the angles stay small.
    let squares = (0..<count).map { Double($0 * $0 % (2 * count)) }
    cosines = squares.map { cos(.pi * $0 / Double(count)) }
    sines = squares.map { sin(.pi * $0 / Double(count)) }
    var length = 1
    while length < 2 * count - 1 { length *= 2 }
    let transform = FourierTransform(count: length)
    var real = [Double](repeating: 0, count: length)
    var imaginary = real
    for j in 0..<count {
      (real[j], imaginary[j]) = (cosines[j], sines[j])
      if j > 0 { (real[length - j], imaginary[length - j]) = (cosines[j], sines[j]) }
    }
    transform.run(&real, &imaginary, isInverse: false)
    chirp = (real, imaginary)
    inner = [transform]
  }

  /// In place; without a factor either way.
  func run(_ real: inout [Double], _ imaginary: inout [Double], isInverse: Bool) {
    // The inverse is the transform with real and imaginary parts exchanged.
    if isInverse {
      run(&imaginary, &real, isInverse: false)
    } else if let transform = inner.first {
      convolve(&real, &imaginary, transform)
    } else {
      halve(&real, &imaginary)
    }
  }

  private func halve(_ real: inout [Double], _ imaginary: inout [Double]) {
    var mirrored = 0
    for index in 1..<max(1, count) {
      var bit = count >> 1
      while mirrored & bit != 0 {
        mirrored ^= bit
        bit >>= 1
      }
      mirrored |= bit
      if index < mirrored {
        real.swapAt(index, mirrored)
        imaginary.swapAt(index, mirrored)
      }
    }
    var half = 1
    while half < count {
      let step = count / (2 * half)
      for start in stride(from: 0, to: count, by: 2 * half) {
        for k in 0..<half {
          let (c, s) = (cosines[k * step], -sines[k * step])
          let (p, q) = (start + k, start + k + half)
          let (x, y) = (c * real[q] - s * imaginary[q], s * real[q] + c * imaginary[q])
          (real[q], imaginary[q]) = (real[p] - x, imaginary[p] - y)
          (real[p], imaginary[p]) = (real[p] + x, imaginary[p] + y)
        }
      }
      half *= 2
    }
  }

  private func convolve(_ real: inout [Double], _ imaginary: inout [Double], _ transform: FourierTransform) {
    let length = transform.count
    var (x, y) = ([Double](repeating: 0, count: length), [Double](repeating: 0, count: length))
    for j in 0..<count {
      x[j] = real[j] * cosines[j] + imaginary[j] * sines[j]
      y[j] = imaginary[j] * cosines[j] - real[j] * sines[j]
    }
    transform.run(&x, &y, isInverse: false)
    for k in 0..<length {
      let (a, b) = (chirp.real[k], chirp.imaginary[k])
      (x[k], y[k]) = (x[k] * a - y[k] * b, x[k] * b + y[k] * a)
    }
    transform.run(&x, &y, isInverse: true)
    let scale = 1 / Double(length)
    for k in 0..<count {
      real[k] = (x[k] * cosines[k] + y[k] * sines[k]) * scale
      imaginary[k] = (y[k] * cosines[k] - x[k] * sines[k]) * scale
    }
  }
}
