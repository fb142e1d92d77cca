import Diagnostics
import LinearAlgebra
import Testing

@Suite struct LinearAlgebraErrorWordingTests {
  @Test func saysEverySentenceAsAgreed() {
    let errors: [LinearAlgebraError] = [
      .notFinite(row: 2, column: 7, value: "nan"),
      .shapeMismatch("product", "2×3", "4×5"),
      .notSquare("eigenvalues", shape: "2×3"),
      .raggedRows(row: 1, length: 3, expected: 2),
      .notConverged("singular values", shape: "784×784"),
      .tooLarge("singular values", shape: "30000×30000"),
    ]
    let said = errors.map { error in error.message + (error.hint.map { "\n  \($0)" } ?? "") }.joined(separator: "\n")
    #expect(
      said == """
        entry in row 2, column 7 is nan; every entry must be a finite number
          look where the first such number arises: a noise level of 0, a division, a damaged checkpoint
        product of 2×3 and 4×5: the shapes do not fit
        eigenvalues of a 2×3 matrix: the matrix must be square
        row 1 has 3 entries; every row must have 2 as the first has
        singular values of a 784×784 matrix did not converge
          scale the entries towards 1, or compute in double precision
        singular values of a 30000×30000 matrix: larger than LAPACK's 32-bit sizes allow
          use fewer points or project to fewer dimensions first
        """)
    #expect(errors.allSatisfy { $0.status == .cellFailed })
  }
}
