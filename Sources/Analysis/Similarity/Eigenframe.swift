import LinearAlgebra

/// The eigenvectors of an operator, and their inner products, which say how their free phases belong together.
///
/// If A = Q B Qᵀ, each eigenvector of A is Q times one of B times a phase d, a sign where the eigenvalue is real. The inner
/// products v̄ᵢ·vⱼ and v̄ᵢ·v̄ⱼ of both then differ by the factors d̄ᵢdⱼ and d̄ᵢd̄ⱼ.
struct Eigenframe: Sendable {
  /// All eigenvalues, by falling modulus.
  let values: [Complex<Double>]
  /// The eigenvalues on and above the real axis, the real ones first.
  private let kept: [Complex<Double>]
  private let realCount: Int
  /// Their eigenvectors' real and imaginary parts, one a column.
  private let real: Matrix<Double>
  private let imaginary: Matrix<Double>
  /// v̄ᵢ·vⱼ and v̄ᵢ·v̄ⱼ, row after row.
  private let products: [Complex<Double>]
  private let mirroredProducts: [Complex<Double>]

  init(of unit: Matrix<Double>) throws(LinearAlgebraError) {
    let parts = try Eigendecomposition(of: unit)
    let all = parts.values
    let realOnes = all.indices.filter { all[$0].imaginary == 0 }
    let order = realOnes + all.indices.filter { all[$0].imaginary > 0 }
    values = all
    kept = order.map { all[$0] }
    realCount = realOnes.count
    let (n, count) = (unit.rowCount, order.count)
    var (real, imaginary) = (Matrix<Double>.zeros(n, count), Matrix<Double>.zeros(n, count))
    for (column, index) in order.enumerated() {
      for (row, entry) in parts.rightVectors[index].enumerated() {
        real[row, column] = entry.real
        imaginary[row, column] = entry.imaginary
      }
    }
    let (even, odd) = (real.columnGram, imaginary.columnGram)
    let cross = try Matrix.product(real, imaginary, transposing: .left)
    products = (0..<(count * count)).map { place in
      let (i, j) = (place / count, place % count)
      return Complex(even[i, j] + odd[i, j], cross[i, j] - cross[j, i])
    }
    mirroredProducts = (0..<(count * count)).map { place in
      let (i, j) = (place / count, place % count)
      return Complex(even[i, j] - odd[i, j], -cross[i, j] - cross[j, i])
    }
    (self.real, self.imaginary) = (real, imaginary)
  }

  /// The orthogonal Q that best carries another operator's eigenvectors to these, eigenvalues paired at least cost and phases
  /// put in step; `nil` when the two have different numbers of real eigenvalues.
  func alignment(with other: Eigenframe) throws(LinearAlgebraError) -> Matrix<Double>? {
    let count = kept.count
    guard realCount == other.realCount, count == other.kept.count, count > 0 else { return nil }
    var costs = Matrix<Double>.zeros(count, count)
    for i in 0..<count {
      for j in 0..<count {
        let isMixed = (i < realCount) != (j < realCount)
        costs[i, j] = isMixed ? 1e6 : (kept[i] - other.kept[j]).squaredModulus
      }
    }
    let partners = try LinearAssignment(costs: costs).columns
    let phases = phases(towards: other, partners: partners)
    let n = real.rowCount
    var (left, right) = (Matrix<Double>.zeros(n, 2 * count), Matrix<Double>.zeros(n, 2 * count))
    for i in 0..<count {
      let (phase, weight) = (phases[i].conjugate, i < realCount ? 1.0 : 2.0)
      for row in 0..<n {
        let turned = Complex(real[row, i], imaginary[row, i]) * phase
        left[row, 2 * i] = weight * turned.real
        left[row, 2 * i + 1] = weight * turned.imaginary
        right[row, 2 * i] = other.real[row, partners[i]]
        right[row, 2 * i + 1] = other.imaginary[row, partners[i]]
      }
    }
    return try Matrix.product(left, right, transposing: .right).polarFactor()
  }

  /// A phase for each vector: every time the vector whose phase the chosen ones determine best comes next.
  private func phases(towards other: Eigenframe, partners: [Int]) -> [Complex<Double>] {
    let count = kept.count
    var phases = [Complex<Double>?](repeating: nil, count: count)
    var fields = [Complex<Double>](repeating: Complex(0), count: count)
    for _ in 0..<count {
      var (next, strongest) = (-1, 1e-12)
      for i in 0..<count where phases[i] == nil && fields[i].modulus > strongest {
        (next, strongest) = (i, fields[i].modulus)
      }
      if next < 0 {
        // Nothing is known of the rest. A real vector's sign is free; of a complex one, the product with its own
        // mirror image tells the phase but for its sign.
        next = phases.firstIndex { $0 == nil } ?? 0
        if next >= realCount {
          let open = (realCount..<count).filter { phases[$0] == nil }
          next = open.max { ownProduct($0, other, partners).modulus < ownProduct($1, other, partners).modulus } ?? next
          let product = ownProduct(next, other, partners)
          fields[next] = product.modulus > 1e-12 ? .polar(modulus: 1, argument: -product.argument / 2) : Complex(1)
        } else {
          fields[next] = Complex(1)
        }
      }
      let field = fields[next]
      let chosen = next < realCount ? Complex(field.real < 0 ? -1.0 : 1.0) : (1 / field.modulus) * field
      phases[next] = chosen
      for i in 0..<count where phases[i] == nil {
        let (here, there) = (next * count + i, partners[next] * count + partners[i])
        let mirrored = chosen * mirroredProducts[here] * other.mirroredProducts[there].conjugate
        fields[i] = fields[i] + chosen * products[here] * other.products[there].conjugate + mirrored.conjugate
      }
    }
    return phases.map { $0 ?? Complex(1) }
  }

  private func ownProduct(_ index: Int, _ other: Eigenframe, _ partners: [Int]) -> Complex<Double> {
    let (count, partner) = (kept.count, partners[index])
    return mirroredProducts[index * count + index] * other.mirroredProducts[partner * count + partner].conjugate
  }
}
