/// What browsers are told a reply may do (Content-Security-Policy and its kin).
///
/// | page | scripts | styles | pictures, videos | anything else |
/// |---|---|---|---|---|
/// | ours | our files | our files | what the script shows, here or on the web | nothing |
/// | the user's own | our files, and those in the file | the file's own, also in attributes | the same | nothing |
///
/// The user's page is the user's own program, so the scripts written in it run: each is given the reply's nonce as it
/// is served. What somebody else may have brought into the page later has none. What the browser refuses for that
/// reason it tells us (`RefusalReport`), so that the page's author learns why something of theirs does nothing.
enum ContentPolicy {
    static let ours = policy(script: "'self'", style: "'self'") + "; require-trusted-types-for 'script'"

    static func userPage(nonce: String) -> String {
        policy(script: "'self' 'nonce-\(nonce)'", style: "'self' 'unsafe-inline'") + "; report-uri refusal"
    }

    /// A file of a script's that is opened by itself may be HTML or SVG, and must do nothing.
    static let file = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"

    private static func policy(script: String, style: String) -> String {
        """
        default-src 'none'; script-src \(script); style-src \(style); img-src 'self' http: https:; \
        media-src 'self' http: https:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """
    }

    /// On every reply. The address holds the token, so it is told to nobody, and nothing is kept on disk.
    static let everywhere: [(name: String, value: String)] = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ]
}
