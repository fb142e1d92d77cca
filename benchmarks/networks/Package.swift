// swift-tools-version: 6.1
import PackageDescription

// Builds just the modules that the measurement needs, through links to the project's own sources.
let package = Package(
  name: "networks-benchmark",
  targets: [
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
    .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])], linkerSettings: [.linkedLibrary("m")]),
    .target(name: "Diagnostics"),
    .target(name: "LinearAlgebra", dependencies: ["Diagnostics", "COpenBLAS", "CLAPACKE"]),
    .target(name: "Checkpoints", dependencies: ["Diagnostics", "CZlib", "CCrypto"]),
    .target(
      name: "Networks", dependencies: ["Diagnostics", "LinearAlgebra", "Checkpoints", "CKernels", "COpenBLAS"]),
    .executableTarget(name: "NetworksBenchmark", dependencies: ["Networks"]),
  ],
  swiftLanguageModes: [.v6]
)
