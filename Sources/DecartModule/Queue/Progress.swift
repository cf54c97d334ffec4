internal import Synchronization

/// How far a download has come, written by the client and read by the script's own task.
final class Progress: Sendable {
    private let state = Mutex<(received: Int, total: Int?)>((0, nil))

    var now: (received: Int, total: Int?) { state.withLock { $0 } }

    func update(_ received: Int, _ total: Int?) {
        state.withLock { $0 = (received, total) }
    }
}
