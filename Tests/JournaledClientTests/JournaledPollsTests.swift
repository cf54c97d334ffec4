import DecartAPI
import DecartClient
import JobJournal
import JournaledClient
import RunClock
import SeededNumbers
import TestSupport
import Testing

/// Polls that begin without a Swift task, and the journal.
@Suite(.timeLimit(.minutes(5)))
struct JournaledPollsTests {
    /// A direct way that answers when it is told to.
    ///
    /// `@unchecked Sendable`: one test uses it, one step after the other.
    private final class Way: QueueTransport, DirectWay, DirectExchange, @unchecked Sendable {
        private var done: ((Result<TransportReply, TransportError>) -> Void)?

        func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
            throw TransportError(.network, reach: .neverSent, reason: "there is only the direct way")
        }

        func directWay(
            to base: String, headers: [(name: String, value: String)], idleTimeout: Duration
        ) -> (any DirectWay)? { self }

        func get(
            _ rest: String, _ done: @escaping (Result<TransportReply, TransportError>) -> Void
        ) -> (any DirectExchange)? {
            self.done = done
            return self
        }

        func cancel() {}

        func answer(_ status: Int, _ json: JSONValue) {
            done?(.success(TransportReply(status: status, body: .bytes(json.serialized()))))
        }
    }

    @Test("What is news is written down, and nothing else takes a task")
    func news() async throws {
        let folder = try ScratchFolder()
        let shop = try Shop(in: folder.path)
        let id = try await shop.client.submit(try Shop.clip(), Shop.terms()).reply.id
        let way = Way()
        let configuration = ClientConfiguration(
            apiKey: try APIKey(Shop.key), baseURL: try BaseURL("https://queue.test"), maxRetries: 0)
        let clock = SystemClock()
        let polls = JournaledPolls(
            of: JournaledClient(
                DecartClient(configuration: configuration, transport: way, clock: clock, chance: Chance(seed: 1)),
                journal: shop.journal, clock: clock, chance: Chance(seed: 1)))
        let steps: [(status: String, isNews: Bool, state: JobState)] = [
            ("pending", false, .accepted), ("processing", true, .running), ("processing", false, .running),
            ("completed", true, .completed), ("completed", false, .completed),
        ]
        for step in steps {
            var outcome: JournaledPolls.Outcome?
            #expect(polls.begin(id) { outcome = $0 } != nil)
            way.answer(200, ["job_id": .string(id.text), "status": .string(step.status)])
            switch try #require(outcome) {
            case .reply(let reply):
                #expect(!step.isNews)
                #expect(reply.status.rawValue == step.status)
            case .goesOn(let rest):
                #expect(step.isNews)
                #expect(try await rest().status.rawValue == step.status)
            }
            #expect(try await shop.rows().map(\.state) == [step.state])
        }
        var outcome: JournaledPolls.Outcome?
        #expect(polls.begin(id) { outcome = $0 } != nil)
        way.answer(404, ["detail": "gone"])
        guard case .goesOn(let rest) = try #require(outcome) else {
            Issue.record("\(outcome as Any)")
            return
        }
        let error = await #expect(throws: DecartError.self) { try await rest() }
        #expect(error?.code == .notFound)
        #expect(try await shop.rows().map(\.state) == [.expired])
    }
}
