// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that the sanitizers' flags stay out of the program's. The modules are links to the sources.
let settings: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer,address", "-O"])]

let package = Package(
  name: "fuzz",
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "Diagnostics", swiftSettings: settings),
    .target(name: "Checkpoints", dependencies: ["Diagnostics", "CZlib", "CCrypto"], swiftSettings: settings),
    .executableTarget(
      name: "Fuzz", dependencies: ["Checkpoints"], swiftSettings: settings,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
  ],
  swiftLanguageModes: [.v6]
)
