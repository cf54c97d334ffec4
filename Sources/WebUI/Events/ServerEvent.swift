/// One server-sent event (WHATWG HTML, section 9.2) as bytes.
struct ServerEvent: Sendable {
    /// What the page sends back as `Last-Event-ID` when it reconnects; nil keeps the previous one.
    var id: Int?
    var name: String
    /// JSON: without line breaks, which would end the field.
    var data: String

    var text: String {
        (id.map { "id: \($0)\n" } ?? "") + "event: \(name)\ndata: \(data)\n\n"
    }
}
