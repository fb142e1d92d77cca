import Foundation

/// A complex number.
public struct Complex<Scalar: RealScalar>: Sendable, Hashable {
  /// The real part.
  public var real: Scalar
  /// The imaginary part.
  public var imaginary: Scalar

  /// Makes a complex number; without an imaginary part it is real.
  public init(_ real: Scalar, _ imaginary: Scalar = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  /// The number of a given modulus and argument.
  public static func polar(modulus: Scalar, argument: Scalar) -> Complex {
    let angle = Double(argument)
    return Complex(modulus * Scalar(cos(angle)), modulus * Scalar(sin(angle)))
  }

  /// The imaginary unit.
  public static var i: Complex { Complex(0, 1) }

  /// The absolute value, without overflow on the way.
  public var modulus: Scalar { norm(of: [real, imaginary]) }
  /// The square of the absolute value.
  public var squaredModulus: Scalar { real * real + imaginary * imaginary }
  /// The angle in (−π, π].
  public var argument: Scalar { Scalar(atan2(Double(imaginary), Double(real))) }
  /// The mirror image in the real axis.
  public var conjugate: Complex { Complex(real, -imaginary) }

  /// The sum.
  public static func + (left: Complex, right: Complex) -> Complex {
    Complex(left.real + right.real, left.imaginary + right.imaginary)
  }
  /// The difference.
  public static func - (left: Complex, right: Complex) -> Complex {
    Complex(left.real - right.real, left.imaginary - right.imaginary)
  }
  /// The negative.
  public static prefix func - (value: Complex) -> Complex { Complex(-value.real, -value.imaginary) }
  /// The product.
  public static func * (left: Complex, right: Complex) -> Complex {
    Complex(
      left.real * right.real - left.imaginary * right.imaginary,
      left.real * right.imaginary + left.imaginary * right.real)
  }
  /// The product with a real number.
  public static func * (left: Scalar, right: Complex) -> Complex {
    Complex(left * right.real, left * right.imaginary)
  }
  /// The quotient, scaled so that large and small divisors neither overflow nor underflow on the way.
  public static func / (left: Complex, right: Complex) -> Complex {
    if abs(right.real) >= abs(right.imaginary) {
      let ratio = right.imaginary / right.real
      let divisor = right.real + right.imaginary * ratio
      return Complex(
        (left.real + left.imaginary * ratio) / divisor, (left.imaginary - left.real * ratio) / divisor)
    }
    let ratio = right.real / right.imaginary
    let divisor = right.real * ratio + right.imaginary
    return Complex((left.real * ratio + left.imaginary) / divisor, (left.imaginary * ratio - left.real) / divisor)
  }
}

extension Complex: Codable where Scalar: Codable {}
