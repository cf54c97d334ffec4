import DecartAPI
import RunClock

/// Decart's queue API: a request in, a reply out. It knows neither sockets nor files; the HTTP face and the transport
/// within the process both hand it their requests.
///
/// | request | reply |
/// |---|---|
/// | `POST /v1/jobs/{model}` | 200 `{job_id, status}`; 422 for a bad form or a model that takes no jobs |
/// | `GET /v1/jobs/{id}` | 200 `{job_id, status}`, a failed one with `error`; 404 |
/// | `GET`, `HEAD /v1/jobs/{id}/content` | 200 or 206 and the bytes; 304, 404, 409 when not completed, 416 |
///
/// An unknown model is 422 and not 404, so that a 404 always means "no such job" to a client. Anything else is 404
/// `{"detail": "Not Found"}`, a known path with another method 405, a wrong key 401.
struct QueueAPI: Sendable {
    let queue: JobQueue
    /// The key that requests have to bring; nil: any or none will do.
    let apiKey: String?
    /// How long every reply is held back.
    let latency: Duration
    let clock: any RunClock

    /// Answers a request.
    /// - Throws: when the task is cancelled while the reply is held back; the request has been carried out by then.
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
        guard accepts(key: request.headers["x-api-key"]) else { return .refusal(401, "Invalid API key") }
        return await route.answer(self, request, argument)
    }

    /// Compares every byte, so that the time it takes tells nothing about the key.
    private func accepts(key given: String?) -> Bool {
        guard let apiKey else { return true }
        guard let given, given.utf8.count == apiKey.utf8.count else { return false }
        return zip(given.utf8, apiKey.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
