import Diagnostics
import Probing

extension BatteryTests {
  /// Every way of asking that the laws are tried on.
  static let samples: [ProbeSample] = [
    composition("of images", ["images": "crossed", "conditions": "asked", "feature": "sums"]),
    composition(
      "over training",
      ["images": "drawn-*:images", "conditions": ":conditions", "trained": "known", "nearness": 0.9]),
    composition(
      "over data and sides",
      [
        "images": ["drawn-0:images", "drawn-8:images", "large", "large"],
        "conditions": ["asked", "asked", "largely", "largely"], "trained": ["less", "known", "less", "known"],
        "groups": ["a", "a", "a", "a"], "enough": 0.5,
      ]),
    composition(
      "of a network with everything given",
      [
        "network": "drawer", "grid": [[2, 13, 3], [4, 11, 2]], "trained": "known", "width": 1, "periodic": false,
        "background": 1, "peak": -1, "condition": "c", "predicts": "noise", "process": "ddpm",
        "inputs": ["x": "x", "level": "t", "output": "noise"], "sampler": ["kind": "ddim", "steps": 4], "clip": 1,
        "count": 2, "decoder": "centroid", "tolerance": 2, "likeness": 0.5, "groups": ["net"], "over": "seed",
        "learned": 0.8, "consecutive": 2, "smoothing": 0.5, "shown": 4, "precision": "float32", "seed": 3,
      ]),
    factorization(
      "of two arrays", ["activations": ["combinations", "sums"], "factors": "six-by-five", "periodic": [6, 5]]),
    factorization(
      "of scattered conditions", ["activations": "scattered-code", "factors": "scattered", "periodic": 1]),
    factorization(
      "channel by channel with everything given",
      [
        "activations": "maps-of-sums", "factors": "six-by-five", "periodic": [6, "none"], "categorical": ["shape"],
        "factorNames": ["x", "shape"], "names": ["code"], "pooling": "channels", "decoding": false, "seed": 3,
      ]),
    factorization(
      "of networks over levels",
      [
        "network": ["wide", "wide"], "condition": "x", "grid": [[-1, 1, 3], [0, 1, 4], [0, 2, 2], [0, 1, 2]],
        "layer": "0", "precision": "float32", "decoding": false,
      ]),
    percolation("of points", ["points": "ring", "width": 0.05, "threshold": [0.05, 0.2]]),
    percolation("of a lattice over sides and widths", ["side": [8, 12], "width": [0.4, 0.5], "spacing": 0.5]),
    percolation("where nothing is joined", ["side": 6, "width": 0.1, "overlap": "coefficient"]),
    percolation("of training sets", ["side": 8, "trained": ["ring", "rings"], "accuracy": "shares"]),
    percolation(
      "with everything given",
      [
        "points": "ring", "periodic": true, "side": 4, "width": 0.1, "overlap": ["coefficient", "product"],
        "threshold": 0.1, "fractions": 12, "replicas": 20, "trained": ["ring", "rings"], "names": ["a", "b"],
        "groups": ["x", "y"], "accuracy": [0.2, 0.9], "seed": 4,
      ]),
    layouts("of a torus by its angles", ["points": "torus", "factors": "angles", "periodic": 6.283185307179586]),
    layouts(
      "in three dimensions",
      ["points": ["ring", "flat"], "dimensions": 3, "methods": ["pca", "classical-mds"], "scaling": "z-score"]),
    layouts(
      "with everything given",
      [
        "recordings": "trials", "names": ["a"], "layout": "time-units", "subsample": 3, "count": 60,
        "methods": ["isomap", "umap"], "leastDistance": 0.3, "landmarks": 20, "seed": 4,
      ]),
    latents("of mixed latents", [:]),
    latents(
      "of neighbours, with variances",
      [
        "estimator": "neighbours", "variances": "levels", "latents": "levels", "latentNames": ["a", "b"],
        "sourceNames": ["x", "y"], "neighbours": 3, "bins": 6, "seed": 2,
      ]),
    latents("of a single latent", ["latents": "flat", "sources": "flat", "draws": 0]),
    dimension("of a ring", ["points": "ring", "halvings": 0]),
    dimension(
      "of states and points", ["points": ["torus", "rings"], "recordings": ["trials", "henon"], "halvings": 1]),
    dimension("of numbers in a row", ["points": "flat", "methods": ["likelihood", "participation-ratio"]]),
    dimension(
      "with everything given",
      [
        "recordings": ["trials", "others"], "names": ["a", "b"], "groups": ["x", "y"], "layout": "time-units",
        "scaling": "z-score", "subsample": 2, "count": 100, "window": 3, "methods": ["two-neighbours", "correlation"],
        "halvings": 2, "seed": 5,
      ]),
    topology("of a ring", ["points": "ring", "circular": true]),
    topology("of a torus", ["points": "torus", "dimension": 2, "circular": true, "landmarks": 60]),
    topology("of pieces alone", ["points": "rings", "dimension": 0]),
    topology(
      "with everything given",
      [
        "points": "ring", "recordings": ["trials", "recording"], "names": ["a", "b", "c"], "groups": ["x", "y", "y"],
        "scaling": "z-score", "subsample": 2, "count": 60, "components": 2, "prime": 3, "limit": 1.5, "seed": 5,
      ]),
    quality("of one recording of states", ["states": "trials", "linear": "elastic-net", "nonlinear": "neighbours"]),
    quality(
      "of two under two conditions",
      [
        "states": ["trials", "others"], "groups": ["a", "a"], "conditions": ["one", "other"],
        "observed": ["others", "trials-4"], "signal": "others", "landmarks": 20, "window": 2, "folds": 3, "seed": 3,
      ]),
    embedding("of a map", ["sampleInterval": 0.5]),
    embedding("of noise", ["recording": "white", "estimator": "adaptive-bins"]),
    embedding(
      "of two species",
      ["recording": "maps", "against": "2", "draws": 4, "nonUniform": true, "estimator": "neighbours"]),
    embedding(
      "with everything given",
      [
        "unit": "2", "delay": 1, "dimension": 2, "window": 3, "bins": 8, "surrogates": 0, "subsample": 1,
        "timeUnit": "ms",
      ]),
    geometry("of three systems", ["recordings": ["recording", "driven-160", "recording"]]),
    geometry(
      "of trials",
      [
        "recordings": ["trials", "others"], "names": ["a", "b"], "scaling": "z-score", "subsample": 2,
        "regularization": 1, "comparison": "spearman", "dissimilarity": "correlation",
      ]),
    geometry(
      "by one measure of few samples",
      ["recordings": ["few", "four"], "layout": "units-time", "measures": ["cka"], "explained": 0.5]),
    geometry(
      "where one is undefined",
      [
        "recordings": ["few", "four"], "layout": "units-time", "measures": ["debiased-cka", "neighbours"],
        "neighbours": 4,
      ]),
    similarity(
      "of trials",
      ["recordings": "trials", "systems": "trials", "rank": 2, "groups": [1, 1, 1, 2, 2, 2, 3, 3, 3]]),
    similarity(
      "of recordings with a sweep",
      [
        "recordings": ["recording", "trials", "driven"], "rank": 2, "delays": 2, "sweepDelays": [1, 2],
        "sweepRanks": [1, 2], "score": "euclidean", "scaling": "z-score", "components": 2, "seed": 5,
      ]),
    similarity(
      "of driven trials",
      [
        "recordings": "driven", "inputs": "inputs", "systems": "trials", "rank": 2, "groups": ["a", "a", "b", "b"],
        "sweepDelays": 1, "sweepRanks": [1, 2], "compare": "control",
      ]),
    similarity(
      "with intervals",
      ["recordings": ["trials", "others", "recording"], "rank": 2, "trialDraws": 6, "groups": ["a", "a", "b"]]),
    similarity(
      "of hidden coordinates",
      ["recordings": ["driven", "driven"], "names": ["a", "b"], "inputs": "inputs", "method": "subspace", "rank": 2]),
    similarity("of operators", ["operators": ["covariance", "pair"], "score": "wasserstein"]),
    dynamics("of one trial", ["sampleInterval": 0.01]),
    dynamics("of trials", ["recording": "trials", "delays": 3, "scaling": "z-score", "timeUnit": "ms"]),
    dynamics(
      "with delays and forcing",
      ["delays": 8, "lag": 2, "rank": 6, "forcing": true, "components": 2, "method": "eigen-time-delay"]),
    dynamics("by exponentials", ["method": "optimized", "rank": 4, "subsample": 2]),
    dynamics("by total least squares", ["method": "total-least-squares", "rank": 0.99, "horizon": 1]),
    dynamics("forward and backward", ["method": "forward-backward", "rank": 4, "draws": 0, "grid": 0]),
    dynamics("by a threshold", ["rank": "hard-threshold", "delays": 2, "scaling": "centre", "method": "projected"]),
    dynamics("with inputs", ["recording": "driven", "inputs": "inputs", "rank": "all"]),
    dynamics(
      "of hidden coordinates",
      ["recording": "driven", "inputs": "inputs", "method": "subspace", "delays": 3, "rank": 2]),
    dynamics("of what stands still", ["recording": "standing", "rank": 1]),
    generated("of pictures", ["network": "image", "predicts": "noise", "process": "ve", "count": 5]),
    generated(
      "compared with data",
      ["network": "vp", "predicts": "v", "process": "vp", "sampler": "heun", "data": "points", "image": [3, 2]]),
    generated(
      "under conditions",
      [
        "network": "three", "predicts": "noise", "process": "ve", "count": 2, "sampler": ["kind": "ddim", "steps": 3],
        "conditions": ["label": [[0], [1], [2]]], "image": [2, 3], "clip": 2, "shades": [-2, 2], "seed": 4,
      ]),
    generated(
      "one by one",
      [
        "network": "three", "predicts": "noise", "process": "ve", "count": 1,
        "sampler": ["kind": "edm", "steps": 4, "churn": 5, "highest": 1, "lowest": 0.1],
        "conditions": ["label": 1], "precision": "float32",
      ]),
    gap(
      "under conditions",
      ["network": "three", "conditions": ["label": [[0], [1], [2]]], "points": ["from": "points", "count": 3]]),
    gap(
      "under one condition by Gaussian probes", ["network": "three", "conditions": ["label": 1], "method": "stanczuk"]),
    gap("plain", [:]),
    gap("at one point and one level", ["points": ["from": "points", "count": 1], "sigmas": 0.3]),
    gap("at one level, with theory", ["sigmas": 0.3, "theory": ["covariance": "covariance"]]),
    gap("where nothing shows", ["sigmas": [100, 200]]),
    gap("with the covariance", ["theory": ["covariance": "covariance"]]),
    gap("with the factor", ["theory": ["factor": "factor"], "location": "noised"]),
    gap("with variances", ["theory": ["variances": [1, 0.04], "counts": [2, 1]]]),
    gap(
      "with everything",
      ["theory": ["factor": "factor", "variances": [1, 0.04], "counts": [2, 1], "normalization": "latent"]]),
    gap("with as many variances as axes", ["theory": ["variances": [1], "counts": [6]]]),
    gap("by orthogonal probes", ["method": "orthogonal", "detector": "threshold"]),
    gap("by Gaussian probes", ["method": "stanczuk", "detector": "curvature"]),
    gap("by Lanczos' process", ["method": "lanczos", "count": 4]),
    gap("by a random block", ["method": "randomized", "count": 4, "location": "noised", "detector": "threshold"]),
    gap("in single precision", ["precision": "float32"]),
    gap("of preserved variance", ["network": "vp", "predicts": "v", "process": "vp", "sigmas": [0.1, 0.6]]),
    gap(
      "of steps",
      ["network": "ddpm", "process": ["kind": "ddpm", "betas": [0.001, 0.2], "steps": 50], "sigmas": [0.1, 0.6]]),
    gap("of a flow", ["network": "flow", "predicts": "flow", "process": "flow", "sigmas": [0.1, 0.6]]),
    gap("untold", ["network": "untold", "predicts": "score", "sigmas": 1]),
    gap("of a turning field", ["network": "turning", "predicts": "score"]),
    jacobian("of a wide map", ["network": "wide", "points": "four"]),
    jacobian(
      "of a wide map by Lanczos' process", ["network": "wide", "points": "four", "method": "lanczos", "count": 2]),
    jacobian("of a square map by a random block", ["network": "nilpotent", "points": "two", "method": "randomized"]),
    jacobian("of a wide map by its density", ["network": "wide", "points": "four", "method": "density", "count": 4]),
    jacobian("of a square map at one point", ["network": "nilpotent", "points": "two"]),
    ProbeSample(name: "of a run", kind: "weights-over-training", written: ["series": "run"], bench: six),
    ProbeSample(
      name: "of one tensor", kind: "weights-over-training", written: ["series": "run", "tensors": ["a."]], bench: six),
    ProbeSample(
      name: "without matrices", kind: "weights-over-training", written: ["series": "biases"], bench: six),
    ProbeSample(name: "of nothing but zero", kind: "weights-over-training", written: ["series": "still"], bench: six),
    jacobian("of a curved map", ["network": "curved", "points": "two", "given": ["gain": 2], "precision": "float32"]),
  ]
}
