public import DecartAPI
import Logging
public import RunClock
import Synchronization

/// The local queue behind a client in the same process: the same API, engine and clips as over HTTP, no sockets.
///
/// Nothing here leaves the caller's executor but the wait for `latency`, so that under virtual time a reply takes no
/// time at all and a run gives the same output every time (`clips` built in, `settings.seed` given).
public final class InProcessQueue: QueueTransport {
    private let api: QueueAPI
    private let clock: any RunClock
    private let address: String?

    /// Jobs live in memory, their files in a temporary folder that goes with this object.
    /// - Parameter address: the URL that the queue answers for; a request to any other place fails, since there is no
    ///   network to it. Nil: it answers for all.
    /// - Throws: `StorageError`.
    public init(
        settings: QueueSettings = QueueSettings(), clips: ClipMaker = .builtIn, latency: Duration = .zero,
        clock: any RunClock, address: String? = nil
    ) throws(StorageError) {
        self.clock = clock
        self.address = address
        let queue = try JobQueue(
            settings: settings, database: nil, clips: clips, clock: clock, logger: Logger(label: "decart-lua.queue"))
        api = QueueAPI(queue: queue, settings: settings, key: nil, latency: latency, clock: clock)
    }

    public func send(_ request: TransportRequest) async throws(TransportFailure) -> TransportReply {
        guard !Task.isCancelled else { throw Self.cancelled(.neverSent) }
        if let address, !request.url.hasPrefix(address + "/") {
            throw TransportFailure(
                .network, reach: .neverSent,
                reason: "there is no network under virtual time and in tests, only the queue in this process; use a "
                    + "file in place of a URL")
        }
        // From here on the queue may act on it, and no cancellation tells whether it did.
        request.onSending?()
        var headers: [String: String] = [:]
        for header in request.headers { headers[header.name] = header.value }
        let target = Self.target(of: request.url)
        let folder = api.queue.folder
        let unsendable = Mutex<TransportFailure?>(nil)
        let asked = QueueRequest(
            method: request.method.rawValue, target: target, headers: headers,
            readForm: { () async throws(FormProblem) -> ReceivedForm in
                guard case .form(let form) = request.body else { throw .unsupported }
                do throws(FormProblem) {
                    return try form.received(into: folder)
                } catch {
                    // Over a socket such a body would have broken off: no reply tells of it.
                    unsendable.withLock { $0 = error.asTransportFailure }
                    throw error
                }
            },
            readBody: { _ async throws(FormProblem) -> [UInt8] in
                guard case .json(let value) = request.body else { return [] }
                return value.serialized()
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
            throw TransportFailure(
                .network, reach: .maybeSent, reason: "the local queue cut the connection, as it was told to")
        case .hang:
            do {
                try await clock.sleep(for: request.idleTimeout)
            } catch {
                throw Self.cancelled(.maybeSent)
            }
            throw TransportFailure(
                .timeout, reach: .maybeSent,
                reason: "no byte came for \(request.idleTimeout.inMilliseconds / 1000) s: the local queue hangs, as it "
                    + "was told to")
        }
        return try reply.transported(from: folder, streaming: request.streamsReply)
    }

    /// What follows the host in an absolute URL.
    private static func target(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
    }

    private static func cancelled(_ reach: TransportFailure.Reach) -> TransportFailure {
        TransportFailure(.cancelled, reach: reach, reason: "the call was cancelled")
    }
}

extension FormProblem {
    /// A file of the form's that cannot be read; nil for a form that the queue refuses.
    fileprivate var asTransportFailure: TransportFailure? {
        switch self {
        case .storage(let reason): TransportFailure(.body, reach: .maybeSent, reason: reason)
        case .cutShort:
            TransportFailure(.body, reach: .maybeSent, reason: "a file became shorter while it was sent")
        case .malformed, .tooLarge, .unsupported: nil
        }
    }
}
