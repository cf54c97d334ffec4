import Glibc
internal import LuaVM
internal import NIOCore
internal import NIOPosix
internal import RunClock
internal import ScriptReference
internal import Synchronization

extension ScriptRuntime {
    func readLineFunction() -> ScriptFunction {
        ScriptFunction(
            "readLine", "Reads a line of standard input; other tasks go on meanwhile.",
            Argument.string("prompt", "Printed first.").optional(),
            gives: [
                ResultDescription(.string, isOptional: true, "The line without its end; nil at the end of the input.")
            ],
            waits: true
        ) { [self] _, prompt throws(LuaError) in
            if let prompt { print(prompt, terminator: "") }
            fflush(nil)
            let clock = clock
            return .waits(
                ModuleFunction.Operation {
                    clock.beginExternalWork()
                    defer { clock.endExternalWork() }
                    return await StandardInput.readLine()
                } conclude: {
                    $0
                })
        }
    }
}

/// Lines of standard input, read on a thread of their own so that other tasks go on.
///
/// Readers get lines in the order in which they ask. One that is cancelled lets go at once; the line that comes after all
/// is the next reader's.
public enum StandardInput {
    private typealias Reader = CheckedContinuation<OperationResult, Never>

    private struct State {
        var nextID = 0
        var readers: [(id: Int, reader: Reader)] = []
        var isReading = false
        /// A line whose reader had let go, or the end of the input.
        var kept: OperationResult?
    }

    private static let thread = NIOThreadPool(numberOfThreads: 1)
    private static let state = Mutex(State())

    /// Runs on the loop on which it is cancelled: nothing comes between the check and the asking.
    static func readLine() async -> OperationResult {
        guard !Task.isCancelled else { return .cancelled }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { ask($0, id: id) }
        } onCancel: {
            letGo(id)
        }
    }

    private static func ask(_ reader: Reader, id: Int) {
        let (kept, reads) = state.withLock { state -> (OperationResult?, Bool) in
            if let kept = state.kept {
                state.kept = nil
                return (kept, false)
            }
            state.readers.append((id, reader))
            defer { state.isReading = true }
            return (nil, !state.isReading)
        }
        if let kept { reader.resume(returning: kept) }
        if reads { readNext() }
    }

    private static func letGo(_ id: Int) {
        let reader = state.withLock { state -> Reader? in
            guard let index = state.readers.firstIndex(where: { $0.id == id }) else { return nil }
            return state.readers.remove(at: index).reader
        }
        reader?.resume(returning: .cancelled)
    }

    private static func readNext() {
        thread.start()
        thread.submit { _ in arrived(.values([nextLine().map { .string($0) } ?? .nil])) }
    }

    private static func arrived(_ line: OperationResult) {
        let (reader, reads) = state.withLock { state -> (Reader?, Bool) in
            guard !state.readers.isEmpty else {
                state.kept = line
                state.isReading = false
                return (nil, false)
            }
            let reader = state.readers.removeFirst().reader
            state.isReading = !state.readers.isEmpty
            return (reader, state.isReading)
        }
        reader?.resume(returning: line)
        if reads { readNext() }
    }

    /// The next line without its end, however long that takes; nil at the end of the input.
    public static func nextLine() -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            // Wait without C's lock on the stream, which `exit` wants too; but what is in its buffer is there already.
            if !LuaVM.standardInputIsBuffered {
                var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                if poll(&ready, 1, -1) < 0, errno != EINTR { return nil }
            }
            let byte = getchar()
            if byte == EOF { return line.isEmpty ? nil : line }
            if byte == Int32(UInt8(ascii: "\n")) { return line }
            line.append(UInt8(truncatingIfNeeded: byte))
        }
    }
}
