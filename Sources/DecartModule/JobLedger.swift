public import DecartAPI

/// Which jobs a run has paid for and not seen the end of, so that their ids can be told when it ends.
public struct JobLedger: Sendable {
    private var order: [JobID] = []
    private var open: Set<JobID> = []

    public init() {}

    /// In the order in which they were submitted.
    public var unfinished: [JobID] { order.filter(open.contains) }

    mutating func submitted(_ id: JobID) {
        if open.insert(id).inserted { order.append(id) }
    }

    mutating func saw(_ reply: JobReply) {
        if reply.status.isFinished { gone(reply.id) }
    }

    /// It is finished, or the server does not know it any more.
    mutating func gone(_ id: JobID) {
        guard open.remove(id) != nil else { return }
        order.removeAll { $0 == id }
    }
}
