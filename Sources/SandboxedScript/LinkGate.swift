import DequeModule
import SandboxLink
import Synchronization

/// Lets in what there is room for, the others in the order in which they came.
final class LinkGate: Sendable {
    private struct State {
        var taken = LinkLoad()
        var lastID = 0
        var waiting: Deque<(id: Int, load: LinkLoad, continuation: CheckedContinuation<Bool, Never>)> = []
    }

    /// A share of the room; given back once.
    final class Share: Sendable {
        private let gate: LinkGate
        private let load: LinkLoad
        private let isFree = Mutex(false)

        fileprivate init(_ gate: LinkGate, _ load: LinkLoad) {
            self.gate = gate
            self.load = load
        }

        deinit { release() }

        func release() {
            let wasFree = isFree.withLock { free in
                defer { free = true }
                return free
            }
            if !wasFree { gate.leave(load) }
        }
    }

    private let room: LinkLoad
    private let state = Mutex(State())

    init(_ room: LinkLoad) {
        self.room = room
    }

    /// How many wait.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// A share of the room, if there is that much and nobody waits for it.
    func enterNow(_ load: LinkLoad) -> Share? {
        let isIn = state.withLock { state in
            guard state.waiting.isEmpty, (state.taken + load).fits(in: room) else { return false }
            state.taken = state.taken + load
            return true
        }
        return isIn ? Share(self, load) : nil
    }

    /// - Parameter load: one that would never fit enters alone, and is refused where it is too much.
    /// - Returns: nil if the calling task was cancelled meanwhile.
    func enter(_ load: LinkLoad) async -> Share? {
        let load = LinkLoad(
            places: min(load.places, room.places), memory: min(load.memory, room.memory),
            disk: min(load.disk, room.disk))
        let id = state.withLock { state -> Int? in
            if state.waiting.isEmpty, (state.taken + load).fits(in: room) {
                state.taken = state.taken + load
                return nil
            }
            state.lastID += 1
            return state.lastID
        }
        guard let id else { return Share(self, load) }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let next = state.withLock { state -> [CheckedContinuation<Bool, Never>]? in
                    if Task.isCancelled { return nil }
                    state.waiting.append((id, load, continuation))
                    return admit(&state)
                }
                guard let next else { return continuation.resume(returning: false) }
                for continuation in next { continuation.resume(returning: true) }
            }
        } onCancel: {
            let (left, next) = state.withLock {
                state -> (CheckedContinuation<Bool, Never>?, [CheckedContinuation<Bool, Never>]) in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return (nil, []) }
                // Those behind it may fit where it did not.
                return (state.waiting.remove(at: index).continuation, admit(&state))
            }
            left?.resume(returning: false)
            for continuation in next { continuation.resume(returning: true) }
        }
        return isIn ? Share(self, load) : nil
    }

    /// Those whose turn it is, as far as there is room for them.
    private func admit(_ state: inout State) -> [CheckedContinuation<Bool, Never>] {
        var admitted: [CheckedContinuation<Bool, Never>] = []
        while let first = state.waiting.first, (state.taken + first.load).fits(in: room) {
            state.taken = state.taken + first.load
            state.waiting.removeFirst()
            admitted.append(first.continuation)
        }
        return admitted
    }

    private func leave(_ load: LinkLoad) {
        let next = state.withLock { state in
            state.taken = state.taken - load
            return admit(&state)
        }
        for continuation in next { continuation.resume(returning: true) }
    }
}
