import DecartAPI

/// A reply as data.
struct QueueReply: Hashable, Sendable {
    enum Body: Hashable, Sendable {
        case bytes([UInt8])
        /// A stretch of a file in the queue's folder.
        case file(String, Range<Int>)
    }

    struct Header: Hashable, Sendable {
        /// In lower case.
        var name: String
        var value: String
    }

    var status: Int
    /// Without `content-length`, which follows from the body.
    var headers: [Header]
    var body: Body
    /// The body breaks off after so many bytes; nil: it is whole.
    var cutAfter: Int?
    /// Nothing of this is sent; nil: it is.
    var silence: Silence?

    /// How a request ends that gets no reply.
    enum Silence: Hashable, Sendable {
        case cut, hang
    }

    static func json(_ status: Int, _ value: JSONValue, headers: [Header] = []) -> QueueReply {
        let type = Header(name: "content-type", value: "application/json")
        return QueueReply(status: status, headers: [type] + headers, body: .bytes(value.serialized()))
    }

    /// A refusal in the service's usual shape: `{"detail": "…"}`.
    static func refusal(_ status: Int, _ detail: String, headers: [Header] = []) -> QueueReply {
        json(status, ["detail": .string(detail)], headers: headers)
    }

    /// A refusal of what was sent, in the service's shape for it: `{"detail": [{"loc", "msg", "type"}]}`.
    static func invalid(_ problems: [(place: [String], message: String, type: String)]) -> QueueReply {
        let list = problems.map { problem -> JSONValue in
            [
                "loc": .array(problem.place.map { .string($0) }), "msg": .string(problem.message),
                "type": .string(problem.type),
            ]
        }
        return json(422, ["detail": .array(list)])
    }

    static func fault(_ fault: QueueFault) -> QueueReply {
        var reply = refusal(503, "No reply")
        switch fault {
        case .refusal(let status, let retryAfter):
            let seconds = retryAfter.map { ($0 + 999) / 1000 }
            return refusal(
                status, "The local queue was told to answer \(status)",
                headers: seconds.map { [.init(name: "retry-after", value: "\($0)")] } ?? [])
        case .cut: reply.silence = .cut
        case .hang: reply.silence = .hang
        }
        return reply
    }

    /// The reply that `body` makes; one that says what is wrong with the queue's disk if that is.
    static func answering(_ body: () throws(StorageError) -> QueueReply) -> QueueReply {
        do throws(StorageError) {
            return try body()
        } catch {
            return .refusal(500, error.description)
        }
    }

    /// Bytes of the body.
    var length: Int {
        switch body {
        case .bytes(let bytes): bytes.count
        case .file(_, let range): range.count
        }
    }
}
