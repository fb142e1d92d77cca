/// Operations that draw random numbers: a network with one is no function of its inputs, and is refused.
enum RandomDraw {
  static let builders: [String: OperationCatalog.Builder] = {
    var all: [String: OperationCatalog.Builder] = [:]
    for name in [
      "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial",
    ] {
      all[name] = { _ in
        throw NodeFault(
          "random numbers are drawn in the forward pass; export the model without noise, or with it as an input")
      }
    }
    return all
  }()
}
