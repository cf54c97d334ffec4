public import LiveDocument
public import RunClock
import Synchronization

/// Shows a document as lines, plain or JSON: every value at the time when the script came to a wait, and a heartbeat
/// once an element exists, so that a long silence is not taken for a hang.
public final class LineRenderer: DocumentRenderer {
    public enum Style: Sendable {
        case plain(PlainLines)
        case json(JSONLines)

        public static var plain: Style { .plain(PlainLines()) }
        public static var json: Style { .json(JSONLines()) }
    }

    private struct State {
        var style: Style
        /// When the first element appeared.
        var start: RunInstant?
        var beats = 0
        var wake: WakeID?

        func heartbeat(unixTime: Double) -> String {
            let elapsed = LineRenderer.beat * beats
            guard case .json = style else { return "still running after \(ElapsedTime.words(elapsed))" }
            var line = JSONLine(type: "heartbeat", unixTime: unixTime)
            line.add("elapsed", Int(elapsed.components.seconds * 1000))
            return line.text
        }
    }

    private static let beat = Duration.seconds(30)

    private let clock: any RunClock
    private let show: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// - Parameter show: shows a line.
    public init(_ style: Style, clock: any RunClock, show: @escaping @Sendable (String) -> Void) {
        self.clock = clock
        self.show = show
        state = Mutex(State(style: style))
    }

    public func update(from document: inout LiveDocument) {
        let (lines, isFirst) = state.withLock { state -> ([String], Bool) in
            let lines = state.style.lines(for: &document, clock)
            guard state.start == nil, document.hasElements else { return (lines, false) }
            state.start = clock.now
            return (lines, true)
        }
        for line in lines { show(line) }
        if isFirst { scheduleBeat() }
    }

    /// Ends the heartbeat.
    public func close(_ end: DocumentEnd) {
        let wake = state.withLock { state in
            defer { state.wake = nil }
            return state.wake
        }
        if let wake { clock.cancelWake(wake) }
    }

    private func beatNow() {
        guard let line = state.withLock({ $0.wake == nil ? nil : $0.heartbeat(unixTime: clock.unixTime) }) else {
            return
        }
        show(line)
        scheduleBeat()
    }

    private func scheduleBeat() {
        state.withLock { state in
            guard let start = state.start else { return }
            state.beats += 1
            state.wake = clock.wake(at: start + Self.beat * state.beats) { [self] in beatNow() }
        }
    }
}

extension LineRenderer.Style {
    fileprivate mutating func lines(for document: inout LiveDocument, _ clock: any RunClock) -> [String] {
        switch self {
        case .plain(var lines):
            defer { self = .plain(lines) }
            return lines.lines(for: &document)
        case .json(var lines):
            defer { self = .json(lines) }
            return lines.lines(for: &document, unixTime: clock.unixTime)
        }
    }
}
