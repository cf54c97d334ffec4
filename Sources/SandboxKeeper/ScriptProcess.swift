import Foundation
import Glibc
public import SandboxWalls
import Synchronization

/// The process that runs the script: started with nothing but its three streams and a link.
public final class ScriptProcess: Sendable {
    /// The keeper's ends: what the script reads, what it writes, and the link.
    public struct Ends: Sendable {
        public var input, output, link: Int32
        /// Nil: what it writes there comes by way of the output.
        public var errors: Int32?
    }

    public let ends: Ends
    private struct State {
        var process: pid_t?
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    private let state = Mutex(State())

    /// Starts it.
    ///
    /// - Parameters:
    ///   - words: its command line.
    ///   - hasOneOutput: whether output and errors go to one place, and keep their order.
    public init(_ words: [[UInt8]], hasOneOutput: Bool) throws(WallFailure) {
        let (input, output) = (try Self.pipe(), try Self.pipe())
        let errors = hasOneOutput ? nil : try Self.pipe()
        var link: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &link) == 0 else {
            throw WallFailure(errno: errno, "the link to the script process cannot be made")
        }
        link = try link.map { descriptor throws(WallFailure) in try Self.raised(descriptor) }
        ends = Ends(input: input[1], output: output[0], link: link[0], errors: errors?[0])
        let given = [input[0], output[1], errors?[1] ?? output[1], link[1]]
        let started = Mutex<Result<pid_t, WallFailure>?>(nil)
        let isStarted = DispatchSemaphore(value: 0)
        // The process is killed when the thread that started it ends: that thread waits for it.
        let thread = Thread { [self] in
            let outcome: Result<pid_t, WallFailure>
            do throws(WallFailure) {
                outcome = .success(try KernelWalls.startAgain(words, descriptors: given))
            } catch {
                outcome = .failure(error)
            }
            for descriptor in Set(given) { close(descriptor) }
            if case .success(let process) = outcome { state.withLock { $0.process = process } }
            started.withLock { $0 = outcome }
            isStarted.signal()
            guard case .success(let process) = outcome else { return }
            ended(KernelWalls.wait(for: process))
        }
        thread.name = "script"
        thread.start()
        isStarted.wait()
        _ = try started.withLock { $0 ?? .failure(WallFailure(errno: EAGAIN, "the script process cannot be started")) }
            .get()
    }

    private static func pipe() throws(WallFailure) -> [Int32] {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw WallFailure(errno: errno, "a pipe cannot be made") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return try ends.map { descriptor throws(WallFailure) in try raised(descriptor) }
    }

    /// Above those that the process gets: one of them would be overwritten otherwise.
    private static func raised(_ descriptor: Int32) throws(WallFailure) -> Int32 {
        guard descriptor < 10 else { return descriptor }
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 10)
        guard copy >= 0 else { throw WallFailure(errno: errno, "a descriptor cannot be copied") }
        close(descriptor)
        return copy
    }

    private func ended(_ status: Int32) {
        let waiters = state.withLock { state in
            state.process = nil
            state.status = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }

    /// Its exit status, or 128 and the signal that ended it.
    public func end() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state -> Int32? in
                if state.status == nil { state.waiters.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    /// Sends it a signal, from any thread; nothing once it is gone.
    public func signal(_ number: Int32) {
        // Under the lock: as long as it has not been waited for, its number is nobody else's.
        state.withLock { state in
            if let process = state.process { _ = Glibc.kill(process, number) }
        }
    }

    /// Kills it, and what it has started.
    public func kill() {
        state.withLock { state in
            guard let process = state.process else { return }
            // It leads a session and a group of its own.
            _ = Glibc.kill(-process, SIGKILL)
            _ = Glibc.kill(process, SIGKILL)
        }
    }

    /// Nil once it has ended.
    public var number: Int32? { state.withLock { $0.process } }
}
