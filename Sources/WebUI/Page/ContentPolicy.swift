/// What browsers let a reply do (Content-Security-Policy and similar headers).
///
/// | page | scripts | styles | pictures, videos | anything else |
/// |---|---|---|---|---|
/// | ours | our files | our files | what the script shows, here or on the web | nothing |
/// | the user's own | our files, and those in the file | the file's own, also in attributes | the same | nothing |
///
/// The user's page is the user's own program, so the scripts written in it run: each gets the reply's nonce when it
/// is served. Whatever was brought into the page later has none. What the browser refuses for that
/// reason it reports to us (`RefusalReport`), so that the page's author learns why something does nothing.
struct ContentPolicy: Sendable {
    /// Where pictures and videos may come from, beside this server.
    private let elsewhere: String

    init(_ sources: PageSources) {
        elsewhere =
            switch sources {
            case .web: " http: https:"
            case .hosts(let hosts): hosts.map { " \($0)" }.joined()
            }
    }

    var ours: String { policy(script: "'self'", style: "'self'") + "; require-trusted-types-for 'script'" }

    func userPage(nonce: String) -> String {
        policy(script: "'self' 'nonce-\(nonce)'", style: "'self' 'unsafe-inline'") + "; report-uri refusal"
    }

    /// A script's file that is opened by itself may be HTML or SVG, and must not do anything.
    static let file = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

    private func policy(script: String, style: String) -> String {
        """
        default-src 'none'; script-src \(script); style-src \(style); img-src 'self'\(elsewhere); \
        media-src 'self'\(elsewhere); connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """
    }

    /// On every reply. The address holds the token, so it must not be passed on, and nothing may be kept on disk.
    static let everywhere: [(name: String, value: String)] = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ]
}

/// Where the pictures and videos of a page may come from, beside the run itself.
public enum PageSources: Sendable {
    case web
    /// As a Content-Security-Policy names them: `example.com`, `example.com:8080`.
    case hosts([String])
}
