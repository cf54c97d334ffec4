import DecartAPI
import RunClock
import Synchronization

/// What is known of the files that clients had kept. Nothing in the API reads such a file back, so its bytes are
/// counted and dropped; and nothing outlives this object.
final class FileShelf: Sendable {
    struct Entry: Hashable, Sendable {
        var id: String
        var name: String
        var type: String
        /// Bytes.
        var size: Int
        /// Unix seconds.
        var created: Double
        /// Unix seconds; nil: never.
        var expires: Double?
    }

    private let ids: IDMint
    private let clock: any RunClock
    private let entries = Mutex<[String: Entry]>([:])

    init(ids: IDMint, clock: any RunClock) {
        self.ids = ids
        self.clock = clock
    }

    /// - Parameter lifetime: seconds; nil: for ever.
    func put(name: String, type: String, size: Int, lifetime: Double?) -> Entry {
        let now = clock.unixTime
        let entry = Entry(
            id: ids.next("file_"), name: name, type: type, size: size, created: now,
            expires: lifetime.map { now + $0 })
        entries.withLock { entries in
            entries = entries.filter { !$0.value.isExpired(at: now) }
            entries[entry.id] = entry
        }
        return entry
    }

    func entry(_ id: String) -> Entry? {
        let now = clock.unixTime
        return entries.withLock { $0[id] }.flatMap { $0.isExpired(at: now) ? nil : $0 }
    }

    /// False if there was none.
    func remove(_ id: String) -> Bool {
        let now = clock.unixTime
        return entries.withLock { $0.removeValue(forKey: id) }.map { !$0.isExpired(at: now) } ?? false
    }
}

extension FileShelf.Entry {
    func isExpired(at instant: Double) -> Bool { expires.map { $0 <= instant } ?? false }
}
