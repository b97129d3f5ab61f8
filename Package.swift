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
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1",
            traits: ["FullFoundation"]),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
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
                "Primitives", "Cryptography", "Merkle", "Files", "Ledger",
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .target(name: "Segments", dependencies: ["Primitives", "Cryptography", "Roles"]),
        .target(
            name: "Observation",
            dependencies: [
                "Primitives", "Cryptography", "Merkle", "Files", "Ledger", "Roles",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        .target(
            name: "Simulation",
            dependencies: [
                "Primitives", "Cryptography", "Merkle", "Files", "Ledger", "Roles", "Segments",
                "Observation",
            ]),
        .target(name: "Platform", dependencies: ["Primitives", "Cryptography"]),
        .target(
            name: "Wire",
            dependencies: [
                "Primitives", "Cryptography", "Merkle", "Ledger",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]),
        .target(
            name: "Client",
            dependencies: [
                "Primitives", "Cryptography", "Merkle", "Files", "Ledger", "Platform", "Wire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]),
        .target(
            name: "Storage",
            dependencies: [
                "Primitives", "Cryptography", "Merkle", "Ledger", "Roles", "Segments", "Platform",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(
            name: "Frontend", dependencies: ["Cryptography", "Primitives"], path: "Frontend",
            resources: [
                .embedInCode("index.html"), .embedInCode("style.css"), .embedInCode("favicon.svg"),
                .embedInCode("api.js"), .embedInCode("app.js"), .embedInCode("chain.js"),
                .embedInCode("deleted.js"), .embedInCode("dialog.js"), .embedInCode("dom.js"),
                .embedInCode("drop.js"),
                .embedInCode("entries.js"), .embedInCode("files.js"), .embedInCode("format.js"),
                .embedInCode("forms.js"), .embedInCode("ledger.js"), .embedInCode("network.js"),
                .embedInCode("upload.js"), .embedInCode("verify.js"),
            ]),
        .target(
            name: "Server",
            dependencies: [
                "Primitives", "Cryptography", "Merkle", "Files", "Ledger", "Roles", "Segments",
                "Platform", "Storage", "Frontend", "Wire", "Client",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            resources: [
                .embedInCode("OpenAPI/discovery.json"), .embedInCode("OpenAPI/node.json"),
                .embedInCode("OpenAPI/backend.json"),
            ]),
        .target(
            name: "Workbench",
            dependencies: [
                "Primitives", "Cryptography", "Merkle", "Files", "Ledger", "Roles", "Observation",
                "Simulation", "Platform", "Wire", "Client", "Storage", "Server",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]),
        .executableTarget(
            name: "dsim",
            dependencies: [
                "Workbench", "Server", "Client", "Wire", "Platform", "Files", "Ledger",
                "Merkle", "Cryptography", "Primitives",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .target(name: "Spawning", path: "Tests/Spawning"),
        .target(name: "Extremes", dependencies: ["Primitives"], path: "Tests/Extremes"),
        .testTarget(name: "PrimitivesTests", dependencies: ["Primitives"]),
        .testTarget(
            name: "CryptographyTests", dependencies: ["Cryptography", "Primitives"],
            resources: [.copy("Vectors")]),
        .testTarget(
            name: "MerkleTests", dependencies: ["Merkle", "Cryptography", "Primitives"],
            resources: [.copy("Vectors")]),
        .testTarget(
            name: "FilesTests",
            dependencies: ["Files", "Merkle", "Cryptography", "Primitives", "Extremes"]),
        .testTarget(
            name: "LedgerTests",
            dependencies: ["Ledger", "Merkle", "Cryptography", "Primitives", "Extremes"]),
        .testTarget(
            name: "RolesTests",
            dependencies: ["Roles", "Ledger", "Files", "Merkle", "Cryptography", "Primitives"]),
        .testTarget(
            name: "ObservationTests",
            dependencies: ["Observation", "Roles", "Files", "Merkle", "Primitives"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "Simulation", "Observation", "Segments", "Roles", "Ledger", "Files", "Merkle",
                "Cryptography", "Primitives",
            ]),
        .testTarget(
            name: "PlatformTests", dependencies: ["Platform", "Cryptography", "Primitives"]),
        .testTarget(
            name: "WireTests",
            dependencies: ["Wire", "Ledger", "Merkle", "Cryptography", "Primitives", "Extremes"]),
        .testTarget(
            name: "ClientTests",
            dependencies: [
                "Client", "Server", "Wire", "Platform", "Ledger", "Files", "Merkle", "Cryptography",
                "Primitives", "Spawning", "Extremes",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Storage", "Platform", "Simulation", "Observation", "Segments", "Roles", "Ledger",
                "Merkle", "Cryptography", "Primitives", "Extremes",
            ]),
        .testTarget(name: "FrontendTests", dependencies: ["Frontend"]),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "Client", "Wire", "Storage", "Frontend", "Platform", "Segments", "Roles",
                "Ledger", "Files", "Merkle", "Cryptography", "Primitives", "Spawning", "Extremes",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ], resources: [.copy("Former")]),
        .testTarget(
            name: "WorkbenchTests",
            dependencies: [
                "Workbench", "Server", "Storage", "Platform", "Simulation", "Observation", "Roles",
                "Primitives", "Extremes",
            ]),
        .testTarget(
            name: "dsimTests", dependencies: ["Workbench", "Primitives", "Spawning", "Extremes"]),
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

// Worlds are what tests spend their time on: these are optimized in debug builds too, with every check left in.
// Take the flags away to step through them in a debugger.
let worlds: Set = [
    "Primitives", "Cryptography", "Merkle", "Files", "Ledger", "Roles", "Segments", "Observation",
    "Simulation",
]
for target in package.targets where worlds.contains(target.name) {
    target.swiftSettings?.append(
        .unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug)))
}
