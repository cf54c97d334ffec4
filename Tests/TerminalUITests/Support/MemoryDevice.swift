import Synchronization

@testable import TerminalUI

/// A terminal device in memory, and the script that writes to it.
final class MemoryDevice: TerminalDevice {
    private struct State {
        var terminal: MemoryTerminal
        var pending: [UInt8] = []
        var arrived: (@Sendable () -> Void)?
        var hasBegun = false
        var hasEnded = false
        var writes: [String] = []
        var passedSizes: [TerminalSize] = []
    }

    private let state: Mutex<State>
    private let works: Bool

    /// - Parameter works: whether what the script writes can come by.
    init(columns: Int, rows: Int, works: Bool = true) {
        state = Mutex(State(terminal: MemoryTerminal(columns: columns, height: rows)))
        self.works = works
    }

    var terminal: MemoryTerminal { state.withLock { $0.terminal } }
    var screen: String { terminal.screen }
    /// Each write, as text.
    var writes: [String] { state.withLock { $0.writes } }
    var hasBegun: Bool { state.withLock { $0.hasBegun } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    var passedSizes: [TerminalSize] { state.withLock { $0.passedSizes } }

    /// The script writes something.
    func print(_ text: String) {
        let arrived = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.hasBegun, !state.hasEnded else {
                state.terminal.write(Array(text.utf8))
                return nil
            }
            state.pending += Array(text.utf8)
            return state.arrived
        }
        arrived?()
    }

    /// Somebody types, and the terminal shows it.
    func echo(_ text: String) {
        state.withLock { $0.terminal.write(Array(text.utf8)) }
    }

    func resize(columns: Int, rows: Int) {
        state.withLock { $0.terminal.resize(columns: columns, height: rows) }
    }

    var size: TerminalSize {
        state.withLock { TerminalSize(columns: $0.terminal.columns, rows: $0.terminal.height) }
    }

    func begin(_ arrived: @escaping @Sendable () -> Void) -> Bool {
        guard works else { return false }
        state.withLock { state in
            state.hasBegun = true
            state.arrived = arrived
        }
        return true
    }

    func read() -> [UInt8] {
        state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
    }

    func write(_ bytes: [UInt8]) {
        state.withLock { state in
            guard !bytes.isEmpty else { return }
            state.terminal.write(bytes)
            state.writes.append(String(decoding: bytes, as: UTF8.self))
        }
    }

    func pass(_ size: TerminalSize) { state.withLock { $0.passedSizes.append(size) } }

    func end() { state.withLock { $0.hasEnded = true } }
}
