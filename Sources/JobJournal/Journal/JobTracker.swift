import Synchronization

/// What this process knows about the journaled jobs it has met, so that a poll without news writes nothing.
final class JobTracker: Sendable {
    struct Key: Hashable, Sendable {
        var server: String
        var id: String
    }

    struct Entry: Sendable {
        /// nil for a job that another process submitted.
        var submission: String?
        var state: JobState
        var price: Price?
        /// The row of a job that was found again, as it was then.
        var replayed: JobRow?
        /// Of a job that was taken over: what is written of it counts as long as no other process has it.
        var fence: Int?
    }

    /// Others' jobs are remembered only to spare writes: beyond so many the memory is worth more.
    private static let foreignLimit = 10_000

    private struct State {
        var entries: [Key: Entry] = [:]
        var foreign = 0
    }

    private let state = Mutex(State())

    func entry(_ key: Key) -> Entry? { state.withLock { $0.entries[key] } }

    func add(_ key: Key, _ entry: Entry) { state.withLock { $0.entries[key] = entry } }

    /// Whether `advance` would have something to be written down.
    func isNews(_ key: Key, _ event: JobEvent) -> Bool {
        state.withLock { state in
            // Only an end of another process's job is worth a write here.
            state.entries[key].map { $0.state.after(event) != nil } ?? (event != .run)
        }
    }

    /// - Returns: what is to be written down: nil for no news.
    func advance(_ key: Key, by event: JobEvent) -> JobChange.Subject? {
        state.withLock { state in
            if var entry = state.entries[key] {
                guard let next = entry.state.after(event) else { return nil }
                entry.state = next
                state.entries[key] = entry
                return entry.submission.map { .submission($0) } ?? .job(server: key.server, id: key.id)
            }
            // As in `isNews`.
            guard event != .run else { return nil }
            if state.foreign >= Self.foreignLimit {
                state.entries = state.entries.filter { $0.value.submission != nil }
                state.foreign = 0
            }
            state.foreign += 1
            state.entries[key] = Entry(submission: nil, state: event.target)
            return .job(server: key.server, id: key.id)
        }
    }
}
