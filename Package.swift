// swift-tools-version: 6.1
import PackageDescription

// Modules in the order of docs/architecture.md: each may import only what stands above it here.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3"])]

let package = Package(
  name: "fieldbook-package",
  products: [.executable(name: "fieldbook", targets: ["fieldbook"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    // 0. System libraries and trouble.
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(
      name: "CCairo", pkgConfig: "pangocairo", providers: [.apt(["libcairo2-dev", "libpango1.0-dev"])]),
    .systemLibrary(
      name: "CCmarkGFM", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CKernels", cSettings: kernelSettings, linkerSettings: [.linkedLibrary("m")]),
    .target(name: "Diagnostics"),

    // 1. Numbers and files.
    .target(name: "LinearAlgebra", dependencies: ["Diagnostics", "COpenBLAS", "CLAPACKE"]),
    .target(name: "Checkpoints", dependencies: ["Diagnostics", "CZlib", "CCrypto"]),

    // 2. Networks, analysis, exhibits, notebooks.
    .target(
      name: "Networks",
      dependencies: ["Diagnostics", "LinearAlgebra", "Checkpoints", "CKernels", "COpenBLAS"]),
    .target(name: "Analysis", dependencies: ["Diagnostics", "LinearAlgebra"]),
    .target(name: "Exhibits", dependencies: ["Diagnostics"]),
    .target(
      name: "Notebooks",
      dependencies: ["Diagnostics", "CCmarkGFM", .product(name: "Yams", package: "Yams")]),

    // 3. The probe contract; figures laid out.
    .target(
      name: "Probing",
      dependencies: [
        "Diagnostics", "LinearAlgebra", "Checkpoints", "Networks", "Analysis", "Exhibits", "CCrypto",
      ]),
    .target(name: "Drawings", dependencies: ["Diagnostics", "Exhibits"]),

    // 4. The battery, the documents, the ink.
    .target(
      name: "Probes",
      dependencies: [
        "Diagnostics", "LinearAlgebra", "Checkpoints", "Networks", "Analysis", "Exhibits", "Probing",
      ]),
    .target(
      name: "Reports",
      dependencies: [
        "Diagnostics", "Exhibits", "Notebooks", "CCrypto", .product(name: "Mustache", package: "swift-mustache"),
      ],
      // A link to templates/: they are compiled in, so that the program needs no folder beside it.
      resources: [
        .embedInCode("Templates/page.mustache"), .embedInCode("Templates/figure.mustache"),
        .embedInCode("Templates/table.mustache"), .embedInCode("Templates/quantity.mustache"),
        .embedInCode("Templates/check.mustache"), .embedInCode("Templates/trouble.mustache"),
        .embedInCode("Templates/style.css"), .embedInCode("Templates/script.js"),
      ]),
    .target(name: "CairoPainting", dependencies: ["Diagnostics", "Drawings", "CCairo"]),

    // 5. The pipeline.
    .target(
      name: "Fieldwork",
      dependencies: [
        "Diagnostics", "LinearAlgebra", "Checkpoints", "Networks", "Exhibits", "Notebooks", "Probing",
        "Drawings", "Reports",
      ]),

    // 6. The command.
    .executableTarget(
      name: "fieldbook",
      dependencies: [
        "Diagnostics", "LinearAlgebra", "Checkpoints", "Networks", "Exhibits", "Notebooks", "Probing",
        "Drawings", "Probes", "Reports", "CairoPainting", "Fieldwork",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "Diagnostics"]),
    .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "Diagnostics"]),
    .testTarget(
      name: "NetworksTests", dependencies: ["Networks", "LinearAlgebra", "Checkpoints", "Diagnostics"],
      exclude: ["References"]),
    .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "LinearAlgebra", "Diagnostics"]),
    .testTarget(name: "ExhibitsTests", dependencies: ["Exhibits", "Diagnostics"]),
    .testTarget(
      name: "NotebooksTests", dependencies: ["Notebooks", "Diagnostics"], exclude: ["Notebooks"]),
    .testTarget(
      name: "ProbingTests",
      dependencies: ["Probing", "Exhibits", "Networks", "LinearAlgebra", "Checkpoints", "Diagnostics"]),
    .testTarget(name: "DrawingsTests", dependencies: ["Drawings", "Exhibits", "Diagnostics"]),
    .testTarget(
      name: "ProbesTests",
      dependencies: [
        "Probes", "Probing", "Analysis", "Networks", "LinearAlgebra", "Checkpoints", "Exhibits", "Diagnostics",
      ]),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "Notebooks", "Exhibits", "Diagnostics"]),
    .testTarget(name: "CairoPaintingTests", dependencies: ["CairoPainting", "Drawings", "Exhibits", "Diagnostics"]),
    .testTarget(
      name: "FieldworkTests",
      dependencies: [
        "Fieldwork", "Probes", "Probing", "Reports", "Drawings", "Notebooks", "Exhibits", "Checkpoints",
        "Diagnostics",
      ]),
  ],
  swiftLanguageModes: [.v6]
)
