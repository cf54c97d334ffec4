import DecartAPI
import Synchronization
import Testing

/// A transport that plays a script: one step a request, in their order. It keeps what it was asked to send.
///
/// Whatever the test is about, a POST that may have made a job and got no id for it must not be sent again.
final class ScriptedTransport: QueueTransport {
    typealias Step = @Sendable (TransportRequest) async throws(TransportError) -> TransportReply

    private struct State {
        var steps: [Step]
        var requests: [TransportRequest] = []
        var guardian = SecondPostGuard()
    }

    private let state: Mutex<State>

    init(_ steps: [Step]) {
        state = Mutex(State(steps: steps))
    }

    var requests: [TransportRequest] { state.withLock { $0.requests } }
    var urls: [String] { requests.map(\.url) }
    var posts: Int { requests.count { $0.method == .post } }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        let step = state.withLock { state -> Step? in
            state.requests.append(request)
            return state.steps.isEmpty ? nil : state.steps.removeFirst()
        }
        guard let step else {
            return TransportReply(status: 599, body: .bytes(Array("the script has no step for this".utf8)))
        }
        let key = SecondPostGuard.key(request.method.rawValue, request.url)
        state.withLock { $0.guardian.willSend(key) }
        do throws(TransportError) {
            let reply = try await step(request)
            state.withLock { $0.guardian.got(reply.status, for: key) }
            return reply
        } catch {
            state.withLock { $0.guardian.failed(mayHaveArrived: error.reach == .maybeSent, for: key) }
            throw error
        }
    }
}

/// The steps of a script.
enum Play {
    static func reply(
        _ status: Int, _ text: String = "", headers: [(name: String, value: String)] = []
    ) -> ScriptedTransport.Step {
        { (request) throws(TransportError) in
            request.onSending?()
            return TransportReply(status: status, headers: headers, body: .bytes(Array(text.utf8)))
        }
    }

    static func fail(_ kind: TransportError.Kind, _ reach: TransportError.Reach) -> ScriptedTransport.Step {
        { (request) throws(TransportError) in
            if reach == .maybeSent { request.onSending?() }
            throw TransportError(kind, reach: reach, reason: "as the script says")
        }
    }

    /// A streamed body in chunks, which breaks off after them if `breaks`.
    static func stream(
        _ status: Int, _ chunks: [String], headers: [(name: String, value: String)] = [], breaks: Bool = false
    ) -> ScriptedTransport.Step {
        { (request) throws(TransportError) in
            let left = Mutex(chunks[...])
            let body = ByteStream { () throws(TransportError) in
                if let chunk = left.withLock({ $0.popFirst() }) { return Array(chunk.utf8) }
                if breaks { throw TransportError(.network, reach: .maybeSent, reason: "connection reset") }
                return nil
            }
            return TransportReply(status: status, headers: headers, body: .stream(body))
        }
    }

    /// Waits at `gate` before or after the request has begun to leave, then replies; cancelling ends it at once.
    static func wait(
        at gate: Gate, hasBegun: Bool, then status: Int = 200, _ text: String = ""
    ) -> ScriptedTransport.Step {
        { (request) throws(TransportError) in
            if hasBegun { request.onSending?() }
            guard await gate.pass() else {
                throw TransportError(.cancelled, reach: hasBegun ? .maybeSent : .neverSent, reason: "cancelled")
            }
            return TransportReply(status: status, body: .bytes(Array(text.utf8)))
        }
    }
}
