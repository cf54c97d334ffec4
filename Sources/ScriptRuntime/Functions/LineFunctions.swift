internal import LuaVM
internal import RunClock
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
private enum StandardInput {
    private static let thread = NIOThreadPool(numberOfThreads: 1)

    static func readLine() async -> OperationResult {
        thread.start()
        let line = try? await thread.runIfActive { () -> [UInt8]? in
            var line: [UInt8] = []
            while true {
                if !StandardInputBuffer.isFilled {
                    // Wait without C's lock on the stream, which `exit` wants too.
                    var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
                    if poll(&ready, 1, -1) < 0, errno != EINTR { break }
                }
                let byte = getchar()
                if byte == EOF { return line.isEmpty ? nil : line }
                if byte == Int32(UInt8(ascii: "\n")) { break }
                line.append(UInt8(truncatingIfNeeded: byte))
            }
            return line
        }
        return .values([line.map { .string($0) } ?? .nil])
    }
}
