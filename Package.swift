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
//      ScriptTesting → all but renderers                  a script, its clock and its queue, for one test
//         PollingLab → PollingModel ← DecartModule        when to poll: held against simulated jobs, and used
//          PolicyLab → PollingLab, DecartModule           … with the policies that users write in Lua
//           JobFleet → JournaledClient                    jobs that wait, and workers who do them
//    SandboxedScript → SandboxLink ← SandboxKeeper          scripts of strangers: two processes, and a link
//       SandboxWalls → CSandboxWalls                      … and the kernel's walls around one of them
//    JournaledClient → DecartClient                     submits that are written down, and found again
//                    → JobJournal ← SQLJournal ← SQLiteJournal | PostgresJournal → CPostgres
//       RequestTrace → DecartClient                     what requests came to, for a log and a browser's tools
//   RunClock, PlainErrors, ByteRanges, CSVCodec, SeededNumbers   what several of them need and none is about
//   decart-lua = flags and wiring
//
// Each target lists exactly the modules it may import; scripts/test builds with
// --explicit-target-dependency-import-check error, so an arrow not drawn here does not compile.

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHPACK: Target.Dependency = .product(name: "NIOHPACK", package: "swift-nio-http2")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
// SQLite's own interface, as GRDB gives it.
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let collections: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "decart-lua",
    // Each library lists the modules that its API shows.
    products: [
        .executable(name: "decart-lua", targets: ["decart-lua"]),
        .library(name: "DecartClient", targets: ["DecartClient", "DecartAPI", "RunClock", "SeededNumbers"]),
        .library(
            name: "JournaledClient", targets: ["JournaledClient", "JobJournal", "SQLiteJournal", "PostgresJournal"]),
        .library(name: "ScriptRuntime", targets: ["ScriptRuntime", "ScriptReference", "LuaVM", "RunClock"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.44.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // Time: now, sleep, deadlines; real and virtual.
        .target(name: "RunClock"),

        // Errors that are nothing but a message, and what their messages are made of.
        .target(name: "PlainErrors"),

        // What scripts see, as data: help, editors' types and the reference are rendered from it.
        .target(name: "ScriptReference", dependencies: ["PlainErrors"]),

        // Chance: the same for the same seed.
        .target(name: "SeededNumbers"),

        // One folder for a process's temporary files, which is removed however the process ends.
        .target(name: "TemporaryFiles", dependencies: [systemPackage]),

        // Lua, and the only code that may raise or yield in it.
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .target(name: "CLuaShim", dependencies: ["CLua"]),
        .target(name: "LuaVM", dependencies: ["CLua", "CLuaShim"]),

        // Coroutines ↔ Swift tasks.
        .target(
            name: "ScriptRuntime",
            dependencies: [
                "LuaVM", "RunClock", "ScriptReference", "PlainErrors", "TemporaryFiles", nioCore, nioPosix, collections,
                heap, subprocess,
                systemPackage,
            ],
            resources: [.embedInCode("Lua")]),

        // What some servers compress their replies with.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // The wire contract as data, and the client that speaks it.
        .target(name: "DecartAPI", dependencies: ["PlainErrors"]),
        .target(
            name: "DecartClient",
            dependencies: [
                "DecartAPI", "CZlib", "RunClock", "SeededNumbers", asyncHTTPClient, nioCore, nioPosix, nioHTTP1,
                nioHTTP2, nioHPACK, nioSSL, nioTLS, logging, collections,
                "TemporaryFiles", systemPackage,
            ]),

        // What a client's requests came to, for a log and for a browser's tools.
        .target(
            name: "RequestTrace",
            dependencies: ["DecartAPI", "DecartClient", "RunClock", "PlainErrors", logging, systemPackage]),

        // What happened to each paid job: states, keys, caps, prices, the order of writes around a submit.
        .target(name: "JobJournal", dependencies: ["DecartAPI", "RunClock", crypto]),
        // … its rows in SQL, for any engine,
        .target(name: "SQLJournal", dependencies: ["JobJournal", "DecartAPI", "RunClock"]),
        // … in a database of PostgreSQL's, whose library is looked for when one is named,
        .target(name: "CPostgres", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(
            name: "PostgresJournal", dependencies: ["CPostgres", "SQLJournal", "JobJournal", "RunClock"]),
        // … and in a file of SQLite's.
        .target(
            name: "SQLiteJournal", dependencies: ["SQLJournal", "JobJournal", "DecartAPI", "RunClock", grdb, sqlite]),
        // A client that writes down what it pays for.
        .target(
            name: "JournaledClient",
            dependencies: ["JobJournal", "DecartClient", "DecartAPI", "RunClock", "SeededNumbers"]),

        // Work that several processes share: orders from files, and the worker that claims and does them.
        .target(
            name: "JobFleet",
            dependencies: [
                "JournaledClient", "JobJournal", "DecartClient", "DecartAPI", "RunClock", "SeededNumbers", "CSVCodec",
            ]),

        // Comma-separated values, read and written.
        .target(name: "CSVCodec"),

        // What a Range header asks for: of a result, of a video in the page.
        .target(name: "ByteRanges"),

        // The other end of the wire, on this machine.
        .target(
            name: "LocalQueue",
            dependencies: [
                "DecartAPI", "RunClock", "ByteRanges", "SeededNumbers", "PlainErrors", hummingbird, httpTypes,
                nioHTTPTypes, nioHTTPTypesHTTP1, nioHTTP1, nioCore,
                nioPosix, grdb, logging, serviceLifecycle, subprocess, systemPackage, "TemporaryFiles",
            ],
            resources: [.embedInCode("Clips/Base")]),

        // What becomes of the queue's jobs, written in Lua: timetables and scenarios.
        .target(
            name: "ScriptedQueue", dependencies: ["LocalQueue", "LuaVM", "PlainErrors"],
            resources: [.embedInCode("Lua")]),

        // Scripts of strangers, in a process that has nothing: what they may do,
        .target(name: "ScriptPermissions"),
        // … the kernel's walls around it,
        .target(name: "CSandboxWalls", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "SandboxWalls", dependencies: ["CSandboxWalls", "ScriptPermissions"]),
        // … threads for its tasks that need no file,
        .target(name: "CTaskPool"),
        // … frames between it and its keeper,
        .target(name: "SandboxLink", dependencies: ["DecartAPI", "ScriptPermissions", "LiveDocument"]),
        // … its own end of them,
        .target(
            name: "SandboxedScript",
            dependencies: [
                "SandboxLink", "SandboxWalls", "ScriptPermissions", "DecartAPI", "DecartClient", "JournaledClient",
                "JobJournal", "LiveDocument", "PlainErrors", "RunClock", nioCore, collections,
            ]),
        // … and the keeper, who has the key and checks every request.
        .target(
            name: "SandboxKeeper",
            dependencies: [
                "SandboxLink", "SandboxWalls", "ScriptPermissions", "DecartAPI", "DecartClient", "JournaledClient",
                "JobJournal", "LiveDocument", "RunClock", "TemporaryFiles", "PlainErrors", nioCore, nioPosix,
                systemPackage, collections,
            ]),

        // Which files change.
        .target(name: "FileWatch", dependencies: ["PlainErrors"]),

        // The prompt's line editor.
        .target(name: "CLineEdit", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

        // UI state.
        .target(name: "LiveDocument"),
        // … and its renderers.
        .target(name: "TerminalUI", dependencies: ["LiveDocument", "RunClock"]),
        .target(
            name: "WebUI",
            dependencies: [
                "LiveDocument", "RunClock", "ByteRanges", hummingbird, hummingbirdCore, httpTypes, nioHTTP1, nioCore,
                nioPosix, logging, serviceLifecycle,
            ],
            resources: [.embedInCode("Page/Files")]),

        // How long jobs take, and when to look at them: arithmetic.
        .target(name: "PollingModel"),
        // What jobs took, kept from run to run.
        .target(name: "LearnedDurations", dependencies: ["PollingModel", "PlainErrors"]),
        // Policies held against simulated jobs.
        .target(
            name: "PollingLab", dependencies: ["PollingModel", "PlainErrors", "SeededNumbers", heap],
            resources: [.embedInCode("Page")]),

        // The names scripts see.
        .target(
            name: "DecartModule",
            dependencies: [
                "LearnedDurations", "LuaVM", "ScriptRuntime", "ScriptReference", "RunClock", "DecartAPI",
                "DecartClient", "LiveDocument",
                "PollingModel", "PlainErrors", "SeededNumbers", "JobJournal", "JournaledClient", "CSVCodec",
            ],
            resources: [
                .embedInCode("Blobs/blobs.lua"), .embedInCode("Client/client.lua"), .embedInCode("Data/json.lua"),
                .embedInCode("Data/null.lua"),
                .embedInCode("Document/document.lua"), .embedInCode("Document/elements.lua"),
                .embedInCode("Machine/fetch.lua"), .embedInCode("Policies/policies.lua"),
                .embedInCode("Queue/queue.lua"),
            ]),

        // Tests of scripts, each with a clock and a queue of its own.
        .target(
            name: "ScriptTesting",
            dependencies: [
                "LuaVM", "ScriptRuntime", "ScriptReference", "RunClock", "DecartAPI", "DecartClient", "DecartModule",
                "LocalQueue", "ScriptedQueue", "PlainErrors", "SeededNumbers", "JobJournal", "SQLiteJournal", nioCore,
            ],
            resources: [.embedInCode("Lua")]),

        // Policies' files in the lab, each in a Lua of its own.
        .target(
            name: "PolicyLab",
            dependencies: [
                "LuaVM", "ScriptRuntime", "RunClock", "DecartAPI", "DecartClient", "DecartModule", "PollingLab",
                "PlainErrors", "LearnedDurations",
                "SeededNumbers",
                nioCore,
            ],
            resources: [.embedInCode("Lua")]),

        // Flags and wiring.
        .executableTarget(
            name: "decart-lua",
            dependencies: [
                "RunClock", "LuaVM", "ScriptRuntime", "ScriptReference", "DecartAPI", "DecartClient", "LocalQueue",
                "ScriptedQueue",
                "ScriptTesting", "LearnedDurations", "PollingLab", "PolicyLab", "LiveDocument", "DecartModule",
                "RequestTrace",
                "TerminalUI", "WebUI",
                "CLineEdit", "FileWatch", "PlainErrors", "SeededNumbers", "TemporaryFiles", "JobJournal",
                "PostgresJournal",
                "SQLiteJournal",
                "JournaledClient", "JobFleet", "ScriptPermissions", "SandboxKeeper", "SandboxLink", "SandboxWalls",
                "SandboxedScript", "CTaskPool", argumentParser, logging,
                serviceLifecycle,
                nioCore, nioPosix, systemPackage,
            ],
            resources: [
                .embedInCode("Lua"), .embedInCode("Starter/script.lua"), .embedInCode("Starter/policy.lua"),
                .embedInCode("Starter/policy_test.lua"), .embedInCode("Starter/clip.mp4"),
            ],
            // Position-independent, a fifth of the program's start went into relocating it; a tenth went into a search
            // through its 49,000 symbols, which nothing that it loads needs: see scripts/bench.
            linkerSettings: [
                .unsafeFlags(
                    ["-Xclang-linker", "-no-pie", "-Xlinker", "--no-export-dynamic"], .when(configuration: .release))
            ]),

        // What the tests of several targets need: folders, programs, servers of their own.
        .target(
            name: "TestSupport",
            dependencies: [nioCore, nioHTTP1, nioPosix, logging, serviceLifecycle, subprocess, systemPackage],
            path: "Tests/TestSupport"),
        // What code that has got out of Lua would try, behind the walls.
        .executableTarget(name: "wall-prober", dependencies: ["CSandboxWalls"], path: "Tests/WallProber"),
        .testTarget(name: "ScriptPermissionsTests", dependencies: ["ScriptPermissions"]),
        .testTarget(
            name: "SandboxWallsTests", dependencies: ["SandboxWalls", "wall-prober", "decart-lua", "TestSupport"]),
        .testTarget(
            name: "SandboxLinkTests",
            dependencies: ["SandboxLink", "ScriptPermissions", "DecartAPI", "LiveDocument", "SeededNumbers"]),
        .testTarget(
            name: "SandboxKeeperTests",
            dependencies: [
                "SandboxKeeper", "SandboxLink", "SandboxWalls", "ScriptPermissions", "DecartAPI", "DecartClient",
                "JournaledClient", "JobJournal", "LiveDocument", "RunClock", "SeededNumbers", "TestSupport", nioPosix,
            ]),
        .testTarget(
            name: "SandboxedScriptTests",
            dependencies: ["SandboxedScript", "SandboxLink", "DecartAPI", "RunClock", nioCore, nioPosix]),
        .testTarget(name: "RunClockTests", dependencies: ["RunClock"]),
        .testTarget(name: "PlainErrorsTests", dependencies: ["PlainErrors"]),
        .testTarget(name: "TemporaryFilesTests", dependencies: ["TemporaryFiles", "TestSupport", systemPackage]),
        .testTarget(name: "ScriptReferenceTests", dependencies: ["ScriptReference"]),
        .testTarget(name: "SeededNumbersTests", dependencies: ["SeededNumbers"]),
        .testTarget(name: "PollingModelTests", dependencies: ["PollingModel"]),
        .testTarget(
            name: "PollingLabTests", dependencies: ["PollingLab", "PollingModel", "PlainErrors", "SeededNumbers"]),
        .testTarget(name: "LuaVMTests", dependencies: ["LuaVM"]),
        .testTarget(
            name: "ScriptRuntimeTests",
            dependencies: ["ScriptRuntime", "ScriptReference", "LuaVM", "RunClock", "TestSupport", nioCore],
            exclude: ["Lua"]),
        .testTarget(name: "JobJournalTests", dependencies: ["JobJournal", "DecartAPI", "RunClock"]),
        .testTarget(
            name: "JournalStoreTests",
            dependencies: [
                "PostgresJournal", "SQLiteJournal", "SQLJournal", "JobJournal", "DecartAPI", "RunClock",
                "SeededNumbers", "TestSupport", grdb,
            ]),
        .testTarget(
            name: "JournaledClientTests",
            dependencies: [
                "JournaledClient", "SQLiteJournal", "SQLJournal", "JobJournal", "DecartClient", "DecartAPI", "RunClock",
                "SeededNumbers", "TestSupport",
            ]),
        .testTarget(
            name: "JobFleetTests",
            dependencies: [
                "JobFleet", "JournaledClient", "SQLiteJournal", "SQLJournal", "JobJournal", "DecartClient", "DecartAPI",
                "RunClock", "SeededNumbers", "TestSupport",
            ]),
        .testTarget(
            name: "RequestTraceTests",
            dependencies: ["RequestTrace", "DecartAPI", "DecartClient", "RunClock", "TestSupport", logging]),
        .testTarget(name: "CSVCodecTests", dependencies: ["CSVCodec"]),
        .testTarget(name: "FileWatchTests", dependencies: ["FileWatch", "TestSupport"]),
        .testTarget(name: "ByteRangesTests", dependencies: ["ByteRanges"]),
        .testTarget(name: "DecartAPITests", dependencies: ["DecartAPI"]),
        .testTarget(
            name: "DecartClientTests",
            dependencies: [
                "DecartClient", "DecartAPI", "CZlib", "RunClock", "TestSupport", "SeededNumbers", asyncHTTPClient,
                nioCore, nioPosix, nioEmbedded, nioHTTP1, nioHTTP2, nioSSL, nioTLS,
            ],
            exclude: ["Support/recording_server.py"]),
        .testTarget(
            name: "LocalQueueTests",
            dependencies: [
                "LocalQueue", "DecartAPI", "RunClock", "PlainErrors", "TestSupport", "SeededNumbers", nioCore, nioPosix,
                nioHTTP1,
                nioEmbedded, nioHTTPTypes, nioHTTPTypesHTTP1, httpTypes, hummingbird,
                asyncHTTPClient,
                logging,
            ]),
        .testTarget(
            name: "ScriptedQueueTests",
            dependencies: ["ScriptedQueue", "LocalQueue", "LuaVM", "PlainErrors", "TestSupport"]),
        .testTarget(
            name: "ScriptTestingTests", dependencies: ["ScriptTesting", "DecartAPI", "PlainErrors", "TestSupport"]),
        .testTarget(name: "PolicyLabTests", dependencies: ["PolicyLab", "RunClock"]),
        // Both ends of the wire together.
        .testTarget(
            name: "ConformanceTests",
            dependencies: ["DecartClient", "LocalQueue", "DecartAPI", "RunClock", "TestSupport"],
            exclude: ["sdk_inputs.py"]),
        // The examples of the documentation: programs that embed scripts, and that use the client.
        .testTarget(
            name: "EmbeddingTests",
            dependencies: [
                "ScriptRuntime", "LuaVM", "RunClock", "DecartClient", "DecartAPI", "LocalQueue", "TestSupport", nioCore,
                nioPosix,
            ]),
        .testTarget(name: "LiveDocumentTests", dependencies: ["LiveDocument", "SeededNumbers"]),
        .testTarget(name: "TerminalUITests", dependencies: ["TerminalUI", "LiveDocument", "RunClock"]),
        // The page as a browser sees it: needs Chromium.
        .testTarget(
            name: "WebUITests",
            dependencies: [
                "WebUI", "LiveDocument", "LocalQueue", "RunClock", "DecartAPI", "SeededNumbers", "TestSupport",
                "decart-lua",
                hummingbird,
                httpTypes, logging, nioCore, nioPosix, nioEmbedded,
            ]),
        .testTarget(
            name: "DecartModuleTests",
            dependencies: [
                "DecartModule", "LiveDocument", "ScriptRuntime", "ScriptReference", "LuaVM", "DecartAPI", "RunClock",
                "TestSupport", nioCore,
            ]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "decart-lua", "DecartAPI", "DecartClient", "LocalQueue", "PlainErrors", "RunClock", "SandboxKeeper",
                "SandboxWalls", "ScriptPermissions", "TestSupport",
                nioCore, nioHTTP1,
                nioSSL, subprocess, systemPackage,
            ],
            exclude: ["Snapshots", "Lua"]),
    ]
)

// `DECART_TEST_TARGETS="LuaVMTests RunClockTests" swift test` builds these test targets and no others, which saves minutes
// while one works on a part.
if let named = Context.environment["DECART_TEST_TARGETS"] {
    let wanted = Set(named.split(separator: " ").map(String.init))
    package.targets.removeAll { $0.type == .test && !wanted.contains($0.name) }
}

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
