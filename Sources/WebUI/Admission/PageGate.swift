/// Decides which requests are let in, by what they say of themselves.
struct PageGate: Sendable {
    let token: PageToken
    let hosts: HostRule

    /// What a request says of itself.
    struct Request: Sendable {
        var method: String
        /// Without the query.
        var path: String
        var host: String?
        var origin: String?
        /// `Sec-Fetch-Site`: where the page that asks is from, in the browser's own words.
        var site: String?
    }

    enum Verdict: Hashable, Sendable {
        case admitted(PageRoute)
        /// The token is right, and only the slash behind it is missing.
        case redirect(String)
        /// The token is right, and nothing behind it has that name.
        case absent(String)
        case refused(status: Int, String)
    }

    func judge(_ request: Request) -> Verdict {
        guard hosts.allows(request.host) else {
            return .refused(status: 403, "This server does not go by the name \(request.host ?? "of nobody").")
        }
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

    /// Another site may link to the page, and no more. Browsers send `Origin` with every POST.
    private func isOwn(_ request: Request, _ route: PageRoute) -> Bool {
        if route != .page, let site = request.site, site != "same-origin", site != "none" { return false }
        guard let origin = request.origin else { return !route.isAction }
        return origin.lowercased() == "http://\(request.host ?? "")".lowercased()
    }
}
