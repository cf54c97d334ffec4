import RunClock
import SQLJournal

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Lets a thread wait for a socket, and wakes it when its time is over.
final class WakePipe: Sendable {
    private let ends: (reading: Int32, writing: Int32)
    private let clock: any RunClock

    init(clock: any RunClock) throws(SQLError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw SQLError(.other, "the system has no pipe left: \(String(cString: strerror(errno)))")
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        self.ends = (ends[0], ends[1])
        self.clock = clock
    }

    deinit {
        close(ends.reading)
        close(ends.writing)
    }

    /// Waits until `socket` is ready.
    ///
    /// - Returns: false if `deadline` has come first.
    func wait(for socket: Int32, reading: Bool, writing: Bool, until deadline: RunInstant) -> Bool {
        var events: Int16 = 0
        if reading { events |= Int16(POLLIN) }
        if writing { events |= Int16(POLLOUT) }
        var polled = [
            pollfd(fd: socket, events: events, revents: 0), pollfd(fd: ends.reading, events: Int16(POLLIN), revents: 0),
        ]
        // A reply is often there at once: no need for an alarm then.
        if poll(&polled, 1, 0) > 0 { return true }
        let alarm = clock.wake(at: deadline) { [self] in _ = write(ends.writing, [1], 1) }
        defer {
            clock.cancelWake(alarm)
            drain()
        }
        while true {
            if poll(&polled, 2, -1) < 0 {
                guard errno == EINTR else { return false }
                continue
            }
            if polled[0].revents != 0 { return true }
            // The alarm of an earlier wait may come late, when that has long been over.
            guard clock.now < deadline else { return false }
            drain()
        }
    }

    private func drain() {
        var bytes = [UInt8](repeating: 0, count: 16)
        while read(ends.reading, &bytes, bytes.count) > 0 {}
    }
}
