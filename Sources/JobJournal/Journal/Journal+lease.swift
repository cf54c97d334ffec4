internal import RunClock
internal import Synchronization

/// A journal that others share holds a process for dead that is not heard of: this one says that it lives, as long as it
/// has something to do with jobs.
extension Journal {
    static let renewalInterval: Duration = .seconds(10)

    /// Whether others may have this process's jobs by now, because it has not been heard of for so long. It sends
    /// nothing then.
    public var isLeaseOver: Bool { store?.isLeaseOver ?? false }

    /// From here on this process is heard of, until its run is over.
    func stayAlive() {
        guard let store, store.needsRenewal else { return }
        let clock = clock
        state.withLock { state in
            guard state.heartbeat == nil else { return }
            state.heartbeat = Task { [weak self] in
                while !Task.isCancelled {
                    do {
                        try await clock.sleep(for: Self.renewalInterval)
                        _ = try await store.renew(nil)
                        // The journal can be written again, if it could not: others are to know of these soon.
                        await self?.payDebts()
                    } catch {
                        // What could not be said now is said ten seconds later. If that is too late, the lease is over.
                    }
                }
            }
        }
    }

    /// Returns once nothing is on its way any more: a renewal that comes after the process has given up its place would
    /// put it there again, with nobody in it.
    func stopBeingAlive() async {
        let heartbeat = state.withLock { state in
            defer { state.heartbeat = nil }
            return state.heartbeat
        }
        heartbeat?.cancel()
        await heartbeat?.value
    }
}
