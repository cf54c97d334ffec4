import Foundation
import Synchronization

/// `decart-lua` in a process of its own, for as long as a test's body runs.
final class RunningProgram: Sendable {
    struct NotThere: Error, CustomStringConvertible {
        var description: String
    }

    private struct State {
        var errors = ""
        var status: Int32?
        /// Counts the changes.
        var version = 0
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    /// Which it runs in.
    let folder: String
    private let process = Process()
    private let input = Pipe()
    private let state = Mutex(State())

    private init(_ words: [String], folder: String) throws {
        self.folder = folder
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/decart-lua"
        let built = TestClip.root + "/.build/debug/decart-lua"
        let path = [program, built].first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let path else { throw NotThere(description: "decart-lua is not built; run `swift build`") }
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        errors.fileHandleForReading.readabilityHandler = { [self] handle in
            let bytes = handle.availableData
            if bytes.isEmpty { handle.readabilityHandler = nil }
            changed { $0.errors += String(decoding: bytes, as: UTF8.self) }
        }
        process.terminationHandler = { [self] process in changed { $0.status = process.terminationStatus } }
        try process.run()
    }

    static func with<Value>(_ words: String..., body: (RunningProgram) async throws -> Value) async throws -> Value {
        // Not while the script is running: what the test is to see would be over when the browser is there.
        _ = try await Chromium.shared().call("Browser.getVersion")
        let scratch = try ScratchFile("input", "")
        let program = try RunningProgram(words, folder: scratch.folder)
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
            let (errors, status, version) = state.withLock { ($0.errors, $0.status, $0.version) }
            if let found = errors.firstMatch(of: /http:\/\/\S+\//) { return String(found.output) }
            if status != nil { throw NotThere(description: "it has ended without an address: \(errors)") }
            await change(after: version)
        }
    }

    /// Waits until it has said that on stderr, or has ended.
    func says(_ text: String) async throws {
        while true {
            let (errors, status, version) = state.withLock { ($0.errors, $0.status, $0.version) }
            if errors.contains(text) { return }
            if status != nil { throw NotThere(description: "it has ended without saying \(text): \(errors)") }
            await change(after: version)
        }
    }

    /// What it has left in its folder.
    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0 != "input" }.sorted()
    }

    func interrupt() { kill(process.processIdentifier, SIGINT) }

    /// Waits for its end.
    func end() async throws -> (status: Int32, errors: String) {
        while true {
            let (errors, status, version) = state.withLock { ($0.errors, $0.status, $0.version) }
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
