// swift-tools-version: 6.1
import Foundation
import PackageDescription

// Modules in the order of docs/architecture.md: each may import only what stands above it here.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3"])]

/// What lies in a target's folder and is no source: fixtures, snapshots, notes for the reader. Folders without any source are
/// named as wholes, so that a new fixture does not make a kept manifest stale.
func notSource(in folder: String, except resources: String...) -> [String] {
  let root = "\(Context.packageDirectory)/\(folder)"
  let files = FileManager.default
  func notSource(_ path: String) -> (excluded: [String], hasSource: Bool) {
    let place = path.isEmpty ? root : "\(root)/\(path)"
    if resources.contains(path) { return ([], true) }
    guard files.isFolder(place) else { return path.hasSuffix(".swift") ? ([], true) : ([path], false) }
    let inside = ((try? files.contentsOfDirectory(atPath: place)) ?? []).sorted()
      .map { notSource(path.isEmpty ? $0 : "\(path)/\($0)") }
    guard path.isEmpty || inside.contains(where: \.hasSource) else { return ([path], false) }
    return (inside.flatMap(\.excluded), true)
  }
  return notSource("").excluded
}

extension FileManager {
  func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}

extension Target {
  /// A test target whose fixtures are read in place, not bundled.
  static func tests(of name: String, dependencies: [Target.Dependency]) -> Target {
    .testTarget(
      name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies,
      exclude: notSource(in: "Tests/\(name)Tests"))
  }
}

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
    .target(name: "CFolderSwap"),
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
    .target(name: "Drawings", dependencies: ["Diagnostics", "Exhibits", "CZlib"]),

    // 4. The battery, the documents, the ink.
    .target(
      name: "Probes",
      dependencies: [
        "Diagnostics", "LinearAlgebra", "Checkpoints", "Networks", "Analysis", "Exhibits", "Probing",
      ],
      exclude: notSource(in: "Sources/Probes", except: "Literature"),
      resources: [.embedInCode("Literature/references.bib")]),
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
        "Diagnostics", "LinearAlgebra", "Checkpoints", "Networks", "Analysis", "Exhibits", "Notebooks", "Probing",
        "Drawings", "Reports", "CFolderSwap",
      ]),

    // 6. The command.
    .executableTarget(
      name: "fieldbook",
      dependencies: [
        "Diagnostics", "LinearAlgebra", "Checkpoints", "Networks", "Exhibits", "Notebooks", "Probing",
        "Drawings", "Probes", "Reports", "CairoPainting", "Fieldwork",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .tests(of: "Diagnostics", dependencies: []),
    .tests(of: "LinearAlgebra", dependencies: ["Diagnostics"]),
    .tests(of: "Checkpoints", dependencies: ["Diagnostics"]),
    .tests(of: "Networks", dependencies: ["CKernels", "LinearAlgebra", "Checkpoints", "Diagnostics"]),
    .tests(of: "Analysis", dependencies: ["LinearAlgebra", "Diagnostics"]),
    .tests(of: "Exhibits", dependencies: ["Diagnostics"]),
    .tests(of: "Notebooks", dependencies: ["Diagnostics"]),
    .tests(
      of: "Probing",
      dependencies: ["Exhibits", "Analysis", "Networks", "LinearAlgebra", "Checkpoints", "Diagnostics"]),
    .tests(of: "Drawings", dependencies: ["Exhibits", "Diagnostics"]),
    .tests(
      of: "Probes",
      dependencies: [
        "Probing", "Analysis", "Networks", "Notebooks", "LinearAlgebra", "Checkpoints", "Exhibits", "Diagnostics",
      ]),
    .tests(of: "Reports", dependencies: ["Notebooks", "Exhibits", "Diagnostics"]),
    .tests(of: "CairoPainting", dependencies: ["Drawings", "Exhibits", "Diagnostics"]),
    .tests(
      of: "Fieldwork",
      dependencies: [
        "Probes", "Probing", "Reports", "Drawings", "Notebooks", "Exhibits", "Checkpoints", "Diagnostics",
        "Networks", "Analysis", "LinearAlgebra",
      ]),
    .testTarget(
      name: "FieldbookTests", dependencies: ["fieldbook", "Probing", "Checkpoints", "Diagnostics"],
      exclude: notSource(in: "Tests/FieldbookTests")),
  ],
  swiftLanguageModes: [.v6]
)

// Under libFuzzer only: Tests/Fuzzing/run.sh.
if Context.environment["FB_FUZZ"] != nil {
  package.products.append(.executable(name: "Fuzzing", targets: ["Fuzzing"]))
  package.targets.append(
    .executableTarget(
      name: "Fuzzing", dependencies: ["Checkpoints", "Diagnostics", "Networks", "Notebooks"], path: "Tests/Fuzzing",
      exclude: notSource(in: "Tests/Fuzzing")))
}
