import DecartAPI
import Foundation
import Glibc
import Synchronization

/// Headless Chromium as the tests drive it: the DevTools protocol over the browser's pipe, JSON with a NUL after each
/// message. It ends when this process does, for then its pipe is closed.
final class Chromium: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String

        /// The page in which something was being looked at has been left, or loaded anew.
        var isOfPageGone: Bool { description.contains("context") || description.contains("navigated") }
    }

    /// One browser for all tests; each page has a profile of its own.
    static func shared() async throws -> Chromium { try await launching.value }

    private static let launching = Task { try Chromium() }

    private struct State {
        var next: Int64 = 1
        var waiting: [Int64: CheckedContinuation<JSONValue, any Error>] = [:]
        var end: Failure?
    }

    private let state = Mutex(State())
    private let input: FileHandle

    private init() throws {
        let folder = NSTemporaryDirectory() + "decart-lua-chromium-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard mkfifo(folder + "/in", 0o600) == 0, mkfifo(folder + "/out", 0o600) == 0 else {
            throw Failure(description: "no pipe can be made in \(folder)")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // As root, which tests may run as, Chromium starts only without its sandbox; it opens none but our own pages.
        process.arguments = [
            "-c",
            """
            cd "$0" && command -v chromium >/dev/null ||
              { echo 'there is no chromium; scripts/setup --test installs it' >&2; exit 127; }
            chromium --headless=new --no-sandbox --remote-debugging-pipe --user-data-dir="$0/profile" --no-first-run \
              --disable-gpu --disable-dev-shm-usage --disable-background-networking --disable-component-update \
              --mute-audio --hide-scrollbars about:blank 3<in 4>out 2>log
            rm -rf "$0"
            """, folder,
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        guard let input = FileHandle(forUpdatingAtPath: folder + "/in"),
            let output = FileHandle(forReadingAtPath: folder + "/out")
        else { throw Failure(description: "Chromium's pipe in \(folder) cannot be opened") }
        self.input = input
        let thread = Thread { [self] in read(output) }
        thread.name = "chromium"
        thread.start()
    }

    /// Calls a method of the protocol.
    /// - Throws: what the browser answers instead of a result.
    func call(_ method: String, _ parameters: JSONValue = [:], session: String? = nil) async throws -> JSONValue {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { state in
                if let end = state.end { return continuation.resume(throwing: end) }
                let id = state.next
                state.next += 1
                state.waiting[id] = continuation
                var message: [String: JSONValue] = [
                    "id": .integer(id), "method": .string(method), "params": parameters,
                ]
                message["sessionId"] = session.map { .string($0) }
                try? input.write(contentsOf: Data(JSONValue.object(message).serialized() + [0]))
            }
        }
    }

    private func read(_ output: FileHandle) {
        var pending = Data()
        while case let bytes = output.availableData, !bytes.isEmpty {
            pending += bytes
            while let end = pending.firstIndex(of: 0) {
                let message = Array(pending[pending.startIndex..<end])
                pending.removeSubrange(pending.startIndex...end)
                if let value = try? JSONValue(parsing: message) { received(value) }
            }
        }
        let failure = Failure(description: "Chromium has ended; is it installed? scripts/setup --test does that")
        let waiting = state.withLock { state in
            state.end = failure
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(throwing: failure) }
    }

    private func received(_ message: JSONValue) {
        guard case .integer(let id)? = message["id"] else { return }
        guard let continuation = state.withLock({ $0.waiting.removeValue(forKey: id) }) else { return }
        if let error = message["error"] {
            continuation.resume(throwing: Failure(description: error["message"]?.text ?? "\(error)"))
        } else {
            continuation.resume(returning: message["result"] ?? [:])
        }
    }
}
