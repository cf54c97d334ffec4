// swift-tools-version: 6.2
import PackageDescription

// The line a script's call travels, left to right:
//
//   script.lua → CLuaShim → LuaVM → ScriptRuntime → DecartModule → DecartClient → DecartAPI
//                                         │
//                                         ▼
//                                   LiveDocument → TerminalUI | WebUI
//                       LocalQueue → DecartAPI            the other end of the wire
//      ScriptedQueue → LocalQueue, LuaVM                  … as a scenario in Lua wants it
//      ScriptTesting → all but the faces                  a script, its clock and its queue, for one test
//         PollingLab → PollingModel ← DecartModule        when to look: held against simulated jobs, and used
//   RunClock, ByteRanges, SeededNumbers                   what several of them need and none is about
//   decart-lua = flags and wiring
//
// Each target lists exactly the modules it may import; scripts/test builds with
// --explicit-target-dependency-import-check error, so an arrow not drawn here does not compile.

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let collections: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "decart-lua",
    products: [
        .executable(name: "decart-lua", targets: ["decart-lua"]),
        .library(name: "DecartClient", targets: ["DecartClient", "DecartAPI"]),
        .library(name: "ScriptRuntime", targets: ["ScriptRuntime"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.44.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // Time: now, sleep, deadlines; real and virtual.
        .target(name: "RunClock"),

        // Chance: the same for the same seed.
        .target(name: "SeededNumbers"),

        // Lua, and the only code that may raise or yield in it.
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .target(name: "CLuaShim", dependencies: ["CLua"]),
        .target(name: "LuaVM", dependencies: ["CLua", "CLuaShim"]),

        // Coroutines ↔ Swift tasks.
        .target(
            name: "ScriptRuntime",
            dependencies: ["LuaVM", "RunClock", nioCore, nioPosix, collections, heap, subprocess, systemPackage],
            resources: [.embedInCode("Lua")]),

        // The wire contract as data, and the client that speaks it.
        .target(name: "DecartAPI"),
        .target(
            name: "DecartClient",
            dependencies: [
                "DecartAPI", "RunClock", "SeededNumbers", asyncHTTPClient, nioCore, nioPosix, nioHTTP1, nioSSL, logging,
                collections,
            ]),

        // What a Range header asks for: of a result, of a video in the page.
        .target(name: "ByteRanges"),

        // The other end of the wire, on this machine.
        .target(
            name: "LocalQueue",
            dependencies: [
                "DecartAPI", "RunClock", "ByteRanges", "SeededNumbers", hummingbird, httpTypes, nioCore, nioPosix, grdb,
                logging, serviceLifecycle,
            ],
            resources: [.embedInCode("Clips/Base")]),

        // What becomes of the queue's jobs, written in Lua: timetables and scenarios.
        .target(
            name: "ScriptedQueue", dependencies: ["LocalQueue", "LuaVM"], resources: [.embedInCode("Lua")]),

        // The prompt's line editor.
        .target(name: "CLineEdit", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

        // UI state.
        .target(name: "LiveDocument"),
        // … and its faces.
        .target(name: "TerminalUI", dependencies: ["LiveDocument", "RunClock"]),
        .target(
            name: "WebUI",
            dependencies: [
                "LiveDocument", "RunClock", "ByteRanges", hummingbird, hummingbirdCore, httpTypes, nioCore, nioPosix,
                logging, serviceLifecycle,
            ],
            resources: [.embedInCode("Page/Files")]),

        // How long jobs take, and when to look at them: arithmetic.
        .target(name: "PollingModel"),
        // Policies held against simulated jobs.
        .target(
            name: "PollingLab", dependencies: ["PollingModel", "SeededNumbers", heap],
            resources: [.embedInCode("Page")]),

        // The names scripts see.
        .target(
            name: "DecartModule",
            dependencies: [
                "LuaVM", "ScriptRuntime", "RunClock", "DecartAPI", "DecartClient", "LiveDocument", "PollingModel",
            ],
            resources: [.embedInCode("Lua")]),

        // Tests of scripts, each with a clock and a queue of its own.
        .target(
            name: "ScriptTesting",
            dependencies: [
                "LuaVM", "ScriptRuntime", "RunClock", "DecartAPI", "DecartClient", "DecartModule", "LocalQueue",
                "ScriptedQueue", nioCore,
            ],
            resources: [.embedInCode("Lua")]),

        // Flags and wiring.
        .executableTarget(
            name: "decart-lua",
            dependencies: [
                "RunClock", "LuaVM", "ScriptRuntime", "DecartAPI", "DecartClient", "LocalQueue", "ScriptedQueue",
                "ScriptTesting", "PollingLab", "LiveDocument", "DecartModule", "TerminalUI", "WebUI", "CLineEdit",
                argumentParser, logging, serviceLifecycle, unixSignals, nioCore, nioPosix,
            ],
            resources: [.embedInCode("Lua")],
            // Position-independent, a fifth of the program's start went into relocating it: see scripts/bench.
            linkerSettings: [.unsafeFlags(["-Xclang-linker", "-no-pie"], .when(configuration: .release))]),

        .testTarget(name: "RunClockTests", dependencies: ["RunClock"]),
        .testTarget(name: "SeededNumbersTests", dependencies: ["SeededNumbers"]),
        .testTarget(name: "PollingModelTests", dependencies: ["PollingModel"]),
        .testTarget(name: "PollingLabTests", dependencies: ["PollingLab", "PollingModel"]),
        .testTarget(name: "LuaVMTests", dependencies: ["LuaVM"]),
        .testTarget(
            name: "ScriptRuntimeTests",
            dependencies: ["ScriptRuntime", "LuaVM", "RunClock", nioCore, nioPosix],
            exclude: ["Lua"]),
        .testTarget(name: "ByteRangesTests", dependencies: ["ByteRanges"]),
        .testTarget(name: "DecartAPITests", dependencies: ["DecartAPI"]),
        .testTarget(
            name: "DecartClientTests",
            dependencies: ["DecartClient", "DecartAPI", "RunClock", nioCore, nioPosix, nioHTTP1, nioHTTP2, nioSSL],
            exclude: ["Support/recording_server.py"]),
        .testTarget(
            name: "LocalQueueTests",
            dependencies: [
                "LocalQueue", "DecartAPI", "RunClock", nioCore, nioHTTP1, asyncHTTPClient, logging, serviceLifecycle,
            ]),
        .testTarget(name: "ScriptedQueueTests", dependencies: ["ScriptedQueue", "LocalQueue", "LuaVM"]),
        .testTarget(name: "ScriptTestingTests", dependencies: ["ScriptTesting"]),
        // Both ends of the wire together.
        .testTarget(
            name: "ConformanceTests",
            dependencies: ["DecartClient", "LocalQueue", "DecartAPI", "RunClock", logging, serviceLifecycle],
            exclude: ["sdk_inputs.py"]),
        .testTarget(name: "LiveDocumentTests", dependencies: ["LiveDocument", "SeededNumbers"]),
        .testTarget(name: "TerminalUITests", dependencies: ["TerminalUI", "LiveDocument", "RunClock"]),
        // The page as a browser sees it: needs Chromium.
        .testTarget(
            name: "WebUITests",
            dependencies: [
                "WebUI", "LiveDocument", "RunClock", "DecartAPI", "decart-lua", nioCore, nioPosix, logging,
                serviceLifecycle,
            ]),
        .testTarget(
            name: "DecartModuleTests",
            dependencies: [
                "DecartModule", "LiveDocument", "ScriptRuntime", "LuaVM", "DecartAPI", "RunClock", nioCore, nioPosix,
            ]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "decart-lua", "DecartAPI", "DecartClient", "LocalQueue", "RunClock", nioCore, nioPosix, nioHTTP1,
                logging, serviceLifecycle, subprocess, systemPackage,
            ],
            exclude: ["Snapshots", "Lua"]),
    ]
)

// One place for the compiler's settings: Swift 6 mode, the strict import rules, warnings are errors.
for target in package.targets where ![.system, .plugin, .macro].contains(target.type) {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
    target.cSettings = [.treatAllWarnings(as: .error)]
}
