import Foundation

/// The digamma function ψ of a positive number.
func digamma(_ value: Double) -> Double {
  var (x, sum) = (value, 0.0)
  while x < 8 {
    sum -= 1 / x
    x += 1
  }
  let square = 1 / (x * x)
  return sum + log(x) - 0.5 / x
    - square * (1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square / 132))))
}
