internal import FoundationEssentials
internal import LiveDocument

/// What a page sends back.
enum PageAction: Hashable, Sendable {
    case event(DocumentEvent)
    /// It has no element with this id.
    case misses(ElementID)

    /// The most bytes of one.
    static let sizeLimit = 64 * 1024

    private struct Message: Decodable {
        var type: String
        var n: Int
        var value: String?
    }

    /// nil for anything that `elements.js` does not send.
    init?(_ bytes: [UInt8]) {
        guard let message = try? JSONDecoder().decode(Message.self, from: Data(bytes)) else { return nil }
        let target = ElementID(number: message.n)
        if message.type == "missing" {
            self = .misses(target)
        } else if let kind = DocumentEvent.Kind(rawValue: message.type) {
            self = .event(DocumentEvent(kind, on: target, value: message.value))
        } else {
            return nil
        }
    }
}
