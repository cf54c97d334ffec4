internal import FoundationEssentials

/// What a browser refused to do for the user's page because of `ContentPolicy`: a report in the
/// form of Content Security Policy Level 2, section 5.1, which browsers send by themselves.
struct RefusalReport: Hashable, Sendable {
    /// The rule, such as `script-src-attr`.
    var rule: String
    /// `inline`, `eval`, or the address of what was not loaded.
    var blocked: String
    /// The line in the page's file, if the browser knows it.
    var line: Int?

    private struct Message: Decodable {
        var report: Report

        enum CodingKeys: String, CodingKey { case report = "csp-report" }

        struct Report: Decodable {
            var rule: String?
            var wider: String?
            var blocked: String?
            var line: Int?

            enum CodingKeys: String, CodingKey {
                case rule = "effective-directive"
                case wider = "violated-directive"
                case blocked = "blocked-uri"
                case line = "line-number"
            }
        }
    }

    /// nil for anything that is not such a report.
    init?(_ bytes: [UInt8]) {
        guard let report = try? JSONDecoder().decode(Message.self, from: Data(bytes)).report,
            let rule = report.rule ?? report.wider
        else { return nil }
        self.rule = Self.shown(rule)
        blocked = Self.shown(report.blocked ?? "")
        line = report.line.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Follows the page's name in a message.
    var complaint: String {
        (line.map { ":\($0): " } ?? ": ") + "the browser has refused \(what); \(advice) (\(rule))"
    }

    /// Follows the page's name in a message, if the page has asked us for a file that there is not.
    static func complaint(ofAbsent name: String) -> String {
        ": it asks for \(shown(name)), but no files beside the page are served; scripts and styles are to stand in the "
            + "page itself, and pictures and videos to be the src of an element"
    }

    private var what: String {
        switch (rule, blocked) {
        case ("script-src-attr", _): "a script in an attribute, such as onclick=\"…\""
        case (_, "eval"), (_, "wasm-eval"): "to make code out of text (eval)"
        case (_, "inline"): "a script or a style that came into the page later"
        case (_, ""): "something"
        default: blocked
        }
    }

    private var advice: String {
        if rule == "script-src-attr" { return "set it in a <script> of the page, or onclick in the Lua script" }
        if blocked == "eval" || blocked == "wasm-eval" { return "nothing that a prompt brings in may run" }
        if rule.hasPrefix("script-src") || rule.hasPrefix("style-src") {
            return "scripts and styles are to stand in the page's own file"
        }
        return "a page may load pictures and videos, and nothing else"
    }

    /// It comes from the network and goes to a terminal.
    private static func shown(_ text: String) -> String {
        let clean = text.unicodeScalars.prefix(200).map { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                ? "?" : Character(scalar)
        }
        return String(clean)
    }
}
