/// What one check has found: a sentence, and what to do about it.
struct Finding: Hashable, Sendable {
    enum State: String, Sendable {
        case ok
        /// Not wrong, but worth knowing.
        case note
        case wrong
        /// Not to be told, because of something else that is wrong.
        case unknown
    }

    var state: State
    var message: String
    /// In the imperative; nil if there is nothing to do.
    var advice: String?

    static func ok(_ message: String) -> Finding { Finding(state: .ok, message: message) }

    static func note(_ message: String, _ advice: String? = nil) -> Finding {
        Finding(state: .note, message: message, advice: advice)
    }

    static func wrong(_ message: String, _ advice: String) -> Finding {
        Finding(state: .wrong, message: message, advice: advice)
    }

    static func unknown(_ message: String) -> Finding { Finding(state: .unknown, message: message) }
}
