import Foundation
import Synchronization
import TestSupport

/// `decart-lua` in a process of its own, for as long as a test's body runs.
final class RunningProgram: Sendable {
    struct NotThere: Error, CustomStringConvertible {
        var description: String
    }

    private struct State {
        var errors = ""
        /// Nothing more can come of them.
        var hasAllErrors = false
        var status: Int32?
        /// Once all is known: what it has said last may arrive after its end.
        var end: Int32? { hasAllErrors ? status : nil }
        /// Counts the changes.
        var version = 0
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    /// Which it runs in.
    private let folder: ScratchFolder
    private let process = Process()
    private let input = Pipe()
    private let state = Mutex(State())

    private init(_ words: [String], folder: ScratchFolder, outputIsRead: Bool) throws {
        process.environment = ProcessInfo.processInfo.environment.merging(["DECART_API_KEY": "any"]) { own, _ in own }
        self.folder = folder
        // A shell that runs the tests with `&` has them ignore Ctrl-C, and this program too.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--default-signal=INT", try Repository.program()] + words
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        if !outputIsRead {
            let output = Pipe()
            process.standardOutput = output
            try output.fileHandleForReading.close()
        }
        let errors = Pipe()
        process.standardError = errors
        process.terminationHandler = { [self] process in changed { $0.status = process.terminationStatus } }
        try process.run()
        // On a thread of its own: what libdispatch reads for a handler may be closed, and its number be another's, before it
        // has let go of it.
        Thread.detachNewThread { [self] in
            var isOver = false
            while !isOver {
                let bytes = errors.fileHandleForReading.availableData
                isOver = bytes.isEmpty
                changed { state in
                    state.errors += String(decoding: bytes, as: UTF8.self)
                    state.hasAllErrors = isOver
                }
            }
        }
    }

    /// - Parameters:
    ///   - browser: whether one is needed.
    ///   - outputIsRead: whether anybody reads its standard output.
    static func with<Value>(
        _ words: String..., browser: Bool = true, outputIsRead: Bool = true,
        body: (RunningProgram) async throws -> Value
    ) async throws -> Value {
        try await with(words, browser: browser, outputIsRead: outputIsRead, body: body)
    }

    static func with<Value>(
        _ words: [String], browser: Bool = true, outputIsRead: Bool = true,
        body: (RunningProgram) async throws -> Value
    ) async throws -> Value {
        // Not while the script is running: what the test is to see would be over when the browser is there.
        if browser { _ = try await Chromium.shared().call("Browser.getVersion") }
        let program = try RunningProgram(words, folder: ScratchFolder(), outputIsRead: outputIsRead)
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(program))
        } catch {
            outcome = .failure(error)
        }
        if program.process.isRunning { kill(program.process.processIdentifier, SIGKILL) }
        // A child of its own that reads our pipe would keep its end from being seen.
        try? program.input.fileHandleForWriting.close()
        _ = try await program.end()
        return try outcome.get()
    }

    /// The page's, once it has been told.
    func address() async throws -> String {
        while true {
            let (errors, status, version) = state.withLock { ($0.errors, $0.end, $0.version) }
            if let found = errors.firstMatch(of: /http:\/\/\S+\//) { return String(found.output) }
            if status != nil { throw NotThere(description: "it has ended without an address: \(errors)") }
            await change(after: version)
        }
    }

    /// Waits until it has said that on stderr, or has ended.
    func says(_ text: String) async throws {
        while true {
            let (errors, status, version) = state.withLock { ($0.errors, $0.end, $0.version) }
            if errors.contains(text) { return }
            if status != nil { throw NotThere(description: "it has ended without saying \(text): \(errors)") }
            await change(after: version)
        }
    }

    /// What it has left in its folder.
    var files: [String] { folder.names }

    func interrupt() { kill(process.processIdentifier, SIGINT) }

    /// Waits for its end.
    func end() async throws -> (status: Int32, errors: String) {
        while true {
            let (errors, status, version) = state.withLock { ($0.errors, $0.end, $0.version) }
            if let status { return (status, errors) }
            await change(after: version)
        }
    }

    /// Returns when more is known than that.
    private func change(after version: Int) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.version != version { return continuation.resume() }
                state.watchers.append(continuation)
            }
        }
    }

    private func changed(_ body: (inout State) -> Void) {
        let watchers = state.withLock { state in
            body(&state)
            state.version += 1
            defer { state.watchers = [] }
            return state.watchers
        }
        for watcher in watchers { watcher.resume() }
    }
}
