import DecartAPI
import LocalQueue
import RunClock
import ScriptedQueue
import Synchronization

/// The queue of one test: its jobs follow the test's timetables, and it remembers what it was asked.
final class TestQueue: QueueTransport {
    static let address = "http://queue.test"

    /// One request, as `queue:requests()` shows it.
    struct Request: Sendable {
        enum Call: String, Sendable {
            case submit, status, result, other
        }

        /// Milliseconds since the test began.
        var time: Double
        var method: String
        var path: String
        var call: Call
        var jobID: String?
        /// The HTTP status of the reply; nil if there was none.
        var status: Int?
    }

    /// A job that was accepted.
    struct Job: Sendable {
        var id: String
        var submitted: SubmittedJob
    }

    private struct State {
        var answers: [SubmitAnswer] = []
        var used = 0
        var planned: SubmittedJob?
        var requests: [Request] = []
        var jobs: [Job] = []

        mutating func answer(to job: SubmittedJob) -> SubmitAnswer {
            planned = job
            guard !answers.isEmpty else { return .usual }
            defer { used += 1 }
            return answers[min(used, answers.count - 1)]
        }
    }

    private let clock: any RunClock
    private let queue: InProcessQueue
    private let state: StateBox

    /// Shared with the queue's planner, which outlives no test.
    private final class StateBox: Sendable {
        let state = Mutex(State())
    }

    /// - Throws: `MessageError`.
    init(clock: any RunClock, seed: UInt64) throws {
        let box = StateBox()
        var settings = QueueSettings(seed: seed)
        settings.planner = { job in box.state.withLock { $0.answer(to: job) } }
        self.clock = clock
        state = box
        queue = try InProcessQueue(settings: settings, clock: clock, address: Self.address)
    }

    /// From now on jobs follow these, the last one for all further jobs.
    func plan(_ answers: [SubmitAnswer]) {
        state.state.withLock { state in
            state.answers = answers
            state.used = 0
        }
    }

    var requests: [Request] { state.state.withLock { $0.requests } }
    var jobs: [Job] { state.state.withLock { $0.jobs } }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        let number = note(request)
        let reply = try await queue.send(request)
        state.state.withLock { state in
            state.requests[number].status = reply.status
            guard state.requests[number].call == .submit, reply.status == 200, let job = state.planned,
                let id = reply.jobID
            else { return }
            state.requests[number].jobID = id
            state.jobs.append(Job(id: id, submitted: job))
        }
        return reply
    }

    private func note(_ request: TransportRequest) -> Int {
        let path = request.url.hasPrefix(Self.address) ? String(request.url.dropFirst(Self.address.count)) : request.url
        let segments = path.split(separator: "/").map(String.init)
        var noted = Request(
            time: clock.now.milliseconds, method: request.method.rawValue, path: path, call: .other)
        if segments.starts(with: ["v1", "jobs"]), segments.count > 2 {
            switch (request.method, segments.count) {
            case (.post, 3): noted.call = .submit
            case (.get, 3): (noted.call, noted.jobID) = (.status, segments[2])
            case (.get, 4): (noted.call, noted.jobID) = (.result, segments[2])
            default: break
            }
        }
        return state.state.withLock { state in
            state.requests.append(noted)
            return state.requests.count - 1
        }
    }
}

extension TransportReply {
    fileprivate var jobID: String? {
        guard case .bytes(let bytes) = body, let value = try? JSONValue(parsing: bytes) else { return nil }
        return value["job_id"]?.text
    }
}
