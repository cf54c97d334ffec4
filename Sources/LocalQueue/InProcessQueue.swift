public import DecartAPI
import Logging
public import PlainErrors
public import RunClock
import Synchronization

/// The local queue as a transport within the process: the same API, engine and clips as over HTTP, without sockets.
///
/// Nothing leaves the caller's executor except the wait for `latency`. Under virtual time a reply therefore takes no time
/// at all, and a run gives the same output every time (with built-in clips and a `settings.seed`).
public final class InProcessQueue: QueueTransport {
    private let api: QueueAPI
    private let clock: any RunClock
    private let address: String?

    /// Jobs are kept in memory, their files in a temporary folder that is removed with this object.
    /// - Parameter address: the URL the queue answers for. A request to any other fails, since there is no network. Nil:
    ///   it answers every request.
    /// - Throws: `MessageError`.
    public init(
        settings: QueueSettings = QueueSettings(), clips: ClipMaker = .builtIn, latency: Duration = .zero,
        clock: any RunClock, address: String? = nil
    ) throws(MessageError) {
        self.clock = clock
        self.address = address
        let queue = try JobQueue(
            settings: settings, database: nil, clips: clips, clock: clock, logger: Logger(label: "decart-lua.queue"))
        api = QueueAPI(queue: queue, settings: settings, key: nil, latency: latency, clock: clock)
    }

    public func send(_ request: TransportRequest) async throws(TransportError) -> TransportReply {
        guard !Task.isCancelled else { throw Self.cancelled(.neverSent) }
        if let address, !request.url.hasPrefix(address + "/") {
            throw TransportError(
                .network, reach: .neverSent,
                reason: "there is no network under virtual time and in tests, only the queue in this process; read "
                    + "from a file instead")
        }
        // From here on the queue may act on the request, and a cancellation does not tell whether it did.
        request.onSending?()
        var headers: [String: String] = [:]
        for header in request.headers { headers[header.name] = header.value }
        let target = Self.target(of: request.url)
        let folder = api.queue.folder
        let unsendable = Mutex<TransportError?>(nil)
        let asked = QueueRequest(
            method: request.method.rawValue, target: target, headers: headers,
            readForm: { () async throws(FormError) -> ReceivedForm in
                guard case .form(let form) = request.body else { throw .unsupported }
                do throws(FormError) {
                    return try form.received(into: folder)
                } catch {
                    // Over a socket this body would have been cut short, and no reply would have come.
                    unsendable.withLock { $0 = error.asTransportError }
                    throw error
                }
            },
            readBody: { _ async throws(FormError) -> [UInt8] in
                switch request.body {
                case .json(let value): value.serialized()
                case .bytes(let bytes): bytes
                case .none, .form: []
                }
            })
        let reply: QueueReply
        do throws(CancellationError) {
            reply = try await api.reply(to: asked)
        } catch {
            throw Self.cancelled(.maybeSent)
        }
        if let failure = unsendable.withLock({ $0 }) { throw failure }
        switch reply.silence {
        case nil: break
        case .cut:
            throw TransportError(
                .network, reach: .maybeSent, reason: "the local queue cut the connection on purpose")
        case .hang:
            do {
                try await clock.sleep(for: request.idleTimeout)
            } catch {
                throw Self.cancelled(.maybeSent)
            }
            throw TransportError(
                .timeout, reach: .maybeSent,
                reason: "no byte came for \(request.idleTimeout.inMilliseconds / 1000) s: the local queue hangs on "
                    + "purpose")
        }
        return try reply.transported(from: folder, streaming: request.streamsReply)
    }

    /// What follows the host in an absolute URL.
    private static func target(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
    }

    private static func cancelled(_ reach: TransportError.Reach) -> TransportError {
        TransportError(.cancelled, reach: reach, reason: "the call was cancelled")
    }
}

extension FormError {
    /// The failure to read one of the form's files; nil for a form that the queue refuses.
    fileprivate var asTransportError: TransportError? {
        switch self {
        case .storage(let reason): TransportError(.body, reach: .maybeSent, reason: reason)
        case .cutShort:
            TransportError(.body, reach: .maybeSent, reason: "a file became shorter while it was sent")
        case .malformed, .tooLarge, .unsupported, .coded: nil
        }
    }
}
