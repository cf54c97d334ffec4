import DecartAPI
import RunClock

/// Makes requests by the rules that hold for all of them: headers, who gets the key, redirects, retries.
struct Requester: Sendable {
    let configuration: ClientConfiguration
    let transport: any QueueTransport
    let clock: any RunClock
    let chance: Chance
    let executor: (any TaskExecutor)?
    private let userAgent: String

    init(
        configuration: ClientConfiguration, transport: any QueueTransport, clock: any RunClock, chance: Chance,
        executor: (any TaskExecutor)? = nil
    ) {
        self.configuration = configuration
        self.transport = transport
        self.clock = clock
        self.chance = chance
        self.executor = executor
        // The same in every request: put together once, since a program may poll thousands of times a second.
        self.userAgent = configuration.userAgent
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
        case failed(TransportFailure)
        /// Would come out the same way again.
        case stopped(DecartError)
    }

    /// The reply to `read`, a success; tried again where that may help.
    func get(_ read: Read) async throws(DecartError) -> TransportReply {
        var schedule = RetrySchedule(maxRetries: configuration.maxRetries)
        while true {
            let event: RetryRule.Event
            let error: DecartError
            switch await attempt(read) {
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
    /// - Throws: `error`, where it must not or no retries are left; `CANCELLED`.
    func pause(
        before call: Call, after event: RetryRule.Event, _ error: DecartError, _ schedule: inout RetrySchedule
    ) async throws(DecartError) {
        guard RetryRule.verdict(on: event, of: call.retrySubject) == .again,
            let wait = schedule.next(chance: chance.unit(), retryAfter: error.retryAfter)
        else { throw error }
        do {
            try await clock.sleep(for: wait)
        } catch {
            throw call.cancelled()
        }
    }

    /// The error that a refusal is, with what its body says.
    func refusal(_ reply: TransportReply, _ call: Call) async -> DecartError {
        let after = reply.header("retry-after").flatMap { RetryAfter.wait($0, at: clock.unixTime) }
        let detail = ServerDetail(await reply.collected(upTo: 64 << 10), configuration)
        return call.refusal(reply, detail, retryAfter: after)
    }

    /// The headers of a request to `origin`: the key goes to the API's own origin and nowhere else.
    func headers(for origin: Origin?) -> [(name: String, value: String)] {
        var headers = [(name: "user-agent", value: userAgent)]
        if let key = configuration.apiKey, origin == configuration.baseURL.origin {
            headers.append((name: "x-api-key", value: key.secret))
        }
        return headers
    }
}
