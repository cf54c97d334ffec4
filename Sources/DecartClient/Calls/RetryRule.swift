import DecartAPI

/// What may be sent again. A read costs nothing and may always be; a write that might have arrived may not: a
/// second submit is a second job to pay for.
///
/// | what came of the request                          | read    | write     |
/// |---------------------------------------------------|---------|-----------|
/// | 408                                               | again   | unknown   |
/// | 429                                               | again   | again     |
/// | 500…599                                           | again   | unknown   |
/// | any other refusal                                 | final   | final     |
/// | a failure before anything was sent                | again   | again     |
/// | a failure after that                              | again   | unknown   |
/// | its own body could not be read                    | final   | final     |
/// | cancelled before anything was sent                | final   | final     |
/// | cancelled after that                              | final   | unknown   |
///
/// A body that could not be read was broken off before its end: nobody takes that for a whole request.
enum RetryRule: Hashable, Sendable {
    enum Subject: Sendable, CaseIterable { case read, write }

    enum Event: Hashable, Sendable {
        case refused(status: Int)
        case failed(TransportError.Kind, TransportError.Reach)
    }

    /// May be made again, as far as retries are left.
    case again
    /// Would fail again, or must not be tried.
    case final
    /// It may have been carried out, or not; nobody can tell from here.
    case unknown

    static func verdict(on event: Event, of subject: Subject) -> RetryRule {
        switch (event, subject) {
        case (.refused(429), _): .again
        case (.refused(408), .read), (.refused(500...599), .read): .again
        case (.refused(408), .write), (.refused(500...599), .write): .unknown
        case (.refused, _): .final
        case (.failed(.body, _), _): .final
        case (.failed(.cancelled, .neverSent), _), (.failed(.cancelled, .maybeSent), .read): .final
        case (.failed(_, .neverSent), _), (.failed(_, .maybeSent), .read): .again
        case (.failed(_, .maybeSent), .write): .unknown
        }
    }
}
