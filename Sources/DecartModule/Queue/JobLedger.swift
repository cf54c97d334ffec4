public import DecartAPI
internal import Synchronization

/// Which jobs a run has paid for and not fetched the result of, so that their ids can be told whichever way it ends:
/// from any thread, also while the script is stuck.
public final class JobLedger: Sendable {
    private struct State {
        var order: [JobID] = []
        var open: Set<JobID> = []
        var submits = 0
        var lostSubmits = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// In the order in which they were submitted.
    public var unfinished: [JobID] {
        state.withLock { state in state.order.filter(state.open.contains) }
    }

    /// How many submits are under way: each may make a job whose id nobody knows yet.
    public var submitsUnderWay: Int { state.withLock { $0.submits } }

    /// How many submits ended without a reply: each may have made a job.
    public var submitsUnknown: Int { state.withLock { $0.lostSubmits } }

    public func submitLost() { state.withLock { $0.lostSubmits += 1 } }
    public func submitBegan() { state.withLock { $0.submits += 1 } }
    public func submitEnded() { state.withLock { $0.submits -= 1 } }

    public func submitted(_ id: JobID) {
        state.withLock { if $0.open.insert(id).inserted { $0.order.append(id) } }
    }

    /// A completed job stays open until its result has been fetched: that is what was paid for.
    public func saw(_ reply: JobReply) {
        if reply.status == .failed { gone(reply.id) }
    }

    /// It has failed, its result is here, or the server does not know it any more.
    public func gone(_ id: JobID) {
        state.withLock { state in
            guard state.open.remove(id) != nil else { return }
            // Ids gone are swept out now and then: one by one would make ten thousand jobs slow.
            if state.order.count > 64, state.order.count > 2 * state.open.count {
                state.order.removeAll { !state.open.contains($0) }
            }
        }
    }
}
