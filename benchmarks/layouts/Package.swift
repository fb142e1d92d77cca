// swift-tools-version: 6.1
import PackageDescription

// Builds just the modules that the measurement needs, through links to the project's own sources.
let package = Package(
  name: "layouts-benchmark",
  targets: [
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
    .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke"),
    .target(name: "Diagnostics"),
    .target(name: "LinearAlgebra", dependencies: ["Diagnostics", "COpenBLAS", "CLAPACKE"]),
    .target(name: "Analysis", dependencies: ["Diagnostics", "LinearAlgebra"]),
    .executableTarget(name: "LayoutsBenchmark", dependencies: ["Analysis", "LinearAlgebra"]),
  ],
  swiftLanguageModes: [.v6]
)
