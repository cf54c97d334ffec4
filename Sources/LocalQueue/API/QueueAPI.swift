import DecartAPI
import PlainErrors
import RunClock

/// Decart's API: a request in, a reply out. It knows nothing of sockets; the HTTP server and the in-process transport
/// both hand it their requests.
///
/// | request | reply |
/// |---|---|
/// | `POST /v1/jobs/{model}` | 200 `{job_id, status}`; 422 for a bad form or a model that takes no jobs |
/// | `GET /v1/jobs/{id}` | 200 `{job_id, status}`, a failed one with `error`; 404 |
/// | `GET`, `HEAD /v1/jobs/{id}/content` | 200 or 206 and the bytes; 304, 404, 409 when not completed, 416 |
/// | `POST /v1/generate/{model}` | 200 and a picture's bytes; 422 for a bad form or a model that makes none |
/// | `POST /v1/files` | 200 `{id, filename, mime_type, size_bytes, created_at, expires_at}`; 422 |
/// | `GET`, `DELETE /v1/files/{id}` | 200 and the same, or 204; 404 |
/// | `POST /v1/client/tokens` | 200 `{apiKey, token, expiresAt, permissions, constraints}`; 422 |
/// | `POST /v1/models/resolve` | 200 `{model_id}`; 404 |
///
/// A job for an unknown model is 422 and not 404, so that a 404 always means "no such job" to a client.
/// Anything else is 404 `{"detail": "Not Found"}`, a known path with another method 405, a wrong key 401.
struct QueueAPI: Sendable {
    let queue: JobQueue
    /// The key that requests have to carry; nil: any or none.
    let key: QueueKey?
    /// How long every reply is held back.
    let latency: Duration
    let clock: any RunClock
    /// After how many bytes a result's body is cut; nil: never.
    let cutAfter: Int?
    let files: FileStore
    let tokens: TokenStore

    init(queue: JobQueue, settings: QueueSettings, key: QueueKey?, latency: Duration, clock: any RunClock) {
        self.queue = queue
        self.key = key
        self.latency = latency
        self.clock = clock
        cutAfter = settings.cutAfter.map { max(0, $0) }
        files = FileStore(ids: queue.ids, clock: clock, database: queue.database)
        tokens = TokenStore(ids: queue.ids, clock: clock, database: queue.database)
    }

    /// Answers a request.
    /// - Throws: if the task is cancelled while the reply is held back. The request has been carried out by then.
    func reply(to request: QueueRequest) async throws(CancellationError) -> QueueReply {
        let reply = await answer(request)
        guard latency > .zero else { return reply }
        do {
            try await clock.sleep(for: latency)
        } catch {
            throw CancellationError()
        }
        return reply
    }

    private func answer(_ request: QueueRequest) async -> QueueReply {
        guard let segments = request.segments else { return .refusal(404, "Not Found") }
        let matching = Self.routes.compactMap { route in route.match(segments).map { (route, $0) } }
        guard !matching.isEmpty else { return .refusal(404, "Not Found") }
        guard let (route, argument) = matching.first(where: { $0.0.methods.contains(request.method) }) else {
            let allowed = matching.flatMap(\.0.methods).joined(separator: ", ")
            return .refusal(405, "Method Not Allowed", headers: [.init(name: "allow", value: allowed)])
        }
        do throws(MessageError) {
            guard try accepts(key: request.headers["x-api-key"]) else { return .refusal(401, "Invalid API key") }
        } catch {
            return .refusal(500, error.message)
        }
        return await route.answer(self, request, argument)
    }

    private func accepts(key given: String?) throws(MessageError) -> Bool {
        guard let key else { return true }
        guard let given else { return false }
        if key.matches(given) { return true }
        return try tokens.holds(given)
    }
}
