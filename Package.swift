// swift-tools-version: 6.2
import PackageDescription

// One target a layer, lowest first. A module may import only what stands above it in this list.
let package = Package(
    name: "DecentraStore",
    products: [.executable(name: "dsim", targets: ["dsim"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibcrypto", path: "Sources/CLibcrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CZstd", path: "Sources/CZstd", pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"])]),
        .target(name: "Primitives"),
        .target(name: "Cryptography", dependencies: ["Primitives", "CLibcrypto"]),
        .target(name: "Merkle", dependencies: ["Primitives", "Cryptography"]),
        .target(name: "Files", dependencies: ["Primitives", "Cryptography", "Merkle", "CZstd"]),
        .target(name: "Ledger", dependencies: ["Primitives", "Cryptography", "Merkle"]),
        .target(
            name: "Roles",
            dependencies: [
                "Primitives", "Cryptography", "Merkle", "Ledger",
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .target(
            name: "Simulation",
            dependencies: [
                "Primitives", "Cryptography", "Merkle", "Files", "Ledger", "Roles",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        .target(
            name: "Workbench",
            dependencies: [
                "Primitives", "Cryptography", "Merkle", "Files", "Ledger", "Roles", "Simulation",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        .executableTarget(
            name: "dsim",
            dependencies: [
                "Workbench", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "PrimitivesTests", dependencies: ["Primitives"]),
        .testTarget(
            name: "CryptographyTests", dependencies: ["Cryptography", "Primitives"],
            resources: [.copy("Vectors")]),
        .testTarget(
            name: "MerkleTests", dependencies: ["Merkle", "Cryptography", "Primitives"],
            resources: [.copy("Vectors")]),
        .testTarget(
            name: "FilesTests", dependencies: ["Files", "Merkle", "Cryptography", "Primitives"]),
        .testTarget(
            name: "LedgerTests", dependencies: ["Ledger", "Merkle", "Cryptography", "Primitives"]),
        .testTarget(
            name: "RolesTests",
            dependencies: ["Roles", "Ledger", "Merkle", "Cryptography", "Primitives"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Simulation", "Roles", "Ledger", "Files", "Merkle", "Cryptography", "Primitives",
            ]),
        .testTarget(
            name: "WorkbenchTests",
            dependencies: ["Workbench", "Simulation", "Roles", "Primitives"]),
        .testTarget(name: "dsimTests", dependencies: ["Workbench", "Primitives"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
}
