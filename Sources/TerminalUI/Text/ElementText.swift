import LiveDocument

/// What is set on elements, in words, which are the same in the terminal and in lines.
enum ElementText {
    /// A value. A bar's is "25 %", or "3 of 12" if it has a `max` of its own.
    static func value(of id: ElementID, in document: LiveDocument) -> String? {
        switch document.value(.value, of: id) {
        case .number(let number)?:
            if let maximum = document.number(.max, of: id) { return "\(plain(number)) of \(plain(maximum))" }
            return document.tag(of: id).role == .bar ? plain(number) + " %" : plain(number)
        case .text(let text)?: return ScriptText(text).plain
        default: return nil
        }
    }

    static func name(of source: MediaSource) -> String {
        switch source {
        case .path(let text), .url(let text): ScriptText(text).plain
        case .blob(let blob): ScriptText("\(blob.name ?? blob.type) (\(blob.size) bytes)").plain
        }
    }

    static func media(of id: ElementID, in document: LiveDocument) -> String? {
        document.media(of: id).map { source in
            "\(document.tag(of: id) == .img ? "picture" : "video"): \(name(of: source))"
        }
    }

    static func plain(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}
