import DecartAPI
import Glibc
import JournaledClient
import LiveDocument
import RunClock
import Synchronization
import TerminalUI

/// Shows how far jobs are: on a terminal with bars, elsewhere as lines.
final class RecoveryView: Sendable {
    private struct State {
        var document = LiveDocument()
        /// By job: its status as text, and then, while its result arrives, a bar that has its name.
        var rows: [String: ElementID] = [:]
        var bars: Set<String> = []

        mutating func set(_ text: String, of id: String) {
            let row = rows[id] ?? document.createElement(.p)
            if rows.updateValue(row, forKey: id) == nil { document.append(row, to: .body) }
            document.set(.textContent, of: row, to: .text(text))
        }

        mutating func remove(_ id: String) {
            if let row = rows.removeValue(forKey: id) { document.remove(row) }
        }
    }

    private let state = Mutex(State())
    private let renderer: any DocumentRenderer

    init(clock: any RunClock) {
        renderer =
            Renderers.terminal(.auto, .auto, clock, Console())
            ?? LineRenderer(.plain, clock: clock) { Console().line($0) }
    }

    func show(_ id: String, _ name: String, _ progress: Recovery.Progress) {
        state.withLock { state in
            switch progress {
            case .received(let received, let total?) where total > 0:
                if state.bars.insert(id).inserted {
                    state.remove(id)
                    state.rows[id] = state.document.element(named: name)
                }
                guard let bar = state.rows[id] else { return }
                state.document.set(.max, of: bar, to: .number(Double(total)))
                state.document.set(.value, of: bar, to: .number(Double(received)))
            case .received: state.set("\(name): fetching", of: id)
            case .status(let status): state.set("\(name): \(status.rawValue)", of: id)
            }
            renderer.update(from: &state.document)
        }
    }

    func remove(_ id: String) {
        state.withLock { state in
            state.remove(id)
            renderer.update(from: &state.document)
        }
    }

    func close() { renderer.close(.scriptEnded) }
}
