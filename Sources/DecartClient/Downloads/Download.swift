import DecartAPI
import RunClock

/// Fetches a body into a sink. After a break it goes on where it was; retries are counted from the last progress.
struct Download: Sendable {
    typealias Progress = @Sendable (_ received: Int, _ total: Int?) -> Void

    let requester: Requester
    let read: Requester.Read
    let sink: any ByteSink
    var onProgress: Progress?

    private static let progressInterval: Duration = .milliseconds(100)

    /// - Returns: the state at the end: the whole is in the sink.
    /// - Throws: the last try's error; nothing is left in the sink.
    func run() async throws(DecartError) -> DownloadState {
        do throws(DecartError) {
            return try await fetch()
        } catch {
            await sink.discard()
            throw error
        }
    }

    private func fetch() async throws(DecartError) -> DownloadState {
        var state = DownloadState()
        var schedule = RetrySchedule(maxRetries: requester.configuration.maxRetries)
        while true {
            var next = read
            next.headers += state.requestHeaders
            let event: RetryRule.Event
            let error: DecartError
            switch await requester.attempt(next, schedule.retry) {
            case .stopped(let error):
                throw error
            case .failed(let failure):
                (event, error) = failed(failure)
            case .reply(let reply):
                switch state.begin(reply) {
                case .refused:
                    event = .refused(status: reply.status)
                    error = await requester.refusal(reply, read.call)
                case .askAgain(let reason):
                    (event, error) = failed(TransportError(.network, reach: .maybeSent, reason: reason))
                case .append, .replace:
                    guard let failure = try await receive(reply.body, &state, &schedule) else { return state }
                    (event, error) = failed(failure)
                }
            }
            try await requester.pause(before: read.call, after: event, error, &schedule)
        }
    }

    private func failed(_ failure: TransportError) -> (RetryRule.Event, DecartError) {
        (.failed(failure.kind, failure.reach), read.call.failure(failure))
    }

    /// Takes in a body; nil when the whole is there, else what it broke off with.
    private func receive(
        _ body: TransportReply.Body, _ state: inout DownloadState, _ schedule: inout RetrySchedule
    ) async throws(DecartError) -> TransportError? {
        var lastReport = requester.clock.now
        do throws(FileWriteError) {
            if state.received == 0, sink.count > 0 { try await sink.restart() }
            var source = ByteSource(body)
            var gathered = GatheredBytes(for: sink)
            while case .chunk(let chunk) = await source.next() {
                try await gathered.add(chunk)
                if state.receive(chunk.count) { schedule.progressed() }
                if requester.clock.now - lastReport >= Self.progressInterval {
                    lastReport = requester.clock.now
                    onProgress?(state.received, state.total)
                }
            }
            // Also what came before a break: the next try goes on behind it.
            try await gathered.passOn()
            try await sink.finish()
            if let failure = source.failure { return failure }
        } catch {
            throw error.error(read.call)
        }
        guard state.isWhole else {
            let total = state.total.map(String.init) ?? "?"
            return TransportError(
                .network, reach: .maybeSent, reason: "the body ended after \(state.received) of \(total) bytes")
        }
        onProgress?(state.received, state.total)
        return nil
    }
}
