/// What `--watch` does next: events in, actions out.
///
/// | phase    | a file changes   | the program ends | settled | a signal                 |
/// |----------|------------------|------------------|---------|--------------------------|
/// | running  | stop → stopping  | tell → idle      |         | pass → leaving           |
/// | stopping |                  | settle           |         | → leaving                |
/// | settling |                  |                  | start   | leave                    |
/// | idle     | settle           |                  |         | leave                    |
/// | leaving  |                  | leave            |         |                          |
struct WatchLoop {
    enum Event: Hashable, Sendable {
        case changed
        /// With its exit status.
        case ended(Int32)
        /// Nothing more was written for a moment.
        case settled
        /// Of this process's own.
        case signal(Int32)
    }

    enum Action: Hashable, Sendable {
        case start
        /// Ask the program to end.
        case stop
        /// Wait a moment: who saves one file may be saving several.
        case settle
        /// Say how the program ended.
        case tell(Int32)
        /// Pass the signal on, and wait for the program's end.
        case pass(Int32)
        case leave(Int32)
    }

    private enum Phase {
        case running, stopping, settling, idle
        case leaving(Int32)
    }

    /// It is running when the loop begins.
    private var phase = Phase.running

    mutating func on(_ event: Event) -> Action? {
        switch (phase, event) {
        case (.running, .changed):
            phase = .stopping
            return .stop
        case (.running, .ended(let status)):
            phase = .idle
            return .tell(status)
        case (.stopping, .ended), (.idle, .changed):
            phase = .settling
            return .settle
        case (.settling, .settled):
            phase = .running
            return .start
        case (.running, .signal(let number)):
            phase = .leaving(128 + number)
            return .pass(number)
        case (.stopping, .signal(let number)):
            // It has been asked to end, and is cleaning up: a second signal would end it amid that.
            phase = .leaving(128 + number)
            return nil
        case (.settling, .signal(let number)), (.idle, .signal(let number)): return .leave(128 + number)
        case (.leaving(let status), .ended): return .leave(status)
        default: return nil
        }
    }
}
