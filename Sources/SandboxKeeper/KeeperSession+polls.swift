import DecartAPI
import DecartClient
import JobJournal
import JournaledClient
import NIOCore
import SandboxLink

// Polls without a Swift task: nearly each is a request and a short reply without news.
extension KeeperSession {
    /// Begins a poll on a direct way.
    ///
    /// - Returns: false: it goes the way of all requests.
    func beginPoll(
        _ number: UInt32, _ linked: LinkedRequest, _ verdict: RequestRules.Verdict, _ request: OpenRequest
    ) -> Bool {
        guard case .status(let id) = verdict, Self.isLikePoll(linked), let api,
            let way = api.statusWay(of: settings.transport, linked.idleTimeout)
        else { return false }
        // What the script process has sent is not passed on: only which job of its own it asks for.
        request.poll = way.get(id.pathSegment) { [self] result in
            guard open[number] === request else { return }
            request.poll = nil
            if pass(on: result, of: id, number, api) { return close(number) }
            let credit = request.credit
            request.work = Task.immediate(executorPreference: executor) { [self] in
                await carry(number, linked, verdict, HeldBody(.none), credit, after: result)
                end(number)
            }
        }
        return request.poll != nil
    }

    private static func isLikePoll(_ linked: LinkedRequest) -> Bool {
        guard linked.method == .get, case .none = linked.body, !linked.streamsReply, !linked.tellsOfSending,
            !linked.needsFreshConnection
        else { return false }
        return FormCheck.ofAPI(linked.headers).elementsEqual(APIAccess.ofPolls, by: ==)
    }

    /// Passes a reply on about which there is nothing to write down and that nothing is in the way of.
    ///
    /// - Returns: false where there is more to do. Nothing has been passed on then.
    private func pass(
        on result: Result<TransportReply, TransportError>, of id: JobID, _ number: UInt32, _ api: APIAccess
    ) -> Bool {
        guard case .success(let reply) = result, (200...299).contains(reply.status), reply.header("location") == nil,
            case .bytes(let bytes) = reply.body, bytes.count <= Self.inlineLimit,
            case .success(let job) = JobReply.parse(bytes, asked: id), !api.journal.isNews(job, at: api.server),
            outgoing.isEmpty, channel.isWritable
        else { return false }
        var head = head(of: reply)
        head.body = KeyScrubber.scrubbed(bytes, key: key)
        send(Frame(.head, number, head.payload))
        settings.news.saw(job)
        return true
    }
}
