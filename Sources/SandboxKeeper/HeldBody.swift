import DecartAPI
import Synchronization

/// A body until it is sent, and no longer: a reply may take far more time than its request.
final class HeldBody: Sendable {
    private let body: Mutex<TransportRequest.Body>

    init(_ body: TransportRequest.Body) {
        self.body = Mutex(body)
    }

    /// The body, once.
    func take() -> TransportRequest.Body {
        body.withLock { body in
            defer { body = .none }
            return body
        }
    }
}
