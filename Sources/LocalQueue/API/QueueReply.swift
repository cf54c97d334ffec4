import DecartAPI
import PlainErrors

/// A reply as data.
struct QueueReply: Hashable, Sendable {
    enum Body: Hashable, Sendable {
        case bytes([UInt8])
        /// Part of a file in the queue's folder.
        case file(String, Range<Int>)
    }

    struct Header: Hashable, Sendable {
        /// In lower case.
        var name: String
        var value: String
    }

    var status: Int
    /// Without `content-length`, which the body determines.
    var headers: [Header]
    var body: Body
    /// The body is cut after so many bytes; nil: it is whole.
    var cutAfter: Int?
    /// Set if no reply is sent at all.
    var silence: Silence?

    /// How a request without a reply ends.
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

    /// A refusal of the input, in the service's shape: `{"detail": [{"loc", "msg", "type"}]}`.
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
                status, "The local queue's scenario refuses this request with \(status)",
                headers: seconds.map { [.init(name: "retry-after", value: "\($0)")] } ?? [])
        case .cut: reply.silence = .cut
        case .hang: reply.silence = .hang
        }
        return reply
    }

    /// The reply that `body` makes; a 500 with the reason if the queue's storage fails.
    static func answering(_ body: () throws(MessageError) -> QueueReply) -> QueueReply {
        do throws(MessageError) {
            return try body()
        } catch {
            return .refusal(500, error.message)
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
