internal import LuaVM
internal import RunClock
internal import Synchronization
internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension ScriptRuntime {
    func lineFunctions() -> [HostFunction] {
        [
            HostFunction("readLine", mayWait: true) { [self] call throws(LuaError) in
                if call.type(1) != .none, call.type(1) != .nil {
                    print(try call.string(1), terminator: "")
                }
                fflush(nil)
                let clock = clock
                return try wait(call, for: Pending(work: {
                    clock.beginExternalWork()
                    defer { clock.endExternalWork() }
                    return await StandardInput.readLine()
                }, conclude: { $0 }))
            }
        ]
    }
}

/// Lines of standard input, read on a thread of their own so that other tasks go on.
///
/// A reader that is cancelled lets go at once; the line that comes after all is the next reader's.
private enum StandardInput {
    private enum Line {
        case none
        case reading(CheckedContinuation<[UInt8]?, Never>?)
        case read([UInt8]?)
    }

    private static let thread = NIOThreadPool(numberOfThreads: 1)
    private static let line = Mutex(Line.none)

    static func readLine() async -> OperationResult {
        let bytes = await withTaskCancellationHandler {
            await withCheckedContinuation { ask($0) }
        } onCancel: {
            letGo()
        }
        return .values([bytes.map { .string($0) } ?? .nil])
    }

    private static func ask(_ reader: CheckedContinuation<[UInt8]?, Never>) {
        let (isNew, there) = line.withLock { line -> (Bool, [UInt8]??) in
            switch line {
            case .none:
                line = .reading(reader)
                return (true, nil)
            case .reading:
                line = .reading(reader)
                return (false, nil)
            case .read(let bytes):
                line = .none
                return (false, .some(bytes))
            }
        }
        if let there { return reader.resume(returning: there) }
        guard isNew else { return }
        thread.start()
        thread.submit { _ in arrived(read()) }
    }

    private static func letGo() {
        let reader = line.withLock { line -> CheckedContinuation<[UInt8]?, Never>? in
            guard case .reading(let reader) = line else { return nil }
            line = .reading(nil)
            return reader
        }
        reader?.resume(returning: nil)
    }

    private static func arrived(_ bytes: [UInt8]?) {
        let reader = line.withLock { line -> CheckedContinuation<[UInt8]?, Never>? in
            guard case .reading(let reader?) = line else {
                line = .read(bytes)
                return nil
            }
            line = .none
            return reader
        }
        reader?.resume(returning: bytes)
    }

    private static func read() -> [UInt8]? {
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
