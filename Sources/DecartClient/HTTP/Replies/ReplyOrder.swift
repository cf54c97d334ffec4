import DecartAPI
import NIOHTTP1

/// Which parts of a reply may come in which order. The HTTP client relies on the parser for this and crashes when the
/// order is wrong, but the parser does not ensure it for every three-digit status.
///
/// | waiting for    | head 100, 102…199     | head 200…599 | any other head | body    | end            |
/// |----------------|-----------------------|--------------|----------------|---------|----------------|
/// | nothing        | refused               | refused      | refused        | refused | refused        |
/// | a head         | dropped, up to a limit | → its body  | refused        | refused | refused        |
/// | more of a body | refused               | refused      | refused        | passed  | → nothing      |
///
/// After a refusal everything else is dropped: the connection is about to be closed.
struct ReplyOrder {
    enum Verdict: Hashable {
        case pass
        case drop
        case refuse(ReplyError)
    }

    private enum Phase {
        case idle
        case awaitingHead(informational: Int)
        case inBody
        case refused
    }

    /// How many informational replies may precede the real one. Servers send one or two.
    static let informationalLimit = 32

    private var phase = Phase.idle

    mutating func requestBegan() {
        if case .refused = phase { return }
        phase = .awaitingHead(informational: 0)
    }

    mutating func receive(_ part: HTTPClientResponsePart) -> Verdict {
        switch (phase, part) {
        case (.refused, _):
            return .drop
        case (.awaitingHead(let informational), .head(let head)):
            return receive(head, afterInformational: informational)
        case (.inBody, .body):
            return .pass
        case (.inBody, .end):
            phase = .idle
            return .pass
        case (.idle, _):
            return refuse("sent a reply that belongs to no request")
        case (.awaitingHead, .body), (.awaitingHead, .end):
            return refuse("sent a body without a status")
        case (.inBody, .head):
            return refuse("sent a second status in the middle of a reply")
        }
    }

    private mutating func receive(_ head: HTTPResponseHead, afterInformational count: Int) -> Verdict {
        switch head.status.code {
        case 101:
            return refuse("switched to another protocol without being asked to")
        case 100...199:
            guard count < Self.informationalLimit else {
                return refuse("sent more than \(Self.informationalLimit) informational replies")
            }
            phase = .awaitingHead(informational: count + 1)
            return .drop
        case 200...599:
            // The parser only removes chunking. Any other transfer coding would be mistaken for the body itself.
            if let coding = head.transferCodings.first(where: { $0 != "chunked" && $0 != "identity" }) {
                return refuse("used the transfer coding \(Excerpt.quoted(coding, limit: 40)), which was not asked for")
            }
            phase = .inBody
            return .pass
        case let code:
            return refuse("answered with status \(code), which HTTP does not define")
        }
    }

    private mutating func refuse(_ reason: String) -> Verdict {
        phase = .refused
        return .refuse(ReplyError(reason: reason))
    }
}

extension HTTPResponseHead {
    fileprivate var transferCodings: [String] {
        guard headers.contains(name: "transfer-encoding") else { return [] }
        return headers[canonicalForm: "transfer-encoding"].map { $0.lowercased() }
    }
}
