extension QueueAPI {
    /// One row of the API: a path, its methods and the function that answers them.
    struct Route: Sendable {
        var methods: [String]
        /// Nil matches any one segment.
        var pattern: [String?]
        /// The string is the segment that the pattern's nil matched; empty if it has none.
        var answer: nonisolated(nonsending) @Sendable (QueueAPI, QueueRequest, String) async -> QueueReply
    }

    static let routes: [Route] = [
        Route(methods: ["POST"], pattern: ["v1", "jobs", nil]) { api, request, model in
            await api.submit(model: model, request)
        },
        Route(methods: ["GET"], pattern: ["v1", "jobs", nil]) { api, _, id in
            api.status(of: id)
        },
        Route(methods: ["GET", "HEAD"], pattern: ["v1", "jobs", nil, "content"]) { api, request, id in
            api.content(of: id, request)
        },
        Route(methods: ["POST"], pattern: ["v1", "generate", nil]) { api, request, model in
            await api.generate(model: model, request)
        },
        Route(methods: ["POST"], pattern: ["v1", "files"]) { api, request, _ in
            await api.keepFile(request)
        },
        Route(methods: ["GET"], pattern: ["v1", "files", nil]) { api, _, id in
            api.file(id)
        },
        Route(methods: ["DELETE"], pattern: ["v1", "files", nil]) { api, _, id in
            api.deleteFile(id)
        },
        Route(methods: ["POST"], pattern: ["v1", "client", "tokens"]) { api, request, _ in
            await api.issueToken(request)
        },
        Route(methods: ["POST"], pattern: ["v1", "models", "resolve"]) { api, request, _ in
            await api.resolveModel(request)
        },
    ]
}

extension QueueAPI.Route {
    /// The segment that the pattern's nil matched, empty if it has none; nil if the path does not match.
    func match(_ segments: [String]) -> String? {
        guard segments.count == pattern.count else { return nil }
        var argument = ""
        for (segment, wanted) in zip(segments, pattern) {
            if let wanted {
                guard segment == wanted else { return nil }
            } else {
                guard !segment.isEmpty else { return nil }
                argument = segment
            }
        }
        return argument
    }
}
