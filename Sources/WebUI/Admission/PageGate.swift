/// Decides which requests are let in, by what they say about themselves.
struct PageGate: Sendable {
    let token: PageToken
    let hosts: HostRule

    /// What a request says about itself.
    struct Request: Sendable {
        var method: String
        /// Without the query.
        var path: String
        var host: String?
        var origin: String?
        /// `Sec-Fetch-Site`: where the requesting page comes from, according to the browser.
        var site: String?
    }

    enum Verdict: Hashable, Sendable {
        case admitted(PageRoute)
        /// The token is right, and only the slash after it is missing.
        case redirect(String)
        /// The token is right, but nothing has that name.
        case absent(String)
        /// What browsers ask for on their own, and anybody may have: nothing.
        case empty
        case refused(status: Int, String)
    }

    func judge(_ request: Request) -> Verdict {
        guard hosts.allows(request.host) else {
            return .refused(status: 403, "This server does not go by the name \(request.host ?? "of nobody").")
        }
        // Refused, it would be an error in the browser's console that the page can do nothing about.
        if request.path == "/favicon.ico", ["GET", "HEAD"].contains(request.method) { return .empty }
        let parts = request.path.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard request.path.hasPrefix("/"), let guess = parts.first, token.matches(guess) else {
            return .refused(
                status: 403, "Open the address that decart-lua has printed: the page is behind the token in it.")
        }
        guard parts.count == 2 else { return .redirect("/\(token.text)/") }
        guard let route = PageRoute(parts[1]) else {
            return .absent(String(parts[1]))
        }
        guard route.isAction ? request.method == "POST" : ["GET", "HEAD"].contains(request.method) else {
            return .refused(status: 405, "\(request.method) is not for this.")
        }
        guard isOwn(request, route) else {
            return .refused(status: 403, "This is for the page's own requests, not for those of other sites.")
        }
        return .admitted(route)
    }

    /// Another site may link to the page, but nothing else. Browsers send `Origin` with every POST.
    private func isOwn(_ request: Request, _ route: PageRoute) -> Bool {
        if route != .page, let site = request.site, site != "same-origin", site != "none" { return false }
        guard let origin = request.origin else { return !route.isAction }
        return origin.lowercased() == "http://\(request.host ?? "")".lowercased()
    }
}
