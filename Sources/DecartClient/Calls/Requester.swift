import DecartAPI
import RunClock
import SeededNumbers

/// Makes requests by the rules that hold for all of them: headers, who gets the key, redirects, retries.
struct Requester: Sendable {
    let configuration: ClientConfiguration
    let transport: any QueueTransport
    let clock: any RunClock
    let chance: Chance
    let executor: (any TaskExecutor)?
    let notices: ClientNotices
    /// When all that this does has to be over; nothing is waited for that would end later.
    var deadline: RunInstant?
    /// What every request has. Put together once, since a program may poll thousands of times a second; the key stays
    /// in the configuration, which shows it to nobody.
    private let headers: [(name: String, value: String)]

    init(
        configuration: ClientConfiguration, transport: any QueueTransport, clock: any RunClock, chance: Chance,
        executor: (any TaskExecutor)? = nil, notices: ClientNotices = ClientNotices(nil)
    ) {
        self.configuration = configuration
        self.transport = transport
        self.clock = clock
        self.chance = chance
        self.executor = executor
        self.notices = notices
        // Nothing said would allow every coding. Clips and pictures are compressed as they are, and a few words of JSON
        // are not worth it.
        headers = [
            (name: "user-agent", value: configuration.userAgent), (name: "accept-encoding", value: "identity"),
        ]
    }

    /// A GET.
    struct Read: Sendable {
        var url: String
        var call: Call
        var headers: [(name: String, value: String)] = []
        var streams = false
        /// Whether `url` is an address of the API itself, the base URL and a path. Others never get the key.
        var isOfAPI = true
    }

    /// What came of one try.
    enum Attempt: Sendable {
        case reply(TransportReply)
        case failed(TransportError)
        /// Would come out the same way again.
        case stopped(DecartError)
    }

    /// The reply to `read`, a success; tried again where that may help.
    ///
    /// - Parameter first: what came of the first request, if that has been sent already.
    func get(
        _ read: Read, after first: Result<TransportReply, TransportError>? = nil
    ) async throws(DecartError) -> TransportReply {
        var schedule = RetrySchedule(maxRetries: configuration.maxRetries)
        var first = first
        while true {
            defer { first = nil }
            let event: RetryRule.Event
            let error: DecartError
            switch await attempt(read, schedule.retry, after: first) {
            case .reply(let reply) where (200...299).contains(reply.status):
                return reply
            case .reply(let reply):
                event = .refused(status: reply.status)
                error = await refusal(reply, read.call)
            case .failed(let failure):
                event = .failed(failure.kind, failure.reach)
                error = read.call.failure(failure)
            case .stopped(let error):
                throw error
            }
            try await pause(before: read.call, after: event, error, &schedule)
        }
    }

    /// Waits until `call` may be made again.
    ///
    /// - Throws: `error`, where it must not or no retries are left; `TIMEOUT` or `error` where the deadline comes first;
    ///   `CANCELLED`.
    func pause(
        before call: Call, after event: RetryRule.Event, _ error: DecartError, _ schedule: inout RetrySchedule
    ) async throws(DecartError) {
        guard RetryRule.verdict(on: event, of: call.retrySubject) == .again,
            let wait = schedule.next(
                chance: chance.unit(), retryAfter: error.retryAfter,
                because: error.status.map { "status \($0)" } ?? error.cause ?? error.message)
        else { throw error }
        let now = clock.now
        if let deadline, now + wait > deadline { throw call.outOfTime(error, wait: wait, left: deadline - now) }
        notices.waits(wait, for: call, at: now)
        do {
            try await clock.sleep(for: wait)
        } catch {
            throw call.cancelled()
        }
    }

    /// The error that a refusal is, with what its body says.
    func refusal(_ reply: TransportReply, _ call: Call) async -> DecartError {
        let after = reply.header("retry-after").flatMap { RetryAfter.wait($0, at: clock.unixTime) }
        let isReadable = reply.coding == nil
        let detail = isReadable ? ServerDetail(await reply.collected(upTo: 64 << 10), configuration) : .empty
        return call.refusal(reply, detail, retryAfter: after)
    }

    /// The headers of a request to `origin`: the key goes to the API's own origin and nowhere else.
    func headers(for origin: Origin?) -> [(name: String, value: String)] {
        guard let key = configuration.apiKey, origin == configuration.baseURL.origin else { return headers }
        return headers + CollectionOfOne((name: "x-api-key", value: key.secret))
    }
}
